// SPDX-License-Identifier: MIT
#include "config/config.h"

#include "base/memory.h"
#include "config/load.h"
#include "config/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUDGET = 256 * 1024 * 1024 }; // bytes of all values, instances and defaults counted

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
    strings_finish(&loading->environment);
    strings_finish(&loading->env_file);
    strings_finish(&loading->real_paths);
    free(loading->written);
    free(loading->working_dir);
    free(loading->cwd);
    document_destroy(loading->document);
}

struct config *config_load(const char *path, const struct config_options *options,
                           struct errors *errors)
{
    size_t errors_before = errors->count;
    struct loading loading = {.options = options, .errors = errors};
    loading.cwd = getcwd(NULL, 0);
    if (loading.cwd == NULL) {
        errors_add(errors, (struct place){0}, "cannot find the current directory: %s",
                   strerror(errno));
        return NULL;
    }
    struct config *config = memory_new(1, sizeof(*config));
    config->path = memory_copy(path);
    loading.config = config;
    loading_init(&loading, path);
    load_files(&loading, path);
    load_helpers(&loading);
    load_dependencies(&loading);
    loading_finish(&loading);
    if (errors->count == errors_before)
        return config;
    config_destroy(config);
    return NULL;
}

void helper_config_finish(struct helper_config *helper)
{
    free(helper->name);
    free(helper->base);
    schema_free(&helper_settings, helper);
}

void config_destroy(struct config *config)
{
    if (config == NULL)
        return;
    for (size_t i = 0; i < config->helper_count; i++)
        helper_config_finish(&config->helpers[i]);
    free(config->helpers);
    schema_free(&top_settings, config);
    strings_finish(&config->files);
    free(config->path);
    free(config);
}

ssize_t config_find(const struct config *config, const char *name)
{
    ssize_t first = -1;
    for (size_t i = 0; i < config->helper_count; i++) {
        if (strcmp(config->helpers[i].name, name) == 0)
            return (ssize_t)i;
        if (first < 0 && strcmp(config->helpers[i].base, name) == 0)
            first = (ssize_t)i;
    }
    return first;
}

bool helper_exit_is_success(const struct helper_config *helper, struct exit_status status)
{
    for (size_t i = 0; i < helper->success_count; i++) {
        const struct exit_status *success = &helper->success[i];
        if (success->signal == status.signal &&
            (status.signal != 0 || success->code == status.code))
            return true;
    }
    return false;
}
