// SPDX-License-Identifier: MIT
// All helpers together: who may start when, who waits for whom, and how everything ends.
//
// Work that follows from a change of state is done once, at the end of the loop's turn: waiting
// dependents are started, spent runs are freed, the listener is told.
#pragma once

#include "config/config.h"
#include "output/router.h"
#include "process/instance.h"
#include "supervise/helper.h"
#include "supervise/machine.h"

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

struct supervisor;
struct tally;
struct totals;

// Called at the end of a turn, never from within a function of the supervisor; but for transition.
struct supervisor_listener {
    void *context;
    // A state has just changed: to be noted, nothing may be asked for from within. May be NULL.
    void (*transition)(void *context, const struct transition *transition);
    void (*changed)(void *context); // some state changed; at most once per turn
    void (*settled)(void *context); // each wished-for start was tried, or waits in vain; once
    void (*idle)(void *context);    // nothing runs, and nothing will without help
    void (*critical)(void *context, const struct helper *helper); // it failed for good
    // shutdown.exit_with is at rest: completed, failed, or stopped; told before critical. After a
    // reload both are told of what was over before, too.
    void (*exit_with)(void *context, const struct helper *helper);
    void (*ended)(void *context); // the shutdown is complete; once
};

// Holds the config. The launch context and the listener outlive the supervisor.
struct supervisor *supervisor_create(struct ev_loop *loop, struct router *router,
                                     struct config *config, const struct launch_context *launch,
                                     const struct supervisor_listener *listener);
void supervisor_destroy(struct supervisor *supervisor);

// Wants up the named helpers (all instances of a base name) or, without names, all with
// autostart; and what they depend on. Names are known ones; they outlive the supervisor.
void supervisor_start(struct supervisor *supervisor, char *const *names, size_t count);

// Stops everything in reverse order of dependency, within shutdown.timeout. reason is told in the
// log. A second call hastens nothing; supervisor_kill_all does.
void supervisor_shutdown(struct supervisor *supervisor, const char *reason);
void supervisor_kill_all(struct supervisor *supervisor);

size_t supervisor_count(const struct supervisor *supervisor, enum state state);
// Of all helpers there ever were.
const struct totals *supervisor_totals(const struct supervisor *supervisor);
// The helper that first failed for good, or NULL.
const struct helper *supervisor_first_failure(const struct supervisor *supervisor);

// For helpers.
const struct instance_context *supervisor_context(const struct supervisor *supervisor);
struct tally *supervisor_tally(struct supervisor *supervisor);
bool supervisor_dependencies_are_up(const struct supervisor *supervisor,
                                    const struct helper *helper);
// "waiting for db to be ready", as heap text; hopeless: that will not come by itself.
char *supervisor_describe_wait(const struct supervisor *supervisor, const struct helper *helper,
                               bool *hopeless);
// Something of the helper changed that others may wait for; a change of state counts by itself.
void supervisor_note_change(struct supervisor *supervisor, struct helper *helper);
void supervisor_note_transition(struct supervisor *supervisor, const struct transition *transition);
// Frees a spent instance of the helper at the end of the turn.
void supervisor_discard(struct supervisor *supervisor, struct helper *helper,
                        struct instance *instance);
