// SPDX-License-Identifier: MIT
#include "supervise/shutdown.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "process/process_table.h"
#include "supervise/by_name.h"
#include "supervise/facts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double tick_interval = 0.1;  // seconds between looks at the clock
static const double first_word_after = 1; // seconds before it is said who is waited for
static const double word_interval = 5;    // and how often it is said again
static const double late_share = 0.25;    // of the timeout is for those whose turn has not come
static const double escaped_timeout = 5;  // what escaped gets SIGKILL so long after SIGTERM
static const double last_words = 0.5;     // for the output of what was killed at the deadline
static const double last_wait = 2;        // for what is left when all helpers are at rest, or
                                          // after SIGKILL to everything

enum {
    NAMED_IN_A_WORD = 3,
    LAST_LOOKS = 3, // after SIGKILL, whatever time says: one may take seconds
};

static bool is_at_rest(const struct helper *helper)
{
    return !state_is_active(helper->state);
}

static const struct helper_config *config_of(const struct shutdown *shutdown, size_t index)
{
    const struct helper *helper = shutdown->scope.helpers[index];
    return helper->departure.leaving ? helper->config : &shutdown->scope.config->helpers[index];
}

// What a helper depends on: one that leaves by the settings of its run, whose names are looked for.
// NULL: it is gone.
static struct shutdown_turn *turn_of_dependency(const struct shutdown *shutdown, size_t index,
                                                size_t i)
{
    const struct helper_config *config = config_of(shutdown, index);
    size_t on = config->dependencies[i].helper;
    if (config->owner == shutdown->scope.config)
        return &shutdown->turns[on];
    struct helper **found =
        by_name_find(shutdown->by_name, shutdown->scope.count, config->owner->helpers[on].name);
    return found != NULL ? &shutdown->turns[(*found)->index] : NULL;
}

static void add_due(struct shutdown *shutdown, size_t index)
{
    shutdown->due[shutdown->due_count++] = index;
}

// A helper that has ended, and all that depend on it as well, lets go of what it depends on. One
// without a process stands in the way too as long as its dependents run.
static void let_go(struct shutdown *shutdown, size_t index)
{
    const struct helper *helper = shutdown->scope.helpers[index];
    struct shutdown_turn *turn = &shutdown->turns[index];
    // Its stop command may still need them.
    if (turn->let_go || turn->dependents > 0 || !is_at_rest(helper) || helper->stop_run != NULL)
        return;
    turn->let_go = true;
    for (size_t i = 0; i < config_of(shutdown, index)->dependency_count; i++) {
        struct shutdown_turn *on = turn_of_dependency(shutdown, index, i);
        if (on != NULL && --on->dependents == 0)
            add_due(shutdown, (size_t)(on - shutdown->turns));
    }
}

// Those whose turn has come since some number of them had it. Who is at rest makes it that of
// others at once, in a chain of any length.
static void stop_due(struct shutdown *shutdown, size_t first)
{
    for (; first < shutdown->due_count; first++) {
        size_t index = shutdown->due[first];
        helper_want_down(shutdown->scope.helpers[index], shutdown->reason);
        let_go(shutdown, index);
    }
}

void shutdown_helper_rested(struct shutdown *shutdown, const struct helper *helper)
{
    if (!shutdown->begun)
        return;
    size_t first = shutdown->due_count;
    let_go(shutdown, helper->index);
    stop_due(shutdown, first);
}

// "node", or the program's name from the configuration.
static void read_command_name(const struct helper *helper, char *name, size_t size)
{
    if (process_table_name(helper->run->pid, name, size))
        return;
    const char *program = helper->config->command.argv.items[0];
    const char *slash = strrchr(program, '/');
    snprintf(name, size, "%s", slash != NULL ? slash + 1 : program);
}

static bool is_waited_for(const struct shutdown *shutdown, const struct helper *helper)
{
    bool output = helper->old_run_count > 0 && is_at_rest(helper) && !shutdown->spare_escaped;
    return helper->state == STATE_STOPPING || helper->stop_run != NULL || output;
}

