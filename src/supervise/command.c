// SPDX-License-Identifier: MIT
#include "supervise/command.h"

#include "base/memory.h"
#include "supervise/announce.h"
#include "supervise/by_name.h"
#include "supervise/supervisor_inside.h"

#include <stdlib.h>
#include <string.h>

static struct helpers take(const struct supervisor *supervisor, size_t first, size_t count)
{
    struct helpers helpers = {
        .items = memory_new(count, sizeof(*helpers.items)),
        .count = count,
    };
    for (size_t i = 0; i < count; i++)
        helpers.items[i] = supervisor->helpers[first + i];
    return helpers;
}

static struct helper *find_one(const struct supervisor *supervisor, const char *name)
{
    struct helper **place =
        by_name_find(supervisor->by_name, supervisor->config->helper_count, name);
    return place != NULL ? *place : NULL;
}

struct helpers supervisor_find(const struct supervisor *supervisor, const char *name)
{
    const struct helper *helper = find_one(supervisor, name);
    if (helper != NULL)
        return take(supervisor, helper->index, 1);
    // Instances are called NAME@1, NAME@2 and so on, and stand together.
    memory_auto char *instance = memory_format("%s@1", name);
    helper = find_one(supervisor, instance);
    if (helper == NULL || strcmp(helper->config->base, name) != 0)
        return (struct helpers){0};
    size_t count = 1;
    while (helper->index + count < supervisor->config->helper_count &&
           strcmp(supervisor->helpers[helper->index + count]->config->base, name) == 0)
        count++;
    return take(supervisor, helper->index, count);
}

struct helpers supervisor_all(const struct supervisor *supervisor)
{
    return take(supervisor, 0, supervisor->config->helper_count);
}

void helpers_finish(struct helpers *helpers)
{
    free(helpers->items);
    *helpers = (struct helpers){0};
}

// In developer mode the first one that failed settles how helperd ends; this one has another
// chance.
static void forget_failure(struct supervisor *supervisor, const struct helper *helper)
{
    if (supervisor->first_failure == helper)
        supervisor->first_failure = NULL;
}

void supervisor_start_helper(struct supervisor *supervisor, struct helper *helper)
{
    if (supervisor->shutdown.begun)
        return;
    forget_failure(supervisor, helper);
    bool up = helper->state == STATE_STARTING || helper->state == STATE_RUNNING;
    if (helper->wanted && up)
        helper_want_up(helper);
    else
        supervisor_want_up_again(supervisor, helper);
}

void supervisor_stop_helper(struct supervisor *supervisor, struct helper *helper)
{
    if (supervisor->shutdown.begun)
        return;
    supervisor_mark_settled(supervisor, helper);
    helper->departure.returned = false;
    helper_stop_by_hand(helper);
}

void supervisor_restart_helper(struct supervisor *supervisor, struct helper *helper)
{
    if (supervisor->shutdown.begun)
        return;
    forget_failure(supervisor, helper);
    if (!helper->wanted)
        supervisor_begin_wish(supervisor, helper);
    helper_restart_by_hand(helper);
}

void supervisor_reset_helper(struct supervisor *supervisor, struct helper *helper)
{
    if (supervisor->shutdown.begun)
        return;
    forget_failure(supervisor, helper);
    if (helper->state == STATE_COMPLETED || helper->state == STATE_FAILED)
        supervisor_mark_settled(supervisor, helper);
    helper_reset(helper);
}

bool supervisor_signal_helper(struct supervisor *supervisor, struct helper *helper, int signal)
{
    (void)supervisor;
    struct instance *run = helper->run;
    if (run == NULL || instance_is_launching(run) || run->reaped)
        return false;
    announce_signal(helper, signal);
    instance_signal(run, signal);
    return true;
}

bool goal_parse(const char *word, int *goal)
{
    static const char *const words[] = {[GOAL_READY] = "ready", [GOAL_ENDED] = "ended"};
    for (int i = 0; i < GOAL_COUNT; i++) {
        if (strcmp(i < STATE_COUNT ? state_names[i] : words[i], word) == 0) {
            *goal = i;
            return true;
        }
    }
    return false;
}

static bool is_reached(const struct helper *helper, int goal)
{
    enum state state = helper->state;
    if (goal == GOAL_READY)
        return state == STATE_RUNNING || state == STATE_COMPLETED;
    if (goal != GOAL_ENDED)
        return (int)state == goal;
    bool over = state == STATE_STOPPED || state == STATE_COMPLETED || state == STATE_FAILED;
    return over && helper->run == NULL && helper->stop_run == NULL;
}

static bool is_hopeless(const struct helper *helper, int goal)
{
    switch (helper->state) {
    case STATE_STOPPED:
    case STATE_COMPLETED:
    case STATE_FAILED:
        return goal != GOAL_ENDED; // its stop command is about to end
    case STATE_WAITING:
        return supervisor_waits_in_vain(helper->supervisor, helper);
    case STATE_STOPPING: // what is not wanted any more is stopped when it has ended
        return !helper->wanted && goal != GOAL_ENDED && goal != STATE_STOPPED;
    case STATE_STARTING:
    case STATE_RUNNING:
    case STATE_BACKOFF:
    case STATE_COUNT:
        break;
    }
    return false;
}

enum outcome helper_outcome(const struct helper *helper, int goal)
{
    if (is_reached(helper, goal))
        return OUTCOME_REACHED;
    return is_hopeless(helper, goal) ? OUTCOME_HOPELESS : OUTCOME_PENDING;
}
