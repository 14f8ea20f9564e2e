// SPDX-License-Identifier: MIT
// The latest lines of one helper in a ring that grows up to a limit and then forgets the oldest.
// Lines that came together stand together, behind one header that says when they came and from
// where, and with the number that orders them among those of other helpers. Of such a run the first
// lines may be forgotten, and the others stay.
#pragma once

#include "base/list.h"
#include "output/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Read-only outside.
struct history {
    size_t limit; // bytes, the header of each run included; 0: nothing is kept
    char *ring;
    size_t capacity, first, length;
    size_t newest;       // bytes of the newest run when it came
    uint64_t start;      // bytes that were ever forgotten: the position of the oldest run
    struct list readers; // history_reader.link
};

void history_init(struct history *history, size_t limit);
// Readers are at its end then.
void history_finish(struct history *history);

// Sets another limit; what does not fit any more is forgotten.
void history_set_limit(struct history *history, size_t limit);

// Adds the lines of a record. Numbers grow; 0 is none. Of lines that are larger than the limit the
// last are kept; a line that is larger is cut.
void history_add(struct history *history, const struct record *record, uint64_t number);

// The last so many lines as heap text, each ended by a newline. Empty: "".
char *history_last(const struct history *history, size_t lines);

// A place before a run, or behind all of them. It may be kept from one turn of the loop to the
// next, whatever becomes of the history. Embedded.
struct history_reader {
    struct list link;
    struct history *history; // NULL: it is gone
    uint64_t position;       // of that run; smaller than start: the run was forgotten
    uint64_t until;          // number of the last run it is to read; may be set
    uint64_t missed;         // lines up to there, forgotten before they were read; may be set to 0
};

// A run as it was put.
struct history_run {
    uint64_t number;
    enum stream_kind kind;
    pid_t pid;
    struct record record; // without its source; its text is good until the history changes
};

// Stands behind all runs.
void history_reader_init(struct history_reader *reader, struct history *history);
void history_reader_finish(struct history_reader *reader);

// Goes before the oldest run; one back (false: there is none); one on.
void history_reader_rewind(struct history_reader *reader);
bool history_reader_back(struct history_reader *reader);
void history_reader_next(struct history_reader *reader);

// The number of the run; 0: it stands behind all.
uint64_t history_reader_number(const struct history_reader *reader);

// Reads the run, and stays before it. A text that wraps in the ring is put together in room.
// False: it stands behind all.
bool history_reader_read(const struct history_reader *reader, struct history_run *run,
                         struct buffer *room);
