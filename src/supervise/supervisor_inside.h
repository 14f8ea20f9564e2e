// SPDX-License-Identifier: MIT
// The inside of the supervisor. Private to supervisor.c, dependencies.c, apply.c, leaving.c,
// command.c and status.c.
#pragma once

#include "supervise/graph.h"
#include "supervise/shutdown.h"
#include "supervise/supervisor.h"
#include "supervise/tally.h"

struct supervisor {
    struct config *config; // the latest, held
    const struct supervisor_listener *listener;
    struct router *router;
    struct reader reader;
    struct instance_context context;
    struct graph graph;
    struct helper **helpers; // in the order of the configuration
    struct helper **by_name; // the same, sorted
    unsigned next_color;
    struct helper **leaving; // by name: no longer in the configuration, not gone yet
    size_t leaving_count;
    char *const *names; // those to start; none: all with autostart
    size_t name_count;
    struct tally tally;
    struct list changed;     // helper.changed_link: changed in this turn
    struct list discarded;   // instance.link
    size_t unsettled;        // wished-for starts whose outcome is not known
    unsigned walk;           // number of the latest one over dependencies: see helper.walk
    unsigned char *outlooks; // of those that wait, by index; NULL: something has changed since
    bool started, settled_told;
    bool look;              // at the end of this turn, though nothing may have changed
    bool applied;           // other settings: what was over before may mean something now
    bool has_process_table; // there is a /proc of our own
    const struct helper *first_failure;
    struct shutdown shutdown;
    ev_prepare end_of_turn;
};

// A new helper, stopped and counted.
struct helper *supervisor_add_helper(struct supervisor *supervisor,
                                     const struct helper_config *config, size_t index);

// The list by name, after helpers were set.
void supervisor_sort(struct supervisor *supervisor);

// Whether it is to be started without being needed by another one.
bool supervisor_wishes(const struct supervisor *supervisor, const struct helper_config *config);

// Wants it up, and what it depends on as far as that is stopped or about to be. One that is wanted
// already is left alone.
void supervisor_want_up(struct supervisor *supervisor, struct helper *helper);
// The same for one that may be wanted already, as if it had never failed; what it waits for at
// whatever remove is started, too.
void supervisor_want_up_again(struct supervisor *supervisor, struct helper *helper);
// Of those that it depends on, what is stopped or about to be.
void supervisor_want_dependencies(struct supervisor *supervisor, const struct helper *helper);

// Whether a waiting helper waits for one that will not come by itself, at whatever remove; whether
// all do. What was found out is kept until something changes.
bool supervisor_waits_in_vain(struct supervisor *supervisor, const struct helper *helper);
bool supervisor_all_waits_are_vain(struct supervisor *supervisor);
void supervisor_forget_outlooks(struct supervisor *supervisor);

// The outcome of a start is to be known, before anything else happens for it.
void supervisor_begin_wish(struct supervisor *supervisor, struct helper *helper);
// The outcome of its start is known, or does not matter any more.
void supervisor_mark_settled(struct supervisor *supervisor, struct helper *helper);
