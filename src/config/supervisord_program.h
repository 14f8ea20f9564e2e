// SPDX-License-Identifier: MIT
// One [program:x] of a supervisord.conf as helpers of our own format; part of supervisord.c.
#pragma once

#include "config/supervisord_values.h"

// What [supervisord] says of all programs.
struct supervisord_base {
    const char *directory; // where relative paths start, and where programs without one run
    const char *umask;     // NULL: helperd's own
    const char *user;      // NULL: helperd's own
    const char *nofile;    // SOFT:HARD, or NULL
};

// One process that supervisord would run.
struct supervisord_process {
    const char *group; // these texts belong to the document
    const char *name;
    int64_t group_priority;
    size_t position; // of its program in the group
    bool grouped;    // by a [group:x]
    struct place place;
    struct node *helper; // a map of our own format
};

struct supervisord_processes {
    struct supervisord_process *items;
    size_t count, room;
    int64_t longest_stop; // seconds
};

// Appends the processes of a program that is part of a group.
void supervisord_add_program(struct supervisord_file *file, const struct supervisord_base *base,
                             const struct pair *section, const struct supervisord_process *like,
                             struct supervisord_processes *processes);

// The part of a section's name behind the colon, without blanks, in the document's memory. NULL:
// it cannot be a name, which is said.
const char *supervisord_section_name(struct supervisord_file *file, const struct node *name);
