// SPDX-License-Identifier: MIT
// The one place where children are reaped: runs by their pidfd, orphans by a sweep after SIGCHLD.
// The kernel looks through all children for each step of a sweep, so with thousands of them there
// is a pause after it. The sweep leaves alone what the launcher has started and not told of yet.
// The reaper also knows the runs whose main process is gone while others of its group still live,
// and tells them when the last of these is gone.
#pragma once

#include "base/list.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

struct ev_loop;
struct instance;
struct launcher;
struct reaper;

// How a child ended, and what it used: with those that it had started and reaped itself. Its peak
// of memory is at least ours, since the kernel counts from before its exec.
struct reaped {
    siginfo_t info;
    struct rusage usage;
};

// helperd adopts what its helpers leave behind (child subreaper) from here on.
// The launcher outlives the reaper.
struct reaper *reaper_create(struct ev_loop *loop, struct launcher *launcher);
void reaper_destroy(struct reaper *reaper);

// The runs whose exit the sweep may meet.
void reaper_add(struct reaper *reaper, struct instance *instance);
void reaper_remove(struct reaper *reaper, struct instance *instance);

// Reaps a child of ours. False: it has not ended.
bool reaper_reap(pid_t pid, struct reaped *reaped);

// Reaps the child of a start that failed, now or when it has ended.
void reaper_take(pid_t pid);

// Watches what is left of the run's group; instance_group_ended is called when nothing lives in
// it. False: nothing does, and nothing will be called.
bool reaper_watch_group(struct reaper *reaper, struct instance *instance);

// Ends the processes that left their helper's group and became ours: SIGTERM and SIGCONT to each
// once, or SIGKILL to all; with all that descend from them. Returns how many are alive. Children
// from before reaper_create are none. To be called when no run is alive.
unsigned reaper_end_escaped(struct reaper *reaper, bool kill_them);
