// SPDX-License-Identifier: MIT
// Server-sent events as text: what a client of text/event-stream gets for an event.
#pragma once

#include "base/buffer.h"

#include <stdint.h>

// An event is begun, its data appended as one line, and ended. Id 0: it has none.
void sse_begin(struct buffer *out, uint64_t id, const char *event);
void sse_end(struct buffer *out);

// What clients skip: it only shows that the connection stands.
void sse_append_comment(struct buffer *out);
