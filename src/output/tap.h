// SPDX-License-Identifier: MIT
// A look at all lines as they pass: those of every helper, whatever the level of the log and
// wherever they go, and our own messages. Not those that are left out by rules or a limit of lines
// a second.
#pragma once

#include "base/list.h"

struct record;

// Embedded in its owner, who puts it in with router_add_tap and takes it out with list_remove.
struct tap {
    struct list link;
    // Is shown each record in order, before any sink gets it, in the turn in which it came. May
    // take out its own tap, and no other. Must not log: it would be shown that, too.
    void (*put)(struct tap *tap, const struct record *record);
};
