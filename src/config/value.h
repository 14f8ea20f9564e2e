// SPDX-License-Identifier: MIT
// One value of a setting: from a node to its field.
#pragma once

#include "config/schema.h"

// Reads a node into the field of a setting. What is wrong is said; the field stays as it was.
void value_read(struct reading *reading, const struct setting *setting, struct node *node,
                void *target);

// The parts of value_read for what is more than one scalar.
void value_read_command(const struct reading *reading, const struct setting *setting,
                        struct node *node, struct command *command);
void value_read_inherited(const struct reading *reading, const struct setting *setting,
                          struct node *node, struct helper_config *helper);
void value_read_success(const struct reading *reading, const struct setting *setting,
                        struct node *node, struct helper_config *helper);
void value_read_dependencies(const struct reading *reading, const struct setting *setting,
                             struct node *node);

void value_free(const struct setting *setting, void *target);

// Whether two targets, both read to the end, have the same value. The order of variables and labels
// does not count; dependencies are compared by name.
bool value_equal(const struct setting *setting, const void *a, const void *b);

// Says that the value is not of the kind that the setting wants. The text is the expanded one, or
// NULL for the node's own. Returns false.
bool value_complain(const struct reading *reading, const struct setting *setting, struct node *node,
                    const char *text);

// Appends the words of a setting: one of "a", "b" or "c".
void value_append_words(struct buffer *out, const struct setting *setting);

// Reads true or false as written without quotes.
bool value_read_bool(const struct reading *reading, const struct setting *setting,
                     struct node *node, bool *value);

// Reads a map or a list of NAME=VALUE.
void value_read_variables(const struct reading *reading, const struct setting *setting,
                          struct node *node, struct strings *variables);

// Reads one path or a list of them, absolute.
void value_read_paths(const struct reading *reading, const struct setting *setting,
                      struct node *node, struct strings *paths);

// Whether a name of a variable can be one; else says why not.
bool value_check_variable_name(const char *name, const char **reason);
