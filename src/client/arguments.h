// SPDX-License-Identifier: MIT
// The command line of helperctl. THE table of commands and the table of options give parsing,
// --help, and the completion of shells.
#pragma once

#include "base/command_line.h"
#include "client/show.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

// In the order of the table of options.
enum ctl_option {
    OPTION_SOCKET,
    OPTION_JSON,
    OPTION_COLOR,
    OPTION_WAIT,
    OPTION_TIMEOUT,
    OPTION_ALL,
    OPTION_FOLLOW,
    OPTION_LINES,
    OPTION_DRY_RUN,
    OPTION_DELAY,
    OPTION_FORMAT,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_COUNT
};

#define TAKES(option) (1U << (option))

extern const struct option_table option_table; // OPTION_COUNT rows
// The options that every command takes.
extern const unsigned options_of_all;

struct subcommand {
    const char *name;
    const char *arguments;      // as the help shows them
    size_t least, most;         // of the arguments
    enum word_kind first, rest; // what the first argument is, and what the others are
    unsigned options;           // bits; beside those of all
    bool alone;                 // it needs no helperd
    const char *text;           // one sentence for the list; NULL: it is in no list
    const char *more;           // for its own help; or NULL
    int (*run)(struct session *session);
};
extern const struct subcommand subcommands[];
extern const size_t subcommand_count;

// What can be waited for, NULL-terminated: the states, ready, ended.
extern const char *const goal_words[];
enum { LINES_ALL = -1 };

struct arguments {
    const struct subcommand *command; // NULL: none was named (with help or version)
    char *const *words;               // its arguments
    size_t count;
    unsigned given;              // bits of the options
    const char *socket, *format; // or NULL
    enum color_when color;
    double timeout; // seconds; 0: as long as it takes
    double delay;   // seconds; at least a tenth
    int64_t lines;  // or LINES_ALL
};

// Whether an option was given.
bool arguments_have(const struct arguments *arguments, enum ctl_option option);

// Fills in arguments from a command line, which it reorders. False: it was wrong, and standard
// error says how.
bool arguments_parse(struct arguments *arguments, int argc, char *argv[]);

// The row of a name, or NULL.
const struct subcommand *subcommand_find(const char *name);
// The same; says if there is none, with the nearest.
const struct subcommand *subcommand_find_or_complain(const char *name);
