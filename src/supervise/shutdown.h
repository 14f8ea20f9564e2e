// SPDX-License-Identifier: MIT
// The ordered end of everything: helpers in reverse order of dependency, then what escaped them,
// then the last of their output; all before a deadline.
#pragma once

#include "process/reaper.h"
#include "supervise/helper.h"
#include "supervise/tally.h"

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

// Where one helper stands in the order of the end.
struct shutdown_turn {
    size_t dependents; // those that have not let go of it; with those that leave
    bool let_go;       // it and all that depend on it have ended
};

// All there is to end.
struct shutdown_scope {
    struct helper **helpers; // by their index: those of the configuration, then those that leave it
    size_t count;
    const struct config *config;
};

// Embedded in the supervisor.
struct shutdown {
    struct ev_loop *loop;
    struct reaper *reaper;
    const struct tally *tally;   // of all helpers
    struct shutdown_scope scope; // since the beginning
    double timeout;              // seconds
    bool spare_escaped; // some helper's kill_mode leaves processes alone on purpose, or once did;
                        // whose they are cannot be told any more, so all are
    struct shutdown_turn *turns; // a helper of the scope each; NULL before the beginning
    struct helper **by_name;     // those of the scope
    size_t *due;                 // those whose turn has come, in this order
    size_t due_count;
    bool begun, ended;
    const char *reason;
    double deadline;     // clock_monotonic
    double next_word;    // when to say again for whom we wait
    double rested;       // when all helpers had come to rest; 0: not yet
    unsigned escaped;    // processes that escaped and are alive
    bool escaped_told;   // the log was told of processes that escaped
    bool out_of_turn;    // the rest was asked to stop, whatever depends on it
    bool look;           // something beside the helpers may have changed
    bool killed;         // the deadline is past and SIGKILL was sent
    unsigned last_looks; // with all helpers at rest, since then
    ev_timer tick;
};

void shutdown_init(struct shutdown *shutdown, struct ev_loop *loop, struct reaper *reaper,
                   const struct tally *tally);
void shutdown_finish(struct shutdown *shutdown);

// What the settings that are in force from now on mean for the end.
void shutdown_configure(struct shutdown *shutdown, const struct config *config);

// Takes over the list of helpers. reason is a text that lives as long as the shutdown.
void shutdown_begin(struct shutdown *shutdown, struct shutdown_scope scope, const char *reason);

// SIGKILL to everything that is left, as at the deadline. Before the beginning: nothing.
void shutdown_hasten(struct shutdown *shutdown);

// A helper came to rest: what it depended on may be stopped now.
void shutdown_helper_rested(struct shutdown *shutdown, const struct helper *helper);

// Looks whether all is over; true once. For the end of every turn: it only looks where a helper
// or its output changed, or some time has passed.
bool shutdown_check(struct shutdown *shutdown, bool changed);
