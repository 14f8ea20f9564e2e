// SPDX-License-Identifier: MIT
// The command line of helperd: one table gives parsing and --help.
#pragma once

#include "base/command_line.h"
#include "base/log.h"
#include "config/config.h"

#include <stdbool.h>
#include <stddef.h>

extern const struct option_table options_table;

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct options {
    const char *config;     // -c, or NULL: look for one
    const char *format;     // --format, or NULL
    const char *socket;     // -s, or NULL
    const char *log_format; // or NULL
    const char *log_file;   // or NULL
    const char *pidfile;    // or NULL
    bool developer, daemon, check, print_config, print_schema, help, version;
    enum color_mode color;
    enum level verbosity; // least level of helperd's own messages
    char *const *names;   // helpers to start; none: all with autostart
    size_t name_count;
};

// Fills in options from a command line. False: it was wrong, and standard error says how.
bool options_parse(struct options *options, int argc, char *argv[]);

void options_print_help(void);
