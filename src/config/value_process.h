// SPDX-License-Identifier: MIT
// Parts of value_read, value_free and --print-config for what the kernel gives a process:
// processors, priorities, limits.
#pragma once

#include "config/schema.h"

void value_read_io_priority(const struct reading *reading, const struct setting *setting,
                            struct node *node, const char *text, void *target);
void value_write_io_priority(struct buffer *out, int priority);

// One value, or SOFT:HARD.
void value_read_limit(const struct reading *reading, const struct setting *setting,
                      struct node *node, const char *text, void *target);
void value_write_limit(struct buffer *out, const struct setting *setting,
                       const struct limit_config *limit);

// A text like "0-3,5", or a list of such.
void value_read_processors(const struct reading *reading, const struct setting *setting,
                           struct node *node, struct processors_config *processors);
void value_write_processors(struct buffer *out, const struct processors_config *processors);
void value_free_processors(struct processors_config *processors);
