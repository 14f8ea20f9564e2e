// SPDX-License-Identifier: MIT
#include "output/shares.h"

#include "base/memory.h"

#include <stdlib.h>

enum { KEPT = 64 }; // room that an empty ring keeps

void shares_finish(struct shares *shares)
{
    free(shares->ring);
    *shares = (struct shares){0};
}

static struct share *share_at(const struct shares *shares, size_t n)
{
    return &shares->ring[(shares->first + n) % shares->capacity];
}

static void grow(struct shares *shares)
{
    size_t capacity = shares->capacity > 0 ? shares->capacity * 2 : 4;
    struct share *ring = memory_new(capacity, sizeof(struct share));
    for (size_t i = 0; i < shares->count; i++)
        ring[i] = *share_at(shares, i);
    free(shares->ring);
    shares->ring = ring;
    shares->capacity = capacity;
    shares->first = 0;
}

void shares_add(struct shares *shares, size_t *count, size_t bytes)
{
    if (bytes == 0)
        return;
    if (count != NULL)
        *count += bytes;
    struct share *last = shares->count > 0 ? share_at(shares, shares->count - 1) : NULL;
    if (last != NULL && last->count == count) {
        last->bytes += bytes;
        return;
    }
    if (shares->count == shares->capacity)
        grow(shares);
    *share_at(shares, shares->count++) = (struct share){.count = count, .bytes = bytes};
}

void shares_free(struct shares *shares, size_t bytes)
{
    while (bytes > 0) {
        struct share *first = share_at(shares, 0);
        size_t freed = first->bytes < bytes ? first->bytes : bytes;
        if (first->count != NULL)
            *first->count -= freed;
        first->bytes -= freed;
        bytes -= freed;
        if (first->bytes == 0) {
            shares->first = (shares->first + 1) % shares->capacity;
            shares->count--;
        }
    }
    if (shares->count == 0 && shares->capacity > KEPT)
        shares_finish(shares);
}

void shares_forget(struct shares *shares, const size_t *count)
{
    for (size_t i = 0; i < shares->count; i++) {
        if (share_at(shares, i)->count == count)
            share_at(shares, i)->count = NULL;
    }
}
