// SPDX-License-Identifier: MIT
#include "output/writers.h"

#include "base/thread.h"
#include "output/sink.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <time.h>

static const double finish_limit = 1; // seconds that threads get to end; those that hang do not

static struct timespec after(double seconds)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    long nanoseconds = time.tv_nsec + (long)((seconds - floor(seconds)) * 1e9);
    time.tv_sec += (time_t)seconds + nanoseconds / 1000000000;
    time.tv_nsec = nanoseconds % 1000000000;
    return time;
}

// However many hang, one thread more is left for the log, which stands in front.
static struct sink *next_job(struct writers *writers)
{
    if (list_is_empty(&writers->jobs))
        return NULL;
    struct sink *first = LIST_FIRST(struct sink, &writers->jobs, job_link);
    return first->urgent || writers->at_others < WRITERS_LIMIT ? first : NULL;
}

// Waits for a job. NULL: there is none and the thread is to end.
static struct sink *wait_for_job(struct writers *writers)
{
    struct timespec deadline = after(writers->idle_limit);
    struct sink *sink;
    while ((sink = next_job(writers)) == NULL) {
        if (writers->ending)
            return NULL;
        writers->idle++;
        int result = 0;
        if (writers->idle > 1)
            result = pthread_cond_timedwait(&writers->work, &writers->lock, &deadline);
        else
            pthread_cond_wait(&writers->work, &writers->lock);
        bool spare = writers->idle-- > 1; // another one waits for work as well
        if (result == ETIMEDOUT && next_job(writers) == NULL && spare)
            return NULL;
    }
    return sink;
}

static void *run(void *argument)
{
    struct writers *writers = argument;
    pthread_mutex_lock(&writers->lock);
    writers->starting--;
    struct sink *sink;
    while ((sink = wait_for_job(writers)) != NULL) {
        list_remove(&sink->job_link);
        writers->at_others += !sink->urgent;
        sink_write(sink);
        writers->at_others -= !sink->urgent;
    }
    writers->threads--;
    pthread_cond_signal(&writers->ended);
    pthread_mutex_unlock(&writers->lock);
    return NULL;
}

// With the lock held. A thread that cannot be had now is tried again by the next look.
static void add_thread(struct writers *writers)
{
    writers->failure = thread_start(run, writers);
    writers->threads += writers->failure == 0;
    writers->starting += writers->failure == 0;
}

void writers_init(struct writers *writers, void (*notify)(void *context), void *context)
{
    *writers = (struct writers){.notify = notify, .context = context, .idle_limit = 5};
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&writers->lock, NULL);
    pthread_cond_init(&writers->work, &monotonic);
    pthread_cond_init(&writers->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    chunk_pool_init(&writers->pool);
    list_init(&writers->jobs);
    list_init(&writers->news);
}

bool writers_finish(struct writers *writers)
{
    struct timespec deadline = after(finish_limit);
    pthread_mutex_lock(&writers->lock);
    writers->ending = true;
    pthread_cond_broadcast(&writers->work);
    int result = 0;
    while (writers->threads > 0 && result == 0)
        result = pthread_cond_timedwait(&writers->ended, &writers->lock, &deadline);
    bool all = writers->threads == 0;
    pthread_mutex_unlock(&writers->lock);
    return all;
}

void writers_destroy(struct writers *writers)
{
    chunk_pool_finish(&writers->pool);
    pthread_mutex_destroy(&writers->lock);
    pthread_cond_destroy(&writers->work);
    pthread_cond_destroy(&writers->ended);
}

void writers_submit(struct writers *writers, struct sink *sink)
{
    if (sink->urgent)
        list_prepend(&writers->jobs, &sink->job_link);
    else
        list_append(&writers->jobs, &sink->job_link);
    if (writers->threads == 0)
        add_thread(writers);
    else if (writers->idle > 0)
        pthread_cond_signal(&writers->work);
}

void writers_set_urgent(struct writers *writers, struct sink *sink, bool urgent)
{
    pthread_mutex_lock(&writers->lock);
    bool waits = !list_is_empty(&sink->job_link);
    if (sink->busy && !waits)
        writers->at_others = writers->at_others + sink->urgent - urgent;
    sink->urgent = urgent;
    if (waits) {
        list_remove(&sink->job_link);
        writers_submit(writers, sink);
    }
    pthread_mutex_unlock(&writers->lock);
}

void writers_tell(struct writers *writers, struct sink *sink)
{
    if (writers->ending)
        return; // nobody listens any more
    bool first = list_is_empty(&writers->news);
    list_remove(&sink->news_link);
    list_append(&writers->news, &sink->news_link);
    if (first)
        writers->notify(writers->context);
}

bool writers_trim(struct writers *writers)
{
    pthread_mutex_lock(&writers->lock);
    bool over = !writers->pool.grown;
    writers->pool.grown = false;
    if (over)
        chunk_pool_finish(&writers->pool);
    pthread_mutex_unlock(&writers->lock);
    return over;
}

bool writers_have_jobs(struct writers *writers)
{
    pthread_mutex_lock(&writers->lock);
    bool any = !list_is_empty(&writers->jobs);
    pthread_mutex_unlock(&writers->lock);
    return any;
}

bool writers_grow(struct writers *writers)
{
    pthread_mutex_lock(&writers->lock);
    const struct sink *first = LIST_FIRST(struct sink, &writers->jobs, job_link);
    bool late = first != NULL && first == writers->first_seen;
    bool all_work = writers->idle == 0 && writers->starting == 0;
    if (late && all_work && next_job(writers) != NULL)
        add_thread(writers);
    writers->first_seen = first;
    pthread_mutex_unlock(&writers->lock);
    return first != NULL;
}

int writers_failure(struct writers *writers, bool *none)
{
    pthread_mutex_lock(&writers->lock);
    int failure = writers->failure;
    *none = writers->threads == 0;
    pthread_mutex_unlock(&writers->lock);
    return failure;
}
