// SPDX-License-Identifier: MIT
#include "output/history.h"

#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 256 };

void history_finish(struct history *history)
{
    free(history->ring);
    *history = (struct history){0};
}

// Copies bytes from an offset of the ring's content.
static void copy_out(const struct history *history, size_t offset, char *bytes, size_t length)
{
    if (length == 0)
        return;
    size_t at = (history->first + offset) % history->capacity;
    size_t straight = history->capacity - at < length ? history->capacity - at : length;
    memcpy(bytes, history->ring + at, straight);
    memcpy(bytes + straight, history->ring, length - straight);
}

static void copy_in(struct history *history, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    size_t at = (history->first + history->length) % history->capacity;
    size_t straight = history->capacity - at < length ? history->capacity - at : length;
    memcpy(history->ring + at, bytes, straight);
    memcpy(history->ring, bytes + straight, length - straight);
    history->length += length;
}

static void resize(struct history *history, size_t capacity)
{
    char *ring = memory_new(capacity, 1);
    copy_out(history, 0, ring, history->length);
    free(history->ring);
    history->ring = ring;
    history->capacity = capacity;
    history->first = 0;
}

static void forget_line(struct history *history)
{
    // Where the ring wraps within the line, it takes two steps.
    for (bool ended = false; !ended && history->length > 0;) {
        const char *at = history->ring + history->first;
        size_t straight = history->capacity - history->first;
        straight = straight < history->length ? straight : history->length;
        const char *newline = memchr(at, '\n', straight);
        ended = newline != NULL;
        size_t gone = ended ? (size_t)(newline - at) + 1 : straight;
        history->first = (history->first + gone) % history->capacity;
        history->length -= gone;
    }
}

// Forgets the oldest lines until so many bytes are free.
static void forget(struct history *history, size_t limit, size_t bytes)
{
    while (history->length > 0 && history->length + bytes > limit)
        forget_line(history);
}

void history_set_limit(struct history *history, size_t limit)
{
    history->limit = limit;
    forget(history, limit, 0);
    if (history->capacity > limit) {
        if (limit > 0)
            resize(history, limit);
        else
            history_finish(history);
    }
}

void history_add(struct history *history, const char *text, size_t length)
{
    if (history->limit == 0)
        return;
    if (length > history->limit - 1)
        length = history->limit - 1;
    forget(history, history->limit, length + 1);
    size_t needed = history->length + length + 1;
    if (needed > history->capacity) {
        size_t capacity = history->capacity > 0 ? history->capacity : FIRST_CAPACITY;
        while (capacity < needed)
            capacity *= 2;
        resize(history, capacity < history->limit ? capacity : history->limit);
    }
    copy_in(history, text, length);
    copy_in(history, "\n", 1);
}

char *history_last(const struct history *history, size_t lines)
{
    size_t start = history->length;
    for (size_t found = 0; start > 0; start--) {
        size_t before = (history->first + start - 1) % history->capacity;
        if (history->ring[before] == '\n' && found++ == lines)
            break;
    }
    char *text = memory_new(history->length - start + 1, 1);
    copy_out(history, start, text, history->length - start);
    return text;
}
