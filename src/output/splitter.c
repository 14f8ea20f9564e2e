// SPDX-License-Identifier: MIT
#include "output/splitter.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT_FIRST = 64, KEPT_SMALL = 4096 };

void splitter_init(struct splitter *splitter, size_t max_line)
{
    *splitter = (struct splitter){.max_line = max_line > 0 ? max_line : 1};
    splitter->next_max_line = splitter->max_line;
}

void splitter_set_max_line(struct splitter *splitter, size_t max_line)
{
    splitter->next_max_line = max_line > 0 ? max_line : 1;
    if (splitter->kept_length == 0 && !splitter->continued)
        splitter->max_line = splitter->next_max_line;
}

static void release_kept(struct splitter *splitter)
{
    free(splitter->kept);
    splitter->kept = NULL;
    splitter->kept_length = splitter->kept_capacity = 0;
}

void splitter_finish(struct splitter *splitter)
{
    release_kept(splitter);
    splitter->continued = false;
}

// What was kept is done. A small block stays for the next start within the same call.
static void empty_kept(struct splitter *splitter)
{
    splitter->kept_length = 0;
    if (splitter->kept_capacity > KEPT_SMALL)
        release_kept(splitter);
}

// Never asked for more than max_line bytes in all, and one more to look at.
static void keep(struct splitter *splitter, const char *bytes, size_t length)
{
    size_t needed = splitter->kept_length + length;
    if (needed > splitter->kept_capacity) {
        size_t capacity = splitter->kept_capacity * 2;
        if (capacity < KEPT_FIRST)
            capacity = KEPT_FIRST;
        if (capacity > splitter->max_line + 1)
            capacity = splitter->max_line + 1;
        if (capacity < needed)
            capacity = needed;
        splitter->kept = memory_resize(splitter->kept, capacity, 1);
        splitter->kept_capacity = capacity;
    }
    memcpy(splitter->kept + splitter->kept_length, bytes, length);
    splitter->kept_length = needed;
}

static bool give(struct splitter *splitter, const char *text, size_t length, bool partial,
                 bool newline, splitter_emit *emit, void *context)
{
    struct piece piece = {
        .text = text,
        .length = length,
        .continued = splitter->continued,
        .partial = partial,
        .newline = newline,
    };
    splitter->continued = partial;
    bool go_on = emit(context, &piece);
    if (!partial)
        splitter->max_line = splitter->next_max_line;
    return go_on;
}

// Bytes of the UTF-8 character that a first byte announces; 1 where it announces none.
static size_t announced_length(unsigned char first)
{
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    if (first >= 0xf0 && first <= 0xf4)
        return 4;
    return 1;
}

// Where to cut a text longer than limit: at the limit, or before the character that crosses it.
// It looks at no byte behind text[limit], so that the cut does not depend on how the bytes came
// in; an invalid sequence that starts like a character is therefore kept together, too.
static size_t find_cut(const char *text, size_t limit)
{
    for (size_t back = 0; back < 4 && back < limit; back++) {
        unsigned char byte = (unsigned char)text[limit - back];
        if (byte < 0x80 || byte > 0xbf)
            return announced_length(byte) > back ? limit - back : limit;
    }
    return limit;
}

// Takes bytes of one line from *at on, without its newline; ended: the newline is there. A piece is
// cut off only when a byte behind it is known, so every line's last piece is left to its end.
// False: told to stop; *at is behind what was taken.
static bool feed_line(struct splitter *splitter, const char **at, const char *end, bool ended,
                      splitter_emit *emit, void *context)
{
    size_t limit = splitter->max_line;
    bool go_on = true;

    while (splitter->kept_length > 0 && splitter->kept_length + (size_t)(end - *at) > limit) {
        size_t before = splitter->kept_length;
        keep(splitter, *at, limit + 1 - before);
        size_t cut = find_cut(splitter->kept, limit);
        go_on = give(splitter, splitter->kept, cut, true, false, emit, context);
        if (cut < before) {
            splitter->kept_length = before - cut;
            memmove(splitter->kept, splitter->kept + cut, splitter->kept_length);
        } else {
            empty_kept(splitter);
            *at += cut - before;
        }
        if (!go_on)
            return false;
    }
    if (splitter->kept_length > 0) {
        keep(splitter, *at, (size_t)(end - *at));
        *at = end;
        if (ended) {
            go_on =
                give(splitter, splitter->kept, splitter->kept_length, false, true, emit, context);
            empty_kept(splitter);
        }
        return go_on;
    }

    while ((size_t)(end - *at) > limit) {
        size_t cut = find_cut(*at, limit);
        go_on = give(splitter, *at, cut, true, false, emit, context);
        *at += cut;
        if (!go_on)
            return false;
    }
    if (ended)
        go_on = give(splitter, *at, (size_t)(end - *at), false, true, emit, context);
    else
        keep(splitter, *at, (size_t)(end - *at));
    *at = end;
    return go_on;
}

size_t splitter_feed(struct splitter *splitter, const char *bytes, size_t length,
                     splitter_emit *emit, void *context)
{
    const char *at = bytes, *const all = bytes + length;
    for (bool go_on = true; go_on && at < all;) {
        const char *newline = memchr(at, '\n', (size_t)(all - at));
        const char *end = newline != NULL ? newline : all;
        go_on = feed_line(splitter, &at, end, newline != NULL, emit, context);
        if (at == end && newline != NULL)
            at++;
    }
    if (splitter->kept_length == 0)
        release_kept(splitter); // ten thousand idle streams hold nothing
    return (size_t)(at - bytes);
}

void splitter_end(struct splitter *splitter, splitter_emit *emit, void *context)
{
    if (splitter->kept_length > 0)
        (void)give(splitter, splitter->kept, splitter->kept_length, false, false, emit, context);
    release_kept(splitter);
}
