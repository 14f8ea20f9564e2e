// SPDX-License-Identifier: MIT
#include "trial.h"

#include "base/fd.h"
#include "base/log.h"
#include "base/memory.h"
#include "logging.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const double time_limit = 30;      // seconds
static const double poll_interval = 0.05; // seconds

enum {
    REPORT_FD = 3,
    END_LIMIT = 100, // milliseconds
};

// Each line that the child writes starts with one of these.
enum { WORD_ERROR = 'E', WORD_WARNING = 'W', WORD_GOOD = 'G' };

static void write_word(char kind, const char *line)
{
    memory_auto char *text = memory_format("%c%s\n", kind, line);
    const char *rest = text;
    while (*rest != '\0') {
        ssize_t written = write(REPORT_FD, rest, strlen(rest));
        if (written < 0 && errno != EINTR)
            return;
        rest += written > 0 ? written : 0;
    }
}

static void write_error(void *context, bool warning, const char *line)
{
    (void)context;
    write_word(warning ? WORD_WARNING : WORD_ERROR, line);
}

// What is said of the log, which errors do not tell of.
static void write_message(void *context, enum level level, const char *text)
{
    write_error(context, level < LEVEL_ERROR, text);
}

// If memory ends, it shall not be at the expense of the one that supervises.
static void offer_to_oom_killer(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd >= 0)
        (void)!write(fd, "1000", 4);
    fd_close(&fd);
}

// What libev set up is the parent's, and so are its descriptors: a handler of it run here would
// wake the parent, and a pipe held here would not end there.
static void leave_parent(int writer, pid_t parent)
{
    for (int number = 1; number < NSIG; number++)
        (void)signal(number, SIG_DFL);
    if (writer != REPORT_FD)
        dup2(writer, REPORT_FD);
    fd_close_from(REPORT_FD + 1);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)prctl(PR_SET_NAME, "helperd-reload");
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0});
    offer_to_oom_killer();
    log_set_writer(NULL, NULL);
    memory_set_last_act(NULL, NULL); // they are the parent's helpers
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
}

static void run_child(int writer, pid_t parent, const struct config *config,
                      const struct options *options)
{
    leave_parent(writer, parent);
    struct errors errors = {0};
    const struct config *again = config_load_again(config, &errors);
    if (again == NULL)
        errors_say(&errors, write_error, NULL);
    log_set_writer(write_message, NULL);
    bool good = again != NULL && logging_try(config, again, options);
    if (good)
        write_word(WORD_GOOD, "");
    _exit(good ? EXIT_SUCCESS : EXIT_FAILURE);
}

static void end(struct trial *trial)
{
    ev_io_stop(trial->loop, &trial->io);
    ev_timer_stop(trial->loop, &trial->poll);
    ev_timer_stop(trial->loop, &trial->limit);
    fd_close(&trial->reader);
    buffer_finish(&trial->words);
    trial->child = 0;
}

// Its end of the pipe is open, so it was not reaped, and the number is still its own.
static void give_up(struct trial *trial)
{
    (void)kill(trial->child, SIGKILL);
    end(trial);
}

// The end of everything may follow at once, where a child that still lives would be taken for what
// a helper left behind. So its end is waited for, but not long: it may hang in the kernel.
static void await_end(pid_t child)
{
    int pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    if (pidfd >= 0)
        (void)poll(&end, 1, END_LIMIT);
    fd_close(&pidfd);
    (void)waitpid(child, NULL, WNOHANG);
}

void trial_finish(struct trial *trial)
{
    pid_t child = trial->child;
    if (child > 0) {
        give_up(trial);
        await_end(child);
    } else if (trial->failure < 0) {
        ev_timer_stop(trial->loop, &trial->limit);
    }
}

static void complain(struct trial *trial, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void complain(struct trial *trial, const char *format, ...)
{
    struct buffer text = {0};
    va_list arguments;
    va_start(arguments, format);
    buffer_vprintf(&text, format, arguments);
    va_end(arguments);
    memory_auto char *line = buffer_take(&text);
    trial->listener->said(trial->owner, false, line);
}

static void take_line(struct trial *trial, const char *line)
{
    trial->good = line[0] == WORD_GOOD;
    if (trial->good)
        return;
    trial->spoke = true;
    trial->listener->said(trial->owner, line[0] == WORD_WARNING, line + 1);
}

static void take_lines(struct trial *trial)
{
    struct buffer *words = &trial->words;
    char *newline;
    while (words->length > 0 && (newline = memchr(words->data, '\n', words->length)) != NULL) {
        size_t length = (size_t)(newline - words->data);
        memory_auto char *line = memory_copy_bytes(words->data, length);
        take_line(trial, line);
        buffer_consume(words, length + 1);
    }
}

static void read_words(struct trial *trial)
{
    char *room = buffer_reserve(&trial->words, 64 * 1024);
    ssize_t got = read(trial->reader, room, 64 * 1024);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got > 0) {
        trial->words.length += (size_t)got;
        take_lines(trial);
        return;
    }
    // Only the child holds the other end, so this is its end.
    if (!trial->good && !trial->spoke)
        complain(trial, "reading the configuration on trial ended without a word, perhaps for "
                        "want of memory");
    end(trial);
    trial->listener->ended(trial->owner, trial->good);
}

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
    struct trial *trial = io->data;
    // The kernel had no room for the descriptor in its set, and libev stopped the watcher.
    if (events & EV_ERROR)
        ev_timer_again(loop, &trial->poll);
    else
        read_words(trial);
}

static void on_poll(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    read_words(timer->data);
}

static void on_limit(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    struct trial *trial = timer->data;
    if (trial->child > 0) {
        complain(trial, "the configuration could not be read within %.0f s", time_limit);
        give_up(trial);
    } else {
        complain(trial, "cannot start a process to read the configuration on trial: %s",
                 strerror(-trial->failure));
        trial->failure = 0;
    }
    trial->listener->ended(trial->owner, false);
}

// Signals are blocked until the child has its own handlers, which are none.
static pid_t fork_child(int writer, const struct config *config, const struct options *options)
{
    sigset_t all, before;
    sigfillset(&all);
    pid_t parent = getpid();
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0)
        run_child(writer, parent, config, options);
    int saved_errno = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = saved_errno;
    return pid;
}

static int start(struct trial *trial, const struct config *config, const struct options *options)
{
    int writer;
    int result = fd_pipe(&trial->reader, &writer);
    if (result == 0)
        result = fd_set_nonblocking(trial->reader);
    if (result == 0)
        trial->child = fork_child(writer, config, options);
    if (trial->child < 0)
        result = -errno;
    fd_close(&writer);
    if (result < 0) {
        fd_close(&trial->reader);
        trial->child = 0;
    }
    return result;
}

void trial_begin(struct trial *trial, struct ev_loop *loop, const struct config *config,
                 const struct options *options, const struct trial_listener *listener, void *owner)
{
    *trial = (struct trial){.loop = loop, .reader = -1, .listener = listener, .owner = owner};
    trial->failure = start(trial, config, options);
    ev_timer_init(&trial->limit, on_limit, 0, 0);
    trial->limit.data = trial;
    ev_now_update(loop);
    ev_timer_set(&trial->limit, trial->failure < 0 ? 0 : time_limit, 0);
    ev_timer_start(loop, &trial->limit);
    if (trial->failure < 0)
        return;
    ev_io_init(&trial->io, on_readable, trial->reader, EV_READ);
    trial->io.data = trial;
    ev_io_start(loop, &trial->io);
    ev_timer_init(&trial->poll, on_poll, 0, poll_interval);
    trial->poll.data = trial;
}
