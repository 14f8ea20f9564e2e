// SPDX-License-Identifier: MIT
// The latest lines of one helper's log: a bounded ring, fed with JSON lines in pieces of any size.
// They are kept as they came and read when they are shown, so that a flood costs no more than its
// newlines. Pure.
//
// Who looks at lines further up keeps them in sight while new ones come, as long as they are held.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TOP_LOG_LINES = 2000,         // that are kept at most
    TOP_LOG_BYTES = 4 << 20,      // the same
    TOP_LOG_LONGEST = 512 * 1024, // a line beyond is not kept: only said
};

struct top_log_slot {
    char *bytes; // owned
    size_t length;
};

// Zeroed, it is empty.
struct top_log {
    struct top_log_slot *slots; // TOP_LOG_LINES of them, or NULL before the first line
    size_t first, count;
    size_t bytes;     // of all lines
    char *unfinished; // what came behind the last newline; owned
    size_t unfinished_length, unfinished_room;
    size_t skipped; // bytes of a line that is too long, dropped so far
    size_t back;    // how many of the latest lines are below what is looked at; 0: it follows
};

// A line as it is shown. The text may hold any characters.
struct top_log_line {
    char clock[32]; // "10:00:00", with the date where it is not today's; or empty
    char *text;     // owned, NUL-terminated; NULs of the line are in it
    size_t length;
    bool warning, error; // its level
};

void top_log_finish(struct top_log *log);
// The same, for another helper.
void top_log_clear(struct top_log *log);

// Takes a piece of the stream. True: a line was finished.
bool top_log_take(struct top_log *log, const char *bytes, size_t length);

// Moves what is looked at so many lines up, or down where negative.
void top_log_scroll(struct top_log *log, long lines);

// The line at a place, 0 being the oldest of count. now: seconds since 1970.
struct top_log_line top_log_read(const struct top_log *log, size_t place, double now);
void top_log_line_finish(struct top_log_line *line);
