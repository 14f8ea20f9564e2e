// SPDX-License-Identifier: MIT
#include "supervise/leaving.h"

#include "base/memory.h"
#include "supervise/by_name.h"
#include "supervise/facts.h"
#include "supervise/supervisor_inside.h"

#include <string.h>

static struct helper **find(const struct supervisor *supervisor, const char *name)
{
    return by_name_find(supervisor->leaving, supervisor->leaving_count, name);
}

static void take_out(struct supervisor *supervisor, struct helper **place)
{
    size_t behind = (size_t)(supervisor->leaving + --supervisor->leaving_count - place);
    memmove(place, place + 1, behind * sizeof(*place));
}

// What it depends on among those that leave, by the settings of its run; or NULL.
static struct helper *dependency_of(const struct supervisor *supervisor,
                                    const struct helper *helper, size_t i)
{
    const struct helper_config *config = helper->config;
    const char *name = config->owner->helpers[config->dependencies[i].helper].name;
    struct helper **place = find(supervisor, name);
    return place != NULL ? *place : NULL;
}

static bool is_up(const struct helper *helper)
{
    return state_is_active(helper->state) || helper->stop_run != NULL;
}

// One without a process is not to come up while others end.
static bool may_be_asked(const struct helper *helper)
{
    const struct departure *departure = &helper->departure;
    return !departure->asked && (departure->dependents == 0 || !helper_has_process(helper));
}

static void ask(struct supervisor *supervisor, struct helper *helper)
{
    helper->departure.asked = true;
    helper_want_down(helper, "removed from the configuration");
    supervisor_note_change(supervisor, helper); // it may have been at rest before
}

static void count_out(struct supervisor *supervisor, struct helper *helper)
{
    if (!helper->departure.uncounted)
        supervisor->tally.states[helper->state]--;
    helper->departure.uncounted = true;
}

void leaving_add(struct supervisor *supervisor, struct helper *helper)
{
    supervisor_mark_settled(supervisor, helper);
    helper_end_restarts(helper);
    helper->departure = (struct departure){.leaving = true};
    supervisor->leaving = memory_resize(supervisor->leaving, supervisor->leaving_count + 1,
                                        sizeof(*supervisor->leaving));
    supervisor->leaving[supervisor->leaving_count++] = helper;
}

struct helper *leaving_take_back(struct supervisor *supervisor, const char *name)
{
    struct helper **place = find(supervisor, name);
    if (place == NULL)
        return NULL;
    struct helper *helper = *place;
    take_out(supervisor, place);
    if (helper->departure.uncounted)
        supervisor->tally.states[helper->state]++;
    helper->departure = (struct departure){.returned = true};
    return helper;
}

void leaving_arrange(struct supervisor *supervisor)
{
    size_t count = supervisor->leaving_count;
    if (count == 0)
        return;
    by_name_sort(supervisor->leaving, count);
    for (size_t i = 0; i < count; i++)
        supervisor->leaving[i]->departure.dependents = 0;
    for (size_t i = 0; i < count; i++) {
        struct helper *helper = supervisor->leaving[i];
        helper->departure.holds_back = is_up(helper);
        for (size_t d = 0; is_up(helper) && d < helper->config->dependency_count; d++) {
            struct helper *on = dependency_of(supervisor, helper, d);
            if (on != NULL)
                on->departure.dependents++;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (may_be_asked(supervisor->leaving[i]))
            ask(supervisor, supervisor->leaving[i]);
        if (!is_up(supervisor->leaving[i]))
            count_out(supervisor, supervisor->leaving[i]);
    }
}

static void let_go(struct supervisor *supervisor, struct helper *helper)
{
    helper->departure.holds_back = false;
    for (size_t i = 0; i < helper->config->dependency_count; i++) {
        struct helper *on = dependency_of(supervisor, helper, i);
        if (on == NULL)
            continue;
        on->departure.dependents--;
        if (may_be_asked(on))
            ask(supervisor, on);
    }
}

void leaving_follow(struct supervisor *supervisor, struct helper *helper)
{
    if (is_up(helper))
        return;
    if (helper->departure.holds_back)
        let_go(supervisor, helper);
    count_out(supervisor, helper);
    // The shutdown knows it, and frees nothing.
    if (helper->old_run_count > 0 || supervisor->shutdown.begun)
        return;
    take_out(supervisor, find(supervisor, helper->config->name));
    if (supervisor->first_failure == helper)
        supervisor->first_failure = NULL;
    helper_destroy(helper);
}
