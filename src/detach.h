// SPDX-License-Identifier: MIT
// Leaving the terminal: helperd goes on in the background, and the process that was started waits
// until it knows how the start went.
//
//     first process                      daemon
//     detach_begin ── fork, setsid, fork ──► detach_begin
//          │                                 what can fail early says so on standard error
//          │                                 detach_leave_terminal
//          │                                 detach_say
//     its exit status ◄───────────────────── detach_report
//
// The daemon's end before its report is a failure to the first process.
#pragma once

#include <stdbool.h>

struct detach {
    int report;   // to the first process; -1: nobody waits for one
    int terminal; // the standard error we were started with; -1: nothing is said there
    bool left;    // we are the daemon
    bool keeps_stderr;
};

// A helperd that stays where it is.
#define DETACH_NONE ((struct detach){.report = -1, .terminal = -1})

enum detached {
    DETACHED_DAEMON, // standard input and output are /dev/null
    DETACHED_FIRST,  // the first process, which has heard with which status to end
    DETACHED_FAILED, // no daemon came of it, which was said; that is still to be reported
};

// Returns in one process as DETACHED_DAEMON or DETACHED_FAILED, and in the first one. kept is the
// one of standard output and standard error that stays, or -1. No threads before this.
enum detached detach_begin(struct detach *detach, int kept, int *status);

// Gives up standard error, unless it is kept. False: it could not be, which was said.
bool detach_leave_terminal(struct detach *detach);

// A line for whoever waits for the report.
void detach_say(const struct detach *detach, const char *text);

// Tells the first process its exit status. Does nothing the second time.
void detach_report(struct detach *detach, int status);
