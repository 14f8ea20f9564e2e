// SPDX-License-Identifier: MIT
// One pipe in the loop: reads a bounded amount per turn, cuts it into lines, and hands each to its
// helper's route with the level its rules give it. Where the route has no room it waits, and so
// does the helper when its pipe is full.
#pragma once

#include "base/list.h"
#include "config/config.h"
#include "output/record.h"
#include "output/reader.h"
#include "output/route.h"
#include "output/splitter.h"

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

struct stream;

// Called once, when the stream ended (all of its lines were routed). The stream is still there;
// its owner may destroy it now or later.
typedef void stream_ended(void *owner, struct stream *stream);

// Embedded in its owner; zeroed with fd -1 it is closed. Read-only outside.
struct stream {
    struct reader *reader;
    struct list ready_link; // the reader's
    ev_io io;
    int fd;               // read end; -1: not open, or ended
    struct route *route;  // where lines go; outlives the stream
    struct waiter waiter; // linked while the route has no room
    bool large_pipe;      // it counts as one of the reader's
    char *rest;           // bytes that were read and not taken yet
    size_t rest_length, rest_taken;
    enum level level;
    struct record_source source;
    const struct helper_log_config *config; // rules, parse_priority, max_line; outlives the stream
    struct splitter splitter;
    enum level line_level; // of the line whose pieces are being routed
    bool line_dropped;
    stream_ended *ended;
    void *owner;
};

// Starts reading. Takes the descriptor, which must be non-blocking. The reader outlives the stream.
void stream_init(struct stream *stream, struct reader *reader, int fd, struct route *route,
                 const struct helper_log_config *config, const struct stream_config *mode,
                 struct record_source source, stream_ended *ended, void *owner);

// For the reader: reads what is there, a bounded amount, unless too much waits to be written; asks
// the loop again to watch.
void stream_read(struct stream *stream);
void stream_watch(struct stream *stream);

// For the owner at the end of a run: reads a bounded amount as long as there is any room.
void stream_read_last(struct stream *stream);

// Puts other settings in place, max_line from the next line on. helper and prefix are texts that
// live as long as config.
void stream_configure(struct stream *stream, const struct helper_log_config *config,
                      const struct stream_config *mode, const char *helper, const char *prefix);

bool stream_is_open(const struct stream *stream);
// Whether it waits for room and not for its helper.
bool stream_is_waiting(const struct stream *stream);

// Closes at once; routes an unfinished line. Returns the bytes that were not routed and are lost.
uint64_t stream_close(struct stream *stream);
