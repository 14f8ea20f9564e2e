// SPDX-License-Identifier: MIT
#include "process/reaper.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "process/instance.h"
#include "process/launcher.h"
#include "process/process_table.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LAST_STEPS = 100 }; // of 20 ms that helpers have when memory has run out

static const double check_interval = 0.2; // seconds between looks at groups that are not empty
static const double held_pause = 0.002; // before another look at what the launcher has yet to tell
static const double rest_share = 20;    // a pause of so many times what a look took

enum {
    BUCKETS = 1024,    // of the table of runs; pids are handed out in order, so they spread well
    SWEEP_LIMIT = 256, // reaped in one turn: a storm of orphans holds up nothing else
};

// Processes by pid and start, so that a number given out again is another one.
struct processes {
    struct process *items;
    size_t count, capacity;
};

struct reaper {
    struct ev_loop *loop;
    struct launcher *launcher;
    ev_signal child_ended;
    ev_timer next_sweep;       // a sweep is due, but not yet
    double rested;             // clock_monotonic: when the next sweep may begin
    ev_timer check;            // of the groups in left
    double scanned;            // clock_monotonic: when the next look at all processes may begin
    struct list runs[BUCKETS]; // instance.reaper_link, not reaped yet, by pid
    struct list left;          // instance.reaper_link, reaped, others of the group live
    struct processes earlier;  // children from before helperd was helperd: a shell may exec it
    struct processes told;     // escaped processes that got SIGTERM
    bool told_all;             // where they cannot be known: SIGTERM went to every process
};

static void processes_add(struct processes *processes, const struct process *process)
{
    if (processes->count == processes->capacity) {
        processes->capacity = processes->capacity * 2 + 16;
        processes->items =
            memory_resize(processes->items, processes->capacity, sizeof(struct process));
    }
    processes->items[processes->count++] = *process;
}

static bool processes_have(const struct processes *processes, const struct process *process)
{
    for (size_t i = 0; i < processes->count; i++) {
        const struct process *item = &processes->items[i];
        if (item->pid == process->pid && item->started == process->started)
            return true;
    }
    return false;
}

static bool group_is_gone(pid_t group)
{
    return kill(-group, 0) < 0 && errno == ESRCH;
}

void reaper_remove(struct reaper *reaper, struct instance *instance)
{
    list_remove(&instance->reaper_link);
    if (list_is_empty(&reaper->left))
        ev_timer_stop(reaper->loop, &reaper->check);
}

static void tell_group_ended(struct reaper *reaper, struct instance *instance)
{
    reaper_remove(reaper, instance);
    instance_group_ended(instance);
}

static void check_groups(struct reaper *reaper)
{
    LIST_EACH (struct instance, instance, &reaper->left, reaper_link) {
        if (group_is_gone(instance->pid))
            tell_group_ended(reaper, instance);
    }
}

static struct instance *find_run(struct reaper *reaper, pid_t pid)
{
    LIST_EACH (struct instance, instance, &reaper->runs[pid % BUCKETS], reaper_link) {
        if (instance->pid == pid)
            return instance;
    }
    return NULL;
}

// The library's waitid does not tell what was used.
static bool reap(idtype_t type, id_t id, struct reaped *reaped)
{
    *reaped = (struct reaped){0};
    return syscall(SYS_waitid, type, id, &reaped->info, WEXITED | WNOHANG, &reaped->usage) == 0 &&
           reaped->info.si_pid != 0;
}

bool reaper_reap(pid_t pid, struct reaped *reaped)
{
    return reap(P_PID, (id_t)pid, reaped);
}

// The pid of some child that has ended, and stays as it is; or 0.
static pid_t look_for_ended(void)
{
    siginfo_t info = {0};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
        return 0;
    return info.si_pid;
}

// What became of one step of a sweep.
enum found { FOUND_NONE, FOUND_RUN, FOUND_ORPHAN, FOUND_HELD };

// While starts are under way a child may be one that we were not told of yet: then its end is
// looked at, and left there.
static enum found sweep_one(struct reaper *reaper)
{
    bool looks = launcher_is_busy(reaper->launcher);
    struct reaped reaped = {0};
    pid_t pid = 0;
    if (looks)
        pid = look_for_ended();
    else if (reap(P_ALL, 0, &reaped))
        pid = reaped.info.si_pid;
    if (pid == 0)
        return FOUND_NONE;
    struct instance *instance = find_run(reaper, pid);
    if (instance == NULL && looks && launcher_holds(reaper->launcher, pid))
        return FOUND_HELD;
    if (looks && !reaper_reap(pid, &reaped))
        return FOUND_NONE;
    if (instance != NULL) {
        instance_reaped(instance, &reaped);
        return FOUND_RUN;
    }
    log_debug("reaped orphan %d", (int)pid);
    return FOUND_ORPHAN;
}

