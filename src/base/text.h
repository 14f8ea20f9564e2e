// SPDX-License-Identifier: MIT
// Small values as people write them: quantities (in their own header), truth, signals, quoted
// words, names; and the characters that any text is made of.
// Every parser takes the whole text or nothing and leaves *value alone when it returns false.
#pragma once

#include "base/buffer.h"
#include "base/quantity.h"
#include "base/strings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// true, false, yes, no, on, off (lower case, Capitalised or UPPER CASE).
bool text_parse_bool(const char *text, bool *value);

// A signal number from "SIGTERM", "TERM", "sigterm", "RTMIN+3" or "15" (1 to SIGRTMAX).
bool text_parse_signal(const char *text, int *signal);

// "SIGTERM"; unknown numbers as digits. The text is static or in a static buffer.
const char *text_signal_name(int signal);

// The candidate nearest to a mistyped word (Damerau-Levenshtein), or NULL when none is near.
const char *text_nearest(const char *word, const char *const *candidates, size_t count);

// Splits as sh would without expanding anything: blanks, '…', "…" (with \ before " \ $ `), \c.
// False: a quote is not closed (or a lone \ stands at the end).
bool text_split_quoted(const char *text, struct strings *words);
// Splits at blanks, tabs and newlines only.
void text_split_blanks(const char *text, struct strings *words);

// A character of a text in UTF-8; where the bytes are none, the first of them.
struct character {
    uint32_t code; // code point, or the byte
    size_t length; // bytes; 0 only behind the end
    bool valid;
};

// The character at the start of the bytes.
struct character text_first_character(const char *bytes, size_t length);

// How many there are, a byte that is no UTF-8 counting as one.
size_t text_count_characters(const char *bytes, size_t length);

size_t text_count_newlines(const char *bytes, size_t length);

bool text_is_utf8(const char *bytes, size_t length);

// Whether a terminal would act on it, or tear the line at it: control characters (C0, DEL, C1),
// line separators, marks that turn the direction of writing, and bytes that are no UTF-8.
bool text_acts_on_terminal(struct character character);
