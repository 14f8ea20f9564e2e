// SPDX-License-Identifier: MIT
// The threads that write. Whatever can hang in the kernel happens in one of them; a sink is worked
// on by one at a time. There is one thread, and more only while sinks wait and none is free: so one
// that hangs holds up no other.
//
// Every field is under the lock but the last two.
#pragma once

#include "base/list.h"
#include "output/chunk.h"

#include <pthread.h>
#include <stdbool.h>

enum { WRITERS_LIMIT = 64 }; // threads at work at a time, beside the one for the log

struct sink;

struct writers {
    pthread_mutex_t lock;
    pthread_cond_t work;           // there is a job, or the end
    pthread_cond_t ended;          // a thread has ended
    struct list jobs;              // sink.job_link, in the order in which they came
    struct chunk_pool pool;        // of all sinks; grown may be looked at without the lock
    struct list news;              // sink.news_link: the loop is to look at them
    const struct sink *first_seen; // at the head of jobs when we last looked
    unsigned threads, idle;
    unsigned starting;  // threads that have not looked for a job yet
    unsigned at_others; // threads that write for others than the log
    int failure;        // why the latest thread could not be started; 0: it could
    double idle_limit;  // seconds after which a thread without work ends, if another one is free
    bool ending;
    void (*notify)(void *context); // called from a thread when there are news
    void *context;
};

void writers_init(struct writers *writers, void (*notify)(void *context), void *context);

// Lets the threads end when all jobs are done, and waits for that a moment. False: some hang in a
// write, and all they use must stay.
bool writers_finish(struct writers *writers);
// Only after that was true.
void writers_destroy(struct writers *writers);

// Gives a sink to the threads. With the lock held.
void writers_submit(struct writers *writers, struct sink *sink);

// Whether the sink is the log, which waits for no other. Without the lock.
void writers_set_urgent(struct writers *writers, struct sink *sink, bool urgent);

// Adds a sink to the news. With the lock held.
void writers_tell(struct writers *writers, struct sink *sink);

// Lets the memory of a flood go, if it has been over since the last call. False: it still goes on,
// and this is to be called again.
bool writers_trim(struct writers *writers);

// Whether a job waits for a thread.
bool writers_have_jobs(struct writers *writers);

// Starts one more thread where the job that comes next is the same as at the last call, and none
// is free. To be called from time to time; false: no job waits.
bool writers_grow(struct writers *writers);

// Why the latest thread could not be started (an errno), or 0; and whether there is none at all.
int writers_failure(struct writers *writers, bool *none);
