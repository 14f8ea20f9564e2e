// SPDX-License-Identifier: MIT
// What the log says of a helper's life: one line for each thing that happened to it.
#pragma once

#include "supervise/helper.h"

void announce_start(const struct helper *helper);
void announce_stop(const struct helper *helper);
// A signal that a person asked for.
void announce_signal(const struct helper *helper, int signal);
// What it waits for will not come by itself.
void announce_vain_wait(const struct helper *helper);
// SIGKILL was sent a while ago.
void announce_outliving(const struct helper *helper);
void announce_kill(const struct helper *helper);
void announce_transition(const struct transition *transition, enum event event);

// Why one that has failed is given up: its reason, which is its last end, and the limit that it
// reached. Heap text.
char *describe_failure(const struct helper *helper);
