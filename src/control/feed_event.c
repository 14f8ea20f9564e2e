// SPDX-License-Identifier: MIT
#include "control/feed_event.h"

#include "base/memory.h"
#include "control/json.h"
#include "control/sse.h"

#include <stdlib.h>
#include <string.h>

const char *const feed_kind_names[] = {
    [FEED_STATE] = "state",   [FEED_READY] = "ready",       [FEED_DROPS] = "drops",
    [FEED_RELOAD] = "reload", [FEED_SHUTDOWN] = "shutdown",
};
_Static_assert(LENGTH(feed_kind_names) == FEED_KINDS, "an event has no name");

void feed_event_set_words(struct feed_event *event, const char *helper, const char *reason)
{
    size_t first = strlen(helper) + 1;
    size_t second = reason != NULL ? strlen(reason) + 1 : 0;
    event->length = first + second;
    event->words = memory_resize(NULL, event->length, 1);
    memcpy(event->words, helper, first);
    if (second > 0)
        memcpy(event->words + first, reason, second);
}

void feed_event_set_data(struct feed_event *event, const json_t *data)
{
    struct buffer text = {0};
    json_append(&text, data);
    event->words = text.data;
    event->length = text.length;
}

void feed_event_finish(struct feed_event *event)
{
    free(event->words);
    *event = (struct feed_event){0};
}

static json_t *pid_as_json(pid_t pid)
{
    return pid > 0 ? json_integer(pid) : json_null();
}

static json_t *state_as_json(const struct feed_event *event)
{
    const char *helper = event->words;
    size_t first = strlen(helper) + 1;
    const char *reason = event->length > first ? event->words + first : NULL;
    return json_pack("{s:o, s:o, s:s, s:s, s:o, s:o}", "time", json_time(event->time), "helper",
                     json_text(helper), "from", state_names[event->from], "to",
                     state_names[event->to], "pid", pid_as_json(event->pid), "reason",
                     json_text(reason));
}

static json_t *ready_as_json(const struct feed_event *event)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "time", json_time(event->time), "helper",
                     json_text(event->words), "pid", pid_as_json(event->pid), "after",
                     json_seconds(event->after));
}

static void append_and_free(struct buffer *out, json_t *data)
{
    json_append(out, data);
    json_decref(data);
}

void feed_event_render(const struct feed_event *event, uint64_t number, struct buffer *out)
{
    sse_begin(out, number, feed_kind_names[event->kind]);
    switch (event->kind) {
    case FEED_STATE:
        append_and_free(out, state_as_json(event));
        break;
    case FEED_READY:
        append_and_free(out, ready_as_json(event));
        break;
    case FEED_DROPS:
    case FEED_RELOAD:
    case FEED_SHUTDOWN:
    case FEED_KINDS:
        buffer_append(out, event->words, event->length);
        break;
    }
    sse_end(out);
}
