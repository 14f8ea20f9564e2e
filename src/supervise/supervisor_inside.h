// SPDX-License-Identifier: MIT
// The inside of the supervisor. Private to supervisor.c, apply.c and leaving.c.
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
    unsigned next_color;
    struct helper **leaving; // by name: no longer in the configuration, not gone yet
    size_t leaving_count;
    char *const *names; // those to start; none: all with autostart
    size_t name_count;
    struct tally tally;
    struct list changed;   // helper.changed_link: changed in this turn
    struct list discarded; // instance.link
    size_t unsettled;      // wished-for starts whose outcome is not known
    bool started, settled_told;
    bool look;    // at the end of this turn, though nothing may have changed
    bool applied; // other settings: what was over before may mean something now
    const struct helper *first_failure;
    struct shutdown shutdown;
    ev_prepare end_of_turn;
};

// A new helper, stopped and counted.
struct helper *supervisor_add_helper(struct supervisor *supervisor,
                                     const struct helper_config *config, size_t index);

// Whether it is to be started without being needed by another one.
bool supervisor_wishes(const struct supervisor *supervisor, const struct helper_config *config);

void supervisor_want_up(struct supervisor *supervisor, struct helper *helper);
// Of those that it depends on, what is stopped or about to be.
void supervisor_want_dependencies(struct supervisor *supervisor, const struct helper *helper);

// The outcome of its start is known, or does not matter any more.
void supervisor_mark_settled(struct supervisor *supervisor, struct helper *helper);
