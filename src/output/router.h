// SPDX-License-Identifier: MIT
// Takes every record to the sink; flushes it once per turn of the loop, tries again while it
// fails, and says so once: at the failure, at the recovery, at the end.
#pragma once

#include "output/sink.h"

#include <ev.h>
#include <stdbool.h>

struct router;

// Takes over the sink (its memory is copied). Records below level are left out.
struct router *router_create(struct ev_loop *loop, const struct sink *sink, enum level level);

// Flushes what can be written, says on standard error what is lost, and frees everything.
void router_destroy(struct router *router);

// Puts another sink in place (its memory is copied). What the one before could not write yet goes
// to the new one.
void router_replace_sink(struct router *router, const struct sink *sink);
void router_configure(struct router *router, const struct record_style *style, enum level level);
const struct sink *router_sink(const struct router *router);

void router_put(struct router *router, const struct record *record);

// Our own message, as a log_writer: log_set_writer(router_write_own, router).
void router_write_own(void *router, enum level level, const char *text);
