// SPDX-License-Identifier: MIT
// From options and configuration to the router that carries the log.
#pragma once

#include "config/config.h"
#include "options.h"
#include "output/router.h"

// Whether --log-format names a format; standard error says so if not.
bool logging_knows_format(const struct options *options);

// NULL: standard error says which file cannot be written.
struct router *logging_start(struct ev_loop *loop, const struct config *config,
                             const struct options *options);

// Writes as another configuration says. False: its target cannot be opened, which was said, and
// nothing has changed.
bool logging_reload(struct router *router, const struct config *config,
                    const struct options *options);
