// SPDX-License-Identifier: MIT
// Small values as people write them: quantities (in their own header), truth, signals, quoted
// words, names.
// Every parser takes the whole text or nothing and leaves *value alone when it returns false.
#pragma once

#include "base/buffer.h"
#include "base/quantity.h"
#include "base/strings.h"

#include <stdbool.h>
#include <stddef.h>

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
// Appends the word so that sh reads it back as one word; plain words stay as they are.
void text_quote_shell(struct buffer *out, const char *word);

// Bytes of the valid UTF-8 character at the start (1 to 4), or 0 when there is none.
size_t text_utf8_length(const char *bytes, size_t length);
