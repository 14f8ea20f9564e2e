// SPDX-License-Identifier: MIT
// Becomes a daemon as daemon(3) does, with nothing of its starter left open: daemonize PIDFILE
// (its pid).

#include "pid_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: daemonize PIDFILE\n", stderr);
        return 2;
    }

    pid_t child = fork();
    if (child < 0)
        return 1;
    if (child > 0) {
        // Once it has ended the daemon has left the group, and a signal to that misses it. Its pid
        // may come later, as with many daemons: the file is what to wait for.
        int status;
        return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
    }

    if (setsid() < 0)
        return 1;
    pid_t last = fork();
    if (last < 0)
        return 1;
    if (last > 0)
        return 0;

    int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0)
        return 1;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dup2(nothing, fd);
    if (nothing > STDERR_FILENO)
        close(nothing);

    // Before the change of directory, so that a relative path means what was asked for.
    pid_file_write(argv[1]);
    umask(0);
    if (chdir("/") != 0)
        return 1;
    for (;;)
        pause();
}
