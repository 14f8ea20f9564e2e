// SPDX-License-Identifier: MIT
// First every helper gets its place in the new order, then all are told what to do, so that
// whatever happens on the way meets the new order and nothing else.
#include "supervise/apply.h"

#include "base/memory.h"
#include "supervise/configure.h"
#include "supervise/leaving.h"
#include "supervise/supervisor_inside.h"

#include <stdlib.h>
#include <string.h>

static const char restart_reason[] = "its configuration was changed";

enum fate { FATE_KEPT, FATE_ADDED, FATE_BACK };

// What becomes of one helper of the new configuration.
struct placement {
    enum fate fate;
    enum difference difference; // but for FATE_ADDED
    bool wish_is_new;           // it was not to be started by itself, and now it is
    bool needs_are_new;         // it depends on others now
};

static int compare_names(const void *a, const void *b)
{
    const struct helper_config *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

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

// The helpers of a configuration, by name.
static const struct helper_config **sort_by_name(const struct config *config)
{
    const struct helper_config **sorted = memory_new(config->helper_count, sizeof(*sorted));
    for (size_t i = 0; i < config->helper_count; i++)
        sorted[i] = &config->helpers[i];
    qsort(sorted, config->helper_count, sizeof(*sorted), compare_names);
    return sorted;
}

static struct helper *keep(struct supervisor *supervisor, const struct helper_config *before,
                           const struct helper_config *after, struct placement *placement)
{
    struct helper *helper = supervisor->helpers[before - supervisor->config->helpers];
    placement->fate = FATE_KEPT;
    placement->difference = diff_helpers(before, after);
    placement->needs_are_new = diff_dependencies(before, after);
    placement->wish_is_new =
        supervisor_wishes(supervisor, after) && !supervisor_wishes(supervisor, before);
    return helper;
}

static struct helper *add(struct supervisor *supervisor, const struct helper_config *config,
                          size_t index, struct placement *placement)
{
    struct helper *helper = leaving_take_back(supervisor, config->name);
    if (helper == NULL) {
        placement->fate = FATE_ADDED;
        return supervisor_add_helper(supervisor, config, index);
    }
    placement->fate = FATE_BACK;
    placement->difference = diff_helpers(helper->config, config);
    return helper;
}

// The helpers of the new configuration in its order; what is in force stays so.
static struct helper **place_helpers(struct supervisor *supervisor, const struct config *after,
                                     struct placement *placements, bool *kept)
{
    const struct config *before = supervisor->config;
    const struct helper_config **known = sort_by_name(before);
    struct helper **helpers = memory_new(after->helper_count, sizeof(struct helper *));
    for (size_t i = 0; i < after->helper_count; i++) {
        const struct helper_config *config = &after->helpers[i];
        const struct helper_config **found =
            bsearch(&config, known, before->helper_count, sizeof(*known), compare_names);
        if (found != NULL) {
            kept[*found - before->helpers] = true;
            helpers[i] = keep(supervisor, *found, config, &placements[i]);
        } else {
            helpers[i] = add(supervisor, config, i, &placements[i]);
        }
    }
    free(known);
    return helpers;
}

static void adopt(struct supervisor *supervisor, struct config *config, struct helper **helpers)
{
    free(supervisor->helpers);
    supervisor->helpers = helpers;
    for (size_t i = 0; i < config->helper_count; i++)
        helpers[i]->index = i;
    graph_finish(&supervisor->graph);
    graph_init(&supervisor->graph, config);
    shutdown_configure(&supervisor->shutdown, config);
    supervisor->config = config_hold(config);
}

static bool is_to_restart(const struct helper *helper, const struct placement *placement)
{
    return placement->fate != FATE_ADDED && placement->difference == DIFFERENCE_RESTART &&
           helper->wanted && helper->state != STATE_WAITING;
}

static void report_one(const struct helper *helper, const struct helper_config *config,
                       const struct placement *placement, struct apply_report *report)
{
    if (placement->fate != FATE_KEPT) {
        log_debug("%s: new, from %s:%u", config->name, config->file, config->line);
        note(&report->added, config->name);
    } else if (is_to_restart(helper, placement)) {
        note(&report->restarted, config->name);
    } else if (placement->difference != DIFFERENCE_NONE) {
        note(&report->changed, config->name);
    } else {
        report->same++;
    }
}

// Those with a run first: who is at rest starts at once and must not meet those about to stop.
static void restart_changed(struct supervisor *supervisor, const struct placement *placements)
{
    for (int with_run = 1; with_run >= 0; with_run--) {
        for (size_t i = 0; i < supervisor->config->helper_count; i++) {
            struct helper *helper = supervisor->helpers[i];
            if ((helper->run != NULL) == with_run && is_to_restart(helper, &placements[i]))
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

void supervisor_apply(struct supervisor *supervisor, struct config *config,
                      struct apply_report *report)
{
    struct config *before = supervisor->config;
    struct placement *placements = memory_new(config->helper_count, sizeof(*placements));
    bool *kept = memory_new(before->helper_count, sizeof(*kept));
    struct helper **earlier = supervisor->helpers;
    struct helper **helpers = place_helpers(supervisor, config, placements, kept);
    for (size_t i = 0; i < before->helper_count; i++) {
        if (kept[i])
            continue;
        note(&report->removed, earlier[i]->config->name);
        leaving_add(supervisor, earlier[i]);
    }
    adopt(supervisor, config, helpers);

    for (size_t i = 0; i < config->helper_count; i++) {
        report_one(helpers[i], &config->helpers[i], &placements[i], report);
        if (placements[i].fate != FATE_ADDED)
            helper_configure(helpers[i], &config->helpers[i], placements[i].difference);
    }
    leaving_arrange(supervisor);
    restart_changed(supervisor, placements);
    want_wished(supervisor, placements);
    settle_returned(supervisor, placements);
    look_at_waiting(supervisor);
    supervisor->look = supervisor->applied = true;
    config_release(before);
    free(placements);
    free(kept);
}
