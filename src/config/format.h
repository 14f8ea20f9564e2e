// SPDX-License-Identifier: MIT
// The formats of configurations: by their names, and by the names of files.
#pragma once

#include "config/config.h"

#include <stdbool.h>
#include <stddef.h>

enum { FORMAT_NOT_READ = -1 }; // not supported yet by this version

struct format {
    const char *name;
    const char *patterns[4]; // of names of files
    int format;              // an enum config_format, or FORMAT_NOT_READ
};

// The names of those that are read, NULL-terminated.
extern const char *const format_names[];

// The row of a name, or NULL.
const struct format *format_find(const char *name);

// The row that fits the name of a file; there is always one.
const struct format *format_of_path(const char *path);

bool format_is_read(const struct format *format);
