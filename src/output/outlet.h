// SPDX-License-Identifier: MIT
// Somebody's way into a sink: how lines look there, the share of the queue they have, and how many
// found no room.
#pragma once

#include "config/config.h"
#include "output/record.h"
#include "output/sink.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outlet {
    struct sink *sink; // NULL: it leads nowhere
    struct record_style *style;
    size_t reserve;   // bytes of the queue that are kept free for others
    size_t queued;    // bytes of its own in the queue, the sink's to count
    uint64_t dropped; // lines, since that was last told
    unsigned cut;     // bit of a stream_kind: the rest of its line is dropped
};

// Leads into the sink, as one of its users. Closing leaves what is in the queue there.
void outlet_open(struct outlet *outlet, struct sink *sink, struct record_style *style,
                 size_t reserve);
void outlet_close(struct outlet *outlet);

// Whether the next record is to wait for room. A sink that fails makes nobody wait.
bool outlet_is_full(const struct outlet *outlet, enum on_full on_full);

// How many bytes may be fetched for it. 0: that is to wait until less is in its queue.
size_t outlet_demand(const struct outlet *outlet, enum on_full on_full);

// What was in a record: its lines, and those of them that were dropped and did not count before.
struct outlet_count {
    size_t lines, dropped;
};

// Puts a record into the queue; or drops it, where nobody waits for room and there is none. Who is
// to wait asks before.
struct outlet_count outlet_put(struct outlet *outlet, const struct record *record,
                               enum on_full on_full);
