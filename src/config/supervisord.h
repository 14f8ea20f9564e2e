// SPDX-License-Identifier: MIT
// supervisord.conf to the document of our own format: each process that supervisord would run
// becomes a helper, in the order in which supervisord would start them. What has no counterpart is
// said in warnings, what supervisord would refuse in errors. supervisord_keys.c has the mapping.
#pragma once

#include "base/strings.h"
#include "config/document.h"

#include <sys/resource.h>

// A file as ini_read gives it, that which it includes being read into the same sections later.
struct supervisord_input {
    struct document *document;
    struct errors *errors;
    struct node *sections;
    const struct source *main;
    const char *cwd;
    rlim_t descriptors; // the soft limit that helperd was started with
    size_t *budget;     // bytes that all values together may still take
};

// The patterns of the files to be read too, as absolute paths, into the list.
void supervisord_includes(const struct supervisord_input *input, struct strings *patterns);

// Where the patterns are written.
struct place supervisord_includes_place(const struct supervisord_input *input);

// The root of a document of our own format, or NULL where it is no file of supervisord's at all.
struct node *supervisord_to_document(const struct supervisord_input *input);
