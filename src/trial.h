// SPDX-License-Identifier: MIT
// The configuration read once more by a child of ours, so that nothing in a file (what makes a
// library fall over, what takes all memory, what never ends) can harm the one that supervises. What
// is good is read a second time by helperd itself, so each file must be one that can be read twice;
// a FIFO, which is not, is refused. The child has 30 seconds: a disk in the network may be slow.
#pragma once

#include "base/buffer.h"
#include "config/config.h"
#include "options.h"

#include <ev.h>
#include <stdbool.h>
#include <sys/types.h>

// Whom a trial tells, from the loop.
struct trial_listener {
    // One line of what is wrong, as errors_say tells it.
    void (*said)(void *owner, bool warning, const char *line);
    // Once, unless it was given up. What is wrong has been said when it was not good.
    void (*ended)(void *owner, bool good);
};

// Embedded in its owner; zeroed, none is under way.
struct trial {
    struct ev_loop *loop;
    pid_t child; // 0: there is none
    int reader;  // what it has to say
    ev_io io;
    ev_timer poll;       // where the kernel does not watch the reader
    ev_timer limit;      // or at once, where there is no child
    int failure;         // why there is none: a negative errno
    struct buffer words; // since the last whole line
    bool spoke;          // it said what is wrong
    bool good;           // its last word
    const struct trial_listener *listener;
    void *owner;
};

// Starts to read the file of a configuration again, and to open its log where that is another one.
// Nobody is told from within.
void trial_begin(struct trial *trial, struct ev_loop *loop, const struct config *config,
                 const struct options *options, const struct trial_listener *listener, void *owner);

// Gives up what is under way.
void trial_finish(struct trial *trial);
