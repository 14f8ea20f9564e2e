// SPDX-License-Identifier: MIT
// A list of texts in the form that exec wants: the last entry is followed by NULL.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Zeroed, it is an empty list (items is NULL then).
struct strings {
    char **items; // owned, NULL-terminated
    size_t count;
};

void strings_finish(struct strings *strings);

// Appends a copy; strings_append_owned takes the heap text itself.
void strings_append(struct strings *strings, const char *text);
void strings_append_owned(struct strings *strings, char *text);
void strings_append_all(struct strings *strings, const struct strings *others);

bool strings_contain(const struct strings *strings, const char *text);

// Lists of NAME=VALUE, as in an environment. A name occurs once; setting it again replaces.
void strings_set_variable(struct strings *strings, const char *name, const char *value);
void strings_set_all(struct strings *strings, const struct strings *variables);
// Of a list in which names may come again: whether the name of each entry did come before it. On
// the heap.
bool *strings_find_repeated(const struct strings *strings);
const char *strings_variable(const struct strings *strings, const char *name);
