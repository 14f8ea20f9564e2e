// SPDX-License-Identifier: MIT
// A text as cells of a screen: cut to a width, wide characters counted as two, and nothing in it
// that a terminal would act on. What the locale cannot show becomes '?'.
#pragma once

#include <stddef.h>

struct top_text {
    wchar_t *characters; // owned, ends with 0
    size_t count;
    size_t cells; // how wide it is
    size_t taken; // bytes of the text that are in it
};

// As much of the text as fits into so many cells. Control characters, marks that turn the direction
// of writing and bytes that are no UTF-8 are written as \x1b and \u202e, tabs as blanks.
struct top_text top_text_fit(const char *text, size_t length, size_t cells);
void top_text_finish(struct top_text *text);

// How many cells the whole text takes.
size_t top_text_cells(const char *text);
