// SPDX-License-Identifier: MIT
#include "process/launcher.h"

#include "base/memory.h"
#include "process/launcher_inside.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

enum {
    TOLD_AT_ONCE = 64,    // in one turn of the loop, which has other work as well
    LATE_TICKS = 2,       // after which the next start does not wait for this one any more
    STRANGER_TICKS = 400, // that another user's child may take to its program
    END_STEPS = 2000,     // of half a millisecond that threads get to end; those that hang do not
};

static const double tick_interval = 0.025; // seconds between looks at starts in progress

static void kill_process(const struct launcher_thread *thread)
{
    pid_t pid = atomic_load(&thread->shared->pid);
    if (thread->job->phase == PHASE_CLONING && pid > 0)
        (void)kill(pid, SIGKILL);
}

// A user could stop its process on the way to the program, and with it a thread of ours.
static bool takes_too_long(const struct launch_job *job)
{
    return job->helper->identity.is_set && job->ticks >= STRANGER_TICKS;
}

static void look_at(struct launcher *launcher, const struct launcher_thread *thread)
{
    struct launch_job *job = thread->job;
    if (++job->ticks >= LATE_TICKS && launcher->current == job)
        launcher->current = NULL;
    job->timed_out |= job->phase == PHASE_CLONING && takes_too_long(job);
    if (job->killed || job->timed_out)
        kill_process(thread);
}

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    struct launcher *launcher = timer->data;
    pthread_mutex_lock(&launcher->lock);
    for (unsigned i = 0; i < launcher->thread_count; i++) {
        if (launcher->threads[i]->job != NULL)
            look_at(launcher, launcher->threads[i]);
    }
    launcher_wake(launcher);
    if (launcher->untold > 0)
        launcher_notify(launcher);
    pthread_mutex_unlock(&launcher->lock);
}

static void free_job(struct launcher *launcher, struct launch_job *job)
{
    if (--launcher->jobs == 0)
        ev_timer_stop(launcher->loop, &launcher->tick);
    config_release(job->helper->owner);
    strings_finish(&job->more);
    free(job);
}

static void tell(struct launcher *launcher, struct launch_job *job)
{
    bool runs = job->launched.pid > 0 && job->error.step == STEP_NONE;
    if (job->killed && runs) // it may have executed its program before the signal was sent
        (void)kill(job->launched.pid, SIGKILL);
    if (!job->called_off) {
        job->told(job->owner, &job->launched, job->error);
    } else if (runs) {
        (void)kill(-job->launched.pid, SIGKILL);
        launched_close(&job->launched);
    }
    free_job(launcher, job);
}

static void on_done(struct ev_loop *loop, ev_async *async, int events)
{
    (void)events;
    struct launcher *launcher = async->data;
    pthread_mutex_lock(&launcher->lock);
    list_append_all(&launcher->to_tell, &launcher->done);
    pthread_mutex_unlock(&launcher->lock);
    for (unsigned count = 0; count < TOLD_AT_ONCE; count++) {
        struct launch_job *job = LIST_FIRST(struct launch_job, &launcher->to_tell, link);
        if (job == NULL)
            return;
        list_remove(&job->link);
        tell(launcher, job);
    }
    ev_async_send(loop, async); // the rest in the next turn
}

