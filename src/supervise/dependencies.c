// SPDX-License-Identifier: MIT
// Who waits for whom, what is to be expected of a wait, and who is started because another one
// needs it.
#include "supervise/facts.h"
#include "supervise/status.h"
#include "supervise/supervisor_inside.h"

#include "base/memory.h"

#include <stdlib.h>

// What is read last says what it depends on, also where it still runs as it was.
static const struct helper_config *latest_config(const struct supervisor *supervisor,
                                                 const struct helper *helper)
{
    return &supervisor->config->helpers[helper->index];
}

static struct helper *dependency_of(const struct supervisor *supervisor,
                                    const struct helper *helper, size_t i)
{
    return supervisor->helpers[latest_config(supervisor, helper)->dependencies[i].helper];
}

static bool is_met(const struct helper *on, enum condition condition)
{
    return !helper_is_launching(on) && condition_is_met(condition, on->config->type, on->state);
}

// The first dependency whose condition is not met, or -1.
static ssize_t unmet_dependency(const struct supervisor *supervisor, const struct helper *helper)
{
    const struct helper_config *config = latest_config(supervisor, helper);
    for (size_t i = 0; i < config->dependency_count; i++) {
        if (!is_met(dependency_of(supervisor, helper, i), config->dependencies[i].condition))
            return (ssize_t)i;
    }
    return -1;
}

bool supervisor_dependency(const struct supervisor *supervisor, const struct helper *helper,
                           size_t i, struct dependency_status *status)
{
    if (helper->departure.leaving || i >= latest_config(supervisor, helper)->dependency_count)
        return false;
    status->on = dependency_of(supervisor, helper, i);
    status->condition = latest_config(supervisor, helper)->dependencies[i].condition;
    status->met = is_met(status->on, status->condition);
    return true;
}

bool supervisor_dependencies_are_up(const struct supervisor *supervisor,
                                    const struct helper *helper)
{
    return !helper->departure.leaving && unmet_dependency(supervisor, helper) < 0;
}

// Whether its i-th dependency is at rest without meeting its condition.
static bool is_hopeless(const struct supervisor *supervisor, const struct helper *helper, size_t i)
{
    const struct helper *on = dependency_of(supervisor, helper, i);
    return condition_is_hopeless(latest_config(supervisor, helper)->dependencies[i].condition,
                                 on->config->type, on->state);
}

static char *describe_hopeless_wait(const struct helper *on, const char *wish)
{
    const char *fact = "is stopped";
    if (on->state == STATE_FAILED)
        fact = "failed";
    else if (on->state == STATE_COMPLETED)
        fact = "has completed";
    return memory_format("waiting for %s to %s, but it %s (%s)", on->config->name, wish, fact,
                         on->reason);
}

char *supervisor_describe_wait(const struct supervisor *supervisor, const struct helper *helper,
                               bool *hopeless)
{
    static const char *const wishes[] = {
        [CONDITION_STARTED] = "start",
        [CONDITION_READY] = "be ready",
        [CONDITION_COMPLETED] = "complete",
    };
    // What will not come is the better reason, whatever else is missing.
    const struct helper_config *config = latest_config(supervisor, helper);
    ssize_t unmet = unmet_dependency(supervisor, helper);
    *hopeless = false;
    for (size_t i = 0; !*hopeless && i < config->dependency_count; i++) {
        *hopeless = is_hopeless(supervisor, helper, i);
        if (*hopeless)
            unmet = (ssize_t)i;
    }
    if (unmet < 0)
        return memory_copy("waiting");
    const struct helper *on = dependency_of(supervisor, helper, (size_t)unmet);
    enum condition condition = config->dependencies[unmet].condition;
    // For a oneshot, to be ready is to have completed.
    if (condition == CONDITION_READY && on->config->type == TYPE_ONESHOT)
        condition = CONDITION_COMPLETED;
    if (*hopeless)
        return describe_hopeless_wait(on, wishes[condition]);
    return memory_format("waiting for %s to %s", on->config->name, wishes[condition]);
}

struct way_step {
    struct helper *helper;
    size_t next; // of its dependencies
};

// From a helper down its dependencies, which may be a chain of all helpers: not for the call stack.
struct way {
    struct way_step *steps;
    size_t count, room;
};

static struct way_step *way_end(const struct way *way)
{
    return &way->steps[way->count - 1];
}

static void way_enter(struct way *way, struct helper *helper)
{
    if (way->count == way->room) {
        way->room = way->room * 2 + 16;
        way->steps = memory_resize(way->steps, way->room, sizeof(*way->steps));
    }
    way->steps[way->count++] = (struct way_step){.helper = helper};
}

