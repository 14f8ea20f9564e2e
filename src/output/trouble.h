// SPDX-License-Identifier: MIT
// The router's words about sinks: that one fails, works again, lost lines. They go to the log; what
// the log itself cannot take is said past it, on standard error.
#pragma once

#include "output/router.h"

#include <stdbool.h>

// Whether the sink works, and that it does again, or what was lost, is to be told.
bool trouble_is_over(const struct sink *sink);

// Tells what became of a sink and was not told yet, as far as there is room to.
void trouble_tell(struct router *router, struct sink *sink);

// Tells what is lost with a sink that is closed. False: there is no room for that yet.
bool trouble_tell_end(struct router *router, struct sink *sink);

// Tells how many of our own messages were dropped, if there is room to.
void trouble_tell_own_drops(struct router *router);

// Tells whether threads that write can be started, where that has changed.
void trouble_tell_threads(struct router *router);

// Past the log and its writers, of which there may be none; a standard error that would hang is
// left alone.
void trouble_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

// The same at the end, while a sink fails or hangs: what waits in its queue goes with us.
void trouble_say_losses(struct router *router);
