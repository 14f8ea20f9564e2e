// SPDX-License-Identifier: MIT
// What helpers and helperd itself said lately: the lines that their histories keep, in the order in
// which they came. It is read piece by piece, from one turn of the loop to the next, so that it
// holds up nobody and takes no memory for all of it. What is forgotten before it was read is
// counted; of a helper that goes meanwhile there is nothing more.
//
// Who wants to see what comes behind it lets it follow, and puts in a tap in the same turn in which
// it says that nothing is left:
//
//     while (room in out && (more = recall_read(recall, &style, &out, PIECE)))
//         …
//     if (!more)
//         router_add_tap(router, &tap);
#pragma once

#include "base/buffer.h"
#include "output/record.h"
#include "output/route.h"
#include "output/router.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECALL_ALL SIZE_MAX

struct recall_request {
    struct route *const *routes; // whose lines; the list is not needed afterwards
    size_t count;
    bool own;     // helperd's own messages, too
    size_t lines; // the latest so many of all of them together, or RECALL_ALL
    bool follows; // goes on with what comes while it is read
};

struct recall;

// The router outlives it.
struct recall *recall_create(struct router *router, const struct recall_request *request);
void recall_destroy(struct recall *recall);

// Appends what comes next: so many bytes, and what then is left of the lines that came together.
// False: that was all there is.
bool recall_read(struct recall *recall, struct record_style *style, struct buffer *out,
                 size_t bytes);

// How many lines were forgotten before they were read, since this was last asked. They are missing
// before what is read next.
uint64_t recall_take_missed(struct recall *recall);
