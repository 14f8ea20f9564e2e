// SPDX-License-Identifier: MIT
// Between clone and exec. The child shares its parent's memory or, where it becomes another user,
// has a copy of it; either way other threads may be anywhere in it: only async-signal-safe calls,
// no allocation, nothing that takes a lock. It also shares its parent's descriptors, and touches
// none before it has its own.
#pragma once

// Becomes the program of a struct plan. Never returns to its caller's code: on failure it writes
// step and errno into plan->shared and ends the process.
int child_run(void *plan);
