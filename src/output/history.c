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

static void drop(struct history *history, size_t length)
{
    history->first = (history->first + length) % history->capacity;
    history->length -= length;
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
        drop(history, ended ? (size_t)(newline - at) + 1 : straight);
    }
}

// Forgets the oldest lines, so many that this number of bytes is free.
static void forget(struct history *history, size_t bytes)
{
    size_t needed = history->length + bytes;
    if (needed <= history->limit)
        return;
    size_t surplus = needed - history->limit;
    if (surplus > history->length)
        surplus = history->length;
    if (surplus > 0) {
        drop(history, surplus - 1);
        forget_line(history);
    }
}

void history_set_limit(struct history *history, size_t limit)
{
    history->limit = limit;
    forget(history, 0);
    if (history->capacity > limit) {
        if (limit > 0)
            resize(history, limit);
        else
            history_finish(history);
    }
}

// The last of these lines, as many as fit whole; or as much of the last one as fits.
static const char *find_last(const char *text, size_t *length, size_t most)
{
    const char *end = text + *length;
    bool ended = end[-1] == '\n';
    size_t room = ended ? most : most - 1; // the newline takes room, too
    if (*length <= room)
        return text;
    const char *last = memrchr(text, '\n', *length - 1);
    last = last != NULL ? last + 1 : text;
    if ((size_t)(end - last) > room) {
        *length = most - 1;
        return last;
    }
    // One before that may be the newline of a line that does not fit.
    last = memchr(end - room - 1, '\n', room);
    *length = (size_t)(end - last) - 1;
    return last + 1;
}

void history_add(struct history *history, const char *text, size_t length)
{
    if (history->limit == 0)
        return;
    const char *first = text;
    if (length > 0)
        text = find_last(text, &length, history->limit);
    if (text != first) // lines between those and these were left out
        history->length = 0;
    bool ended = length > 0 && text[length - 1] == '\n';
    size_t more = ended ? length : length + 1;
    forget(history, more);
    size_t needed = history->length + more;
    if (needed > history->capacity) {
        size_t capacity = history->capacity > 0 ? history->capacity : FIRST_CAPACITY;
        while (capacity < needed)
            capacity *= 2;
        resize(history, capacity < history->limit ? capacity : history->limit);
    }
    copy_in(history, text, length);
    if (!ended)
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
