// SPDX-License-Identifier: MIT
#include "control/feed.h"

#include "base/memory.h"
#include "base/text.h"
#include "control/feed_event.h"
#include "control/json.h"
#include "control/sse.h"

#include <stdlib.h>
#include <string.h>

struct feed {
    struct feed_event *ring; // the event of a number is at number % limit
    size_t limit;            // events
    size_t limit_bytes;      // of what belongs to them
    size_t bytes;
    uint64_t first, next; // numbers of the oldest one kept and of the one to come
    struct list readers;  // feed_reader.link
};

struct feed *feed_create(size_t events, size_t bytes)
{
    struct feed *feed = memory_new(1, sizeof(*feed));
    *feed = (struct feed){
        .ring = memory_new(events, sizeof(struct feed_event)),
        .limit = events,
        .limit_bytes = bytes,
        .first = 1,
        .next = 1,
    };
    list_init(&feed->readers);
    return feed;
}

static struct feed_event *event_of(const struct feed *feed, uint64_t number)
{
    return &feed->ring[number % feed->limit];
}

static void forget_oldest(struct feed *feed)
{
    struct feed_event *oldest = event_of(feed, feed->first++);
    feed->bytes -= oldest->length;
    feed_event_finish(oldest);
}

void feed_destroy(struct feed *feed)
{
    if (feed == NULL)
        return;
    LIST_EACH (struct feed_reader, reader, &feed->readers, link)
        feed_leave(reader);
    while (feed->first < feed->next)
        forget_oldest(feed);
    free(feed->ring);
    free(feed);
}

uint64_t feed_count(const struct feed *feed)
{
    return feed->next - 1;
}

bool feed_has_readers(const struct feed *feed)
{
    return !list_is_empty(&feed->readers);
}

static void wake(struct feed_reader *reader)
{
    if (!reader->waiting)
        return;
    reader->waiting = false;
    reader->wake(reader);
}

// Takes over what belongs to the event.
static void add(struct feed *feed, const struct feed_event *event)
{
    while (feed->first < feed->next && (feed->next - feed->first == feed->limit ||
                                        feed->bytes + event->length > feed->limit_bytes))
        forget_oldest(feed);
    *event_of(feed, feed->next++) = *event;
    feed->bytes += event->length;
    LIST_EACH (struct feed_reader, reader, &feed->readers, link)
        wake(reader);
}

void feed_state(struct feed *feed, int64_t time, const char *helper, enum state from, enum state to,
                pid_t pid, const char *reason)
{
    struct feed_event event = {
        .kind = FEED_STATE, .time = time, .from = from, .to = to, .pid = pid};
    feed_event_set_words(&event, helper, reason);
    add(feed, &event);
}

void feed_ready(struct feed *feed, int64_t time, const char *helper, pid_t pid, double after)
{
    struct feed_event event = {.kind = FEED_READY, .time = time, .pid = pid, .after = after};
    feed_event_set_words(&event, helper, NULL);
    add(feed, &event);
}

// Takes over the data.
static void add_data(struct feed *feed, enum feed_kind kind, json_t *data)
{
    struct feed_event event = {.kind = kind};
    feed_event_set_data(&event, data);
    json_decref(data);
    add(feed, &event);
}

void feed_drops(struct feed *feed, int64_t time, const char *helper, uint64_t lines,
                const char *where)
{
    add_data(feed, FEED_DROPS,
             json_pack("{s:o, s:o, s:I, s:o}", "time", json_time(time), "helper",
                       json_text(helper), "lines", (json_int_t)lines, "where",
                       json_text(where)));
}

void feed_reload(struct feed *feed, int64_t time, bool good, json_t *outcome)
{
    add_data(feed, FEED_RELOAD,
             json_pack("{s:o, s:b, s:O}", "time", json_time(time), "good", good,
                       good ? "report" : "errors", outcome));
}

void feed_shutdown(struct feed *feed, int64_t time, const char *reason)
{
    add_data(feed, FEED_SHUTDOWN,
             json_pack("{s:o, s:o}", "time", json_time(time), "reason", json_text(reason)));
}

void feed_follow(struct feed *feed, struct feed_reader *reader)
{
    feed_resume(feed, reader, feed->next - 1);
}

void feed_resume(struct feed *feed, struct feed_reader *reader, uint64_t number)
{
    reader->feed = feed;
    reader->next = number < feed->next ? number + 1 : feed->next;
    reader->took = true; // it just came
    list_append(&feed->readers, &reader->link);
}

void feed_leave(struct feed_reader *reader)
{
    list_remove(&reader->link);
    buffer_finish(&reader->pending);
    reader->feed = NULL;
    reader->waiting = false;
}

static size_t take_pending(struct feed_reader *reader, char *bytes, size_t room)
{
    struct buffer *pending = &reader->pending;
    size_t count = pending->length < room ? pending->length : room;
    if (count == 0)
        return 0;
    memcpy(bytes, pending->data, count);
    buffer_consume(pending, count);
    if (pending->length == 0)
        buffer_finish(pending);
    return count;
}

static void render_lost(struct buffer *out, uint64_t from, uint64_t to)
{
    json_t *data = json_pack("{s:I, s:I}", "from", (json_int_t)from, "to", (json_int_t)to);
    sse_begin(out, 0, "lost");
    json_append(out, data);
    sse_end(out);
    json_decref(data);
}

// What the reader is to take next becomes pending. False: it has all there is.
static bool fetch(struct feed_reader *reader)
{
    const struct feed *feed = reader->feed;
    if (reader->next < feed->first) {
        render_lost(&reader->pending, reader->next, feed->first - 1);
        reader->next = feed->first;
        return true;
    }
    if (reader->next == feed->next)
        return false;
    feed_event_render(event_of(feed, reader->next), reader->next, &reader->pending);
    reader->next++;
    return true;
}

size_t feed_read(struct feed_reader *reader, char *bytes, size_t room)
{
    if (reader->feed == NULL)
        return 0;
    size_t count = take_pending(reader, bytes, room);
    while (count < room && fetch(reader))
        count += take_pending(reader, bytes + count, room - count);
    reader->waiting = count == 0;
    reader->took = reader->took || count > 0;
    return count;
}

void feed_beat(struct feed *feed)
{
    LIST_EACH (struct feed_reader, reader, &feed->readers, link) {
        bool stalled = !reader->took && reader->next < feed->first;
        reader->took = false;
        if (stalled) {
            reader->stalled(reader, feed->next - reader->next);
        } else if (reader->waiting) {
            sse_append_comment(&reader->pending);
            wake(reader);
        }
    }
}

bool feed_parse_number(const char *text, uint64_t *number)
{
    int64_t value;
    if (*text < '0' || *text > '9' || !text_parse_integer(text, &value))
        return false;
    *number = (uint64_t)value;
    return true;
}
