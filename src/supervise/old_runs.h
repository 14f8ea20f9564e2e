// SPDX-License-Identifier: MIT
// Runs of a helper that are over, but whose output is not: a process that left the group can hold
// it open, or it waits for room in the log. It is read on beside the next run.
#pragma once

#include "supervise/helper.h"

// The run is over.
void old_runs_add(struct helper *helper, struct instance *instance);

// The same is spent: lets go of it. Made for the listener of an instance, whose owner is the
// helper.
void old_runs_forget(void *owner, struct instance *instance);

// Closes the oldest where there are too many, and says what is lost.
void old_runs_limit(struct helper *helper);
