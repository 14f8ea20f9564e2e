// SPDX-License-Identifier: MIT
// One run of one program, from launch to end.
//
// It begins with being launched, which a thread does and which may take long. The run is over when
// its main process is reaped and nothing of its group lives (with KILL_PROCESS: when its main
// process is reaped). That is told exactly once. Its streams end by themselves, before or after;
// the instance is spent when both have happened, and only then may its owner destroy it without
// losing output.
//
//     launching ──► launched ──► exited? ──► over ──┐
//         │             └──────► streams end ───────┴──► spent
//         └──► failed, or called off
#pragma once

#include "base/exit_status.h"
#include "base/list.h"
#include "output/stream.h"
#include "process/launcher.h"
#include "process/reaper.h"

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct instance;

// Each is called at most once, never from within instance_create. The instance must not be
// destroyed from within.
struct instance_listener {
    // The program was executed.
    void (*launched)(void *owner, struct instance *instance);
    // No process came of it; the instance destroys itself after that.
    void (*failed)(void *owner, struct instance *instance, struct launch_error error);
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
    const struct instance_context *context;
    struct route *route;
    unsigned color;         // in the log
    struct launch_job *job; // while it is being launched, else NULL
    pid_t pid;              // once launched, as all that follows
    int pidfd;
    ev_io exit_watcher;
    int stdin_writer;
    struct stream streams[2];  // standard output, standard error
    double started;            // clock_monotonic
    double ended;              // of the main process
    struct exit_status status; // once reaped, as the next two
    double cpu;                // seconds, user and system, as struct reaped has it
    uint64_t memory;           // peak of resident bytes; 0: less than helperd's own, not known
    bool reaped, over;
    unsigned usage_read; // until then the two are its owner's, to note what it saw, and when
};

struct instance_context {
    struct ev_loop *loop;
    struct launcher *launcher;
    struct reaper *reaper;
    struct reader *reader;
};

// Begins a run of the command for a helper, whose lines go to the route. color is its colour in
// the log; more are environment variables for this run, taken over. The context and the route
// outlive the instance.
struct instance *instance_create(const struct instance_context *context,
                                 const struct helper_config *config, struct route *route,
                                 const struct command *command, struct strings more, unsigned color,
                                 const struct instance_listener *listener, void *owner);

bool instance_is_launching(const struct instance *instance);

// Whether it has a process, or may have one already.
bool instance_has_process(const struct instance *instance);

// Calls off a run that has no process yet: it was never there, and nobody is told. False: it has
// one, or may have one already.
bool instance_call_off(struct instance *instance);

// Whether all of its output that is left waits for room in the log, and not for its processes.
bool instance_is_blocked(const struct instance *instance);

// Puts other settings of its helper in place: names, levels, rules, whom signals reach.
void instance_configure(struct instance *instance, const struct helper_config *config);

// Forgets the run, alive or not. Returns the bytes of output that were not read and are lost.
uint64_t instance_destroy(struct instance *instance);

// To the main process and, with KILL_GROUP, to its group. Harmless once it is over. While it is
// being launched only SIGKILL reaches it.
void instance_signal(struct instance *instance, int signal);

// For the reaper: the exit was met by the sweep; nothing lives in the group any more.
void instance_reaped(struct instance *instance, const struct reaped *reaped);
void instance_group_ended(struct instance *instance);
