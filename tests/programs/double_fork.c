// SPDX-License-Identifier: MIT
// Forks twice with a session of its own in between, and the last process stays with standard
// output open: double_fork PIDFILE (its pid).

#include "detach.h"
#include "pid_file.h"

#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: double_fork PIDFILE\n", stderr);
        return 2;
    }

    detach();

    pid_file_write(argv[1]);
    puts("in a session of its own");
    fflush(stdout);
    for (;;)
        pause();
}
