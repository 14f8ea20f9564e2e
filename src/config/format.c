// SPDX-License-Identifier: MIT
#include "config/format.h"

#include "base/memory.h"

#include <fnmatch.h>
#include <libgen.h>
#include <string.h>

const char *const format_names[] = {"qgoda", "supervisord", "yaml", NULL};

// The first row that fits decides.
static const struct format rows[] = {
    {"qgoda", {"_qgoda.*"}, CONFIG_QGODA},
    {"supervisord", {"*.conf", "*.ini"}, CONFIG_SUPERVISORD},
    {"procfile", {"Procfile", "Procfile.*"}, FORMAT_NOT_READ},
    {"process-compose", {"process-compose.*"}, FORMAT_NOT_READ},
    {"yaml", {"*"}, CONFIG_YAML},
};

const struct format *format_find(const char *name)
{
    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    }
    return NULL;
}

const struct format *format_of_path(const char *path)
{
    memory_auto char *copy = memory_copy(path);
    const char *file = basename(copy);
    const struct format *found = NULL;
    for (size_t i = 0; i < LENGTH(rows) && found == NULL; i++) {
        for (const char *const *pattern = rows[i].patterns; *pattern != NULL; pattern++) {
            if (fnmatch(*pattern, file, 0) == 0)
                found = &rows[i];
        }
    }
    return found; // the last pattern fits everything
}

bool format_is_read(const struct format *format)
{
    return format->format != FORMAT_NOT_READ;
}
