// SPDX-License-Identifier: MIT
// One destination of bytes: a descriptor we were given, or a file. What is put into it waits in a
// bounded queue of chunks until a writer thread has written it, so that nothing the destination
// does can hold up the loop.
//
//     sink_put ─► filling ─(turn's end, or full)─► chunks ─► writer thread ─► write
//
// Whose bytes wait is kept in order, so that each outlet knows its own share. A sink that fails
// (full disk, closed pipe, no file) keeps what is in its queue and is tried again; one that hangs
// only stays full.
#pragma once

#include "base/buffer.h"
#include "base/list.h"
#include "output/chunk.h"
#include "output/log_file.h"
#include "output/shares.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outlet;
struct writers;

// Somebody who waits for room. Embedded; its link is in the sink's list while it waits.
struct waiter {
    struct list link;
    void (*wake)(struct waiter *waiter);
};

struct sink {
    struct list link, bucket_link; // those of all sinks
    char *name;                    // for messages: "standard output" or the path
    char *path;                    // NULL: the descriptor was inherited and is not ours to close
    struct writers *writers;

    // The loop's alone.
    unsigned users;        // outlets; without any it goes once it is written
    size_t limit;          // bytes that may wait
    size_t queued;         // bytes that do, as far as known
    size_t window;         // how much of that before streams are not read any more
    size_t measured;       // bytes written since then, for the window
    double measured_since; // clock_monotonic
    struct chunk *filling;
    struct shares shares; // whose bytes they are
    struct list waiters;  // waiter.link, the first come first
    struct list *changed; // what got something in this turn of the loop, by changed_link
    struct list changed_link;
    struct list troubled_link; // the router's
    int failing;               // errno as last seen, 0 while it works
    const char *failing_reason;
    int trouble; // file_error and file_reason as last seen
    const char *trouble_reason;
    uint64_t lost;           // lines that found no room while it failed
    uint64_t dropped;        // lines that ever found no room, whether it failed or not
    bool told, trouble_told; // by its router

    // Under the writers' lock.
    struct list job_link;  // in the writers' jobs
    struct list news_link; // in the writers' news
    struct list chunks;    // chunk.link
    bool busy;             // a job, or being written
    bool wants_news;       // the loop waits for what happens to it
    bool close_wanted;     // the writer is to close the file
    bool open_wanted;      // the writer is to open, or reopen, the file
    size_t written;        // bytes since the loop last looked
    bool urgent;           // the log: it waits for no other; set by writers_set_urgent
    size_t max_size;       // of the file; 0: any
    unsigned max_files;
    int error;          // errno of the last write or open, 0 while it works
    const char *reason; // a static text where errno does not tell
    int file_error;     // of the last try to rotate or reopen; lines go on to the open file
    const char *file_reason;

    // The writer's while busy; else the loop's.
    struct log_file file;
};

// A descriptor that is only borrowed.
struct sink *sink_create_standard(struct writers *writers, struct list *changed, int fd,
                                  const char *name);

// A file: one that was opened, or (NULL) one for the writer to open.
struct sink *sink_create_file(struct writers *writers, struct list *changed, const char *path,
                              const struct log_file *opened);

// The sink must not be busy.
void sink_destroy(struct sink *sink);

// Whether more of the outlet's bytes find room: it may have as many as it leaves free beside its
// reserve for others. An empty queue has room for anything.
bool sink_has_room(struct sink *sink, const struct outlet *outlet);

// How many bytes the outlet may fetch to put there. While the window is full they would not be
// written any sooner, only others' lines later: then only a little at a time, and none while it has
// its part, a sixty-fourth of the queue, in it.
size_t sink_demand(struct sink *sink, const struct outlet *outlet);
// Whether less waits than the window: then anybody finds room.
bool sink_keeps_up(const struct sink *sink);

// Where to render to; sink_put then counts the bytes as the outlet's, which may be NULL.
struct buffer *sink_filling(struct sink *sink);
void sink_put(struct sink *sink, struct outlet *outlet, size_t bytes);

// One user less. Without any its router lets go of it once all is written.
void sink_leave(struct sink *sink);

// The outlet is gone; its bytes stay.
void sink_forget(struct sink *sink, const struct outlet *outlet);

// Gives what was put to the writer, where that would soon have nothing to do or enough has come
// together.
void sink_hand_over(struct sink *sink);

// Takes over what the writer did: frees the shares of what was written, sees how it is.
void sink_collect(struct sink *sink);

// Whether nothing waits and nothing is being done.
bool sink_is_idle(struct sink *sink);
// Whether a writer has it, or is to have it.
bool sink_is_busy(struct sink *sink);

// Puts somebody at the end of those who wait. Wakes the first one, who is to wake the next where it
// leaves room or was in vain: so nobody looks for room that is taken already. Wakes all.
void sink_wait(struct sink *sink, struct waiter *waiter);
void sink_wake_next(struct sink *sink);
void sink_wake(struct sink *sink);

// Asks the writer to try again, to open the file again, to keep to other sizes.
void sink_retry(struct sink *sink);
void sink_reopen(struct sink *sink);
void sink_set_rotation(struct sink *sink, size_t max_size, unsigned max_files);

// Whether it has a file open. To close it asks the writer as well, and what waits is gone at once,
// so that it cannot be written later; the sink must not be busy.
bool sink_is_open(struct sink *sink);
void sink_close(struct sink *sink);

// Lines that are still in the queue.
size_t sink_count_lines(struct sink *sink);

// A sink as others may see it, by what its writer has done so far; good until the loop goes on.
struct sink_status {
    const char *name;
    size_t queued, limit; // bytes that wait, and that may
    int failing;          // errno; 0: it works
    uint64_t dropped;     // lines, ever
};
struct sink_status sink_status(struct sink *sink);

// For a writer thread, which holds the lock: writes until the queue is empty or it fails.
void sink_write(struct sink *sink);
