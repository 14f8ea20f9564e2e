// SPDX-License-Identifier: MIT
// Whose bytes stand in a queue, from its front to its end, so that everybody knows how many are
// still theirs. Pure.
#pragma once

#include <stddef.h>

// A run of bytes of one owner.
struct share {
    size_t *count; // the owner's bytes in the queue; NULL: nobody's
    size_t bytes;
};

// A ring that grows. Zeroed, it is empty.
struct shares {
    struct share *ring;
    size_t first, count, capacity;
};

void shares_finish(struct shares *shares);

// Bytes were put at the end; adds them to the owner's count.
void shares_add(struct shares *shares, size_t *count, size_t bytes);

// So many bytes have left at the front; takes them from the counts of their owners.
void shares_free(struct shares *shares, size_t bytes);

// The owner is gone; the bytes stay.
void shares_forget(struct shares *shares, const size_t *count);
