// SPDX-License-Identifier: MIT
// Appends its pid and the monotonic time in seconds as a line to a file and stays:
// count_starts FILE

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: count_starts FILE\n", stderr);
        return 2;
    }
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);

    int fd = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    // One write, so that lines of several instances never mix.
    if (fd < 0 ||
        dprintf(fd, "%d %lld.%09ld\n", getpid(), (long long)now.tv_sec, now.tv_nsec) < 0) {
        perror(argv[1]);
        return 1;
    }
    close(fd);
    for (;;)
        pause();
}
