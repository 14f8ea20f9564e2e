// SPDX-License-Identifier: MIT
// One run of one program, from launch to end.
//
// The run is over when its exec is known, its main process is reaped and nothing of its group
// lives (with KILL_PROCESS: when its main process is reaped). That is told exactly once. Its
// streams end by themselves, before or after; the instance is spent when both have happened, and
// only then may its owner destroy it without losing output.
//
//     created ──► exited? ──► over ──┐
//        └──────► streams end ───────┴──► spent
#pragma once

#include "base/exit_status.h"
#include "base/list.h"
#include "output/stream.h"
#include "process/launch.h"
#include "process/reaper.h"

#include <ev.h>
#include <stdbool.h>
#include <sys/types.h>

struct instance;

// Each is called at most once, never from within instance_create. The instance must not be
// destroyed from within.
struct instance_listener {
    // The main process is gone, but others of its group live.
    void (*exited)(void *owner, struct instance *instance);
    void (*over)(void *owner, struct instance *instance);
    // Over, and both streams have ended.
    void (*spent)(void *owner, struct instance *instance);
};

// Read-only outside, but for link.
struct instance {
    struct list link; // its owner's
    struct list reaper_link;
    const struct helper_config *config; // held by its owner
    const struct instance_listener *listener;
    void *owner;
    struct ev_loop *loop;
    struct reaper *reaper;
    pid_t pid;
    int pidfd;
    ev_io exit_watcher;
    int stdin_writer;
    struct stream streams[2];  // standard output, standard error
    double started;            // clock_monotonic
    double ended;              // of the main process
    struct exit_status status; // once reaped
    bool reaped, over;
};

struct instance_context {
    struct ev_loop *loop;
    struct reaper *reaper;
    struct reader *reader;
    const struct launch_context *launch;
};

// Starts a run of the command for a helper, whose lines go to the route. NULL: error says why.
// color is its colour in the log; more are environment variables for this run, or NULL.
struct instance *instance_create(const struct instance_context *context,
                                 const struct helper_config *config, struct route *route,
                                 const struct command *command, const struct strings *more,
                                 unsigned color, const struct instance_listener *listener,
                                 void *owner, struct launch_error *error);

// Whether all of its output that is left waits for room in the log, and not for its processes.
bool instance_is_blocked(const struct instance *instance);

// Puts other settings of its helper in place: names, levels, rules, whom signals reach.
void instance_configure(struct instance *instance, const struct helper_config *config);

// Forgets the run, alive or not. Returns the bytes of output that were not read and are lost.
uint64_t instance_destroy(struct instance *instance);

// To the main process and, with KILL_GROUP, to its group. Harmless once it is over.
void instance_signal(struct instance *instance, int signal);

// For the reaper: the exit was met by the sweep; nothing lives in the group any more.
void instance_reaped(struct instance *instance, const siginfo_t *info);
void instance_group_ended(struct instance *instance);
