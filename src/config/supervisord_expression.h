// SPDX-License-Identifier: MIT
// %(name)s in the values of a supervisord.conf, by Python's rules as supervisord has them.
#pragma once

#include "base/strings.h"
#include "config/expand.h"

// Where a name is looked up: ENV_X as X in the environment, any other in names, where process_num
// and numprocs are numbers.
struct expressions {
    const struct strings *names; // NAME=VALUE
    const struct scope *environment;
};

// How much work the expansion of the text may be: about the names and bytes to be looked at.
size_t supervisord_expand_cost(const char *text, const struct expressions *expressions);

// The text with its expressions replaced and %% as %, on the heap; at most EXPAND_LIMIT bytes. NULL
// when it cannot be: then *reason (heap) says why.
char *supervisord_expand(const char *text, const struct expressions *expressions, char **reason);
