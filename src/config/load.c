// SPDX-License-Identifier: MIT
#include "config/load.h"

#include "base/memory.h"
#include "config/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUDGET = 256 * 1024 * 1024 }; // bytes of all values, instances and defaults counted

struct reading loading_read(struct loading *loading, const char *object, const struct scope *scope)
{
    return (struct reading){
        .errors = loading->errors,
        .object = object,
        .scope = scope,
        .cwd = loading->cwd,
        .budget = &loading->budget,
    };
}

static void loading_init(struct loading *loading, const char *path)
{
    memory_auto char *absolute = path_absolute(loading->cwd, path);
    loading->document = document_create();
    loading->names = document_map(loading->document, (struct place){0});
    loading->text_left = DOCUMENT_TEXT_LIMIT;
    loading->nodes_left = DOCUMENT_NODE_LIMIT;
    loading->budget = BUDGET;
    loading->working_dir =
        strncmp(absolute, "/etc/", 5) == 0 ? memory_copy("/") : path_directory(absolute);
    loading->env_file_scope = (struct scope){&loading->env_file, &loading->own_scope};
    loading->environment_scope = (struct scope){&loading->environment, &loading->env_file_scope};

    bool developer = loading->options->developer;
    loading->top_fallbacks =
        schema_fallbacks(loading->document, &top_settings, developer, loading->errors);
    loading->helper_fallbacks =
        schema_fallbacks(loading->document, &helper_settings, developer, loading->errors);
    loading->plain.umask = -1;
    loading->plain.ready_after = -1;
    loading->plain.nice = INTEGER_UNSET;
    loading->plain.io_priority = INTEGER_UNSET;
    loading->plain.oom_score_adj = INTEGER_UNSET;
    loading->plain.start_retries = START_RETRIES_NONE;
    struct reading reading = loading_read(loading, NULL, NULL);
    schema_fill(&reading, &helper_settings, loading->helper_fallbacks, NULL, false,
                &loading->plain);
}

static void loading_finish(struct loading *loading)
{
    for (size_t i = 0; i < loading->env_file_count; i++) {
        free(loading->env_files[i].path);
        strings_finish(&loading->env_files[i].variables);
    }
    free(loading->env_files);
    for (size_t i = 0; i < loading->wishes.count; i++)
        free(loading->wishes.items[i].name);
    free(loading->wishes.items);
    free(loading->wishes.exit_with.name);
    strings_finish(&loading->environment);
    strings_finish(&loading->env_file);
    strings_finish(&loading->real_paths);
    free(loading->written);
    free(loading->working_dir);
    document_destroy(loading->document);
}

static void set_owner(struct config *config)
{
    for (size_t i = 0; i < config->helper_count; i++)
        config->helpers[i].owner = config;
}

// A relative path starts at the directory.
static struct config *load(const char *directory, const char *path,
                           const struct config_options *options, bool again, struct errors *errors)
{
    size_t errors_before = errors->count;
    struct config *config = config_hold(memory_new(1, sizeof(*config)));
    config->path = memory_copy(path);
    config->exit_with = -1;
    config->control.mode = -1;
    config->directory = memory_copy(directory);
    config->options = *options;
    struct loading loading = {
        .options = options, .again = again, .errors = errors, .config = config};
    loading.cwd = config->directory;
    loading_init(&loading, path);
    load_files(&loading, path);
    load_helpers(&loading);
    if (loading.budget > 0) // else not all helpers are there
        load_dependencies(&loading);
    loading_finish(&loading);
    set_owner(config);
    if (errors->count == errors_before)
        return config;
    config_release(config);
    return NULL;
}

struct config *config_load(const char *path, const struct config_options *options,
                           struct errors *errors)
{
    memory_auto char *directory = getcwd(NULL, 0);
    if (directory != NULL)
        return load(directory, path, options, false, errors);
    if (errno == ENOMEM)
        memory_run_out();
    errors_add(errors, (struct place){0}, "cannot find the current directory: %s", strerror(errno));
    return NULL;
}

struct config *config_load_again(const struct config *config, struct errors *errors)
{
    return load(config->directory, config->path, &config->options, true, errors);
}
