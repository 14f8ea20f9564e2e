// SPDX-License-Identifier: MIT
#include "process/launch.h"

#include "base/fd.h"
#include "base/memory.h"
#include "process/child.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __SANITIZE_THREAD__
// The thread sanitizer takes clone for a fork, and would have the child undo in our own memory what
// it knows of our threads.
int __clone(int (*run)(void *), void *stack, int flags, void *argument, ...);
#define clone __clone
#endif

const struct launched launched_nothing = {
    .pid = -1,
    .pidfd = -1,
    .stdin_writer = -1,
    .stdout_reader = -1,
    .stderr_reader = -1,
};

const struct launch_slots launch_slots_none = {.null_device = -1, .fds = {-1, -1, -1}};

void launched_close(struct launched *launched)
{
    fd_close(&launched->pidfd);
    fd_close(&launched->stdin_writer);
    fd_close(&launched->stdout_reader);
    fd_close(&launched->stderr_reader);
}

bool launch_slots_fill(struct launch_slots *slots, struct launch_error *error)
{
    if (slots->null_device < 0)
        slots->null_device = open("/dev/null", O_RDWR | O_CLOEXEC);
    bool filled = slots->null_device >= 0;
    for (size_t i = 0; i < LENGTH(slots->fds) && filled; i++) {
        if (slots->fds[i] < 0)
            slots->fds[i] = fcntl(slots->null_device, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        filled = slots->fds[i] >= 0;
    }
    // EINVAL: the limit has come down to where the slots begin.
    if (!filled)
        *error = (struct launch_error){
            .step = STEP_NULL_DEVICE,
            .error = errno == EINVAL ? EMFILE : errno,
        };
    return filled;
}

void launch_slots_clear(struct launch_slots *slots)
{
    for (size_t i = 0; i < LENGTH(slots->fds); i++) {
        // Where the limit has come down below the number it cannot be kept.
        if (slots->fds[i] >= 0 && dup3(slots->null_device, slots->fds[i], O_CLOEXEC) < 0)
            fd_close(&slots->fds[i]);
    }
}

void launch_slots_finish(struct launch_slots *slots)
{
    fd_close(&slots->null_device);
    for (size_t i = 0; i < LENGTH(slots->fds); i++)
        fd_close(&slots->fds[i]);
}

void launch_note_dispositions(struct dispositions *dispositions)
{
    static const unsigned long fallback[8]; // in the kernel's form: zeros
    for (int signal = 1; signal < _NSIG; signal++) {
        unsigned long action[8] = {0};
        dispositions->changed[signal] =
            syscall(SYS_rt_sigaction, signal, NULL, action, (size_t)_NSIG / 8) < 0 ||
            memcmp(action, fallback, sizeof(action)) != 0;
    }
}

static int highest(const struct launch_slots *slots)
{
    int most = STDERR_FILENO;
    for (size_t i = 0; i < LENGTH(slots->fds); i++)
        most = slots->fds[i] > most ? slots->fds[i] : most;
    return most;
}

// A pipe of which the child's end goes into the slot. It is given to the user of the helper, who
// could not open it by name (/dev/stdout) otherwise; without that right of ours it works all the
// same.
static int open_pipe(const struct plan *plan, int slot, int *ours, bool child_reads)
{
    int end;
    int result = child_reads ? fd_pipe(&end, ours) : fd_pipe(ours, &end);
    if (result < 0)
        return result;
    if (plan->identity->is_set)
        (void)!fchown(end, plan->identity->uid, plan->identity->gid);
    // Only our own end: the other one is another description, and the helper's.
    if (!child_reads)
        result = fd_set_nonblocking(*ours);
    if (result == 0 && dup3(end, slot, O_CLOEXEC) < 0)
        result = -errno;
    fd_close(&end);
    return result;
}

static int open_stdin(struct plan *plan, const struct launch_slots *slots, enum stdin_mode mode,
                      struct launched *launched)
{
    plan->stdio[0] = mode == STDIN_INHERIT ? STDIN_FILENO : slots->fds[0];
    return mode == STDIN_HOLD ? open_pipe(plan, slots->fds[0], &launched->stdin_writer, true) : 0;
}

static int open_output(struct plan *plan, const struct launch_slots *slots, int target,
                       enum stream_mode mode, int *reader)
{
    plan->stdio[target] = slots->fds[target];
    switch (mode) {
    case STREAM_INHERIT:
        plan->stdio[target] = target;
        return 0;
    case STREAM_JOIN:
        plan->stdio[target] = plan->stdio[STDOUT_FILENO];
        return 0;
    case STREAM_DISCARD:
        return 0;
    case STREAM_LOG:
        break;
    }
    return open_pipe(plan, slots->fds[target], reader, false);
}

static bool open_ends(struct plan *plan, const struct helper_config *helper,
                      const struct launch_slots *slots, struct launched *launched,
                      struct launch_error *error)
{
    int result = open_stdin(plan, slots, helper->stdin_mode, launched);
    if (result == 0)
        result = open_output(plan, slots, STDOUT_FILENO, helper->log.stdout_stream.mode,
                             &launched->stdout_reader);
    if (result == 0)
        result = open_output(plan, slots, STDERR_FILENO, helper->log.stderr_stream.mode,
                             &launched->stderr_reader);
    if (result < 0)
        *error = (struct launch_error){.step = STEP_PIPE, .error = -result};
    return result == 0;
}

// Returns once the child has executed its program or ended. One that becomes another user has
// memory of its own: what that user may do to its process is not to reach ours.
static pid_t clone_child(struct plan *plan, char *stack_end, int *pidfd)
{
    const int flags = SIGCHLD | CLONE_VFORK | CLONE_FILES | CLONE_CHILD_SETTID |
                      (plan->identity->is_set ? 0 : CLONE_VM);
    void *child_pid = (void *)&plan->shared->pid;
    pid_t pid = clone(child_run, stack_end, flags | CLONE_PIDFD, plan, pidfd, NULL, child_pid);
    if (pid < 0 && errno == EINVAL) { // no pidfds here: the sweep finds the exit
        *pidfd = -1;
        pid = clone(child_run, stack_end, flags, plan, NULL, NULL, child_pid);
    }
    return pid;
}

struct launch_error launch(struct plan *plan, const struct helper_config *helper,
                           struct launch_slots *slots, char *stack_end, struct launched *launched)
{
    struct launch_error error = {.step = STEP_NONE};
    *launched = launched_nothing;
    if (!launch_slots_fill(slots, &error))
        return error;
    plan->beyond = highest(slots) + 1;
    if (open_ends(plan, helper, slots, launched, &error)) {
        launched->pid = clone_child(plan, stack_end, &launched->pidfd);
        if (launched->pid < 0)
            error = (struct launch_error){.step = STEP_CLONE, .error = errno};
        else
            error = plan->shared->failure;
    }
    if (error.step != STEP_NONE)
        launched_close(launched);
    return error;
}
