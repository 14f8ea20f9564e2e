// SPDX-License-Identifier: MIT
// How many there are of what, of all helpers together, so that nobody has to look at each of them.
// The supervisor keeps the states, stop.c and old_runs.c what is theirs.
#pragma once

#include "supervise/machine.h"

#include <stdbool.h>
#include <stddef.h>

struct tally {
    size_t states[STATE_COUNT]; // helpers, but for those that leave and are at rest
    size_t stop_runs;           // stop commands in progress
    size_t old_runs;            // over, but still read
};

// Whether no helper has a process, or is about to have one by itself.
static inline bool tally_is_at_rest(const struct tally *tally)
{
    for (int state = 0; state < STATE_COUNT; state++) {
        if (state_is_active((enum state)state) && tally->states[state] > 0)
            return false;
    }
    return true;
}
