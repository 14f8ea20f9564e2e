// SPDX-License-Identifier: MIT
// A destination of log lines: a descriptor, a style, and a queue of rendered bytes. Records are
// rendered into the queue; sink_flush writes it, once per turn of the loop.
//
// A sink that fails (full disk, closed pipe) keeps what fits into its queue and counts the rest;
// its router says so.
#pragma once

#include "base/buffer.h"
#include "output/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SINK_QUEUE_LIMIT = 8 * 1024 * 1024 }; // bytes waiting for a sink that fails

struct sink {
    char *name; // for messages: "standard output" or the path
    int fd;     // -1: not open
    bool owned; // we opened it, so we close it; else it was inherited
    struct record_style style;
    struct buffer queue; // rendered, not yet written
    size_t queue_start;  // bytes of the queue already written
    int error;           // errno of the last failed write, 0 while it works
    uint64_t dropped;    // lines lost since the last report
};

// Standard output or standard error. The descriptor is only borrowed.
void sink_init_standard(struct sink *sink, int fd, const char *name);
// A file, opened for append, mode 0640, safely (no symbolic link as the last
// component, one name only, no directory that others may write to). Devices and FIFOs are written
// as they are; /dev/stdout and /dev/stderr mean our own descriptors. 0 or a negative errno; on
// failure *reason is a static text where errno does not tell, else NULL.
int sink_init_file(struct sink *sink, const char *path, const char **reason);
void sink_finish(struct sink *sink);

void sink_append(struct sink *sink, const struct record *record);

// Writes what is queued. True when the queue is empty afterwards.
bool sink_flush(struct sink *sink);
