// SPDX-License-Identifier: MIT
// The signals that helperd acts on, told as what they ask for, and those that must not touch it.
#pragma once

#include <ev.h>
#include <stdbool.h>

enum signal_request {
    REQUEST_END,
    REQUEST_INTERRUPT,
    REQUEST_HANG_UP,
    REQUEST_REOPEN,
    REQUEST_UPGRADE,
};

// Called from the loop.
typedef void signals_handler(void *owner, enum signal_request request);

enum { SIGNALS = 8 };

// Embedded in its owner; the loop destroyed ends it.
struct signals {
    signals_handler *handler;
    void *owner;
    ev_signal watchers[SIGNALS];
};

// Keeps those that ask for something until signals_watch, with or without those that ask for the
// end.
void signals_block(bool ends);

// Tells the handler of each from now on. No signal is blocked any more.
void signals_watch(struct signals *signals, struct ev_loop *loop, signals_handler *handler,
                   void *owner);
