// SPDX-License-Identifier: MIT
// Ends with the exit status or by the signal given as an argument, after writing a line if one is
// given: crash STATUS|SIGNAL [LINE]

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct {
    const char *name;
    int number;
} signals[] = {
    {"ABRT", SIGABRT}, {"HUP", SIGHUP},   {"INT", SIGINT},   {"KILL", SIGKILL}, {"PIPE", SIGPIPE},
    {"QUIT", SIGQUIT}, {"SEGV", SIGSEGV}, {"TERM", SIGTERM}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2},
};

static int signal_number(const char *name)
{
    if (!strncmp(name, "SIG", 3))
        name += 3;
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        if (!strcmp(name, signals[i].name))
            return signals[i].number;
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: crash STATUS|SIGNAL [LINE]\n", stderr);
        return 2;
    }
    if (argc > 2) {
        puts(argv[2]);
        fflush(stdout);
    }

    int number = signal_number(argv[1]);
    if (!number)
        _exit(atoi(argv[1]));

    // No core file in somebody's working directory.
    setrlimit(RLIMIT_CORE, &(struct rlimit){.rlim_cur = 0});
    signal(number, SIG_DFL);
    kill(getpid(), number);
    pause();
}
