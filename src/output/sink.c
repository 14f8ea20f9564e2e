// SPDX-License-Identifier: MIT
#include "output/sink.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "output/outlet.h"
#include "output/writers.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Parts of a queue: the least and the most that may wait there before those who have their part
// wait; that part; and what the others may fetch then at a time.
enum { WINDOW_LEAST_PART = 16, WINDOW_MOST_PART = 4, OWN_PART = 64, LITTLE_PART = 256 };

// Between the two it is as much as is written in this time: a writer that is busy never runs dry,
// and no line waits longer for those before it. Measured over at least the second. In seconds.
static const double window_time = 0.001, measuring_time = 0.002;

static struct sink *create(struct writers *writers, struct list *changed, const char *name)
{
    struct sink *sink = memory_new(1, sizeof(*sink));
    sink->name = memory_copy(name);
    sink->writers = writers;
    sink->changed = changed;
    sink->file.fd = -1;
    list_init(&sink->link);
    list_init(&sink->bucket_link);
    list_init(&sink->waiters);
    list_init(&sink->changed_link);
    list_init(&sink->troubled_link);
    list_init(&sink->job_link);
    list_init(&sink->news_link);
    list_init(&sink->chunks);
    return sink;
}

struct sink *sink_create_standard(struct writers *writers, struct list *changed, int fd,
                                  const char *name)
{
    struct sink *sink = create(writers, changed, name);
    sink->file.fd = fd;
    return sink;
}

struct sink *sink_create_file(struct writers *writers, struct list *changed, const char *path,
                              const struct log_file *opened)
{
    struct sink *sink = create(writers, changed, path);
    sink->path = memory_copy(path);
    if (opened != NULL)
        sink->file = *opened;
    return sink;
}

void sink_destroy(struct sink *sink)
{
    pthread_mutex_lock(&sink->writers->lock);
    list_remove(&sink->news_link);
    pthread_mutex_unlock(&sink->writers->lock);
    list_remove(&sink->link);
    list_remove(&sink->bucket_link);
    list_remove(&sink->changed_link);
    list_remove(&sink->troubled_link);
    LIST_EACH (struct chunk, chunk, &sink->chunks, link)
        chunk_destroy(chunk);
    chunk_destroy(sink->filling);
    if (sink->path != NULL)
        log_file_close(&sink->file);
    shares_finish(&sink->shares);
    free(sink->path);
    free(sink->name);
    free(sink);
}

void sink_forget(struct sink *sink, const struct outlet *outlet)
{
    shares_forget(&sink->shares, &outlet->queued);
}

static void note_change(struct sink *sink)
{
    if (list_is_empty(&sink->changed_link))
        list_append(sink->changed, &sink->changed_link);
}

void sink_leave(struct sink *sink)
{
    sink->users--;
    note_change(sink); // it may be the last one, or owe a word
}

static void adapt_window(struct sink *sink, size_t written)
{
    const double now = clock_monotonic(), time = now - sink->measured_since;
    const size_t least = sink->limit / WINDOW_LEAST_PART, most = sink->limit / WINDOW_MOST_PART;
    sink->measured += written;
    if (time < measuring_time && sink->window >= least && sink->window <= most)
        return;
    const double window = (double)sink->measured / time * window_time;
    sink->window = window < (double)least ? least : window > (double)most ? most : (size_t)window;
    sink->measured = 0;
    sink->measured_since = now;
}

// With the lock held. Whatever the loop waits for, the writer is to tell.
static void collect(struct sink *sink, bool wants_news)
{
    size_t written = sink->written;
    sink->written = 0;
    sink->failing = sink->error;
    sink->failing_reason = sink->reason;
    sink->trouble = sink->file_error;
    sink->trouble_reason = sink->file_reason;
    sink->wants_news = sink->busy && (wants_news || !list_is_empty(&sink->waiters));
    sink->queued -= written;
    shares_free(&sink->shares, written);
    adapt_window(sink, written);
}

// What is known of the writer may be old.
static void look(struct sink *sink, bool wants_news)
{
    pthread_mutex_lock(&sink->writers->lock);
    collect(sink, wants_news);
    pthread_mutex_unlock(&sink->writers->lock);
}

void sink_collect(struct sink *sink)
{
    look(sink, false);
}

// To know whose the bytes are takes memory as well, with short lines more than they do.
static size_t taken(const struct sink *sink)
{
    return sink->queued + sink->shares.count * sizeof(struct share);
}

bool sink_keeps_up(const struct sink *sink)
{
    return taken(sink) < sink->window;
}

static bool has_room(const struct sink *sink, const struct outlet *outlet)
{
    size_t others = taken(sink) + outlet->reserve;
    return sink->queued == 0 || (others < sink->limit && outlet->queued < sink->limit - others);
}

bool sink_has_room(struct sink *sink, const struct outlet *outlet)
{
    if (has_room(sink, outlet))
        return true;
    look(sink, true);
    return has_room(sink, outlet);
}

static size_t demand(const struct sink *sink, const struct outlet *outlet)
{
    if (!has_room(sink, outlet))
        return 0;
    if (sink_keeps_up(sink))
        return SIZE_MAX;
    return outlet->queued < sink->limit / OWN_PART ? sink->limit / LITTLE_PART : 0;
}

size_t sink_demand(struct sink *sink, const struct outlet *outlet)
{
    size_t bytes = demand(sink, outlet);
    if (bytes == SIZE_MAX)
        return bytes;
    look(sink, true);
    return demand(sink, outlet);
}

