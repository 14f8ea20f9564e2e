// SPDX-License-Identifier: MIT
// The running program: loop, log, supervisor, from the first start to the last line.
#pragma once

#include "config/config.h"
#include "control/socket.h"
#include "detach.h"
#include "options.h"

enum { EXIT_USAGE = 2, EXIT_CONFIGURATION = 78 };

// Supervises until told to end, or in developer mode until nothing runs. Returns the exit status
// of helperd. Takes over what the caller holds of the config. Where the first process of a detached
// one waits, it is told of the start; not if that came to nothing.
int daemon_run(struct config *config, const struct options *options, struct detach *detach,
               const struct control_socket *socket);
