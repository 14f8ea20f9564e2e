// SPDX-License-Identifier: MIT
// One helper: its state, its run, its timer. It feeds events to the machine and performs what the
// machine says; whom that concerns beside itself is its supervisor's business.
//
// state is what is, wanted what should be, reason why it is so. config is in force, for all of its
// runs; next_config was read since and waits until the run in progress is over.
#pragma once

#include "base/list.h"
#include "output/route.h"
#include "process/instance.h"
#include "supervise/backoff.h"
#include "supervise/machine.h"

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct exits;
struct supervisor;

// What the supervisor notes of a helper that is no longer in the configuration.
struct departure {
    bool leaving;
    bool asked;        // to stop
    bool holds_back;   // what it depends on is not asked before it has ended
    bool uncounted;    // at rest: it is in no state for those who count
    size_t dependents; // those that hold it back
    bool returned;     // it was gone and is not wanted yet: its stop was nobody's wish
};

// Read-only outside. configure.c sets the settings, stop.c the stop command, its signal and the
// kills, old_runs.c the old runs.
struct helper {
    struct supervisor *supervisor;
    const struct helper_config *config;      // held, as is the next
    const struct helper_config *next_config; // or NULL
    unsigned color;                          // in the log
    enum state state;
    pid_t pid; // of the run in progress, else of the latest; 0: there is none, or not yet
    bool wanted;
    bool stopped_by_hand; // the latest stop is a person's wish
    char *reason;
    double since;              // clock_monotonic of the last change of state
    int64_t since_wall;        // the same, microseconds since 1970
    ev_timer timer;            // its meaning follows from the state
    struct route route;        // where the lines of all its runs go
    struct instance *run;      // launching, running, or what is left of it
    struct instance *stop_run; // the stop command in progress
    struct list old_runs;      // instance.link: over, output not at its end
    unsigned old_run_count;
    unsigned failures; // restarts since it last was up for reset_after
    double delay;      // seconds before the next start
    struct start_history history;
    uint64_t failed_starts; // in a row
    struct exit_status last_exit;
    struct exits *exits;     // the latest; NULL: none yet
    uint64_t starts;         // that gave a process
    uint64_t restarts;       // of them: after an end that nobody had asked for
    bool stop_asked;         // by a person, or by the shutdown
    bool stop_signal_sent;   // to this run
    bool short_of_resources; // the last start failed for this
    unsigned shortages;      // and so many in a row
    bool could_not_start;    // the last start gave no process
    bool was_ready;          // this run
    bool end_noted;          // of this run's main process
    bool restarts_itself;    // the next start is no person's wish
    unsigned kills;          // SIGKILLs sent to this run
    bool outlives_kill;      // still there a while after SIGKILL

    // The supervisor's, who alone writes them.
    size_t index; // in the configuration that it goes by, or in the scope of the shutdown
    struct list changed_link;
    bool was_settled;
    unsigned walk; // the latest one over dependencies that met it
    struct departure departure;
};

// One change of state, told after it.
struct transition {
    struct helper *helper;
    enum state from, to;
    int64_t time;       // microseconds since 1970
    pid_t pid;          // of the process that runs or has ended; 0: none
    const char *reason; // the helper's
};

// On the heap, since the loop knows its timer: it cannot move while others come and go.
struct helper *helper_create(struct supervisor *supervisor, struct router *router,
                             const struct helper_config *config, unsigned color);
void helper_destroy(struct helper *helper);

// What dependencies, the shutdown and, after the supervisor took note of it, persons ask for.
void helper_want_up(struct helper *helper);
void helper_want_down(struct helper *helper, const char *reason);

// What only persons ask for: as command.h has it, for this helper alone.
void helper_stop_by_hand(struct helper *helper);
void helper_restart_by_hand(struct helper *helper);
void helper_reset(struct helper *helper);

// Whatever it was started with is no longer what it shall run with: a wanted one is stopped and
// started again, or started anew where it is at rest, as if it had never failed.
void helper_restart(struct helper *helper, const char *reason);

// Its config was replaced: what waits for a time waits for the one that this tells.
void helper_adapt(struct helper *helper);

// It goes on while it runs, but is not started again.
void helper_end_restarts(struct helper *helper);

// What a waiting helper waits for has changed: its reason may be another now.
void helper_update_wait(struct helper *helper);

// All conditions of a waiting helper are met.
void helper_dependencies_up(struct helper *helper);

// SIGKILL to everything of it, now.
void helper_kill(struct helper *helper);
