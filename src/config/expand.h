// SPDX-License-Identifier: MIT
// ${NAME}, ${NAME:-default}, ${NAME:?message} and $$ in the values of a configuration.
// What a variable holds is put in as it is and never looked at again.
#pragma once

#include "base/strings.h"

#include <stdbool.h>
#include <stddef.h>

enum { EXPAND_LIMIT = 1024 * 1024 }; // bytes of one value after expansion

// Where names are looked up: one list of NAME=VALUE, then the scopes behind it.
struct scope {
    const struct strings *variables; // NULL: helperd's own environment
    const struct scope *next;        // NULL: nothing behind it
};

// The value of a name, or NULL where it is not set.
const char *scope_find(const struct scope *scope, const char *name);

// How many names a look-up may have to pass.
size_t scope_count(const struct scope *scope);

// Whether expansion would look at anything in the text.
bool expand_is_needed(const char *text);

// How much work the expansion of the text may be: about the names and bytes to be looked at.
size_t expand_cost(const char *text, const struct scope *scope);

// The expanded text, on the heap. NULL when it cannot be: then *reason (heap) says why.
char *expand_text(const char *text, const struct scope *scope, char **reason);

// The text written so that expansion gives it back as it is, on the heap.
char *expand_escape(const char *text);
