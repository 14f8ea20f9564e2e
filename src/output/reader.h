// SPDX-License-Identifier: MIT
// Reads the streams that have something, once per turn of the loop and in the order in which they
// came to have it.
//
// libev calls back in another order. Read in this one, lines of different helpers, and of a
// helper's two streams, come out as near to the order they were written in as pipes can tell.
#pragma once

#include "base/list.h"
#include <ev.h>

// Priorities of what happens in one turn: streams are noted, then read, then exits are seen, so
// that the last words of a helper come before the word of its end.
enum { PRIORITY_NOTE = 1, PRIORITY_READ = 0, PRIORITY_EXIT = -1 };

// Bytes a stream may take per turn of the loop; so large its pipe becomes when it fills a read,
// where the system allows. Only so many: a user's pipes have a limit in all.
enum { READ_AT_ONCE = 256 * 1024, LARGE_PIPES = 64 };

struct reader {
    struct ev_loop *loop;
    char *bytes;       // READ_AT_ONCE of them, for the stream that is being read
    size_t taken;      // bytes of this turn
    double latest;     // ev_now of the latest turn that read
    ev_prepare pacing; // active while turns wait a moment for more
    unsigned large_pipes;
    struct list ready;     // stream.ready_link
    ev_check reading;      // never started, only fed
    struct list unwatched; // stream.ready_link: the kernel had no room to watch them
    ev_timer retry;        // runs while there are any
};

void reader_init(struct reader *reader, struct ev_loop *loop);
void reader_finish(struct reader *reader);

// Notes a stream for this turn. ready_link is the stream's.
void reader_note(struct reader *reader, struct list *ready_link);

// The same for one that waited for room: those come in the order in which they waited.
void reader_resume(struct reader *reader, struct list *ready_link);

// Looks at a stream that cannot be watched by a timer, until it can be.
void reader_poll(struct reader *reader, struct list *ready_link);
