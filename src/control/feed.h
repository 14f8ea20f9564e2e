// SPDX-License-Identifier: MIT
// The latest events, numbered from 1, for those who follow them.
//
// They stand in a ring that is bounded in number and in bytes. A reader has its place there and
// takes what is behind it at its own pace; no event waits for a reader. What went from the ring
// before a reader came to it is told to it as an event "lost", and it goes on with the oldest
// there is. A reader that takes nothing from one beat to the next, while the ring moves past it, is
// stalled: its owner is told, and is to drop it.
//
//     reader->wake = …, reader->stalled = …
//     feed_follow(feed, reader)            or feed_resume(feed, reader, last_event_id)
//     feed_read(reader, …) until it is 0   again after each wake
//     feed_leave(reader)
//
// Whoever has readers calls feed_beat every FEED_BEAT seconds; without readers nothing needs it.
#pragma once

#include "base/buffer.h"
#include "base/list.h"
#include "supervise/machine.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    FEED_EVENTS = 2048,      // kept
    FEED_BYTES = 256 * 1024, // of their texts; the latest one is kept in any case
    FEED_BEAT = 15,          // seconds
};

struct feed;

// Embedded in its owner, who zeroes it and sets the two functions. Neither of them may read; the
// second may leave.
struct feed_reader {
    void (*wake)(struct feed_reader *reader); // there is something to read again
    // It is to be dropped: so many events wait for it, or were lost to it.
    void (*stalled)(struct feed_reader *reader, uint64_t behind);

    // The feed's.
    struct feed *feed; // NULL: it follows none
    struct list link;
    uint64_t next;         // number of the event that it takes next
    struct buffer pending; // what is left of the one that it is taking
    bool waiting;          // it was told that there is nothing
    bool took;             // something since the last beat
};

// As many events and bytes as above, or others in tests.
struct feed *feed_create(size_t events, size_t bytes);
// Readers that are left follow nothing after it.
void feed_destroy(struct feed *feed);

// How many events there were, ever.
uint64_t feed_count(const struct feed *feed);
bool feed_has_readers(const struct feed *feed);

// What happened. time is in microseconds since 1970; texts are copied; pid 0: none.
void feed_state(struct feed *feed, int64_t time, const char *helper, enum state from, enum state to,
                pid_t pid, const char *reason);
void feed_ready(struct feed *feed, int64_t time, const char *helper, pid_t pid, double after);
void feed_drops(struct feed *feed, int64_t time, const char *helper, uint64_t lines,
                const char *where);
// outcome is the report of a good reload, the lines of its errors (an array) of one that was
// refused. It stays the caller's.
void feed_reload(struct feed *feed, int64_t time, bool good, json_t *outcome);
void feed_shutdown(struct feed *feed, int64_t time, const char *reason);

// From now on; or with the event after that of the number. One that is not there yet: from now on.
void feed_follow(struct feed *feed, struct feed_reader *reader);
void feed_resume(struct feed *feed, struct feed_reader *reader, uint64_t number);
// Harmless on one that follows none.
void feed_leave(struct feed_reader *reader);

// Fills in what comes next, whole events or parts of them, at most room bytes. 0: there is nothing
// now, and wake comes when there is.
size_t feed_read(struct feed_reader *reader, char *bytes, size_t room);

// Gives a comment to who has read all, so that both sides see whether the other is still there,
// and tells of those who stalled.
void feed_beat(struct feed *feed);

// The number that a Last-Event-ID names. False: it is none of ours.
bool feed_parse_number(const char *text, uint64_t *number);
