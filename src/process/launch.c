// SPDX-License-Identifier: MIT
#include "process/launch.h"

#include "base/clock.h"
#include "base/fd.h"
#include "process/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_STACK = 64 * 1024 };

// Seconds that another user's child may take to its program: that user can stop it on the way.
static const double exec_timeout = 1;

#ifdef __SANITIZE_THREAD__
// The thread sanitizer takes clone for a fork, and would have the child undo in our own memory what
// it knows of our threads.
int __clone(int (*run)(void *), void *stack, int flags, void *argument, ...);
#define clone __clone
#endif

// Descriptors made for one start. The child's ends are closed in the parent in any case.
struct ends {
    int null_device;
    int child[3]; // -1: none was made
    int report_reader, report_writer;
    struct launched parent;
};

static bool open_null_device(struct ends *ends, struct launch_error *error)
{
    if (ends->null_device < 0)
        ends->null_device = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (ends->null_device >= 0)
        return true;
    *error = (struct launch_error){.step = STEP_NULL_DEVICE, .error = errno};
    return false;
}

static bool check_pipe(int result, struct launch_error *error)
{
    if (result < 0)
        *error = (struct launch_error){.step = STEP_PIPE, .error = -result};
    return result == 0;
}

static bool open_stdin(struct plan *plan, struct ends *ends, enum stdin_mode mode,
                       struct launch_error *error)
{
    switch (mode) {
    case STDIN_INHERIT:
        plan->stdio[0] = STDIN_FILENO;
        return true;
    case STDIN_NULL:
        if (!open_null_device(ends, error))
            return false;
        plan->stdio[0] = ends->null_device;
        return true;
    case STDIN_HOLD:
        break;
    }
    int result = fd_pipe(&ends->child[0], &ends->parent.stdin_writer);
    plan->stdio[0] = ends->child[0];
    return check_pipe(result, error);
}

static bool open_output(struct plan *plan, struct ends *ends, int target, int *reader,
                        enum stream_mode mode, struct launch_error *error)
{
    switch (mode) {
    case STREAM_INHERIT:
        plan->stdio[target] = target;
        return true;
    case STREAM_DISCARD:
        if (!open_null_device(ends, error))
            return false;
        plan->stdio[target] = ends->null_device;
        return true;
    case STREAM_JOIN:
        plan->stdio[target] = plan->stdio[STDOUT_FILENO];
        return true;
    case STREAM_LOG:
        break;
    }
    int result = fd_pipe(reader, &ends->child[target]);
    // Only our own end: the other one is another description, and the helper's.
    if (result == 0)
        result = fd_set_nonblocking(*reader);
    plan->stdio[target] = ends->child[target];
    return check_pipe(result, error);
}

// A child that becomes somebody else does not share our memory, so it needs a way to say what
// failed. While it has not executed its program yet, its new user can already stop it: one that
// shares our memory would stop us with it.
static bool open_report(struct plan *plan, struct ends *ends, struct launch_error *error)
{
    if (!plan->identity->is_set)
        return true;
    int result = fd_pipe(&ends->report_reader, &ends->report_writer);
    plan->report = ends->report_writer;
    return check_pipe(result, error);
}

// Gives the pipes to the user, who could not open them by name (/dev/stdout) otherwise. Without
// that right of ours they work all the same.
static void give_ends(const struct plan *plan, const struct ends *ends)
{
    for (int i = 0; plan->identity->is_set && i < 3; i++) {
        if (ends->child[i] >= 0)
            (void)!fchown(ends->child[i], plan->identity->uid, plan->identity->gid);
    }
}

static bool open_ends(struct plan *plan, struct ends *ends, const struct helper_config *helper,
                      struct launch_error *error)
{
    return open_report(plan, ends, error) && open_stdin(plan, ends, helper->stdin_mode, error) &&
           open_output(plan, ends, STDOUT_FILENO, &ends->parent.stdout_reader,
                       helper->log.stdout_stream.mode, error) &&
           open_output(plan, ends, STDERR_FILENO, &ends->parent.stderr_reader,
                       helper->log.stderr_stream.mode, error);
}

