// SPDX-License-Identifier: MIT
// Where the lines of one helper go: the log, or a file for a stream instead of it, and a file
// beside it; with its limit of lines a second and its latest lines.
//
// It outlives the helper's streams and belongs to the helper.
#pragma once

#include "output/history.h"
#include "output/outlet.h"
#include "output/rate_limit.h"
#include "output/router.h"

#include <stdbool.h>
#include <stdint.h>

// Where a line may go: the log, or the file of its stream instead; and a file for all lines.
enum { ROUTE_LOG, ROUTE_STDOUT, ROUTE_STDERR, ROUTE_FILE, ROUTE_OUTLETS };

// Read-only outside.
struct route {
    struct list link; // the router's
    struct router *router;
    const char *helper; // its name, borrowed from its configuration, as config is
    const struct helper_log_config *config;
    unsigned color;                       // of its lines, as in their sources
    struct outlet outlets[ROUTE_OUTLETS]; // sink NULL: there is no such file
    struct record_style file_style;
    struct rate_limit rate;
    uint64_t over_rate; // lines left out for it, since that was last told
    struct log_counts counts;
    struct history history;
    struct list owing_link; // the router's: lines were left out, and that is to be told
};

void route_init(struct route *route, struct router *router, const char *helper, unsigned color,
                const struct helper_log_config *config);
void route_finish(struct route *route);

// Goes on with other settings; files that are named as before stay open.
void route_configure(struct route *route, const char *helper,
                     const struct helper_log_config *config);

// Whether one more line may pass the limit of lines a second; if not, it counts as left out.
bool route_admits_line(struct route *route);

// Takes a record to where it goes. Who is to wait for room asks before.
void route_put(struct route *route, const struct record *record);

// Whether the next record of that stream finds room. If not, the waiter is woken when it may.
bool route_has_room(struct route *route, enum stream_kind kind, struct waiter *waiter);
// How many bytes of it may be read; 0 where lines of others would be late for them: the same.
size_t route_demand(struct route *route, enum stream_kind kind, struct waiter *waiter);
// For a stream that may read, or reads no more: whoever waits where it leads may look for room
// next.
void route_pass_on(struct route *route, enum stream_kind kind);

// Whether lines of that stream are shown in the log.
bool route_is_logged(const struct route *route, enum stream_kind kind);

// For the router: tells what was left out, as far as there is room to. True: there is nothing left
// to tell.
bool route_tell_dropped(struct route *route);
// The log goes elsewhere, or looks otherwise.
void route_follow_log(struct route *route);