enum outlook { OUTLOOK_UNKNOWN, OUTLOOK_HOPE, OUTLOOK_VAIN };

// Goes on from the end of the way to a dependency of which nothing is known, or finds out what the
// outlook of the helper there is.
static void look_ahead(const struct supervisor *supervisor, struct way *way)
{
    unsigned char *outlooks = supervisor->outlooks;
    struct way_step *step = way_end(way);
    const struct helper *helper = step->helper;
    size_t count = latest_config(supervisor, helper)->dependency_count;
    for (; step->next < count; step->next++) {
        struct helper *on = dependency_of(supervisor, helper, step->next);
        bool waits = on->state == STATE_WAITING;
        if (is_hopeless(supervisor, helper, step->next) ||
            (waits && outlooks[on->index] == OUTLOOK_VAIN)) {
            outlooks[helper->index] = OUTLOOK_VAIN;
            return;
        }
        if (waits && outlooks[on->index] == OUTLOOK_UNKNOWN) {
            way_enter(way, on);
            return;
        }
    }
    outlooks[helper->index] = OUTLOOK_HOPE;
}

void supervisor_forget_outlooks(struct supervisor *supervisor)
{
    free(supervisor->outlooks);
    supervisor->outlooks = NULL;
}

bool supervisor_waits_in_vain(struct supervisor *supervisor, const struct helper *helper)
{
    if (helper->state != STATE_WAITING || helper->departure.leaving)
        return false;
    if (supervisor->outlooks == NULL)
        supervisor->outlooks = memory_new(supervisor->config->helper_count, 1);
    struct way way = {0};
    way_enter(&way, supervisor->helpers[helper->index]);
    while (way.count > 0) {
        if (supervisor->outlooks[way_end(&way)->helper->index] == OUTLOOK_UNKNOWN)
            look_ahead(supervisor, &way);
        else
            way.count--;
    }
    free(way.steps);
    return supervisor->outlooks[helper->index] == OUTLOOK_VAIN;
}

bool supervisor_all_waits_are_vain(struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->config->helper_count; i++) {
        const struct helper *helper = supervisor->helpers[i];
        if (helper->state == STATE_WAITING && !supervisor_waits_in_vain(supervisor, helper))
            return false;
    }
    return true;
}

static bool is_to_come(const struct helper *helper)
{
    bool down = helper->state == STATE_STOPPED || helper->state == STATE_STOPPING;
    return !helper->wanted && (down || helper->departure.returned);
}

void supervisor_begin_wish(struct supervisor *supervisor, struct helper *helper)
{
    helper->departure.returned = false;
    helper->was_settled = false;
    supervisor->unsettled++;
    supervisor_note_change(supervisor, helper); // also of one that runs already
}

// Whether the way leads over it: it is to be started, or it waits for what may be.
static bool is_on_way(const struct supervisor *supervisor, struct helper *helper, bool over_waiting)
{
    if (is_to_come(helper))
        return true;
    bool fresh = over_waiting && helper->state == STATE_WAITING && helper->walk != supervisor->walk;
    helper->walk = supervisor->walk;
    return fresh;
}

// Starts what it depends on first, so that a chain comes up in one turn where it can; and itself,
// unless it is wanted already.
static void want_up(struct supervisor *supervisor, struct helper *helper, bool over_waiting)
{
    struct way way = {0};
    supervisor->walk++;
    if (!helper->wanted)
        supervisor_begin_wish(supervisor, helper);
    way_enter(&way, helper);
    while (way.count > 0) {
        struct way_step *step = way_end(&way);
        if (step->next == latest_config(supervisor, step->helper)->dependency_count) {
            if (!step->helper->wanted)
                helper_want_up(step->helper);
            way.count--;
            continue;
        }
        struct helper *on = dependency_of(supervisor, step->helper, step->next++);
        if (!is_on_way(supervisor, on, over_waiting))
            continue;
        if (!on->wanted)
            supervisor_begin_wish(supervisor, on);
        way_enter(&way, on);
    }
    free(way.steps);
}

void supervisor_want_up(struct supervisor *supervisor, struct helper *helper)
{
    if (!helper->wanted)
        want_up(supervisor, helper, false);
}

void supervisor_want_up_again(struct supervisor *supervisor, struct helper *helper)
{
    bool wanted = helper->wanted;
    want_up(supervisor, helper, true);
    if (wanted)
        helper_want_up(helper);
}

void supervisor_want_dependencies(struct supervisor *supervisor, const struct helper *helper)
{
    for (size_t i = 0; i < latest_config(supervisor, helper)->dependency_count; i++) {
        struct helper *on = dependency_of(supervisor, helper, i);
        if (is_to_come(on))
            supervisor_want_up(supervisor, on);
    }
}
