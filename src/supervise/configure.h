// SPDX-License-Identifier: MIT
// Which settings a helper goes by: those in force, and those that wait for its next run. Its runs,
// also the old ones whose output is still read, always go by those in force.
#pragma once

#include "config/diff.h"
#include "supervise/helper.h"

// Takes settings that were read anew. Those that are far enough from the ones in force wait until
// the run in progress is over; helper_restart is up to the caller. Holds what it takes.
void helper_configure(struct helper *helper, const struct helper_config *config,
                      enum difference difference);

// For the helper: the run is over; and the helper is.
void helper_take_next_config(struct helper *helper);
void helper_forget_configs(struct helper *helper);
