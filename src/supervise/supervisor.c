// SPDX-License-Identifier: MIT
#include "supervise/supervisor.h"

#include "base/memory.h"
#include "process/process_table.h"
#include "supervise/by_name.h"
#include "supervise/facts.h"
#include "supervise/leaving.h"
#include "supervise/supervisor_inside.h"

#include <stdlib.h>
#include <string.h>

const struct instance_context *supervisor_context(const struct supervisor *supervisor)
{
    return &supervisor->context;
}

struct tally *supervisor_tally(struct supervisor *supervisor)
{
    return &supervisor->tally;
}

void supervisor_discard(struct supervisor *supervisor, struct helper *helper,
                        struct instance *instance)
{
    list_remove(&instance->link);
    list_append(&supervisor->discarded, &instance->link);
    if (helper->departure.leaving) // it may be the last that was waited for
        supervisor_note_change(supervisor, helper);
}

void supervisor_mark_settled(struct supervisor *supervisor, struct helper *helper)
{
    if (helper->was_settled || !helper->wanted)
        return;
    helper->was_settled = true;
    supervisor->unsettled--;
}

void supervisor_note_change(struct supervisor *supervisor, struct helper *helper)
{
    supervisor_forget_outlooks(supervisor);
    list_remove(&helper->changed_link);
    list_append(&supervisor->changed, &helper->changed_link);
}

void supervisor_note_transition(struct supervisor *supervisor, const struct transition *transition)
{
    struct helper *helper = transition->helper;
    supervisor->tally.states[transition->from]--;
    supervisor->tally.states[transition->to]++;
    if (transition->to == STATE_FAILED && supervisor->first_failure == NULL)
        supervisor->first_failure = helper;
    supervisor_note_change(supervisor, helper);
    if (supervisor->listener->transition != NULL)
        supervisor->listener->transition(supervisor->listener->context, transition);
}

static void wake_dependents(struct supervisor *supervisor, const struct helper *helper)
{
    struct dependents dependents = graph_dependents(&supervisor->graph, helper->index);
    for (size_t i = 0; i < dependents.count; i++) {
        struct helper *dependent = supervisor->helpers[dependents.helpers[i]];
        if (dependent->state != STATE_WAITING)
            continue;
        if (supervisor_dependencies_are_up(supervisor, dependent))
            helper_dependencies_up(dependent);
        else
            helper_update_wait(dependent);
    }
}

static bool is_over(const struct helper *helper)
{
    return helper->state == STATE_COMPLETED || helper->state == STATE_FAILED;
}

// What its end means for all, by the settings in force.
static void tell_end(const struct supervisor *supervisor, const struct helper *helper)
{
    const struct supervisor_listener *listener = supervisor->listener;
    bool stopped = helper->state == STATE_STOPPED && !helper->departure.returned;
    if ((ssize_t)helper->index == supervisor->config->exit_with && (is_over(helper) || stopped))
        listener->exit_with(listener->context, helper);
    if (helper->state == STATE_FAILED && helper->config->critical)
        listener->critical(listener->context, helper);
}

static void follow_change(struct supervisor *supervisor, struct helper *helper)
{
    if (helper->departure.leaving) {
        leaving_follow(supervisor, helper);
        if (supervisor->shutdown.begun) // else it may be gone
            shutdown_helper_rested(&supervisor->shutdown, helper);
        return;
    }
    if (helper->state != STATE_WAITING && !helper_is_launching(helper))
        supervisor_mark_settled(supervisor, helper);
    if (!supervisor->shutdown.begun)
        wake_dependents(supervisor, helper);
    else if (!state_is_active(helper->state))
        shutdown_helper_rested(&supervisor->shutdown, helper);
    tell_end(supervisor, helper);
}

// Those that were over already may be the ones whose end counts now.
static void look_at_ends(struct supervisor *supervisor)
{
    for (size_t i = 0; supervisor->applied && i < supervisor->config->helper_count; i++) {
        if (is_over(supervisor->helpers[i]))
            tell_end(supervisor, supervisor->helpers[i]);
    }
    supervisor->applied = false;
}

static void check_settled(struct supervisor *supervisor)
{
    if (!supervisor->started || supervisor->settled_told ||
        supervisor->unsettled > supervisor->tally.states[STATE_WAITING])
        return;
    if (supervisor->unsettled > 0 && !supervisor_all_waits_are_vain(supervisor))
        return;
    supervisor->settled_told = true;
    supervisor->listener->settled(supervisor->listener->context);
}

static bool free_discarded(struct supervisor *supervisor)
{
    bool any = !list_is_empty(&supervisor->discarded);
    LIST_EACH (struct instance, instance, &supervisor->discarded, link)
        (void)instance_destroy(instance);
    return any;
}

static void on_end_of_turn(struct ev_loop *loop, ev_prepare *prepare, int events)
{
    (void)loop;
    (void)events;
    struct supervisor *supervisor = prepare->data;
    bool changed = supervisor->look || !list_is_empty(&supervisor->changed);
    supervisor->look = false;
    while (!list_is_empty(&supervisor->changed)) {
        struct helper *helper = LIST_FIRST(struct helper, &supervisor->changed, changed_link);
        list_remove(&helper->changed_link);
        follow_change(supervisor, helper);
    }
    look_at_ends(supervisor);
    bool freed = free_discarded(supervisor);

    const struct supervisor_listener *listener = supervisor->listener;
    if (changed) {
        listener->changed(listener->context);
        check_settled(supervisor);
        bool idle = supervisor->started && tally_is_at_rest(&supervisor->tally);
        if (idle && !supervisor->shutdown.begun)
            listener->idle(listener->context);
    }
    if (shutdown_check(&supervisor->shutdown, changed || freed))
        listener->ended(listener->context);
}

