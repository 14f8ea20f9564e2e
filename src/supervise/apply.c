// SPDX-License-Identifier: MIT
// First every helper gets its place in the new order, then all are told what to do, so that
// whatever happens on the way meets the new order and nothing else.
#include "supervise/apply.h"

#include "base/memory.h"
#include "supervise/by_name.h"
#include "supervise/configure.h"
#include "supervise/leaving.h"
#include "supervise/supervisor_inside.h"

#include <stdlib.h>

static const char restart_reason[] = "its configuration was changed";

enum fate { FATE_KEPT, FATE_ADDED, FATE_BACK };

// What becomes of one helper of the new configuration.
struct placement {
    struct helper *helper; // NULL while it is not made yet
    enum fate fate;
    enum difference difference; // but for FATE_ADDED
    bool wish_is_new;           // it was not to be started by itself, and now it is
    bool needs_are_new;         // it depends on others now
};

struct placements {
    struct placement *items; // for each helper of the new configuration
    bool *kept;              // for each of the one in force
};

static void note(struct changes *changes, const char *name)
{
    if (changes->count++ < CHANGES_NAMED)
        strings_append(&changes->names, name);
}

void apply_report_finish(struct apply_report *report)
{
    strings_finish(&report->added.names);
    strings_finish(&report->removed.names);
    strings_finish(&report->restarted.names);
    strings_finish(&report->changed.names);
    *report = (struct apply_report){0};
}

static void keep(const struct supervisor *supervisor, const struct helper_config *after,
                 struct placement *placement)
{
    const struct helper_config *before = &supervisor->config->helpers[placement->helper->index];
    placement->fate = FATE_KEPT;
    placement->difference = diff_helpers(before, after);
    placement->needs_are_new = diff_dependencies(before, after);
    placement->wish_is_new =
        supervisor_wishes(supervisor, after) && !supervisor_wishes(supervisor, before);
}

// Finds who is there already. Changes nothing.
static struct placements place(const struct supervisor *supervisor, const struct config *after)
{
    size_t before = supervisor->config->helper_count;
    struct placements placements = {
        .items = memory_new(after->helper_count, sizeof(*placements.items)),
        .kept = memory_new(before, sizeof(*placements.kept)),
    };
    for (size_t i = 0; i < after->helper_count; i++) {
        const struct helper_config *config = &after->helpers[i];
        struct placement *placement = &placements.items[i];
        struct helper **found = by_name_find(supervisor->by_name, before, config->name);
        placement->fate = FATE_ADDED;
        if (found == NULL)
            continue;
        placement->helper = *found;
        placements.kept[placement->helper->index] = true;
        keep(supervisor, config, placement);
    }
    return placements;
}

static void placements_finish(struct placements *placements)
{
    free(placements->items);
    free(placements->kept);
}

// One that was not there before, or is about to go.
static void add(struct supervisor *supervisor, const struct helper_config *config, size_t index,
                struct placement *placement)
{
    log_debug("%s: new, from %s:%u", config->name, config->file, config->line);
    placement->helper = leaving_take_back(supervisor, config->name);
    if (placement->helper == NULL) {
        placement->helper = supervisor_add_helper(supervisor, config, index);
        return;
    }
    placement->fate = FATE_BACK;
    placement->difference = diff_helpers(placement->helper->config, config);
}

// The helpers of the new configuration in its order; what is in force stays so.
static struct helper **list_helpers(struct supervisor *supervisor, const struct config *after,
                                    struct placement *placements)
{
    struct helper **helpers = memory_new(after->helper_count, sizeof(*helpers));
    for (size_t i = 0; i < after->helper_count; i++) {
        if (placements[i].fate == FATE_ADDED)
            add(supervisor, &after->helpers[i], i, &placements[i]);
        helpers[i] = placements[i].helper;
    }
    return helpers;
}

static void adopt(struct supervisor *supervisor, struct config *config, struct helper **helpers)
{
    free(supervisor->helpers);
    supervisor->helpers = helpers;
    for (size_t i = 0; i < config->helper_count; i++)
        helpers[i]->index = i;
    supervisor_forget_outlooks(supervisor);
    graph_finish(&supervisor->graph);
    graph_init(&supervisor->graph, config);
    shutdown_configure(&supervisor->shutdown, config);
    supervisor->config = config_hold(config);
    supervisor_sort(supervisor);
}

