// SPDX-License-Identifier: MIT
// What a person gets to see: messages, and texts from outside made harmless for a terminal.
#pragma once

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

// Where standard output goes, found once.
struct screen {
    bool is_terminal;
    size_t width; // cells of a line; 0: no end, as there is no terminal
    bool colors;
};

enum color_when { COLORS_AUTO, COLORS_ALWAYS, COLORS_NEVER };

struct screen screen_find(enum color_when colors);

// Colours by their use; "" where there are none. Each is ended by show_color(out, screen, NULL).
extern const char *const color_good, *const color_bad, *const color_busy, *const color_dim,
                                                                              *const color_strong;
void show_color(struct buffer *out, const struct screen *screen, const char *color);

// The colour that a state of a helper has, or NULL.
const char *state_color(const char *state);

// A text from outside: what would act on a terminal becomes \x1b or \u202e, line ends too.
void show_text(struct buffer *out, const char *text);
// JSON as it is; for a terminal the same values in characters that do not act on it.
void show_json(struct buffer *out, const struct screen *screen, const char *json);
// How many cells a text takes that show_text has made; wide characters take two.
size_t show_width(const char *text);
// The length in bytes of the longest beginning that fits into so many cells.
size_t show_fitting(const char *text, size_t cells);

// In one word, for tables: "312ms", "4.2s", "3m20s", "2h5m", "3d4h".
void show_age(struct buffer *out, double seconds);
// For people: "842 B", "12.3 MiB".
void show_size(struct buffer *out, double bytes);

// Writes it all to standard output and empties it. Does not return if that fails: without a word
// where the reader has gone (status 141, as of one that SIGPIPE ended), else with one (1).
void show_write(struct buffer *out);

// One message on standard error, made harmless: "helperctl: TEXT". Newlines stay.
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
// The same without the name before it, for lines that have their own form.
void complain_line(const char *line);
