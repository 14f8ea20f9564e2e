// SPDX-License-Identifier: MIT
// How a process ended; a wait status is taken apart here and nowhere else.
#pragma once

#include <signal.h>
#include <stdbool.h>

enum { EXIT_STATUS_TEXT = 64 }; // room for any description

struct exit_status {
    int code;         // exit code, when signal is 0
    int signal;       // the signal that killed it, or 0
    bool core_dumped; // only with a signal
};

// From what waitid(…, WEXITED) filled in.
struct exit_status exit_status_from(const siginfo_t *info);

// "exited with status 3", "killed by SIGSEGV (core dumped)"; returns text.
const char *exit_status_describe(struct exit_status status, char text[EXIT_STATUS_TEXT]);

// As a shell reports it: the code, or 128 + signal.
int exit_status_as_code(struct exit_status status);
