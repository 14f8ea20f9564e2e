// SPDX-License-Identifier: MIT
// How the run of a helper is ended: by its stop command, its stop signal or SIGKILL. When to do
// what, and how long to wait for it, is the machine's and the helper's business.
#pragma once

#include "supervise/helper.h"

// Asks the run to end: runs the stop command, or sends the stop signal where there is none or it
// cannot be run. A command that fails is followed by the signal. Does nothing after SIGKILL. A run
// that is being launched is asked when it has been: by the second one.
void stop_begin(struct helper *helper);
void stop_go_on(struct helper *helper);

// The main process ended by itself or at the stop signal: asks what is left of its group to end.
void stop_leftovers(struct helper *helper);

// The main process has ended: a stop command that has not begun yet has nobody to stop, and later
// might stop the next run.
void stop_forget_command(struct helper *helper);

// SIGKILL to the run, where there is one, which is counted, and to its stop command.
void stop_kill(struct helper *helper);
