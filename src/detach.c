// SPDX-License-Identifier: MIT
#include "detach.h"

#include "base/fd.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool fail(const char *act)
{
    log_error("cannot detach: %s: %s", act, strerror(errno));
    return false;
}

// The exit status that the daemon reports, or of our own where it ends without a word.
static int await_report(int reader)
{
    unsigned char status;
    ssize_t got;
    do
        got = read(reader, &status, 1);
    while (got < 0 && errno == EINTR);
    if (got == 1)
        return status;
    log_error("the daemon died before it had started");
    return EXIT_FAILURE;
}

static int wait_for_daemon(pid_t between, int reader)
{
    while (waitpid(between, NULL, 0) < 0 && errno == EINTR)
        continue;
    return await_report(reader);
}

// Puts /dev/null in the place of a standard descriptor.
static bool replace(int target)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return fail("/dev/null");
    bool replaced = dup2(fd, target) >= 0;
    fd_close(&fd);
    return replaced || fail("dup2");
}

// In the process between: a new session, and a process in it that can never get a terminal again.
static bool fork_daemon(void)
{
    pid_t daemon = setsid() < 0 ? -1 : fork();
    if (daemon > 0)
        _exit(EXIT_SUCCESS);
    return daemon == 0 || fail("fork");
}

static bool take_over(struct detach *detach, int kept)
{
    signal(SIGPIPE, SIG_IGN); // whoever waits, or reads what is said, may be gone
    detach->left = true;
    detach->keeps_stderr = kept == STDERR_FILENO;
    // What the log shows there already is not said twice.
    if (kept < 0 || !fd_is_same(kept, STDERR_FILENO)) {
        detach->terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (detach->terminal < 0)
            return fail("dup");
    }
    return replace(STDIN_FILENO) && (kept == STDOUT_FILENO || replace(STDOUT_FILENO));
}

enum detached detach_begin(struct detach *detach, int kept, int *status)
{
    int reader;
    *detach = DETACH_NONE;
    *status = EXIT_FAILURE;
    int result = fd_pipe(&reader, &detach->report);
    if (result < 0) {
        errno = -result;
        fail("pipe");
        return DETACHED_FAILED;
    }
    pid_t between = fork();
    if (between == 0) {
        fd_close(&reader);
        return fork_daemon() && take_over(detach, kept) ? DETACHED_DAEMON : DETACHED_FAILED;
    }
    fd_close(&detach->report);
    if (between > 0)
        *status = wait_for_daemon(between, reader);
    else
        fail("fork");
    fd_close(&reader);
    return between > 0 ? DETACHED_FIRST : DETACHED_FAILED;
}

bool detach_leave_terminal(struct detach *detach)
{
    return !detach->left || detach->keeps_stderr || replace(STDERR_FILENO);
}

void detach_say(const struct detach *detach, const char *text)
{
    // A terminal that is stopped, or a pipe that nobody reads, holds up nothing.
    struct pollfd terminal = {.fd = detach->terminal, .events = POLLOUT};
    if (detach->terminal >= 0 && poll(&terminal, 1, 0) > 0 && (terminal.revents & POLLOUT) != 0)
        dprintf(detach->terminal, "helperd: %s\n", text);
}

void detach_report(struct detach *detach, int status)
{
    if (detach->report < 0)
        return;
    unsigned char byte = (unsigned char)status;
    ssize_t written;
    do
        written = write(detach->report, &byte, 1);
    while (written < 0 && errno == EINTR);
    fd_close(&detach->terminal);
    fd_close(&detach->report);
}
