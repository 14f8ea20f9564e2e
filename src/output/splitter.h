// SPDX-License-Identifier: MIT
// Bytes to lines. Works by length, never by NUL; keeps only the start of an unfinished line, at
// most max_line bytes. Pure.
//
// Whole lines that stand together in the bytes are given together, as one piece, and are not
// copied. A line longer than max_line is cut into pieces of at most max_line bytes, never inside a
// valid UTF-8 character: each but the first is `continued`, each but the last `partial`. A line of
// exactly max_line bytes is one piece.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { PIECE_LINES = 16 * 1024 }; // bytes of a piece that is more than one line

struct splitter {
    size_t max_line;      // of the line that is being read
    size_t next_max_line; // of those behind it
    char *kept;           // start of an unfinished line; NULL while there is none
    size_t kept_length, kept_capacity;
    size_t given;   // bytes of kept that the latest piece has given out
    bool continued; // the unfinished line already gave a piece
};

// Whole lines, each with its newline; or one line's start, middle or end, with its newline if that
// is there: not so behind what is partial or ends the stream.
struct piece {
    const char *text; // borrowed: valid until the splitter is called again, as the bytes are
    size_t length;
    bool continued, partial;
};

void splitter_init(struct splitter *splitter, size_t max_line);
void splitter_finish(struct splitter *splitter);

// Another limit, from the next line on.
void splitter_set_max_line(struct splitter *splitter, size_t max_line);

// Gives the next piece of the bytes from *at to end, and moves *at behind what was taken for it.
// False: there is none in them, and all were taken. Of a piece of several lines the last ones may
// be given back by moving *at to the start of the first of these.
bool splitter_next(struct splitter *splitter, const char **at, const char *end,
                   struct piece *piece);

// No more bytes for now: ten thousand idle streams hold nothing, and those in the middle of a line
// not much more than its start. A long line that follows at once would need the memory again.
void splitter_trim(struct splitter *splitter);

// The stream ended: what is kept is the last piece. False: nothing is.
bool splitter_last(struct splitter *splitter, struct piece *piece);
