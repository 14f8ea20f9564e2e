// SPDX-License-Identifier: MIT
// How long a restart waits, and how many starts are too many. Pure: time is a number.
#pragma once

#include "config/config.h"

#include <stdbool.h>
#include <stddef.h>

// Seconds before restart number n (from 1) since the helper last was up for reset_after; n 0 is
// the restart of one that was: at once. chance is evenly spread over 0 to 1 and gives the jitter.
double backoff_delay(const struct backoff_config *config, unsigned n, double chance);

// The latest starts of one helper, as many as its limit counts. Zeroed, it is empty.
struct start_history {
    double *starts; // a ring of burst times, on the clock of the caller; NULL without a limit
    size_t next, count;
};

void start_history_finish(struct start_history *history);
void start_history_clear(struct start_history *history);
void start_history_add(struct start_history *history, const struct start_limit_config *limit,
                       double now);

// The limit is another now: goes on with as many of the latest starts as that counts.
void start_history_resize(struct start_history *history, const struct start_limit_config *before,
                          const struct start_limit_config *after);

// Whether a start at that time would be more than burst within interval.
bool start_history_is_full(const struct start_history *history,
                           const struct start_limit_config *limit, double when);
