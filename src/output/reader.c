// SPDX-License-Identifier: MIT
#include "output/reader.h"

#include "base/memory.h"
#include "output/stream.h"

#include <stdlib.h>

static const double retry_interval = 0.1; // seconds between looks at what cannot be watched

// A helper that writes line by line makes a turn of few lines out of each. Such turns do better to
// wait a moment for more.
static const double soon = 0.0005;              // seconds between turns that follow each other
static const double collect_interval = 0.0001; // seconds that they wait
enum { LITTLE = 32 * 1024 };                    // bytes that a turn brings, or more

static void pace(struct reader *reader)
{
    double now = ev_now(reader->loop);
    bool hurries = reader->taken < LITTLE && now - reader->latest < soon;
    ev_set_io_collect_interval(reader->loop, hurries ? collect_interval : 0);
    if (hurries)
        ev_prepare_start(reader->loop, &reader->pacing);
    reader->latest = now;
    reader->taken = 0;
}

// Of a turn: one without reading has nothing to wait for.
static void on_end_of_turn(struct ev_loop *loop, ev_prepare *prepare, int events)
{
    (void)events;
    struct reader *reader = prepare->data;
    if (ev_now(loop) == reader->latest)
        return;
    ev_set_io_collect_interval(loop, 0);
    ev_prepare_stop(loop, prepare);
}

static void on_reading(struct ev_loop *loop, ev_check *check, int events)
{
    (void)loop;
    (void)events;
    struct reader *reader = check->data;
    while (!list_is_empty(&reader->ready)) {
        struct stream *stream = LIST_FIRST(struct stream, &reader->ready, ready_link);
        list_remove(&stream->ready_link);
        stream_read(stream);
    }
    pace(reader);
}

static void on_retry(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)events;
    struct reader *reader = timer->data;
    ev_timer_stop(loop, timer);
    while (!list_is_empty(&reader->unwatched)) {
        struct stream *stream = LIST_FIRST(struct stream, &reader->unwatched, ready_link);
        list_remove(&stream->ready_link);
        if (stream_is_waiting(stream))
            continue; // it is watched again when there is room
        stream_watch(stream);
        reader_note(reader, &stream->ready_link);
    }
}

void reader_init(struct reader *reader, struct ev_loop *loop)
{
    *reader = (struct reader){.loop = loop, .bytes = memory_new(READ_AT_ONCE, 1)};
    list_init(&reader->ready);
    ev_check_init(&reader->reading, on_reading);
    ev_set_priority(&reader->reading, PRIORITY_READ);
    reader->reading.data = reader;
    ev_prepare_init(&reader->pacing, on_end_of_turn);
    reader->pacing.data = reader;
    list_init(&reader->unwatched);
    ev_timer_init(&reader->retry, on_retry, 0, retry_interval);
    reader->retry.data = reader;
}

void reader_finish(struct reader *reader)
{
    ev_clear_pending(reader->loop, &reader->reading);
    ev_timer_stop(reader->loop, &reader->retry);
    ev_prepare_stop(reader->loop, &reader->pacing);
    free(reader->bytes);
}

void reader_poll(struct reader *reader, struct list *ready_link)
{
    list_append(&reader->unwatched, ready_link);
    ev_timer_again(reader->loop, &reader->retry);
}

void reader_note(struct reader *reader, struct list *ready_link)
{
    // libev calls back last first, so putting each in front restores the order.
    list_prepend(&reader->ready, ready_link);
    ev_feed_event(reader->loop, &reader->reading, EV_CHECK);
}

void reader_resume(struct reader *reader, struct list *ready_link)
{
    list_append(&reader->ready, ready_link);
    ev_feed_event(reader->loop, &reader->reading, EV_CHECK);
}
