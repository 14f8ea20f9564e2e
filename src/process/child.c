// SPDX-License-Identifier: MIT
#include "process/child.h"

#include "process/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// The C library's functions of these names would signal every thread of helperd, whose memory this
// may be. Old machines have a call of each for 16 bits under the plain name.
#ifdef SYS_setresuid32
enum {
    CALL_SETGROUPS = SYS_setgroups32,
    CALL_SETRESGID = SYS_setresgid32,
    CALL_SETRESUID = SYS_setresuid32,
    CALL_GETRESGID = SYS_getresgid32,
    CALL_GETRESUID = SYS_getresuid32,
};
#else
enum {
    CALL_SETGROUPS = SYS_setgroups,
    CALL_SETRESGID = SYS_setresgid,
    CALL_SETRESUID = SYS_setresuid,
    CALL_GETRESGID = SYS_getresgid,
    CALL_GETRESUID = SYS_getresuid,
};
#endif

static void fail_at(struct plan *plan, enum launch_step step, enum limit limit)
{
    plan->shared->failure = (struct launch_error){.step = step, .error = errno, .limit = limit};
    _exit(127);
}

static void fail(struct plan *plan, enum launch_step step)
{
    fail_at(plan, step, LIMIT_NOFILE);
}

// Whatever helperd was started with: the program begins with default dispositions. The raw call,
// since the C library keeps two signals to itself, and these may have been ignored as well.
static void reset_dispositions(const struct plan *plan)
{
    // SIG_DFL, no flags and an empty mask are zeros in the kernel's form on every machine.
    static const unsigned long fallback[8];
    for (int signal = 1; signal < _NSIG; signal++) {
        if (plan->dispositions->changed[signal])
            (void)syscall(SYS_rt_sigaction, signal, fallback, NULL, (size_t)_NSIG / 8);
    }
}

// Descriptors of its own: a copy of those that it may need, for one of thousands of pipes would
// cost more than all the rest.
static void leave_descriptors(struct plan *plan)
{
    // A kernel that does not know the call copies all.
    if (close_range((unsigned)plan->beyond, ~0U, CLOSE_RANGE_UNSHARE) < 0 &&
        syscall(SYS_unshare, CLONE_FILES) < 0)
        fail(plan, STEP_UNSHARE);
    atomic_store(&plan->shared->has_descriptors, true);
}

static void take_stdio(struct plan *plan)
{
    for (int target = 0; target < 3; target++) {
        // An inherited one stands in its place already and must only stay open across exec.
        if (plan->stdio[target] != target && dup2(plan->stdio[target], target) < 0)
            fail(plan, STEP_STDIO);
    }
    // The exec would close them, but it may hang, and what reads these pipes waits for their end.
    // On a kernel without the call only those that helperd gave this start are closed before: there
    // a start that hangs holds open what others had open when it began.
    if (close_range(STDERR_FILENO + 1, ~0U, 0) < 0) {
        for (int fd = STDERR_FILENO + 1; fd < plan->beyond; fd++)
            close(fd);
    }
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

static void set_oom_score(struct plan *plan)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    size_t length = strlen(plan->oom_score_adj);
    if (fd < 0 || write(fd, plan->oom_score_adj, length) != (ssize_t)length)
        fail(plan, STEP_OOM_SCORE);
    close(fd);
}

static void set_priorities(struct plan *plan)
{
    if (plan->nice != INTEGER_UNSET && setpriority(PRIO_PROCESS, 0, plan->nice) < 0)
        fail(plan, STEP_NICE);
    if (plan->io_priority != INTEGER_UNSET &&
        syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, plan->io_priority) < 0)
        fail(plan, STEP_IO_PRIORITY);
    if (plan->processors->mask != NULL &&
        syscall(SYS_sched_setaffinity, 0, plan->processors->size, plan->processors->mask) < 0)
        fail(plan, STEP_PROCESSORS);
}

// Takes away for good what no program that this process executes may ever have.
static void limit_bounding_set(struct plan *plan)
{
    for (unsigned long i = 0; i < 64; i++) {
        int is_there = prctl(PR_CAPBSET_READ, i, 0, 0, 0);
        if (is_there < 0 && errno == EINVAL)
            return; // past the last that this kernel knows
        bool is_kept = (plan->capabilities >> i & 1) != 0;
        if (is_there < 0 || (is_there > 0 && !is_kept && prctl(PR_CAPBSET_DROP, i, 0, 0, 0) < 0))
            fail(plan, STEP_BOUNDING_SET);
    }
}

static void set_capabilities(struct plan *plan)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    for (int i = 0; i < 2; i++) {
        uint32_t word = (uint32_t)(plan->capabilities >> (32 * i));
        data[i] = (struct __user_cap_data_struct){word, word, word};
    }
    // What is not permitted or inheritable leaves the ambient set by itself.
    if (syscall(SYS_capset, &header, data) < 0)
        fail(plan, STEP_CAPABILITIES);
    for (unsigned long i = 0; i < 64; i++) {
        if ((plan->capabilities >> i & 1) != 0 &&
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
            fail(plan, STEP_AMBIENT_SET);
    }
}

static void become(struct plan *plan)
{
    const struct identity *identity = plan->identity;
    uid_t uid[3];
    gid_t gid[3];
    if (identity->sets_groups &&
        syscall(CALL_SETGROUPS, identity->group_count, identity->groups) < 0)
        fail(plan, STEP_GROUPS);
    if (syscall(CALL_SETRESGID, identity->gid, identity->gid, identity->gid) < 0)
        fail(plan, STEP_GROUP);
    if (plan->capabilities != 0 && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
        fail(plan, STEP_KEEP_CAPABILITIES);
    if (syscall(CALL_SETRESUID, identity->uid, identity->uid, identity->uid) < 0)
        fail(plan, STEP_USER);
    if (syscall(CALL_GETRESUID, &uid[0], &uid[1], &uid[2]) < 0 ||
        syscall(CALL_GETRESGID, &gid[0], &gid[1], &gid[2]) < 0)
        fail(plan, STEP_IDENTITY);
    for (int i = 0; i < 3; i++) {
        if (uid[i] != identity->uid || gid[i] != identity->gid) {
            errno = EPERM;
            fail(plan, STEP_IDENTITY);
        }
    }
}

int child_run(void *argument)
{
    struct plan *plan = argument;
    leave_descriptors(plan);
    reset_dispositions(plan);
    if (setsid() < 0)
        fail(plan, STEP_SESSION);
    take_stdio(plan);
    // What needs rights first, and what needs a descriptor before they are limited.
    if (plan->oom_score_adj[0] != '\0')
        set_oom_score(plan);
    for (size_t i = 0; i < plan->limit_count; i++) {
        const struct plan_limit *limit = &plan->limits[i];
        if (setrlimit(limit->resource, &limit->value) < 0)
            fail_at(plan, STEP_LIMITS, limit->limit);
    }
    set_priorities(plan);
    if (plan->limits_capabilities)
        limit_bounding_set(plan);
    if (plan->identity->is_set)
        become(plan);
    if (plan->sets_capabilities)
        set_capabilities(plan);
    if (plan->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        fail(plan, STEP_NO_NEW_PRIVILEGES);
    // With the rights of the user, as all that follows.
    if (chdir(plan->directory) < 0)
        fail(plan, STEP_DIRECTORY);
    if (plan->umask >= 0)
        umask((mode_t)plan->umask);
    if (plan->parent != 0)
        follow_parent(plan); // here, since a change of the user clears it

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