// Returns once the child has executed its program or ended, but for one with memory of its own:
// at once. Signals are blocked meanwhile: a handler of ours must not run in the child.
static pid_t clone_child(struct plan *plan, int *pidfd)
{
    static char stack[CHILD_STACK] __attribute__((aligned(16)));
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);

    const int flags = SIGCHLD | (plan->report < 0 ? CLONE_VM | CLONE_VFORK : 0);
    pid_t pid = clone(child_run, stack + sizeof(stack), flags | CLONE_PIDFD, plan, pidfd);
    if (pid < 0 && errno == EINVAL) { // no pidfds here: the sweep finds the exit
        *pidfd = -1;
        pid = clone(child_run, stack + sizeof(stack), flags, plan);
    }

    int saved_errno = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = saved_errno;
    return pid;
}

static void reap_failed_child(pid_t pid)
{
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

// A failure fits in at once; nothing but the end comes from a child that succeeded.
static bool read_report(const struct ends *ends, struct launch_error *failure)
{
    ssize_t got;
    do
        got = read(ends->report_reader, failure, sizeof(*failure));
    while (got < 0 && errno == EINTR);
    return got >= 0;
}

// Waits until a child with memory of its own has executed its program, ended or told its failure.
static struct launch_error await_report(const struct ends *ends)
{
    struct launch_error failure = {.step = STEP_NONE};
    struct pollfd report = {.fd = ends->report_reader, .events = POLLIN};
    const double deadline = clock_monotonic() + exec_timeout;
    int ready;
    do {
        double left = deadline - clock_monotonic();
        ready = poll(&report, 1, left > 0 ? (int)(left * 1000) + 1 : 0);
    } while (ready < 0 && errno == EINTR);
    if (ready > 0 && read_report(ends, &failure))
        return failure;
    failure = (struct launch_error){.step = STEP_REPORT, .error = ready != 0 ? errno : ETIMEDOUT};
    (void)kill(ends->parent.pid, SIGKILL);
    return failure;
}

// Why the child could not execute its program, which is reaped then; or STEP_NONE.
static struct launch_error take_failure(const struct plan *plan, struct ends *ends)
{
    fd_close(&ends->report_writer); // or it would never end
    struct launch_error failure = plan->report >= 0 ? await_report(ends) : plan->failure;
    if (failure.step == STEP_REPORT) // it may hang in the kernel; then the sweep finds its end
        (void)waitpid(ends->parent.pid, NULL, WNOHANG);
    else if (failure.step != STEP_NONE)
        reap_failed_child(ends->parent.pid);
    return failure;
}

static void close_parent_ends(struct launched *parent)
{
    fd_close(&parent->pidfd);
    fd_close(&parent->stdin_writer);
    fd_close(&parent->stdout_reader);
    fd_close(&parent->stderr_reader);
}

bool launch(struct plan *plan, const struct helper_config *helper, struct launched *launched,
            struct launch_error *error)
{
    struct ends ends = {
        .null_device = -1,
        .child = {-1, -1, -1},
        .report_reader = -1,
        .report_writer = -1,
        .parent =
            {.pid = -1, .pidfd = -1, .stdin_writer = -1, .stdout_reader = -1, .stderr_reader = -1},
    };
    *error = (struct launch_error){.step = STEP_NONE};
    if (open_ends(plan, &ends, helper, error)) {
        give_ends(plan, &ends);
        ends.parent.pid = clone_child(plan, &ends.parent.pidfd);
        if (ends.parent.pid < 0)
            *error = (struct launch_error){.step = STEP_CLONE, .error = errno};
        else
            *error = take_failure(plan, &ends);
    }

    fd_close(&ends.null_device);
    fd_close(&ends.report_reader);
    fd_close(&ends.report_writer);
    for (int i = 0; i < 3; i++)
        fd_close(&ends.child[i]);
    if (error->step != STEP_NONE) {
        close_parent_ends(&ends.parent);
        return false;
    }
    *launched = ends.parent;
    return true;
}
