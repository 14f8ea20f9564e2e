// SPDX-License-Identifier: MIT
// The configuration read again while helperd runs: first on trial, then for real, then put in place
// of the one in force. With an error in it nothing changes.
#pragma once

#include "options.h"
#include "output/router.h"
#include "supervise/supervisor.h"
#include "trial.h"

#include <ev.h>
#include <stdbool.h>

// Called when a reload has come to its end; good: what was read is in force. Nothing else is
// waiting then.
typedef void reload_ended(void *owner, bool good);

// Embedded in its owner.
struct reload {
    struct ev_loop *loop;
    const struct options *options;
    struct router *router;
    struct supervisor *supervisor;
    struct config *config; // in force, held
    struct trial trial;
    bool again; // asked for while one was under way
    reload_ended *ended;
    void *owner;
};

// Starts a reload, or has one more follow the one that is under way.
void reload_begin(struct reload *reload);

// Gives up what is under way; the second one lets go of everything.
void reload_cancel(struct reload *reload);
void reload_finish(struct reload *reload);
