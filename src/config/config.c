// SPDX-License-Identifier: MIT
#include "config/config.h"

#include "config/schema.h"

#include <stdlib.h>
#include <string.h>

static void helper_config_finish(struct helper_config *helper)
{
    free(helper->name);
    free(helper->base);
    free(helper->identity.groups);
    schema_free(&helper_settings, helper);
}

struct config *config_hold(struct config *config)
{
    config->holders++;
    return config;
}

void config_release(struct config *config)
{
    if (config == NULL || --config->holders > 0)
        return;
    for (size_t i = 0; i < config->helper_count; i++)
        helper_config_finish(&config->helpers[i]);
    free(config->helpers);
    schema_free(&top_settings, config);
    strings_finish(&config->files);
    free(config->path);
    free(config->directory);
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

bool command_is_set(const struct command *command)
{
    return command->argv.count > 0;
}
