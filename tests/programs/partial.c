// SPDX-License-Identifier: MIT
// Writes a text without a newline and ends at once, by _exit or by SIGKILL:
// partial [-e] [-k] [TEXT]

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int fd = STDOUT_FILENO;
    bool killed = false;
    for (int option; (option = getopt(argc, argv, "ek")) != -1;) {
        if (option == 'e')
            fd = STDERR_FILENO;
        else if (option == 'k')
            killed = true;
        else
            return 2;
    }
    const char *text = optind < argc ? argv[optind] : "half a line";

    if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        _exit(1);
    if (killed)
        kill(getpid(), SIGKILL);
    _exit(0);
}
