// SPDX-License-Identifier: MIT
// The latest lines of one helper, in a ring that grows up to a limit and then forgets the oldest.
#pragma once

#include <stddef.h>

// Zeroed but for limit, it is empty.
struct history {
    size_t limit; // bytes, newlines included; 0: nothing is kept
    char *ring;
    size_t capacity, first, length;
};

void history_finish(struct history *history);

// Sets another limit; what does not fit any more is forgotten.
void history_set_limit(struct history *history, size_t limit);

// Adds lines, each with its newline, which the last one may lack. One that is larger than the limit
// is cut.
void history_add(struct history *history, const char *text, size_t length);

// The last so many lines as heap text, each ended by a newline. Empty: "".
char *history_last(const struct history *history, size_t lines);
