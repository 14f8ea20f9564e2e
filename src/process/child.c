// SPDX-License-Identifier: MIT
#include "process/child.h"

#include "process/plan.h"

#include <errno.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void fail(struct plan *plan, enum launch_step step)
{
    plan->failure = (struct launch_error){.step = step, .error = errno};
    _exit(127);
}

// Whatever helperd was started with: the program begins with default dispositions. The raw call,
// since the C library keeps two signals to itself, and these may have been ignored as well. That
// SIGKILL and SIGSTOP cannot be set is no matter.
static void reset_dispositions(void)
{
    // SIG_DFL, no flags and an empty mask are zeros in the kernel's form on every machine.
    static const unsigned long fallback[8];
    for (int signal = 1; signal < _NSIG; signal++)
        (void)syscall(SYS_rt_sigaction, signal, fallback, NULL, (size_t)_NSIG / 8);
}

static void take_stdio(struct plan *plan)
{
    for (int target = 0; target < 3; target++) {
        // An inherited one stands in its place already and must only stay open across exec.
        if (plan->stdio[target] != target && dup2(plan->stdio[target], target) < 0)
            fail(plan, STEP_STDIO);
    }
    // All of ours are close-on-exec; this closes what a library may have opened without it. A
    // kernel that does not know the call leaves it at that.
    (void)close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
}

static void follow_parent(struct plan *plan)
{
    if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) < 0)
        fail(plan, STEP_PARENT);
    if (getppid() != plan->parent) { // it died before the call could take effect
        errno = ESRCH;
        fail(plan, STEP_PARENT);
    }
}

int child_run(void *argument)
{
    struct plan *plan = argument;
    reset_dispositions();
    if (setsid() < 0)
        fail(plan, STEP_SESSION);
    take_stdio(plan);
    if (plan->parent != 0)
        follow_parent(plan);
    if (plan->nofile.rlim_max > 0 && setrlimit(RLIMIT_NOFILE, &plan->nofile) < 0)
        fail(plan, STEP_LIMITS);
    if (plan->umask >= 0)
        umask((mode_t)plan->umask);
    if (chdir(plan->directory) < 0)
        fail(plan, STEP_DIRECTORY);

    sigset_t none;
    sigemptyset(&none);
    if (sigprocmask(SIG_SETMASK, &none, NULL) < 0)
        fail(plan, STEP_SIGNALS);
    execve(plan->program, plan->argv, plan->envp);
    if (errno == ENOEXEC)
        execve(plan->script_argv[0], plan->script_argv, plan->envp);
    fail(plan, STEP_EXEC);
    return 127;
}
