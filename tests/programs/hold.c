// SPDX-License-Identifier: MIT
// Ends and leaves a grandchild behind that keeps standard output open:
// hold [-s] [-u] [-t] PIDFILE
// -s the grandchild leaves the process group by setsid; -u it writes a line at each SIGUSR1; -t it
// writes a line at each SIGTERM and stays. Its pid is in PIDFILE before the main process ends.

#include "pid_file.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void stay(bool tell_user, bool tell_term)
{
    sigset_t awaited;
    sigemptyset(&awaited);
    if (tell_user)
        sigaddset(&awaited, SIGUSR1);
    if (tell_term)
        sigaddset(&awaited, SIGTERM);
    if (!tell_user && !tell_term) {
        for (;;)
            pause();
    }
    for (;;) {
        int number;
        if (sigwait(&awaited, &number) != 0)
            exit(1);
        printf("grandchild got %s\n", number == SIGUSR1 ? "SIGUSR1" : "SIGTERM");
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    bool leave = false, tell_user = false, tell_term = false;
    for (int option; (option = getopt(argc, argv, "sut")) != -1;) {
        if (option == 's')
            leave = true;
        else if (option == 'u')
            tell_user = true;
        else if (option == 't')
            tell_term = true;
        else
            return 2;
    }
    if (optind >= argc) {
        fputs("usage: hold [-s] [-u] [-t] PIDFILE\n", stderr);
        return 2;
    }

    // Blocked before the fork, so that a signal to a pid just read is waited for and not fatal.
    sigset_t blocked;
    sigemptyset(&blocked);
    if (tell_user)
        sigaddset(&blocked, SIGUSR1);
    if (tell_term)
        sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, NULL);

    int written[2];
    if (pipe(written) != 0)
        return 1;
    pid_t child = fork();
    if (child < 0)
        return 1;
    if (child == 0) {
        close(written[0]);
        if (leave && setsid() < 0)
            _exit(1);
        pid_file_write(argv[optind]);
        close(written[1]);
        stay(tell_user, tell_term);
    }

    // The end of the pipe says that the grandchild is in place.
    close(written[1]);
    char nothing;
    (void)!read(written[0], &nothing, 1);
    puts("main process ends");
    return 0;
}