static bool is_to_restart(const struct placement *placement)
{
    const struct helper *helper = placement->helper;
    return placement->fate != FATE_ADDED && placement->difference == DIFFERENCE_RESTART &&
           helper->wanted && helper->state != STATE_WAITING;
}

static void report_one(const struct placement *placement, const char *name,
                       struct apply_report *report)
{
    if (placement->fate != FATE_KEPT)
        note(&report->added, name);
    else if (is_to_restart(placement))
        note(&report->restarted, name);
    else if (placement->difference != DIFFERENCE_NONE)
        note(&report->changed, name);
    else
        report->same++;
}

// What is to be done, and has not been done yet.
static void report_all(const struct supervisor *supervisor, const struct config *after,
                       const struct placements *placements, struct apply_report *report)
{
    for (size_t i = 0; i < supervisor->config->helper_count; i++) {
        if (!placements->kept[i])
            note(&report->removed, supervisor->config->helpers[i].name);
    }
    for (size_t i = 0; i < after->helper_count; i++)
        report_one(&placements->items[i], after->helpers[i].name, report);
}

// Those with a run first: who is at rest starts at once and must not meet those about to stop.
static void restart_changed(struct supervisor *supervisor, const struct placement *placements)
{
    for (int with_run = 1; with_run >= 0; with_run--) {
        for (size_t i = 0; i < supervisor->config->helper_count; i++) {
            struct helper *helper = supervisor->helpers[i];
            if ((helper->run != NULL) == with_run && is_to_restart(&placements[i]))
                helper_restart(helper, restart_reason);
        }
    }
}

// Starts what is new, or needed since.
static void want_wished(struct supervisor *supervisor, const struct placement *placements)
{
    for (size_t i = 0; i < supervisor->config->helper_count; i++) {
        struct helper *helper = supervisor->helpers[i];
        const struct placement *placement = &placements[i];
        bool wished = supervisor_wishes(supervisor, &supervisor->config->helpers[i]);
        bool untouched =
            (helper->state == STATE_STOPPED && !helper->stop_asked) || helper->departure.returned;
        if (placement->fate != FATE_KEPT ? wished : placement->wish_is_new && untouched)
            supervisor_want_up(supervisor, helper);
        else if (helper->wanted &&
                 (placement->needs_are_new || placement->difference == DIFFERENCE_RESTART))
            supervisor_want_dependencies(supervisor, helper);
    }
}

// One that came back before it was asked to stop runs on, unless it is to run otherwise or not
// at all.
static void settle_returned(struct supervisor *supervisor, const struct placement *placements)
{
    for (size_t i = 0; i < supervisor->config->helper_count; i++) {
        struct helper *helper = supervisor->helpers[i];
        if (placements[i].fate != FATE_BACK)
            continue;
        if (!helper->wanted)
            helper_want_down(helper, "removed from the configuration");
        else if (helper->next_config != NULL)
            helper_restart(helper, restart_reason);
    }
}

// What is waited for may be something else now.
static void look_at_waiting(struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->config->helper_count; i++) {
        struct helper *helper = supervisor->helpers[i];
        if (helper->state != STATE_WAITING)
            continue;
        if (supervisor_dependencies_are_up(supervisor, helper))
            helper_dependencies_up(helper);
        else
            helper_update_wait(helper);
    }
}

void supervisor_plan(const struct supervisor *supervisor, const struct config *config,
                     struct apply_report *report)
{
    struct placements placements = place(supervisor, config);
    report_all(supervisor, config, &placements, report);
    placements_finish(&placements);
}

void supervisor_apply(struct supervisor *supervisor, struct config *config,
                      struct apply_report *report)
{
    struct config *before = supervisor->config;
    struct placements placements = place(supervisor, config);
    report_all(supervisor, config, &placements, report);
    struct helper **helpers = list_helpers(supervisor, config, placements.items);
    for (size_t i = 0; i < before->helper_count; i++) {
        if (!placements.kept[i])
            leaving_add(supervisor, supervisor->helpers[i]);
    }
    adopt(supervisor, config, helpers);

    for (size_t i = 0; i < config->helper_count; i++) {
        if (placements.items[i].fate != FATE_ADDED)
            helper_configure(helpers[i], &config->helpers[i], placements.items[i].difference);
    }
    leaving_arrange(supervisor);
    restart_changed(supervisor, placements.items);
    want_wished(supervisor, placements.items);
    settle_returned(supervisor, placements.items);
    look_at_waiting(supervisor);
    supervisor->look = supervisor->applied = true;
    config_release(before);
    placements_finish(&placements);
}
