// SPDX-License-Identifier: MIT
#include "supervise/configure.h"

static void set_next_config(struct helper *helper, const struct helper_config *config)
{
    const struct helper_config *before = helper->next_config;
    if (config != NULL)
        config_hold(config->owner);
    helper->next_config = config;
    if (before != NULL)
        config_release(before->owner);
}

// Nothing may point to the settings that were in force: they may be gone when this returns.
static void set_config(struct helper *helper, const struct helper_config *config)
{
    const struct helper_config *before = helper->config;
    config_hold(config->owner);
    helper->config = config;
    if (helper->run != NULL)
        instance_configure(helper->run, config);
    if (helper->stop_run != NULL)
        instance_configure(helper->stop_run, config);
    LIST_EACH (struct instance, instance, &helper->old_runs, link)
        instance_configure(instance, config);
    route_configure(&helper->route, config->name, &config->log);
    start_history_resize(&helper->history, &before->start_limit, &config->start_limit);
    config_release(before->owner);
}

void helper_configure(struct helper *helper, const struct helper_config *config,
                      enum difference difference)
{
    // What waits already goes on waiting: it is far enough from what is in force.
    bool far = difference == DIFFERENCE_RESTART || helper->next_config != NULL;
    if (helper->run != NULL && far) {
        set_next_config(helper, config);
        return;
    }
    set_next_config(helper, NULL);
    set_config(helper, config);
    helper_adapt(helper);
}

void helper_take_next_config(struct helper *helper)
{
    if (helper->next_config == NULL)
        return;
    set_config(helper, helper->next_config);
    set_next_config(helper, NULL);
}

void helper_forget_configs(struct helper *helper)
{
    set_next_config(helper, NULL);
    config_release(helper->config->owner);
    helper->config = NULL;
}
