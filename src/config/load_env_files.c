// SPDX-License-Identifier: MIT
// The files of variables that a configuration names.
#include "config/load.h"

#include "base/memory.h"
#include "config/env_file.h"
#include "config/value.h"

#include <string.h>

enum { ENV_FILES_SEARCHED = 64 }; // of those read last, so that many different ones cost little

static const struct strings *read_env_file(struct loading *loading, const struct reading *reading,
                                           struct node *node, const char *path,
                                           const struct scope *scope)
{
    size_t searched = 0;
    for (size_t i = loading->env_file_count; i > 0 && searched < ENV_FILES_SEARCHED; i--) {
        if (strcmp(loading->env_files[i - 1].path, path) == 0)
            return &loading->env_files[i - 1].variables;
        searched++;
    }
    struct env_file file = {.path = memory_copy(path)};
    const char *reason;
    const struct source *source = load_source(loading, path, ENV_FILE_LIMIT, &reason);
    if (source == NULL) {
        reading_complain(reading, node, "\"env_file\": cannot read \"%s\": %s", path, reason);
    } else {
        struct reading inner = loading_read(loading, NULL, scope);
        env_file_parse(&inner, source, &file.variables);
    }
    loading->env_files =
        memory_resize(loading->env_files, loading->env_file_count + 1, sizeof(file));
    loading->env_files[loading->env_file_count] = file;
    return &loading->env_files[loading->env_file_count++].variables;
}

// Adds the variables of a file: each helper has copies of its own.
static void take_variables(const struct reading *reading, struct place place,
                           const struct strings *file, struct strings *variables)
{
    for (size_t i = 0; i < file->count; i++) {
        if (!reading_spend(reading, place, strlen(file->items[i])))
            return;
    }
    strings_set_all(variables, file);
}

void load_env_files(struct loading *loading, struct reading *reading,
                    const struct settings *settings, const struct node *map,
                    const struct scope *path_scope, const struct scope *value_scope,
                    struct strings *variables)
{
    struct node *node = node_get(map, "env_file");
    if (node == NULL)
        return;
    struct reading paths_reading = *reading;
    paths_reading.scope = path_scope;
    struct strings paths = {0};
    value_read_paths(&paths_reading, settings_find(settings, "env_file"), node, &paths);
    for (size_t i = 0; i < paths.count; i++) {
        const struct strings *file =
            read_env_file(loading, reading, node, paths.items[i], value_scope);
        take_variables(reading, node->place, file, variables);
    }
    strings_finish(&paths);
}
