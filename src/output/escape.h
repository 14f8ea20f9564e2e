// SPDX-License-Identifier: MIT
// Bytes that would act on a terminal, or break a format, written as text.
//
// Unsafe is what text_acts_on_terminal says: control characters, line separators, marks that turn
// the direction of writing, and bytes that are no UTF-8. All else passes as it is.
#pragma once

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

// The inside of a JSON string. A byte 0xNN that is no UTF-8 becomes \u00NN, so that it is not lost.
void escape_json(struct buffer *out, const char *text, size_t length);

// The inside of a quoted text as Go writes it: \" \\ \n \r \t, \x1b for control characters and
// for bytes that are no UTF-8, \u202e for unsafe characters above.
void escape_logfmt(struct buffer *out, const char *text, size_t length);

// For a terminal: \x1b, and \u202e above 0xff; tabs pass, and colours (SGR) where they may.
void escape_terminal(struct buffer *out, const char *text, size_t length, bool colors);

// Whether the text holds a sequence that sets a colour: ESC [ digits ; : m.
bool escape_finds_color(const char *text, size_t length);
