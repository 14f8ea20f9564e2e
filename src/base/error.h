// SPDX-License-Identifier: MIT
// Errors a person must read: where, what, and the line it is about.
//
//     helperd.yaml:12:5: error: helper "vite": unknown key "restrat" (did you mean "restart"?)
//        12 |     restrat: always
//           |     ^~~~~~~
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { ERRORS_KEPT = 100 }; // a hostile file may hold millions; past this they are only counted

// One text that was read. Places point to it.
struct source {
    char *name; // as the user knows it: the path as given
    char *text; // whole, length bytes and a NUL behind them; NULL when it could not be read
    size_t length;
};

// A position in a source. Lines and columns (in characters) count from 1; line 0: no position.
struct place {
    const struct source *source; // NULL: no file
    unsigned line, column;
    unsigned length; // characters to underline; 0: one
};

// An error keeps copies of all it shows, so it may outlive the source.
struct error {
    bool warning;
    char *file; // NULL: no file
    unsigned line, column, length;
    char *text;    // the message
    char *excerpt; // the source's line as a terminal may see it, or NULL
    char *marks;   // what stands below it: "    ^~~~", or NULL
};

// The errors of one reading, in the order found. Zeroed, it is empty.
struct errors {
    struct error *items;
    size_t kept;     // items in the list
    size_t count;    // errors seen, the ones not kept included
    size_t warnings; // warnings seen; they do not count as errors
};

void errors_finish(struct errors *errors);

// Adds "error: TEXT" at a place. Safe with any place, also a zeroed one.
void errors_add(struct errors *errors, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void errors_add_warning(struct errors *errors, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Says each in one line of the form above, without the excerpt, in the same order.
void errors_say(const struct errors *errors,
                void (*say)(void *context, bool warning, const char *line), void *context);

// Prints all of them in the form above, ordered by file and line, and how many were not kept.
// Bytes that would act on a terminal are shown as \x1b.
void errors_print(const struct errors *errors, FILE *out);
