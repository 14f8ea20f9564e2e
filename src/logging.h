// SPDX-License-Identifier: MIT
// From options and configuration to the router that carries the log.
#pragma once

#include "config/config.h"
#include "options.h"
#include "output/router.h"

// The word of --log-format as a format, or -1.
int logging_format(const char *word);

// NULL: standard error says which file cannot be written.
struct router *logging_start(struct ev_loop *loop, const struct config *config,
                             const struct options *options);