static void name_one(const struct shutdown *shutdown, const struct helper *helper)
{
    const char *name = helper->config->name;
    double left = fmax(shutdown->deadline - clock_monotonic(), 0);
    if (helper->run == NULL) {
        log_info("waiting for %s of %s, %.0f s left",
                 helper->stop_run != NULL ? "the stop command" : "the last output", name,
                 ceil(left));
        return;
    }
    left = ceil(fmin(left, helper_stop_time_left(helper)));
    if (helper_is_launching(helper)) {
        log_info("waiting for %s (its program is not executed yet), %.0f s left", name, left);
        return;
    }
    if (helper->run->reaped) {
        log_info("waiting for %s (what is left of its process group), %.0f s left", name, left);
        return;
    }
    char command[64];
    read_command_name(helper, command, sizeof(command));
    log_info("waiting for %s (%s, pid %d), %.0f s left", name, command, (int)helper->run->pid,
             left);
}

static void say_who_is_waited_for(const struct shutdown *shutdown)
{
    size_t waited = 0;
    for (size_t i = 0; i < shutdown->scope.count; i++) {
        const struct helper *helper = shutdown->scope.helpers[i];
        if (is_waited_for(shutdown, helper) && ++waited <= NAMED_IN_A_WORD)
            name_one(shutdown, helper);
    }
    if (waited > NAMED_IN_A_WORD)
        log_info("waiting for %zu more %s", waited - NAMED_IN_A_WORD,
                 waited == NAMED_IN_A_WORD + 1 ? "helper" : "helpers");
}

// A stop command may have its last words after the helper has ended, but not for long.
static void end_late_stop_commands(struct shutdown *shutdown, double now)
{
    for (size_t i = 0; shutdown->tally->stop_runs > 0 && i < shutdown->scope.count; i++) {
        struct helper *helper = shutdown->scope.helpers[i];
        if (helper->stop_run != NULL && is_at_rest(helper) && now - helper->since >= last_wait)
            helper_kill(helper);
    }
}

// Output that something holds open is read on until the deadline, and a moment longer, since of
// those killed at the deadline it is not read yet; where processes are left alone on purpose
// (kill_mode: process), only for a while.
static bool output_ended(const struct shutdown *shutdown, double now, double waited)
{
    if (now >= shutdown->deadline && waited >= last_words && shutdown->last_looks >= LAST_LOOKS)
        return true;
    bool spared = shutdown->spare_escaped && waited >= last_wait;
    return shutdown->tally->old_runs == 0 || spared;
}

// Tells processes that left their helper's group to go. Returns whether none is left.
static bool end_escaped(struct shutdown *shutdown, double waited)
{
    if (shutdown->spare_escaped)
        return true;
    shutdown->escaped =
        reaper_end_escaped(shutdown->reaper, shutdown->killed || waited >= escaped_timeout);
    if (shutdown->escaped > 0 && !shutdown->escaped_told) {
        shutdown->escaped_told = true;
        log_info("ending %u %s that left the process group of a helper", shutdown->escaped,
                 shutdown->escaped == 1 ? "process" : "processes");
    }
    return shutdown->escaped == 0;
}

// What it is that no old run of the helper is through with its output for.
static const char *name_hindrance(const struct helper *helper)
{
    LIST_EACH (struct instance, instance, &helper->old_runs, link) {
        if (!instance_is_blocked(instance))
            return "is still held open by a process that was left alone";
    }
    return "still waits for room in the log or its file";
}

static void report_left(const struct shutdown *shutdown)
{
    if (shutdown->escaped > 0)
        log_error("%u %s that left the process group of a helper could not be ended",
                  shutdown->escaped, shutdown->escaped == 1 ? "process" : "processes");
    for (size_t i = 0; i < shutdown->scope.count; i++) {
        const struct helper *helper = shutdown->scope.helpers[i];
        if (helper->old_run_count > 0)
            log_warning("%s: its output %s", helper->config->name, name_hindrance(helper));
    }
}

static bool is_over(struct shutdown *shutdown, double now)
{
    bool late = shutdown->killed && now >= shutdown->deadline + last_wait;
    if (!tally_is_at_rest(shutdown->tally))
        return late;
    if (shutdown->rested == 0)
        shutdown->rested = now;
    if (shutdown->tally->stop_runs > 0)
        return late;
    shutdown->last_looks += shutdown->killed;
    double waited = now - shutdown->rested;
    bool ended = end_escaped(shutdown, waited) && output_ended(shutdown, now, waited);
    return ended || (late && shutdown->last_looks >= LAST_LOOKS);
}

bool shutdown_check(struct shutdown *shutdown, bool changed)
{
    if (!shutdown->begun || shutdown->ended || (!changed && !shutdown->look))
        return false;
    shutdown->look = false;
    if (!is_over(shutdown, clock_monotonic()))
        return false;
    report_left(shutdown);
    shutdown->ended = true;
    ev_timer_stop(shutdown->loop, &shutdown->tick);
    return true;
}

