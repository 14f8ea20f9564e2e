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
    if (splitter->kept_length == splitter->given && !splitter->continued)
        splitter->max_line = splitter->next_max_line;
}

static void release_kept(struct splitter *splitter)
{
    free(splitter->kept);
    splitter->kept = NULL;
    splitter->kept_length = splitter->kept_capacity = splitter->given = 0;
}

void splitter_finish(struct splitter *splitter)
{
    release_kept(splitter);
    splitter->continued = false;
}

// Never asked for more than max_line bytes in all, and one more to look at.
static void keep(struct splitter *splitter, const char **at, size_t length)
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
    memcpy(splitter->kept + splitter->kept_length, *at, length);
    splitter->kept_length = needed;
    *at += length;
}

// What the latest piece gave out is no longer kept. The block stays for the next start, which most
// often comes at once.
static void forget_given(struct splitter *splitter)
{
    if (splitter->given == 0)
        return;
    splitter->kept_length -= splitter->given;
    memmove(splitter->kept, splitter->kept + splitter->given, splitter->kept_length);
    splitter->given = 0;
}

void splitter_trim(struct splitter *splitter)
{
    forget_given(splitter);
    if (splitter->kept_length == 0) {
        release_kept(splitter);
    } else if (splitter->kept_capacity > KEPT_SMALL && splitter->kept_length < KEPT_SMALL) {
        splitter->kept = memory_resize(splitter->kept, KEPT_SMALL, 1);
        splitter->kept_capacity = KEPT_SMALL;
    }
}

static void give(struct splitter *splitter, const char *text, size_t length, bool partial,
                 struct piece *piece)
{
    *piece = (struct piece){
        .text = text,
        .length = length,
        .continued = splitter->continued,
        .partial = partial,
    };
    splitter->continued = partial;
    if (!partial)
        splitter->max_line = splitter->next_max_line;
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

// A line goes on whose start is kept. False: its end is not among the bytes, nor its limit.
static bool next_of_kept(struct splitter *splitter, const char **at, const char *end,
                         struct piece *piece)
{
    size_t limit = splitter->max_line, before = splitter->kept_length;
    size_t look = limit + 1 - before, left = (size_t)(end - *at);
    if (look > left)
        look = left;
    const char *newline = memchr(*at, '\n', look);
    keep(splitter, at, newline != NULL ? (size_t)(newline - *at) + 1 : look);
    bool partial = newline == NULL;
    size_t length = splitter->kept_length;
    if (partial && length <= limit)
        return false;
    if (partial) {
        length = find_cut(splitter->kept, limit);
        // What is behind the cut need not be kept as long as it stands in the bytes.
        size_t surplus = length < before ? look : splitter->kept_length - length;
        splitter->kept_length -= surplus;
        *at -= surplus;
    }
    splitter->given = length;
    give(splitter, splitter->kept, length, partial, piece);
    return true;
}

// The end of the whole lines that start here, at most a look of bytes; NULL: there is none. The
// rest of a line that was cut stands alone.
static const char *find_lines(const struct splitter *splitter, const char *at, size_t look)
{
    if (splitter->continued)
        return memchr(at, '\n', look);
    size_t most = look < PIECE_LINES ? look : PIECE_LINES;
    const char *newline = memrchr(at, '\n', most);
    return newline != NULL ? newline : memchr(at + most, '\n', look - most);
}

bool splitter_next(struct splitter *splitter, const char **at, const char *end, struct piece *piece)
{
    forget_given(splitter);
    size_t limit = splitter->max_line, left = (size_t)(end - *at);
    if (left > 0 && splitter->kept_length > 0) {
        if (next_of_kept(splitter, at, end, piece))
            return true;
    } else if (left > 0) {
        // Lines within the limit and a newline are each within the limit.
        const char *newline = find_lines(splitter, *at, left > limit ? limit + 1 : left);
        if (newline != NULL || left > limit) {
            size_t length = newline != NULL ? (size_t)(newline - *at) + 1 : find_cut(*at, limit);
            give(splitter, *at, length, newline == NULL, piece);
            *at += length;
            return true;
        }
        keep(splitter, at, left);
    }
    splitter_trim(splitter);
    return false;
}

bool splitter_last(struct splitter *splitter, struct piece *piece)
{
    forget_given(splitter);
    if (splitter->kept_length == 0) {
        release_kept(splitter);
        return false;
    }
    splitter->given = splitter->kept_length;
    give(splitter, splitter->kept, splitter->kept_length, false, piece);
    return true;
}
