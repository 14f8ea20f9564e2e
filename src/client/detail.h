// SPDX-License-Identifier: MIT
// A helper's object, as helperd answers it, told to a person.
#pragma once

#include "base/buffer.h"
#include "client/show.h"

#include <jansson.h>

// Why it is in its state, and what is due next: "exited with status 3; next start in 1.2 s".
void detail_write_reason(struct buffer *out, const json_t *helper);

// "web is in backoff since 10:00:00 (3 min 20 s): exited with status 3; next start in 1.2 s".
void detail_write_sentence(struct buffer *out, const struct screen *screen, const json_t *helper,
                           double now);

// "running (pid 4711)", for a line behind its name.
void detail_write_state(struct buffer *out, const struct screen *screen, const json_t *helper);

// All of it, in lines.
void detail_write(struct buffer *out, const struct screen *screen, const json_t *helper,
                  double now);

// The tables of why: what it depends on, and its last exits.
void detail_write_dependencies(struct buffer *out, const struct screen *screen,
                               const json_t *helper);
void detail_write_exits(struct buffer *out, const struct screen *screen, const json_t *helper,
                        double now);