static void sweep_later(struct reaper *reaper, double after)
{
    if (ev_is_active(&reaper->next_sweep))
        return;
    ev_now_update(reaper->loop);
    ev_timer_set(&reaper->next_sweep, after, 0);
    ev_timer_start(reaper->loop, &reaper->next_sweep);
}

static void sweep(struct reaper *reaper)
{
    double begun = clock_monotonic();
    bool orphaned = false;
    enum found found;
    unsigned count = 0;
    do {
        found = sweep_one(reaper);
        orphaned |= found == FOUND_ORPHAN;
    } while (++count < SWEEP_LIMIT && (found == FOUND_RUN || found == FOUND_ORPHAN));
    if (orphaned)
        check_groups(reaper);
    double now = clock_monotonic();
    reaper->rested = now + rest_share * (now - begun) / count;
    if (found != FOUND_NONE) // the rest in a later turn
        sweep_later(reaper, found == FOUND_HELD ? held_pause : 0);
}

static void on_child_ended(struct ev_loop *loop, ev_signal *signal, int events)
{
    (void)loop;
    (void)events;
    struct reaper *reaper = signal->data;
    double pause = reaper->rested - clock_monotonic();
    if (pause > 0)
        sweep_later(reaper, pause);
    else
        sweep(reaper);
}

static void on_next_sweep(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    sweep(timer->data);
}

// Of all processes those that are no zombies: a zombie whose parent does not reap it holds its
// group for ever, but does nothing any more.
static void note_living(void *living, const struct process *process)
{
    if (process->state != 'Z' && process->state != 'X')
        processes_add(living, process);
}

static int compare_groups(const void *a, const void *b)
{
    pid_t x = ((const struct process *)a)->group, y = ((const struct process *)b)->group;
    return (x > y) - (x < y);
}

// Looks for groups of which only zombies are left.
static void scan(struct reaper *reaper)
{
    struct processes living = {0};
    if (process_table_scan(note_living, &living)) {
        qsort(living.items, living.count, sizeof(struct process), compare_groups);
        LIST_EACH (struct instance, instance, &reaper->left, reaper_link) {
            const struct process wanted = {.group = instance->pid};
            if (bsearch(&wanted, living.items, living.count, sizeof(wanted), compare_groups) ==
                NULL)
                tell_group_ended(reaper, instance);
        }
    }
    free(living.items);
}

static void on_check(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    struct reaper *reaper = timer->data;
    check_groups(reaper);
    double begun = clock_monotonic();
    if (list_is_empty(&reaper->left) || begun < reaper->scanned)
        return;
    scan(reaper);
    // It looks at all processes there are: the more, the less often.
    double now = clock_monotonic();
    reaper->scanned = now + rest_share * (now - begun);
}

static void note_earlier_child(void *context, const struct process *process)
{
    struct reaper *reaper = context;
    if (process->parent == getpid())
        processes_add(&reaper->earlier, process);
}

static bool has_children(void)
{
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void signal_all(struct reaper *reaper, int signal)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        LIST_EACH (struct instance, instance, &reaper->runs[i], reaper_link)
            instance_signal(instance, signal);
    }
    LIST_EACH (struct instance, instance, &reaper->left, reaper_link)
        instance_signal(instance, signal);
}

// Memory has run out, and helperd is about to end: no helper is to run on without it, beside the
// copy that the next helperd starts. Nobody else reaps any more.
static void end_all(void *context)
{
    struct reaper *reaper = context;
    signal_all(reaper, SIGTERM);
    signal_all(reaper, SIGCONT);
    launcher_signal_all(reaper->launcher, SIGTERM);
    const struct timespec step = {.tv_nsec = 20 * 1000 * 1000};
    for (int steps = 0; steps < LAST_STEPS && has_children(); steps++) {
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
        nanosleep(&step, NULL);
    }
    signal_all(reaper, SIGKILL);
    launcher_signal_all(reaper->launcher, SIGKILL);
}

