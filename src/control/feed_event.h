// SPDX-License-Identifier: MIT
// One event as the feed keeps it: what is frequent as bare values, which become text only when
// somebody reads them; all else as text.
#pragma once

#include "base/buffer.h"
#include "supervise/machine.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum feed_kind { FEED_STATE, FEED_READY, FEED_DROPS, FEED_RELOAD, FEED_SHUTDOWN, FEED_KINDS };

extern const char *const feed_kind_names[FEED_KINDS];

struct feed_event {
    enum feed_kind kind;
    // Of a state, or of a helper that is ready.
    int64_t time; // microseconds since 1970
    enum state from, to;
    pid_t pid;    // 0: none
    double after; // seconds
    // What belongs to it on the heap: the helper's name and the reason, a NUL behind each; of other
    // kinds the data as JSON.
    char *words;
    size_t length;
};

// Both texts are copied; reason may be NULL.
void feed_event_set_words(struct feed_event *event, const char *helper, const char *reason);
void feed_event_set_data(struct feed_event *event, const json_t *data);
void feed_event_finish(struct feed_event *event);

// Appends it as a server-sent event of that number.
void feed_event_render(const struct feed_event *event, uint64_t number, struct buffer *out);
