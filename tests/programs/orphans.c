// SPDX-License-Identifier: MIT
// Leaves so many orphans behind, as fast as it can: orphans COUNT. They end at once, and whoever
// adopts them has to reap them. Ends itself when the last of them was started.

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BATCH = 250 }; // of one parent: limits of processes are low in places

// Has children and ends before they are reaped.
static void parent(long count)
{
    for (long i = 0; i < count; i++) {
        pid_t child = fork();
        if (child <= 0)
            _exit(child == 0 ? 0 : 1);
    }
    _exit(0);
}

int main(int argc, char **argv)
{
    long left = argc == 2 ? atol(argv[1]) : 0;
    if (left <= 0) {
        fputs("usage: orphans COUNT\n", stderr);
        return 2;
    }

    while (left > 0) {
        long count = left < BATCH ? left : BATCH;
        int status;
        pid_t child = fork();
        if (child == 0)
            parent(count);
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
            perror("fork");
            return 1;
        }
        left -= count;
    }
    return 0;
}
