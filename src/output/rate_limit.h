// SPDX-License-Identifier: MIT
// So many lines a second and no more. Pure: time is a number, in seconds.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Zeroed, it begins with a full second's worth.
struct rate_limit {
    double left;   // lines that may pass now
    double looked; // when that was so; 0: never yet
};

// Whether one more line may pass at that time.
bool rate_limit_take(struct rate_limit *limit, uint64_t per_second, double now);
