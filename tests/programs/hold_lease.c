// SPDX-License-Identifier: MIT
// Whoever opens or executes FILE waits until this program ends (or until the kernel loses patience,
// after /proc/sys/fs/lease-break-time seconds): a file system that hangs, for one file.
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
    signal(SIGIO, SIG_IGN); // somebody waits
    if (fd < 0 || fcntl(fd, F_SETLEASE, F_WRLCK) < 0) {
        perror("hold_lease");
        return 1;
    }
    puts("held");
    fflush(stdout);
    for (;;)
        pause();
}
