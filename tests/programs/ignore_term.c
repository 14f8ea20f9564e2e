// SPDX-License-Identifier: MIT
// Says "ready" and stays; writes a line at each SIGTERM and does not end.

#include <signal.h>
#include <stdio.h>

int main(void)
{
    sigset_t awaited;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGTERM);
    sigprocmask(SIG_BLOCK, &awaited, NULL);

    puts("ready");
    fflush(stdout);
    for (;;) {
        int number;
        if (sigwait(&awaited, &number) != 0)
            return 1;
        puts("SIGTERM ignored");
        fflush(stdout);
    }
}
