// SPDX-License-Identifier: MIT
#include "client/top_input.h"

#include "base/fd.h"
#include "base/memory.h"

#include <poll.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const int ours[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGCONT, SIGWINCH};

static sigset_t our_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < LENGTH(ours); i++)
        sigaddset(&set, ours[i]);
    return set;
}

static bool watch(const struct top_input *input, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    return epoll_ctl(input->fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

bool top_input_open(struct top_input *input)
{
    sigset_t set = our_signals();
    sigprocmask(SIG_BLOCK, &set, &input->before);
    input->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    input->fd = epoll_create1(EPOLL_CLOEXEC);
    if (input->signals >= 0 && input->fd >= 0 && watch(input, STDIN_FILENO) &&
        watch(input, input->signals))
        return true;
    top_input_close(input);
    return false;
}

void top_input_close(struct top_input *input)
{
    fd_close(&input->fd);
    fd_close(&input->signals);
    sigprocmask(SIG_SETMASK, &input->before, NULL);
}

int top_input_signal(struct top_input *input)
{
    struct signalfd_siginfo signal;
    if (read(input->signals, &signal, sizeof(signal)) != (ssize_t)sizeof(signal))
        return 0;
    return (int)signal.ssi_signo;
}

bool top_input_is_lost(void)
{
    struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&terminal, 1, 0) > 0 && (terminal.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

void top_input_obey(int signal)
{
    struct sigaction plain = {.sa_handler = SIG_DFL}, before;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    sigaction(signal, &plain, &before);
    raise(signal); // it waits until it is let through
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    sigprocmask(SIG_BLOCK, &set, NULL);
    sigaction(signal, &before, NULL);
}
