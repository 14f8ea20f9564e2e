// SPDX-License-Identifier: MIT
// Bytes to lines. Works by length, never by NUL; keeps only the start of an unfinished line, at
// most max_line bytes. Pure.
//
// A line longer than max_line is cut into pieces of at most max_line bytes, never inside a valid
// UTF-8 character: each but the first is `continued`, each but the last `partial`. A line of
// exactly max_line bytes is one piece.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct splitter {
    size_t max_line;      // of the line that is being read
    size_t next_max_line; // of those behind it
    char *kept;           // start of an unfinished line; NULL while there is none
    size_t kept_length, kept_capacity;
    bool continued; // the unfinished line already gave a piece
};

struct piece {
    const char *text; // borrowed: valid only during the call
    size_t length;
    bool continued, partial;
    bool newline; // one stood behind it; not so behind what is partial or ends the stream
};

// False: enough for now.
typedef bool splitter_emit(void *context, const struct piece *piece);

void splitter_init(struct splitter *splitter, size_t max_line);
void splitter_finish(struct splitter *splitter);

// Another limit, from the next line on.
void splitter_set_max_line(struct splitter *splitter, size_t max_line);

// Gives every piece that these bytes complete to emit, in order, until it has enough. Returns how
// many bytes were taken; the others are to be fed again.
size_t splitter_feed(struct splitter *splitter, const char *bytes, size_t length,
                     splitter_emit *emit, void *context);

// The stream ended: what is kept becomes the last line. Nothing kept: nothing happens.
void splitter_end(struct splitter *splitter, splitter_emit *emit, void *context);
