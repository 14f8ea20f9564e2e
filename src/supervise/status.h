// SPDX-License-Identifier: MIT
// A helper as others may see it: the snapshot that JSON, metrics and STATUS= read. Borrows its
// texts from the helper; good until the loop goes on.
#pragma once

#include "supervise/exits.h"
#include "supervise/helper.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct helper_status {
    const char *name, *base;
    enum state state;
    bool wanted;
    bool ready; // as the goal ready has it: running or completed
    const char *reason;
    int64_t since;         // of the state: microseconds since 1970
    pid_t pid;             // of the main process; 0: none
    double uptime;         // seconds of the run in progress; negative: none
    uint64_t starts;       // that gave a process, since helperd began
    uint64_t restarts;     // of them: after an end that nobody had asked for
    unsigned failures;     // restarts in a row since it last was up long enough
    double next_start;     // seconds; negative: not in backoff
    double stop_time_left; // seconds until SIGKILL; 0: it was sent; negative: not stopping
    double cpu;      // seconds, user and system, of the main process alone; negative: not known
    uint64_t memory; // resident bytes of the main process alone; 0: not known
    const struct helper_exit *last_exit; // or NULL
};

// Asks the kernel for cpu and memory: two calls, and a small file of /proc where the process has
// run since the last time, or that is a minute or two ago.
void helper_status(const struct helper *helper, struct helper_status *status);

// The i-th latest of the ends that are kept, from 0; or NULL.
const struct helper_exit *helper_exit_at(const struct helper *helper, size_t i);

// What a helper depends on, and whether that is as it is to be.
struct dependency_status {
    const struct helper *on;
    enum condition condition;
    bool met;
};

// Its i-th dependency, by the settings that were read last. False: it has not so many.
bool supervisor_dependency(const struct supervisor *supervisor, const struct helper *helper,
                           size_t i, struct dependency_status *status);
