// SPDX-License-Identifier: MIT
// What a person asks of helpers, by name. Callers are equal: the control room, and whoever comes to
// ask the same. Each takes effect in the state machine at once; what comes of it comes later. Once
// the shutdown has begun, nothing is done any more but to signal.
//
// A helper may be gone after a turn of the loop, since a reload removed it: who waits for something
// keeps its name and finds it again.
#pragma once

#include "supervise/supervisor.h"

#include <stdbool.h>
#include <stddef.h>

struct helpers {
    struct helper **items; // in the order of the configuration; heap, the list only
    size_t count;
};

// Those that a name means: itself, or all instances of it. Empty: there is none of that name.
struct helpers supervisor_find(const struct supervisor *supervisor, const char *name);
// All of the configuration.
struct helpers supervisor_all(const struct supervisor *supervisor);
void helpers_finish(struct helpers *helpers);

// Wants it up, with what it depends on as far as that is stopped, and forgets earlier failures. For
// one that waits, also what it waits for at some remove is started.
void supervisor_start_helper(struct supervisor *supervisor, struct helper *helper);
// Wants it down: nothing but a person, or a dependent that is started, starts it again.
void supervisor_stop_helper(struct supervisor *supervisor, struct helper *helper);
// Stops what runs and starts it again; starts what is at rest; forgets earlier failures. What it
// depends on is left alone.
void supervisor_restart_helper(struct supervisor *supervisor, struct helper *helper);
// Forgets failures and starts that count for limits. One that failed or completed is stopped then.
void supervisor_reset_helper(struct supervisor *supervisor, struct helper *helper);
// Sends a signal as kill_mode says: to its process group or to its main process. False: it has no
// main process, or none that has executed its program.
bool supervisor_signal_helper(struct supervisor *supervisor, struct helper *helper, int signal);

// Where a wait for one of these goals stands. ready: running or completed; ended: stopped,
// completed or failed, with no process left.
enum goal { GOAL_READY = STATE_COUNT, GOAL_ENDED, GOAL_COUNT }; // below: the state itself
enum outcome {
    OUTCOME_PENDING, // it is on its way there, or alive: it may come to that
    OUTCOME_REACHED,
    OUTCOME_HOPELESS, // it will not come to that unless somebody does something
};
// From "ready", "ended" or the name of a state.
bool goal_parse(const char *word, int *goal);
enum outcome helper_outcome(const struct helper *helper, int goal);
