// SPDX-License-Identifier: MIT
// Forks twice with a session of its own in between, and the last process stays with standard
// output open: double_fork PIDFILE (its pid).

#include "pid_file.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: double_fork PIDFILE\n", stderr);
        return 2;
    }

    pid_t child = fork();
    if (child < 0)
        return 1;
    if (child > 0) {
        // Once it has ended the last process has left the group, and a signal to that misses it.
        int status;
        return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
    }

    if (setsid() < 0)
        return 1;
    pid_t grandchild = fork();
    if (grandchild < 0)
        return 1;
    if (grandchild > 0)
        return 0;

    pid_file_write(argv[1]);
    puts("in a session of its own");
    fflush(stdout);
    for (;;)
        pause();
}
