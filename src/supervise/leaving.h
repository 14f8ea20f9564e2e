// SPDX-License-Identifier: MIT
// Helpers that are no longer in the configuration. Each is asked to stop when no other one of them
// that depends on it is up, and freed when it is at rest and its last output was read.
#pragma once

#include "supervise/supervisor.h"

// One that the configuration has no more: it is not started again.
void leaving_add(struct supervisor *supervisor, struct helper *helper);

// Finds one by its name and takes it out of the list: it is in the configuration again. Its state
// and its run stay what they are. NULL: there is none.
struct helper *leaving_take_back(struct supervisor *supervisor, const char *name);

// Asks those whose turn it is to stop. To be called once after all additions, and before anything
// else here but leaving_take_back.
void leaving_arrange(struct supervisor *supervisor);

// Something of it changed. It may be freed.
void leaving_follow(struct supervisor *supervisor, struct helper *helper);