struct buffer *sink_filling(struct sink *sink)
{
    if (sink->filling == NULL) {
        pthread_mutex_lock(&sink->writers->lock);
        sink->filling = chunk_take(&sink->writers->pool);
        pthread_mutex_unlock(&sink->writers->lock);
    }
    return &sink->filling->bytes;
}

void sink_put(struct sink *sink, struct outlet *outlet, size_t bytes)
{
    sink->queued += bytes;
    shares_add(&sink->shares, outlet != NULL ? &outlet->queued : NULL, bytes);
    if (sink->filling->bytes.length >= CHUNK_SIZE)
        sink_hand_over(sink);
    else
        note_change(sink);
}

// With the lock held.
static void submit(struct sink *sink)
{
    if (sink->busy)
        return;
    sink->busy = true;
    writers_submit(sink->writers, sink);
}

static bool is_filled(const struct sink *sink)
{
    return sink->filling != NULL && sink->filling->bytes.length > 0;
}

// With the lock held.
static void queue_filling(struct sink *sink)
{
    if (!is_filled(sink))
        return;
    list_append(&sink->chunks, &sink->filling->link);
    sink->filling = NULL;
}

// With the lock held. Whether the writer would have nothing to do behind what it is at.
static bool is_wanted(const struct sink *sink)
{
    bool none_waits = sink->chunks.next == sink->chunks.previous; // one at most
    return sink->error == 0 && none_waits;
}

void sink_hand_over(struct sink *sink)
{
    if (!is_filled(sink))
        return;
    pthread_mutex_lock(&sink->writers->lock);
    if (is_wanted(sink) || sink->filling->bytes.length >= CHUNK_SIZE)
        queue_filling(sink);
    if (sink->error == 0)
        submit(sink);
    collect(sink, sink->filling != NULL);
    pthread_mutex_unlock(&sink->writers->lock);
}

bool sink_is_idle(struct sink *sink)
{
    pthread_mutex_lock(&sink->writers->lock);
    collect(sink, true);
    bool idle = !sink->busy && sink->queued == 0;
    pthread_mutex_unlock(&sink->writers->lock);
    return idle;
}

bool sink_is_busy(struct sink *sink)
{
    pthread_mutex_lock(&sink->writers->lock);
    bool busy = sink->busy;
    pthread_mutex_unlock(&sink->writers->lock);
    return busy;
}

void sink_wait(struct sink *sink, struct waiter *waiter)
{
    list_append(&sink->waiters, &waiter->link);
}

void sink_wake_next(struct sink *sink)
{
    struct waiter *waiter = LIST_FIRST(struct waiter, &sink->waiters, link);
    if (waiter == NULL)
        return;
    list_remove(&waiter->link);
    waiter->wake(waiter);
}

void sink_wake(struct sink *sink)
{
    // Who finds no room comes to the end again.
    const struct list *last = sink->waiters.previous;
    while (!list_is_empty(&sink->waiters)) {
        struct waiter *waiter = LIST_FIRST(struct waiter, &sink->waiters, link);
        bool is_last = &waiter->link == last;
        list_remove(&waiter->link);
        waiter->wake(waiter);
        if (is_last)
            break;
    }
}

void sink_retry(struct sink *sink)
{
    pthread_mutex_lock(&sink->writers->lock);
    queue_filling(sink);
    submit(sink);
    collect(sink, true);
    pthread_mutex_unlock(&sink->writers->lock);
}

void sink_reopen(struct sink *sink)
{
    if (sink->path == NULL)
        return;
    pthread_mutex_lock(&sink->writers->lock);
    sink->open_wanted = true;
    sink->close_wanted = false;
    submit(sink);
    collect(sink, true);
    pthread_mutex_unlock(&sink->writers->lock);
}

void sink_close(struct sink *sink)
{
    pthread_mutex_lock(&sink->writers->lock);
    queue_filling(sink);
    LIST_EACH (struct chunk, chunk, &sink->chunks, link) {
        sink->written += chunk->bytes.length;
        chunk_destroy(chunk);
    }
    sink->error = 0;
    sink->close_wanted = true;
    submit(sink);
    collect(sink, true);
    pthread_mutex_unlock(&sink->writers->lock);
}

bool sink_is_open(struct sink *sink)
{
    pthread_mutex_lock(&sink->writers->lock);
    bool open = sink->path != NULL && sink->file.fd >= 0;
    pthread_mutex_unlock(&sink->writers->lock);
    return open;
}

void sink_set_rotation(struct sink *sink, size_t max_size, unsigned max_files)
{
    pthread_mutex_lock(&sink->writers->lock);
    sink->max_size = max_size;
    sink->max_files = max_files;
    pthread_mutex_unlock(&sink->writers->lock);
}

static size_t count_lines(const struct chunk *chunk)
{
    size_t done = chunk->done;
    return text_count_newlines(chunk->bytes.data + done, chunk->bytes.length - done);
}

size_t sink_count_lines(struct sink *sink)
{
    pthread_mutex_lock(&sink->writers->lock);
    size_t lines = sink->filling != NULL ? count_lines(sink->filling) : 0;
    LIST_EACH (struct chunk, chunk, &sink->chunks, link)
        lines += count_lines(chunk);
    pthread_mutex_unlock(&sink->writers->lock);
    return lines;
}

// Only looks: whether the loop wants news of the writer stays as it is.
struct sink_status sink_status(struct sink *sink)
{
    pthread_mutex_lock(&sink->writers->lock);
    struct sink_status status = {
        .name = sink->name,
        .queued = sink->queued - sink->written,
        .limit = sink->limit,
        .failing = sink->error,
        .dropped = sink->dropped,
    };
    pthread_mutex_unlock(&sink->writers->lock);
    return status;
}
