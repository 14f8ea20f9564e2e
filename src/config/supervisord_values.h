// SPDX-License-Identifier: MIT
// Typed values of one section of a supervisord.conf: expressions replaced, fallbacks put in, what
// is wrong said at its place. After an error a value is its fallback.
#pragma once

#include "config/document.h"
#include "config/supervisord_expression.h"
#include "config/supervisord_keys.h"

#include <stdint.h>

// What is shared by all sections of a file.
struct supervisord_file {
    struct document *document;
    struct errors *errors;
    const struct node *sections;
    const char *cwd;
    const struct source *main;
    struct strings environment; // of [supervisord]
    struct scope own_scope;     // helperd's own environment
    size_t *budget;             // bytes that all values together may still take
};

// One section being read, for one process of it.
struct supervisord_reading {
    struct supervisord_file *file;
    struct node *section;
    const char *object;   // "[program:web]"
    struct strings names; // what %(name)s may say here, "here" always
    const struct scope *environment;
};

// A value as it stands in force. Its text lives as long as the document.
struct supervisord_value {
    struct node *node; // where it is written; NULL: nowhere
    struct place place;
    const char *text; // NULL: there is none
};

// Begins a reading that knows %(here)s and helperd's own environment. Its names are to be finished.
struct supervisord_reading supervisord_read(struct supervisord_file *file, struct node *section,
                                            const char *object);

// Lets it know %(host_node_name)s, too.
void supervisord_set_host(struct supervisord_reading *reading);

// Adds an error or a warning about a key, the first of each value only.
void supervisord_complain(const struct supervisord_reading *reading, enum supervisord_key key,
                          const char *format, ...) __attribute__((format(printf, 3, 4)));
void supervisord_warn(const struct supervisord_reading *reading, enum supervisord_key key,
                      const char *format, ...) __attribute__((format(printf, 3, 4)));

// Takes a text of so many bytes from the budget, for each process anew. False: it is used up, which
// is said once.
bool supervisord_spend(const struct supervisord_reading *reading, struct place place,
                       size_t length);

// A copy that lives as long as the document.
const char *supervisord_keep(struct supervisord_file *file, const char *text);

// A value, without expressions replaced and with.
struct supervisord_value supervisord_raw(const struct supervisord_reading *reading,
                                         enum supervisord_key key);
struct supervisord_value supervisord_text(struct supervisord_reading *reading,
                                          enum supervisord_key key);
// A text that is not a value as it stands: expanded on account of a key. NULL: said.
const char *supervisord_expanded(struct supervisord_reading *reading, enum supervisord_key key,
                                 const char *text);

int64_t supervisord_integer(struct supervisord_reading *reading, enum supervisord_key key);
// The same from 0 to a limit; more is the limit, with a warning.
int64_t supervisord_natural(struct supervisord_reading *reading, enum supervisord_key key,
                            int64_t most);
bool supervisord_boolean(struct supervisord_reading *reading, enum supervisord_key key);
int64_t supervisord_size(struct supervisord_reading *reading, enum supervisord_key key);
// The mask as helperd writes one, or NULL where there is none.
const char *supervisord_umask(struct supervisord_reading *reading, enum supervisord_key key);
// A user that exists, or NULL where there is none.
const char *supervisord_user(struct supervisord_reading *reading, enum supervisord_key key);

bool supervisord_parse_boolean(const char *text, bool *value);

// The directory of the file that a source is, as %(here)s has it.
char *supervisord_here(const struct supervisord_file *file, const struct source *source);

// A path with ~ and ~user replaced, on the heap.
char *supervisord_home_path(const char *path);
