// SPDX-License-Identifier: MIT
// Between clone and exec. The child shares its parent's memory or, where it becomes another user,
// has a copy of it; either way other threads may have been anywhere in it: only async-signal-safe
// calls, no allocation, nothing that takes a lock.
#pragma once

// Becomes the program of a struct plan. Never returns to its caller's code: on failure it writes
// step and errno into plan->failure, and from there into plan->report where there is one, and ends
// the process.
int child_run(void *plan);