// The deadline is near: those whose turn has not come are asked out of turn, so that they too
// have time to end by themselves.
static void stop_out_of_turn(struct shutdown *shutdown)
{
    shutdown->out_of_turn = true;
    bool any = false;
    for (size_t i = 0; i < shutdown->scope.count; i++) {
        struct helper *helper = shutdown->scope.helpers[i];
        if (is_at_rest(helper) || helper->state == STATE_STOPPING)
            continue;
        if (!any)
            log_warning("shutdown.timeout is near, stopping the rest without waiting for those "
                        "that depend on it");
        any = true;
        helper_want_down(helper, shutdown->reason);
    }
}

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    struct shutdown *shutdown = timer->data;
    double now = clock_monotonic();
    shutdown->look = true;
    end_late_stop_commands(shutdown, now);
    if (now >= shutdown->deadline - late_share * shutdown->timeout && !shutdown->out_of_turn)
        stop_out_of_turn(shutdown);
    if (now >= shutdown->deadline && !shutdown->killed) {
        if (!tally_is_at_rest(shutdown->tally))
            log_warning("shutdown.timeout is over, sending SIGKILL to all that is left");
        shutdown_hasten(shutdown);
    }
    if (now >= shutdown->next_word) {
        shutdown->next_word = now + word_interval;
        say_who_is_waited_for(shutdown);
    }
}

void shutdown_init(struct shutdown *shutdown, struct ev_loop *loop, struct reaper *reaper,
                   const struct tally *tally)
{
    *shutdown = (struct shutdown){.loop = loop, .reaper = reaper, .tally = tally};
    ev_timer_init(&shutdown->tick, on_tick, tick_interval, tick_interval);
    shutdown->tick.data = shutdown;
}

void shutdown_finish(struct shutdown *shutdown)
{
    ev_timer_stop(shutdown->loop, &shutdown->tick);
    free(shutdown->turns);
    free(shutdown->by_name);
    free(shutdown->due);
    free(shutdown->scope.helpers);
}

void shutdown_configure(struct shutdown *shutdown, const struct config *config)
{
    shutdown->timeout = config->shutdown_timeout;
    for (size_t i = 0; i < config->helper_count; i++)
        shutdown->spare_escaped |= config->helpers[i].kill_mode == KILL_PROCESS;
}

static void arrange_turns(struct shutdown *shutdown)
{
    size_t count = shutdown->scope.count;
    shutdown->turns = memory_new(count, sizeof(*shutdown->turns));
    shutdown->due = memory_new(count, sizeof(*shutdown->due));
    shutdown->by_name = memory_new(count, sizeof(*shutdown->by_name));
    for (size_t i = 0; i < count; i++)
        shutdown->by_name[i] = shutdown->scope.helpers[i];
    by_name_sort(shutdown->by_name, count);
    for (size_t i = 0; i < count; i++) {
        for (size_t d = 0; d < config_of(shutdown, i)->dependency_count; d++) {
            struct shutdown_turn *on = turn_of_dependency(shutdown, i, d);
            if (on != NULL)
                on->dependents++;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (shutdown->turns[i].dependents == 0)
            add_due(shutdown, i);
    }
}

void shutdown_begin(struct shutdown *shutdown, struct shutdown_scope scope, const char *reason)
{
    shutdown->scope = scope;
    shutdown->begun = true;
    shutdown->reason = reason;
    shutdown->deadline = clock_monotonic() + shutdown->timeout;
    shutdown->next_word = clock_monotonic() + first_word_after;
    shutdown->look = true;
    ev_timer_again(shutdown->loop, &shutdown->tick);
    arrange_turns(shutdown);
    for (size_t i = 0; i < scope.count; i++)
        helper_end_restarts(scope.helpers[i]);
    // What has no process is not to come up while others end.
    for (size_t i = 0; i < scope.count; i++) {
        if (!helper_has_process(scope.helpers[i]))
            helper_want_down(scope.helpers[i], reason);
    }
    stop_due(shutdown, 0);
}

void shutdown_hasten(struct shutdown *shutdown)
{
    if (!shutdown->begun)
        return;
    if (!shutdown->killed)
        shutdown->deadline = clock_monotonic();
    shutdown->killed = true;
    for (size_t i = 0; i < shutdown->scope.count; i++) {
        helper_kill(shutdown->scope.helpers[i]);
        helper_want_down(shutdown->scope.helpers[i], shutdown->reason);
    }
}
