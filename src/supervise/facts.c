// SPDX-License-Identifier: MIT
#include "supervise/facts.h"

#include "base/clock.h"
#include "supervise/supervisor.h"

#include <math.h>

bool helper_succeeded(const struct helper *helper)
{
    return !helper->could_not_start && helper_exit_is_success(helper->config, helper->last_exit);
}

bool helper_start_failed(const struct helper *helper)
{
    return helper->config->start_retries != START_RETRIES_NONE && !helper->was_ready;
}

// Whether one more start would be one too many.
static bool is_limit_reached(const struct helper *helper)
{
    const struct helper_config *config = helper->config;
    if (helper_start_failed(helper) && helper->failed_starts > config->start_retries)
        return true;
    return start_history_is_full(&helper->history, &config->start_limit,
                                 clock_monotonic() + helper->delay);
}

struct facts facts_of(const struct helper *helper)
{
    const struct helper_config *config = helper->config;
    return (struct facts){
        .wanted = helper->wanted,
        .dependencies_up = supervisor_dependencies_are_up(helper->supervisor, helper),
        .stop_asked = helper->stop_asked,
        .success = helper_succeeded(helper),
        .short_of_resources = helper->short_of_resources,
        .start_failed = helper_start_failed(helper),
        .limit_reached = is_limit_reached(helper),
        .restart = config->restart,
        .readiness = config->ready_after >= 0 ? READINESS_AFTER : READINESS_NONE,
    };
}

bool helper_is_launching(const struct helper *helper)
{
    return helper->run != NULL && instance_is_launching(helper->run);
}

bool helper_has_process(const struct helper *helper)
{
    return helper->run != NULL && instance_has_process(helper->run);
}

double helper_stop_time_left(const struct helper *helper)
{
    if (helper->kills > 0)
        return 0;
    return fmax(helper->since + helper->config->stop_timeout - clock_monotonic(), 0);
}

int helper_exit_code(const struct helper *helper)
{
    int code = exit_status_as_code(helper->last_exit);
    return code != 0 ? code : 1; // it failed us, whatever it said
}
