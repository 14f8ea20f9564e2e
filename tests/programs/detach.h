// SPDX-License-Identifier: MIT
// Leaves group and session behind: two forks with setsid in between, as daemons do it.
#pragma once

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

// Returns in the last process. The first one ends once that has left the group, so that a signal to
// the group misses it.
static inline void detach(void)
{
    pid_t child = fork();
    if (child < 0)
        exit(1);
    if (child > 0) {
        int status;
        exit(waitpid(child, &status, 0) == child && status == 0 ? 0 : 1);
    }
    if (setsid() < 0)
        exit(1);
    pid_t last = fork();
    if (last != 0)
        exit(last < 0 ? 1 : 0);
}
