// SPDX-License-Identifier: MIT
#include "output/chunk.h"

#include "base/memory.h"

#include <stdlib.h>

void chunk_destroy(struct chunk *chunk)
{
    if (chunk == NULL)
        return;
    list_remove(&chunk->link);
    buffer_finish(&chunk->bytes);
    free(chunk);
}

void chunk_pool_init(struct chunk_pool *pool)
{
    pool->count = 0;
    pool->grown = false;
    list_init(&pool->empty);
}

void chunk_pool_finish(struct chunk_pool *pool)
{
    LIST_EACH (struct chunk, chunk, &pool->empty, link)
        chunk_destroy(chunk);
    pool->count = 0;
}

struct chunk *chunk_take(struct chunk_pool *pool)
{
    struct chunk *chunk = LIST_FIRST(struct chunk, &pool->empty, link);
    if (chunk == NULL) {
        chunk = memory_new(1, sizeof(*chunk));
        list_init(&chunk->link);
        return chunk;
    }
    list_remove(&chunk->link);
    pool->count--;
    return chunk;
}

void chunk_return(struct chunk_pool *pool, struct chunk *chunk)
{
    list_remove(&chunk->link);
    if (chunk->bytes.capacity > CHUNK_SMALL)
        pool->grown = true;
    if (pool->count == CHUNKS_KEPT) {
        chunk_destroy(chunk);
        return;
    }
    chunk->bytes.length = 0;
    chunk->done = 0;
    list_prepend(&pool->empty, &chunk->link);
    pool->count++;
}
