// SPDX-License-Identifier: MIT
// How the latest processes of a helper ended, newest first. Most helpers that run have no list.
#pragma once

#include "base/exit_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct helper;
struct instance;

enum { EXITS_KEPT = 5 };

enum exit_kind {
    EXIT_KIND_SUCCESS, // as success_exit_codes has it
    EXIT_KIND_FAILURE, // another status
    EXIT_KIND_SIGNAL,  // another signal
    EXIT_KIND_COULD_NOT_START,
    EXIT_KIND_COUNT
};

extern const char *const exit_kind_names[EXIT_KIND_COUNT]; // success, failure, …

// One end of a process of the helper, with those that it had started and reaped itself.
struct helper_exit {
    struct exit_status status; // 126 or 127 where it could not start, as a shell reports it
    bool could_not_start;      // there was no process: reason says which step failed
    bool success;
    char *reason;    // as exit_status_describe says it, or the launch error; owned by the list
    int64_t time;    // microseconds since 1970
    double ran;      // seconds
    double cpu;      // seconds, user and system
    uint64_t memory; // peak of resident bytes; 0: less than helperd's own, not known
};

// On the heap; NULL is the empty list.
struct exits {
    uint64_t ever[EXIT_KIND_COUNT];
    size_t count;
    struct helper_exit items[]; // newest first, at most EXITS_KEPT
};

void exits_free(struct exits *exits);

// The newest one, or NULL.
const struct helper_exit *exits_last(const struct exits *exits);

enum exit_kind exit_kind_of(const struct helper_exit *exit);

// Counts and keeps the end of the run's main process; once for each run.
void exits_note_end(struct helper *helper, const struct instance *run);

// The same for a start that gave no process: the helper's last_exit and reason say why.
void exits_note_failed_start(struct helper *helper);
