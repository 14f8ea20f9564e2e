// SPDX-License-Identifier: MIT
// Between clone and exec. The child shares its parent's memory, and there may be other threads:
// only async-signal-safe calls, no allocation, nothing that takes a lock.
#pragma once

// Becomes the program of a struct plan. Never returns to its caller's code: on failure it writes
// step and errno into plan->failure and ends the process.
int child_run(void *plan);
