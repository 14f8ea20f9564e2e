// SPDX-License-Identifier: MIT
// The configuration read again while helperd runs: first on trial, then for real, then put in place
// of the one in force. With an error in it nothing changes. A dry run goes the same way, and
// changes nothing in any case.
//
// There is one at a time. What is asked for meanwhile follows when it has come to its end, once for
// all who asked for the same.
#pragma once

#include "options.h"
#include "output/router.h"
#include "supervise/apply.h"
#include "supervise/supervisor.h"
#include "trial.h"

#include <ev.h>
#include <stdbool.h>

// Called when a reload that was no dry run has come to its end. good: what was read is in force,
// and the report says what that did; else errors are why. last: none follows but dry runs.
typedef void reload_ended(void *owner, bool good, const struct apply_report *report,
                          const struct strings *errors, bool last);

// Those who asked for the same.
struct reload_round {
    bool asked;
    struct list listeners; // reload_listener.link
};

// Embedded in its owner; zeroed but for config until reload_init.
struct reload {
    struct ev_loop *loop;
    const struct options *options;
    struct router *router;
    struct supervisor *supervisor;
    struct config *config; // in force, held
    bool under_way;
    bool dry;              // what is under way
    struct list answered;  // reload_listener.link: who is told of what is under way
    struct strings errors; // of what is under way
    struct strings warnings;
    struct reload_round next, next_dry;
    struct trial trial;
    reload_ended *ended;
    void *owner;
};

void reload_init(struct reload *reload, struct ev_loop *loop, const struct options *options,
                 struct router *router, struct supervisor *supervisor, reload_ended *ended,
                 void *owner);

// Starts a reload or a dry run, or has it follow what is under way. The listener (NULL: there is
// none) is told of one that began no earlier than now, never from within; unless its link is taken
// out before.
void reload_begin(struct reload *reload, bool dry, struct reload_listener *listener);

// Gives up what is under way and what follows, since helperd is stopping, which all listeners are
// told. The second one lets go of everything.
void reload_cancel(struct reload *reload);
void reload_finish(struct reload *reload);
