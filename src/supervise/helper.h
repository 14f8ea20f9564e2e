// SPDX-License-Identifier: MIT
// One helper: its state, its run, its timer. It feeds events to the machine and performs what the
// machine says; whom that concerns beside itself is its supervisor's business.
//
// state is what is, wanted what should be, reason why it is so.
#pragma once

#include "base/list.h"
#include "process/instance.h"
#include "supervise/backoff.h"
#include "supervise/machine.h"

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

struct supervisor;

enum { OLD_RUNS_LIMIT = 4 }; // ended runs whose output is still read

// Read-only outside, but for changed_link and was_settled, which are the supervisor's.
struct helper {
    struct supervisor *supervisor;
    const struct helper_config *config;
    size_t index; // in the configuration
    enum state state;
    bool wanted;
    char *reason;
    double since;   // clock_monotonic of the last change of state
    ev_timer timer; // its meaning follows from the state
    struct instance *run;
    struct instance *stop_run; // the stop command in progress
    struct list old_runs;      // instance.link: over, output not at its end
    unsigned old_run_count;
    unsigned failures; // restarts since it last was up for reset_after
    double delay;      // seconds before the next start
    struct start_history history;
    uint64_t failed_starts; // in a row
    struct exit_status last_exit;
    bool stop_asked;         // by a person, or by the shutdown
    bool stop_signal_sent;   // to this run
    bool short_of_resources; // the last start failed for this
    bool could_not_start;    // the last start gave no process
    bool was_ready;          // this run
    unsigned kills;          // SIGKILLs sent to this run
    bool outlives_kill;      // still there a while after SIGKILL
    struct list changed_link;
    bool was_settled;
};

// One change of state.
struct transition {
    const struct helper *helper;
    enum state from, to;
};

void helper_init(struct helper *helper, struct supervisor *supervisor,
                 const struct helper_config *config, size_t index);
void helper_finish(struct helper *helper);

// What persons, dependencies and the shutdown ask for.
void helper_want_up(struct helper *helper);
void helper_want_down(struct helper *helper, const char *reason);

// It goes on while it runs, but is not started again.
void helper_end_restarts(struct helper *helper);

// What a waiting helper waits for has changed: its reason may be another now.
void helper_update_wait(struct helper *helper);

// All conditions of a waiting helper are met.
void helper_dependencies_up(struct helper *helper);

// SIGKILL to everything of it, now.
void helper_kill(struct helper *helper);

// Seconds until SIGKILL for one that is stopping; 0 when it was sent.
double helper_stop_time_left(const struct helper *helper);

// Whether its last run, or last try to start, counts as success.
bool helper_succeeded(const struct helper *helper);

// Whether its last start failed, and start_retries is what counts it.
bool helper_start_failed(const struct helper *helper);

// How it ended, as a shell would report it: 126 or 127 where it could not start; never 0.
int helper_exit_code(const struct helper *helper);
