// SPDX-License-Identifier: MIT
// Starts the process of a plan: pipes and clone. Waits until the program is executed or the start
// has failed, and that may take for ever where its file system hangs: for threads that may wait.
//
// The child shares our descriptors until it has taken a copy of the lowest ones. So what it gets
// stands low, in slots that are never free: between starts each holds /dev/null.
#pragma once

#include "process/plan.h"

#include <stdbool.h>
#include <sys/types.h>

// The parent's ends; a descriptor is -1 where there is none. Whoever has it closes them.
struct launched {
    pid_t pid;         // with a failure: of the child that is about to end, or -1
    int pidfd;         // -1: this kernel has none
    int stdin_writer;  // with STDIN_HOLD: nobody writes to it
    int stdout_reader; // non-blocking
    int stderr_reader; // non-blocking
};

extern const struct launched launched_nothing;

void launched_close(struct launched *launched);

// Used by one start at a time. All -1 at first.
struct launch_slots {
    int null_device;
    int fds[3]; // for standard input, output, error
};

extern const struct launch_slots launch_slots_none;

// Fills the slots that are empty. launch does so as well, but early on they get lower numbers.
bool launch_slots_fill(struct launch_slots *slots, struct launch_error *error);
// Takes the ends of pipes out of them, or everything.
void launch_slots_clear(struct launch_slots *slots);
void launch_slots_finish(struct launch_slots *slots);

// What children have to reset: looked at beforehand, since that takes a call for each signal.
// helperd sets its own dispositions before its first start.
void launch_note_dispositions(struct dispositions *dispositions);

// Starts the process on a stack that ends there. Which pipes it gets is in its helper's
// configuration. The child of a failed start is not reaped. With all signals blocked: none of our
// handlers may run in the child.
struct launch_error launch(struct plan *plan, const struct helper_config *helper,
                           struct launch_slots *slots, char *stack_end, struct launched *launched);
