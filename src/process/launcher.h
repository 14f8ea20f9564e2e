// SPDX-License-Identifier: MIT
// The threads that start processes. Whoever clones waits until the child has executed its program,
// and a program may lie on a file system that hangs: so the loop only asks, and is told later.
//
// There is one thread, which makes one start after the other in the order in which they were asked
// for. A start that takes long is left to its thread, and the next thread goes on. A thread lives
// as long as helperd: children that are to end with their parent end with the thread that made
// them.
#pragma once

#include "process/launch.h"

#include <stdbool.h>
#include <sys/types.h>

struct ev_loop;
struct launcher;
struct launch_job;

// Called from the loop, once: the process runs, and whoever is told has its descriptors; or it
// could not be started, and the child that tried is about to end. The job is gone after it.
typedef void launch_told(void *owner, const struct launched *launched, struct launch_error error);

// The strings of the context outlive all starts.
struct launcher *launcher_create(struct ev_loop *loop, const struct launch_context *context);

// Threads that hang stay, and all they use but the loop.
void launcher_destroy(struct launcher *launcher);

// Asks for a start. The command is one of the helper's, whose configuration is held until it is
// done; more are variables for this run alone, taken over.
struct launch_job *launcher_submit(struct launcher *launcher, const struct helper_config *helper,
                                   const struct command *command, struct strings more,
                                   launch_told *told, void *owner);

// Calls a start off. True: no process came of it and none will, nobody is told, and the job is
// gone.
bool launcher_cancel(struct launcher *launcher, struct launch_job *job);

// Whether it can be called off no more.
bool launcher_has_begun(struct launcher *launcher, const struct launch_job *job);

// SIGKILL to the process that may not have executed its program yet.
void launcher_kill(struct launcher *launcher, struct launch_job *job);

// The same, and nobody is told of the outcome.
void launcher_abandon(struct launcher *launcher, struct launch_job *job);

// Whether there are processes, or will be, of which nobody was told yet; whether this is one.
bool launcher_is_busy(const struct launcher *launcher);
bool launcher_holds(struct launcher *launcher, pid_t pid);

// For the end for want of memory: sends the signal to those processes. There will be
// no others.
void launcher_signal_all(struct launcher *launcher, int signal);
