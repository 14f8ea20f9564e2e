// SPDX-License-Identifier: MIT
// The two clocks: one for deciding, one for printing.
#pragma once

#include <stdint.h>
#include <time.h>

// Seconds on CLOCK_MONOTONIC: for every delay, deadline and age.
static inline double clock_monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// Microseconds since 1970 on CLOCK_REALTIME: only for what is printed.
static inline int64_t clock_wall(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
