// SPDX-License-Identifier: MIT
// The engine that walks a table of settings and a map of a document together. It says what is
// wrong at its place and goes on, so that all errors of a file are found in one run.
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "config/config.h"
#include "config/document.h"
#include "config/expand.h"
#include "config/settings.h"

// A dependency as written; who has the name is known when all helpers are.
struct wish {
    size_t helper; // index of who depends
    char *name;
    enum condition condition;
    struct node *node;
};

struct wishes {
    struct wish *items;
    size_t count, room;
    size_t helper;         // whose settings are being read
    struct wish exit_with; // nobody's; name NULL: none
};

// One walk over one map.
struct reading {
    struct errors *errors;
    const char *object;        // what messages are about: helper "web"; NULL: the file itself
    const char *within;        // the nested table being read: "log"; NULL: none
    const struct node *map;    // the map being read, for settings that look at each other
    const struct node *own;    // what a helper itself says of it, without defaults; NULL: nothing
    const struct scope *scope; // NULL: not known, so values with ${} are passed over
    const char *cwd;
    size_t *budget;        // bytes that all values together may still take
    struct wishes *wishes; // takes the names of helpers; NULL: they are checked only

    // The helper read before this one, to share patterns with; NULL: none.
    const struct helper_config *sibling;
};

// Adds an error "OBJECT: …" at a node, the first one of each node only: helpers share nodes by
// instances, defaults and aliases. Returns false.
bool reading_complain(const struct reading *reading, struct node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The text of a scalar, expanded. *own is what to free. NULL: passed over, or wrong and said.
const char *reading_text(const struct reading *reading, const struct setting *setting,
                         struct node *node, char **own);

// Takes a value of so many bytes from the budget. False: it is used up, which is said once.
bool reading_spend(const struct reading *reading, struct place place, size_t length);

// The text expanded, on the heap, from the budget. NULL: *reason (heap) says why, or it is NULL as
// the budget is used up.
char *reading_expand(const struct reading *reading, struct place place, const char *text,
                     char **reason);

// "log.max_line", for messages; in a static buffer.
const char *reading_name(const struct reading *reading, const struct setting *setting);

// Reads a map into the fields of target (struct config or struct helper_config).
void schema_read(struct reading *reading, const struct settings *settings, struct node *map,
                 void *target);

// The fallbacks of a table as a map.
struct node *schema_fallbacks(struct document *document, const struct settings *settings,
                              bool developer, struct errors *errors);

// Reads the fallbacks of those settings that written lacks: the ones that own memory, or the
// plain ones, which may as well be copied from one helper to the next.
void schema_fill(struct reading *reading, const struct settings *settings, struct node *fallbacks,
                 const struct node *written, bool owning, void *target);

void schema_free(const struct settings *settings, void *target);

// Says that a name is not in the table, with the nearest that is.
void schema_unknown(const struct reading *reading, const struct settings *settings,
                    struct node *key);
