// SPDX-License-Identifier: MIT
// Server-sent events: bytes in pieces of any size become events. Zeroed but for the first two
// fields, it is at the beginning of a stream.
#pragma once

#include "base/buffer.h"

#include <stdbool.h>

struct event_stream {
    void (*on_event)(void *context, const char *kind, const char *data);
    void *context;
    struct buffer line; // unfinished
    struct buffer data; // of the event so far
    char *kind;         // or NULL: "message"; owned
};

// False: a line or an event is longer than any can be.
bool event_stream_take(struct event_stream *stream, const char *bytes, size_t length);
void event_stream_finish(struct event_stream *stream);
