// SPDX-License-Identifier: MIT
// The one place where children are reaped: runs by their pidfd, orphans by a sweep after SIGCHLD.
// It also knows the runs whose main process is gone while others of its group still live, and
// tells them when the last of these is gone.
#pragma once

#include "base/list.h"

#include <ev.h>
#include <stdbool.h>

struct instance;
struct reaper;

// helperd adopts what its helpers leave behind (child subreaper) from here on.
struct reaper *reaper_create(struct ev_loop *loop);
void reaper_destroy(struct reaper *reaper);

// The runs whose exit the sweep may meet.
void reaper_add(struct reaper *reaper, struct instance *instance);
void reaper_remove(struct reaper *reaper, struct instance *instance);

// Watches what is left of the run's group; instance_group_ended is called when nothing lives in
// it. False: nothing does, and nothing will be called.
bool reaper_watch_group(struct reaper *reaper, struct instance *instance);

// Ends the processes that left their helper's group and became ours: SIGTERM and SIGCONT to each
// once, or SIGKILL to all; with all that descend from them. Returns how many are alive. Children
// from before reaper_create are none. To be called when no run is alive.
unsigned reaper_end_escaped(struct reaper *reaper, bool kill_them);
