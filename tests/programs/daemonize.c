// SPDX-License-Identifier: MIT
// Becomes a daemon as daemon(3) does, with nothing of its starter left open: daemonize PIDFILE
// (its pid).

#include "detach.h"
#include "pid_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: daemonize PIDFILE\n", stderr);
        return 2;
    }

    // Its pid may come after its starter has ended, as with many daemons: the file is what to wait
    // for.
    detach();

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
