// SPDX-License-Identifier: MIT
// Starts the process of a plan: pipes, clone, the report of the exec. Waits until the program runs
// or the start has failed.
#pragma once

#include "process/plan.h"

#include <stdbool.h>
#include <sys/types.h>

// The parent's ends; a descriptor is -1 where there is none. The caller closes them.
struct launched {
    pid_t pid;
    int pidfd;         // -1: this kernel has none
    int stdin_writer;  // with STDIN_HOLD: nobody writes to it
    int stdout_reader; // non-blocking
    int stderr_reader; // non-blocking
};

// Which pipes a run gets: as its helper's configuration says.
bool launch(struct plan *plan, const struct helper_config *helper, struct launched *launched,
            struct launch_error *error);
