// SPDX-License-Identifier: MIT
// The inside of the launcher. Private to launcher.c, which is the loop's side of it, and
// launcher_thread.c.
#pragma once

#include "base/list.h"
#include "process/launcher.h"

#include <ev.h>
#include <pthread.h>

enum {
    LAUNCHER_THREADS = 16, // so many starts may hang before others wait for them
    CHILD_STACK = 64 * 1024,
};

// Where a job is.
enum launch_phase {
    PHASE_QUEUED,
    PHASE_PLANNING, // a thread has it, and there is no process yet
    PHASE_CLONING,  // there may be one
    PHASE_DONE,
};

// Under the lock, but for what is set at its beginning. While a thread has it the result is the
// thread's.
struct launch_job {
    struct list link; // of the queue, of those that are done, or of those to tell
    const struct helper_config *helper;
    const struct command *command;
    struct strings more;
    launch_told *told;
    void *owner;
    enum launch_phase phase;
    unsigned ticks; // that it has been in its phase
    bool called_off;
    bool killed;
    bool timed_out;
    struct launched launched;
    struct launch_error error;
};

struct launcher_thread {
    struct launcher *launcher;
    struct launch_shared *shared;
    struct launch_job *job; // in its hands, or NULL; under the lock
    _Alignas(16) char child_stack[CHILD_STACK];
};

struct launcher {
    struct ev_loop *loop;
    struct launch_context context;
    ev_async done_ready;
    ev_timer tick;                    // while there are jobs
    size_t jobs;                      // of which nobody was told yet; the loop's
    struct list to_tell;              // launch_job.link, done; the loop's
    struct launch_shared *shared;     // of each thread
    struct dispositions dispositions; // helperd's, noted before the first thread

    pthread_mutex_t lock;    // over all that follows
    pthread_cond_t work;     // a job may be taken, or the end
    struct list queue, done; // launch_job.link
    unsigned untold;         // done, without a word to the loop
    struct launcher_thread *threads[LAUNCHER_THREADS];
    unsigned thread_count, living, idle;
    unsigned starting;                // threads that have not looked for a job yet
    const struct launch_job *current; // the start that others wait for; NULL: the next may begin
    struct launch_slots slots;
    const struct launcher_thread *slots_user; // whose child may still need them; or NULL
    bool ending;
};

// With the lock held: wakes or starts a thread, if the next job may be taken. Where there is no
// thread at all, and none can be had, all jobs fail.
void launcher_wake(struct launcher *launcher);

// With the lock held: has the loop look at what is done.
void launcher_notify(struct launcher *launcher);
