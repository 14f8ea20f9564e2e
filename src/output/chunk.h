// SPDX-License-Identifier: MIT
// Whole lines on their way to a writer, and the pool of empty chunks that all sinks take from: in a
// flood nothing is allocated, and when it is over the memory goes back.
#pragma once

#include "base/buffer.h"
#include "base/list.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    CHUNK_SIZE = 256 * 1024, // so much is handed over whatever the writer does
    CHUNKS_KEPT = 16,        // empty ones in the pool
    CHUNK_SMALL = 4 * 1024,  // what needs no more is no flood
};

struct chunk {
    struct list link;
    struct buffer bytes;
    _Atomic size_t done; // bytes already written
};

// Guarded by its owner's lock.
struct chunk_pool {
    struct list empty; // chunk.link, the latest first
    size_t count;
    _Atomic bool grown; // a large one came back since this was last cleared
};

void chunk_destroy(struct chunk *chunk);

void chunk_pool_init(struct chunk_pool *pool);
// Frees what is in it; it can be used again.
void chunk_pool_finish(struct chunk_pool *pool);

struct chunk *chunk_take(struct chunk_pool *pool);
void chunk_return(struct chunk_pool *pool, struct chunk *chunk);