struct reaper *reaper_create(struct ev_loop *loop, struct launcher *launcher)
{
    struct reaper *reaper = memory_new(1, sizeof(*reaper));
    reaper->loop = loop;
    reaper->launcher = launcher;
    list_init(&reaper->left);
    for (size_t i = 0; i < BUCKETS; i++)
        list_init(&reaper->runs[i]);
    ev_signal_init(&reaper->child_ended, on_child_ended, SIGCHLD);
    reaper->child_ended.data = reaper;
    ev_set_priority(&reaper->child_ended, EV_MINPRI); // after the pidfds of the same turn
    ev_signal_start(loop, &reaper->child_ended);
    ev_timer_init(&reaper->next_sweep, on_next_sweep, 0, 0);
    reaper->next_sweep.data = reaper;
    ev_set_priority(&reaper->next_sweep, EV_MINPRI);
    ev_timer_init(&reaper->check, on_check, check_interval, check_interval);
    reaper->check.data = reaper;
    if (getpid() != 1 && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
        log_warning("cannot adopt the orphans of helpers: %s (step: prctl)", strerror(errno));
    // Most often there is none, and then no look at all processes is needed.
    if (has_children())
        (void)process_table_scan(note_earlier_child, reaper);
    if (!process_table_is_there())
        log_info("there is no /proc of our own: %s",
                 getpid() == 1
                     ? "at the end all other processes are ended, whoever started them"
                     : "processes that leave the group of their helper are not found, and "
                       "at the end not ended");
    memory_set_last_act(end_all, reaper);
    return reaper;
}

void reaper_destroy(struct reaper *reaper)
{
    if (reaper == NULL)
        return;
    memory_set_last_act(NULL, NULL);
    ev_signal_stop(reaper->loop, &reaper->child_ended);
    ev_timer_stop(reaper->loop, &reaper->next_sweep);
    ev_timer_stop(reaper->loop, &reaper->check);
    free(reaper->earlier.items);
    free(reaper->told.items);
    free(reaper);
}

void reaper_add(struct reaper *reaper, struct instance *instance)
{
    list_append(&reaper->runs[instance->pid % BUCKETS], &instance->reaper_link);
}

void reaper_take(pid_t pid)
{
    siginfo_t info;
    (void)waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG); // else the sweep finds it
}

// Reaps those of a group that are dead and ours already: they hold it, but none of them lives.
// Where there are very many the sweep finds the rest.
static void reap_group(pid_t group)
{
    for (unsigned count = 0; count < SWEEP_LIMIT; count++) {
        siginfo_t info = {0};
        if (waitid(P_PGID, (id_t)group, &info, WEXITED | WNOHANG) < 0 || info.si_pid == 0)
            break;
    }
}

bool reaper_watch_group(struct reaper *reaper, struct instance *instance)
{
    if (group_is_gone(instance->pid))
        return false;
    reap_group(instance->pid);
    if (group_is_gone(instance->pid))
        return false;
    if (list_is_empty(&reaper->left))
        ev_timer_again(reaper->loop, &reaper->check);
    list_append(&reaper->left, &instance->reaper_link);
    return true;
}

static void note_process(void *context, const struct process *process)
{
    processes_add(context, process);
}

// Keeps of all processes those that descend from us, but for what we had before we were helperd.
// Each pass finds at least the children of those found before.
static void keep_descendants(const struct reaper *reaper, struct processes *all)
{
    size_t kept = 0;
    for (size_t before = (size_t)-1; kept != before;) {
        before = kept;
        for (size_t i = kept; i < all->count; i++) {
            struct process process = all->items[i];
            bool ours = process.parent == getpid() && !processes_have(&reaper->earlier, &process);
            for (size_t k = 0; k < kept && !ours; k++)
                ours = process.parent == all->items[k].pid;
            if (!ours)
                continue;
            all->items[i] = all->items[kept];
            all->items[kept++] = process;
        }
    }
    all->count = kept;
}

// To every process there is: SIGTERM and SIGCONT once, or SIGKILL.
static void tell_all(struct reaper *reaper, bool kill_them)
{
    if (kill_them) {
        (void)kill(-1, SIGKILL);
    } else if (!reaper->told_all) {
        reaper->told_all = true;
        (void)kill(-1, SIGTERM);
        (void)kill(-1, SIGCONT);
    }
}

unsigned reaper_end_escaped(struct reaper *reaper, bool kill_them)
{
    // Most often there is none, and then no look at all processes is needed.
    if (!has_children())
        return 0;
    struct processes all = {0};
    unsigned count = 0;
    if (process_table_scan(note_process, &all)) {
        keep_descendants(reaper, &all);
    } else if (getpid() == 1) { // all there are descend from us
        count = 1;
        tell_all(reaper, kill_them);
    }
    for (size_t i = 0; i < all.count; i++) {
        const struct process *process = &all.items[i];
        if (process->state == 'Z')
            continue;
        count++;
        if (kill_them) {
            (void)kill(process->pid, SIGKILL);
        } else if (!processes_have(&reaper->told, process)) {
            processes_add(&reaper->told, process);
            (void)kill(process->pid, SIGTERM);
            (void)kill(process->pid, SIGCONT);
        }
    }
    free(all.items);
    // One that forks and ends all the time may be missed by any look, but not by the kernel.
    return count == 0 && reaper->earlier.count == 0 && has_children() ? 1 : count;
}
