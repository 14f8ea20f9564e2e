// SPDX-License-Identifier: MIT
// JSON values that the library does not make by itself, and JSON as text. All values are new, for
// the ..._set_new functions.
#pragma once

#include "base/buffer.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

// A text; bytes that are no UTF-8 become U+FFFD. NULL becomes null.
json_t *json_text(const char *text);
json_t *json_text_of(const char *text, size_t length);

// A path that was given to us, as it is from everywhere: absolute. NULL becomes null.
json_t *json_path(const char *path);

// Microseconds since 1970 as "2026-11-21T10:00:00.123Z".
json_t *json_time(int64_t time);

// Seconds to the millisecond; negative ones become null.
json_t *json_seconds(double seconds);

// Appends it in one line, without a newline behind it.
void json_append(struct buffer *out, const json_t *json);

// {"error": {"code", "message"}}
json_t *json_failure(const char *code, const char *message);