struct helper *supervisor_add_helper(struct supervisor *supervisor,
                                     const struct helper_config *config, size_t index)
{
    struct helper *helper =
        helper_create(supervisor, supervisor->router, config, supervisor->next_color++);
    helper->index = index;
    supervisor->tally.states[STATE_STOPPED]++;
    return helper;
}

void supervisor_sort(struct supervisor *supervisor)
{
    size_t count = supervisor->config->helper_count;
    supervisor->by_name = memory_resize(supervisor->by_name, count, sizeof(*supervisor->by_name));
    for (size_t i = 0; i < count; i++)
        supervisor->by_name[i] = supervisor->helpers[i];
    by_name_sort(supervisor->by_name, count);
}

struct supervisor *supervisor_create(struct ev_loop *loop, struct router *router,
                                     struct config *config, const struct launch_context *launch,
                                     const struct supervisor_listener *listener)
{
    struct supervisor *supervisor = memory_new(1, sizeof(*supervisor));
    supervisor->config = config_hold(config);
    supervisor->listener = listener;
    supervisor->router = router;
    reader_init(&supervisor->reader, loop);
    supervisor->context = (struct instance_context){
        .loop = loop,
        .launcher = launcher_create(loop, launch),
        .reader = &supervisor->reader,
    };
    supervisor->context.reaper = reaper_create(loop, supervisor->context.launcher);
    supervisor->has_process_table = process_table_is_there();
    list_init(&supervisor->changed);
    list_init(&supervisor->discarded);
    graph_init(&supervisor->graph, config);
    supervisor->helpers = memory_new(config->helper_count, sizeof(*supervisor->helpers));
    for (size_t i = 0; i < config->helper_count; i++)
        supervisor->helpers[i] = supervisor_add_helper(supervisor, &config->helpers[i], i);
    supervisor_sort(supervisor);
    shutdown_init(&supervisor->shutdown, loop, supervisor->context.reaper, &supervisor->tally);
    shutdown_configure(&supervisor->shutdown, config);
    ev_prepare_init(&supervisor->end_of_turn, on_end_of_turn);
    supervisor->end_of_turn.data = supervisor;
    ev_prepare_start(loop, &supervisor->end_of_turn);
    return supervisor;
}

void supervisor_destroy(struct supervisor *supervisor)
{
    if (supervisor == NULL)
        return;
    ev_prepare_stop(supervisor->context.loop, &supervisor->end_of_turn);
    shutdown_finish(&supervisor->shutdown);
    (void)free_discarded(supervisor);
    for (size_t i = 0; i < supervisor->config->helper_count; i++)
        helper_destroy(supervisor->helpers[i]);
    free(supervisor->helpers);
    free(supervisor->by_name);
    supervisor_forget_outlooks(supervisor);
    for (size_t i = 0; i < supervisor->leaving_count; i++)
        helper_destroy(supervisor->leaving[i]);
    free(supervisor->leaving);
    config_release(supervisor->config);
    graph_finish(&supervisor->graph);
    reader_finish(&supervisor->reader);
    reaper_destroy(supervisor->context.reaper);
    launcher_destroy(supervisor->context.launcher);
    free(supervisor);
}

bool supervisor_wishes(const struct supervisor *supervisor, const struct helper_config *config)
{
    for (size_t i = 0; i < supervisor->name_count; i++) {
        if (strcmp(config->name, supervisor->names[i]) == 0 ||
            strcmp(config->base, supervisor->names[i]) == 0)
            return true;
    }
    return supervisor->name_count == 0 && config->autostart;
}

void supervisor_start(struct supervisor *supervisor, char *const *names, size_t count)
{
    supervisor->names = names;
    supervisor->name_count = count;
    for (size_t i = 0; i < supervisor->config->helper_count; i++) {
        struct helper *helper = supervisor->helpers[i];
        if (supervisor_wishes(supervisor, helper->config))
            supervisor_want_up(supervisor, helper);
    }
    supervisor->started = true;
    supervisor->look = true; // where nothing was to start nothing changes, but that is to be told
}

void supervisor_shutdown(struct supervisor *supervisor, const char *reason)
{
    if (supervisor->shutdown.begun)
        return;
    size_t placed = supervisor->config->helper_count, leaving = supervisor->leaving_count;
    struct shutdown_scope scope = {
        .helpers = memory_new(placed + leaving, sizeof(*scope.helpers)),
        .count = placed + leaving,
        .config = supervisor->config,
    };
    for (size_t i = 0; i < scope.count; i++) {
        scope.helpers[i] = i < placed ? supervisor->helpers[i] : supervisor->leaving[i - placed];
        scope.helpers[i]->index = i;
    }
    shutdown_begin(&supervisor->shutdown, scope, reason);
}

void supervisor_kill_all(struct supervisor *supervisor)
{
    shutdown_hasten(&supervisor->shutdown);
}

size_t supervisor_count(const struct supervisor *supervisor, enum state state)
{
    return supervisor->tally.states[state];
}

const struct totals *supervisor_totals(const struct supervisor *supervisor)
{
    return &supervisor->tally.totals;
}

const struct helper *supervisor_first_failure(const struct supervisor *supervisor)
{
    return supervisor->first_failure;
}