struct launcher *launcher_create(struct ev_loop *loop, const struct launch_context *context)
{
    struct launcher *launcher = memory_new(1, sizeof(*launcher));
    launcher->loop = loop;
    launcher->context = *context;
    launcher->slots = launch_slots_none;
    launcher->shared = mmap(NULL, LAUNCHER_THREADS * sizeof(*launcher->shared),
                            PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (launcher->shared == MAP_FAILED)
        memory_run_out();
    list_init(&launcher->to_tell);
    list_init(&launcher->queue);
    list_init(&launcher->done);
    pthread_mutex_init(&launcher->lock, NULL);
    pthread_cond_init(&launcher->work, NULL);
    struct launch_error error; // whoever starts first tries again
    (void)launch_slots_fill(&launcher->slots, &error);
    ev_async_init(&launcher->done_ready, on_done);
    launcher->done_ready.data = launcher;
    ev_async_start(loop, &launcher->done_ready);
    ev_timer_init(&launcher->tick, on_tick, tick_interval, tick_interval);
    launcher->tick.data = launcher;
    return launcher;
}

// Whether all threads have ended.
static bool end_threads(struct launcher *launcher)
{
    const struct timespec step = {.tv_nsec = 500 * 1000};
    for (int steps = 0; steps < END_STEPS; steps++) {
        pthread_mutex_lock(&launcher->lock);
        launcher->ending = true;
        bool ended = launcher->living == 0;
        pthread_cond_broadcast(&launcher->work);
        pthread_mutex_unlock(&launcher->lock);
        if (ended)
            return true;
        nanosleep(&step, NULL);
    }
    return false;
}

static void drop_jobs(struct launcher *launcher, struct list *jobs)
{
    LIST_EACH (struct launch_job, job, jobs, link) {
        list_remove(&job->link);
        job->called_off = true;
        tell(launcher, job);
    }
}

void launcher_destroy(struct launcher *launcher)
{
    if (launcher == NULL)
        return;
    bool ended = end_threads(launcher);
    ev_async_stop(launcher->loop, &launcher->done_ready);
    ev_timer_stop(launcher->loop, &launcher->tick);
    if (!ended)
        return;
    drop_jobs(launcher, &launcher->queue);
    drop_jobs(launcher, &launcher->done);
    drop_jobs(launcher, &launcher->to_tell);
    launch_slots_finish(&launcher->slots);
    for (unsigned i = 0; i < launcher->thread_count; i++)
        free(launcher->threads[i]);
    munmap(launcher->shared, LAUNCHER_THREADS * sizeof(*launcher->shared));
    pthread_mutex_destroy(&launcher->lock);
    pthread_cond_destroy(&launcher->work);
    free(launcher);
}

struct launch_job *launcher_submit(struct launcher *launcher, const struct helper_config *helper,
                                   const struct command *command, struct strings more,
                                   launch_told *told, void *owner)
{
    struct launch_job *job = memory_new(1, sizeof(*job));
    *job = (struct launch_job){
        .helper = helper,
        .command = command,
        .more = more,
        .told = told,
        .owner = owner,
        .launched = launched_nothing,
    };
    config_hold(helper->owner);
    if (launcher->jobs++ == 0)
        ev_timer_again(launcher->loop, &launcher->tick);
    pthread_mutex_lock(&launcher->lock);
    list_append(&launcher->queue, &job->link);
    launcher_wake(launcher);
    pthread_mutex_unlock(&launcher->lock);
    return job;
}

bool launcher_cancel(struct launcher *launcher, struct launch_job *job)
{
    pthread_mutex_lock(&launcher->lock);
    bool queued = job->phase == PHASE_QUEUED, planning = job->phase == PHASE_PLANNING;
    job->called_off |= planning;
    if (queued)
        list_remove(&job->link);
    pthread_mutex_unlock(&launcher->lock);
    if (queued)
        free_job(launcher, job);
    return queued || planning;
}

bool launcher_has_begun(struct launcher *launcher, const struct launch_job *job)
{
    pthread_mutex_lock(&launcher->lock);
    bool begun = job->phase == PHASE_CLONING || job->phase == PHASE_DONE;
    pthread_mutex_unlock(&launcher->lock);
    return begun;
}

void launcher_kill(struct launcher *launcher, struct launch_job *job)
{
    pthread_mutex_lock(&launcher->lock);
    job->killed = true;
    for (unsigned i = 0; i < launcher->thread_count; i++) {
        if (launcher->threads[i]->job == job)
            kill_process(launcher->threads[i]);
    }
    pthread_mutex_unlock(&launcher->lock);
}

void launcher_abandon(struct launcher *launcher, struct launch_job *job)
{
    if (launcher_cancel(launcher, job))
        return;
    launcher_kill(launcher, job);
    job->called_off = true;
}

bool launcher_is_busy(const struct launcher *launcher)
{
    return launcher->jobs > 0;
}

bool launcher_holds(struct launcher *launcher, pid_t pid)
{
    bool holds = false;
    pthread_mutex_lock(&launcher->lock);
    for (unsigned i = 0; i < launcher->thread_count && !holds; i++) {
        const struct launcher_thread *thread = launcher->threads[i];
        holds = thread->job != NULL && atomic_load(&thread->shared->pid) == pid;
    }
    list_append_all(&launcher->to_tell,
                    &launcher->done); // the threads do not wait for what follows
    pthread_mutex_unlock(&launcher->lock);
    LIST_EACH (struct launch_job, job, &launcher->to_tell, link)
        holds |= job->launched.pid == pid;
    return holds;
}

static void signal_groups(struct list *jobs, int signal)
{
    LIST_EACH (struct launch_job, job, jobs, link) {
        if (job->error.step == STEP_NONE)
            (void)kill(-job->launched.pid, signal);
    }
}

void launcher_signal_all(struct launcher *launcher, int signal)
{
    pthread_mutex_lock(&launcher->lock);
    launcher->ending = true;
    for (unsigned i = 0; i < launcher->thread_count; i++) {
        const struct launcher_thread *thread = launcher->threads[i];
        pid_t pid = atomic_load(&thread->shared->pid);
        if (thread->job != NULL && pid > 0)
            (void)kill(pid, signal);
    }
    signal_groups(&launcher->done, signal);
    signal_groups(&launcher->to_tell, signal);
    pthread_mutex_unlock(&launcher->lock);
}
