// SPDX-License-Identifier: MIT
// Lines of one size that differ in their number, and can be made again from it: so whoever reads
// them can tell whether one is lost, torn, altered or not in its place.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct numbered {
    size_t size; // of a line with its newline
    bool mixed;  // every tenth has quotes, control characters and letters beyond ASCII
    char digits[10000][4];
    char *plain, *special; // both with a newline at their end
};

enum { NUMBERED_LEAST = 10 }; // size of the shortest line: eight digits, a blank, a newline

void numbered_init(struct numbered *lines, size_t size, bool mixed);
void numbered_finish(struct numbered *lines);

// Puts the line with that number there: size bytes.
void numbered_make(const struct numbered *lines, uint64_t number, char *place);

// Fills so many bytes with the lines from number 0 on; the last one may be cut.
void numbered_fill(const struct numbered *lines, char *place, size_t bytes);

// Another number for the line that is there. It must be of the same kind: where lines are mixed,
// the two numbers end in the same digit.
void numbered_change(const struct numbered *lines, uint64_t number, char *place);
