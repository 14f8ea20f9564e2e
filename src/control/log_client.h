// SPDX-License-Identifier: MIT
// One client that reads lines: the latest ones, and where it follows, those that come. What it does
// not read in time is left out, and it is told how much that was; nobody waits for it.
#pragma once

#include "base/strings.h"
#include "control/control.h"
#include "output/record.h"

struct log_wish {
    bool all;             // everything: all helpers, and helperd's own messages
    struct strings names; // else these helpers
    bool own;             // and helperd's own messages
    size_t lines;         // of the latest ones; SIZE_MAX: all that are kept
    bool follow;
    struct record_style style;
};

void log_wish_finish(struct log_wish *wish);

// Answers the request with a stream of that type. Takes over the wish.
void log_client_begin(struct control *control, struct request *request, const char *type,
                      struct log_wish *wish);
