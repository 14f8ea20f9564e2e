// SPDX-License-Identifier: MIT
// How long the turns of the loop take: so long waits all that becomes due meanwhile. A turn is
// measured from when the loop was woken to when it goes to wait again, with two looks at the clock.
// No timer of its own wakes the loop for that.
#pragma once

#include <ev.h>
#include <stdint.h>

// Turns are counted by how long they took: at most the bound of that number, and more than the one
// before; the last count has no bound.
enum { LOOP_DELAY_BOUNDS = 10 };

struct loop_delay_bound {
    double seconds;
    const char *text; // as metrics name it
};

extern const struct loop_delay_bound loop_delay_bounds[LOOP_DELAY_BOUNDS];

// Embedded in its owner; the counts are read-only outside.
struct loop_delay {
    struct ev_loop *loop; // NULL: it is not measured
    ev_check woken;
    ev_prepare done;
    double since; // clock_monotonic: of the turn; 0: before the first one
    uint64_t turns[LOOP_DELAY_BOUNDS + 1];
    double sum, longest; // seconds
};

void loop_delay_begin(struct loop_delay *delay, struct ev_loop *loop);
// Harmless on one that was not begun. The counts stay.
void loop_delay_end(struct loop_delay *delay);

// Counts a turn.
void loop_delay_add(struct loop_delay *delay, double seconds);
