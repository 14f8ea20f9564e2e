// SPDX-License-Identifier: MIT
// What is different in a configuration that was read again, and how far that reaches: each row of
// the tables says it of its setting.
#pragma once

#include "config/config.h"

enum difference {
    DIFFERENCE_NONE,
    DIFFERENCE_LIVE,    // can be put in place under a run
    DIFFERENCE_RESTART, // needs a new run
};

// Between two configurations of one helper, with the environment that all helpers of either share.
enum difference diff_helpers(const struct helper_config *before, const struct helper_config *after);

// Whether what it depends on, or on which condition, is another.
bool diff_dependencies(const struct helper_config *before, const struct helper_config *after);

// The top-level settings whose change needs a new helperd, as "control.path".
void diff_daemon(const struct config *before, const struct config *after, struct strings *names);
