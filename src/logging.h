// SPDX-License-Identifier: MIT
// From options and configuration to the router that carries the log.
#pragma once

#include "config/config.h"
#include "options.h"
#include "output/router.h"

// Whether --log-format names a format; standard error says so if not.
bool logging_knows_format(const struct options *options);

// Which of standard output and standard error a helperd that detaches needs for its log, or -1;
// warns where the log would have no place then.
int logging_kept_descriptor(const struct config *config, const struct options *options);

// NULL: standard error says which file cannot be written.
struct router *logging_start(struct ev_loop *loop, const struct config *config,
                             const struct options *options);

// Opens and closes the log of another configuration where it is another file than that of the one
// in force: for a process that may hang in that. False: it cannot be opened, which is said.
bool logging_try(const struct config *before, const struct config *after,
                 const struct options *options);

// Goes on as another configuration says: NULL. Else its log cannot be opened, which the heap text
// says, and nothing was changed.
char *logging_reload(struct router *router, const struct config *config,
                     const struct options *options);
