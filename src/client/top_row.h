// SPDX-License-Identifier: MIT
// One helper as top shows it: read from its object in GET /v1/helpers, and compared with what it
// was before, for what only a difference can say. Pure.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// In the order in which a table sorted by state shows them: what needs a look first.
enum top_state {
    TOP_FAILED,
    TOP_BACKOFF,
    TOP_STOPPING,
    TOP_WAITING,
    TOP_STARTING,
    TOP_RUNNING,
    TOP_COMPLETED,
    TOP_STOPPED,
    TOP_UNKNOWN, // of a newer helperd
    TOP_STATE_COUNT
};

extern const char *const top_state_names[TOP_STATE_COUNT];

struct top_row {
    char *name; // owned
    enum top_state state;
    bool ready;
    double since; // of the state: seconds since 1970; negative: not known
    int64_t pid;  // 0: no process
    int64_t restarts;
    double cpu;            // seconds of the process; negative: none
    double cpu_share;      // of one processor, 1.0 is all of it; negative: not known yet
    double sampled_cpu;    // what cpu was at that time, on CLOCK_MONOTONIC: the share counts from
    double sampled;        // there
    int64_t memory;        // resident bytes; negative: no process
    double next_start;     // seconds; negative: none is due
    double stop_time_left; // seconds until SIGKILL; negative: it is not stopping
    char *reason;          // of the state; owned, or NULL
    char *last_exit;       // how its last run ended; owned, or NULL
    size_t order;          // its place in the configuration
};

// Reads the object; before: the same helper in the answer before this one, or NULL. now: on
// CLOCK_MONOTONIC, when the answer came. False: it is no helper, and the row is empty.
bool top_row_read(struct top_row *row, const json_t *helper, const struct top_row *before,
                  double now);
void top_row_finish(struct top_row *row);

// The word of the last column, on the heap: why it is in its state, or how it ended last.
char *top_row_note(const struct top_row *row);
