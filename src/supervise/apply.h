// SPDX-License-Identifier: MIT
// A new configuration in place of the one in force, and the word on what that did.
#pragma once

#include "base/list.h"
#include "base/strings.h"
#include "supervise/supervisor.h"

// Some helpers, the first of them by name.
enum { CHANGES_NAMED = 1000 };
struct changes {
    size_t count;
    struct strings names; // at most CHANGES_NAMED
};

// What a new configuration did, or would do. Zeroed, it is empty.
struct apply_report {
    struct changes added, removed, restarted;
    struct changes changed; // in place
    size_t same;
};

void apply_report_finish(struct apply_report *report);

// Who asked for a new configuration and is told what came of it.
struct reload_listener {
    struct list link; // of who tells; initialised
    // Called once, from the loop or when the shutdown begins; it may be freed from within. good:
    // the report is what was done, or what would be; else it is empty, and errors are not. Both
    // lists hold lines as the log has them: "helperd.yaml:12:5: error: …".
    void (*ended)(struct reload_listener *listener, bool good, const struct apply_report *report,
                  const struct strings *errors, const struct strings *warnings);
};

// What supervisor_apply would do. Changes nothing.
void supervisor_plan(const struct supervisor *supervisor, const struct config *config,
                     struct apply_report *report);

// Puts a configuration in place of the one in force, which cannot fail: starts helpers that are new
// as supervisor_start would, stops those that are gone in reverse order of dependency, starts those
// again whose changes need it, and changes the others in place. A run that is stopped for it is
// stopped by the settings it was started with. Holds the config. Not after supervisor_shutdown.
void supervisor_apply(struct supervisor *supervisor, struct config *config,
                      struct apply_report *report);
