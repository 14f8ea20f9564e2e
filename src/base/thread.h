// SPDX-License-Identifier: MIT
// Threads beside the loop, which do what may hang.
#pragma once

// Starts one with all signals blocked, which are the loop's, and a small stack. Nobody joins it. 0
// or an errno.
int thread_start(void *(*run)(void *argument), void *argument);
