// SPDX-License-Identifier: MIT
// Events and reports of reloads as lines for people.
#pragma once

#include "base/buffer.h"
#include "client/show.h"

#include <jansson.h>
#include <stdbool.h>

// One event: its kind and its data, which is JSON. now: seconds since 1970.
void event_lines_write(struct buffer *out, const struct screen *screen, const char *kind,
                       const char *data, double now);

// What a reload did, or would do: "added: web, api", a line for each kind of change.
void event_lines_write_report(struct buffer *out, const json_t *report, bool dry);
