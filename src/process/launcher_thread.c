// SPDX-License-Identifier: MIT
// What a launcher's threads do. Want of memory here is a start that failed and never the end: that
// looks at what is the loop's.
#include "base/thread.h"
#include "process/launcher_inside.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

enum { WORTH_TELLING = 64 }; // that are done, while others are to come: each word wakes the loop

void launcher_notify(struct launcher *launcher)
{
    launcher->untold = 0;
    if (!launcher->ending) // then the loop may be gone
        ev_async_send(launcher->loop, &launcher->done_ready);
}

static void put_done(struct launcher *launcher, struct launch_job *job)
{
    job->phase = PHASE_DONE;
    list_append(&launcher->done, &job->link);
    if (++launcher->untold >= WORTH_TELLING || list_is_empty(&launcher->queue))
        launcher_notify(launcher);
}

// One start after the other, but for those that take too long.
static bool may_take_job(const struct launcher *launcher)
{
    return !list_is_empty(&launcher->queue) && launcher->current == NULL;
}

// With the lock held. NULL: it is to end.
static struct launch_job *take_job(struct launcher_thread *thread)
{
    struct launcher *launcher = thread->launcher;
    while (!launcher->ending && !may_take_job(launcher)) {
        launcher->idle++;
        pthread_cond_wait(&launcher->work, &launcher->lock);
        launcher->idle--;
    }
    if (launcher->ending)
        return NULL;
    struct launch_job *job = LIST_FIRST(struct launch_job, &launcher->queue, link);
    list_remove(&job->link);
    job->phase = PHASE_PLANNING;
    thread->job = job;
    launcher->current = job;
    atomic_store(&thread->shared->pid, 0);
    return job;
}

static void give_back_job(struct launcher_thread *thread)
{
    struct launcher *launcher = thread->launcher;
    struct launch_job *job = thread->job;
    if (launcher->current == job)
        launcher->current = NULL;
    thread->job = NULL;
    put_done(launcher, job);
}

// Those of another start may be used once its child, perhaps late, has left them.
static bool slots_are_free(const struct launcher *launcher)
{
    const struct launcher_thread *user = launcher->slots_user;
    return user == NULL || atomic_load(&user->shared->has_descriptors);
}

// Waits for the slots; it is rare that they are not free, and never for long.
static void await_slots(struct launcher *launcher, const struct launch_job *job)
{
    const struct timespec step = {.tv_nsec = 1000 * 1000};
    while (!slots_are_free(launcher) && !job->called_off && !launcher->ending) {
        pthread_mutex_unlock(&launcher->lock);
        nanosleep(&step, NULL);
        pthread_mutex_lock(&launcher->lock);
    }
}

// From here on there may be a process. False: it is not to be.
static bool begin_clone(struct launcher_thread *thread)
{
    struct launcher *launcher = thread->launcher;
    struct launch_job *job = thread->job;
    pthread_mutex_lock(&launcher->lock);
    await_slots(launcher, job);
    bool begins = !job->called_off && !launcher->ending;
    if (begins) {
        if (launcher->slots_user != NULL) // its thread still waits for the program
            launch_slots_clear(&launcher->slots);
        atomic_store(&thread->shared->has_descriptors, false);
        thread->shared->failure = (struct launch_error){.step = STEP_NONE};
        launcher->slots_user = thread;
        job->phase = PHASE_CLONING;
        job->ticks = 0;
    } else {
        job->error = (struct launch_error){.step = STEP_CLONE, .error = ECANCELED};
    }
    pthread_mutex_unlock(&launcher->lock);
    return begins;
}

static void end_clone(struct launcher_thread *thread)
{
    struct launcher *launcher = thread->launcher;
    struct launch_job *job = thread->job;
    pthread_mutex_lock(&launcher->lock);
    if (launcher->slots_user == thread) {
        launch_slots_clear(&launcher->slots);
        launcher->slots_user = NULL;
    }
    if (job->timed_out && job->error.step == STEP_NONE) {
        job->error = (struct launch_error){.step = STEP_REPORT, .error = ETIMEDOUT};
        launched_close(&job->launched);
    }
    pthread_mutex_unlock(&launcher->lock);
}

static void start_process(struct launcher_thread *thread)
{
    struct launcher *launcher = thread->launcher;
    struct launch_job *job = thread->job;
    struct plan plan;
    if (!plan_make(&plan, job->helper, job->command, &launcher->context, &job->more, &job->error))
        return;
    plan.shared = thread->shared;
    plan.dispositions = &launcher->dispositions;
    if (begin_clone(thread)) {
        job->error = launch(&plan, job->helper, &launcher->slots, thread->child_stack + CHILD_STACK,
                            &job->launched);
        end_clone(thread);
    }
    plan_finish(&plan);
}

static void *run(void *argument)
{
    struct launcher_thread *thread = argument;
    struct launcher *launcher = thread->launcher;
    // For those who look at processes: a child that cannot execute its program bears it, too.
    (void)prctl(PR_SET_NAME, "helperd-start");
    pthread_mutex_lock(&launcher->lock);
    launcher->starting--;
    while (take_job(thread) != NULL) {
        pthread_mutex_unlock(&launcher->lock);
        start_process(thread);
        pthread_mutex_lock(&launcher->lock);
        give_back_job(thread);
    }
    launcher->living--;
    pthread_mutex_unlock(&launcher->lock);
    return NULL;
}

static void fail_queue(struct launcher *launcher, struct launch_error error)
{
    LIST_EACH (struct launch_job, job, &launcher->queue, link) {
        list_remove(&job->link);
        job->error = error;
        put_done(launcher, job);
    }
}

// With the lock held.
static void add_thread(struct launcher *launcher)
{
    if (launcher->thread_count == 0)
        launch_note_dispositions(&launcher->dispositions);
    struct launcher_thread *thread = calloc(1, sizeof(*thread));
    int error = ENOMEM;
    if (thread != NULL) {
        thread->launcher = launcher;
        thread->shared = &launcher->shared[launcher->thread_count];
        error = thread_start(
            run, thread); // in whose children signals stay blocked until they unblock them
    }
    if (error == 0) {
        launcher->threads[launcher->thread_count++] = thread;
        launcher->living++;
        launcher->starting++;
        return;
    }
    free(thread);
    if (launcher->thread_count == 0)
        fail_queue(launcher, (struct launch_error){.step = STEP_THREAD, .error = error});
}

void launcher_wake(struct launcher *launcher)
{
    if (!may_take_job(launcher))
        return;
    if (launcher->idle > 0)
        pthread_cond_signal(&launcher->work);
    else if (launcher->starting == 0 && launcher->thread_count < LAUNCHER_THREADS)
        add_thread(launcher);
}
