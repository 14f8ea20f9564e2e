// SPDX-License-Identifier: MIT
// What can be measured of helpers and of helperd, as text for Prometheus and what reads the same.
// One table of families says what there is; here is what they are made of, as plain numbers.
#pragma once

#include "base/buffer.h"
#include "control/loop_delay.h"
#include "control/metrics_text.h"
#include "output/router.h"
#include "supervise/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct metrics_helper {
    struct helper_status status;
    struct log_counts log;
    const uint64_t *exits; // EXIT_KIND_COUNT of them; NULL: none
};

struct metrics_sink {
    const char *name;
    size_t queued, limit; // bytes
    bool failing;
};

struct metrics_process {
    double cpu;         // seconds, user and system
    uint64_t memory;    // resident bytes
    int64_t open_files; // negative: not known
    uint64_t max_files;
};

// All of it is borrowed.
struct metrics {
    const struct metrics_helper *helpers;
    size_t helper_count;
    const struct metrics_sink *sinks;
    size_t sink_count;
    const struct loop_delay *delay; // NULL: not measured
    struct metrics_process process;
    uint64_t starts, restarts, exits[EXIT_KIND_COUNT]; // of all helpers there ever were
    int64_t started;    // helperd: microseconds since 1970
    uint64_t events;    // of the feed, ever
    size_t connections; // of the control room
};

// Of this process.
void metrics_measure_process(struct metrics_process *process);

void metrics_render(const struct metrics *metrics, enum metrics_format format, struct buffer *out);
