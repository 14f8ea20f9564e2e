// SPDX-License-Identifier: MIT
// How many there are of what, of all helpers together, so that nobody has to look at each of them;
// and how many there have been. The supervisor keeps the states, stop.c, old_runs.c, exits.c and
// helper.c what is theirs.
#pragma once

#include "supervise/exits.h"
#include "supervise/machine.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Since helperd began, with those of helpers that are gone.
struct totals {
    uint64_t starts;                 // that gave a process
    uint64_t restarts;               // of them: after an end that nobody had asked for
    uint64_t exits[EXIT_KIND_COUNT]; // and starts that gave none
};

struct tally {
    size_t states[STATE_COUNT]; // helpers, but for those that leave and are at rest
    size_t stop_runs;           // stop commands in progress
    size_t old_runs;            // over, but still read
    struct totals totals;
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
