// SPDX-License-Identifier: MIT
// Lines and where they came from, and how each log format writes them. Pure.
#pragma once

#include "base/buffer.h"
#include "base/log.h"
#include "config/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum stream_kind { STREAM_STDOUT, STREAM_STDERR, STREAM_OWN };

// Who speaks: the part that is the same for every line of a stream. Made once per stream.
struct record_source {
    const char *helper; // "helperd" for our own messages
    const char *prefix; // shown by text, dev, qgoda and syslog; usually the name
    enum stream_kind kind;
    pid_t pid;
    unsigned color; // index into the palette of the dev format
};

// Lines of one source that came together: each ends in a newline, but for the last one, which may
// have none. A view: it borrows everything and is dead when the call returns.
struct record {
    const struct record_source *source;
    int64_t time; // microseconds since 1970
    enum level level;
    const char *text; // length bytes, any
    size_t length;
    bool continued; // it is one line, or a piece of one, whose start an earlier record holds
    bool partial;   // it is a piece of a line whose rest a later record holds
    bool unended;   // it ends the stream without a newline
};

// How one sink writes: set once, with a cache for the text of the current millisecond.
struct record_style {
    enum log_format format; // not FORMAT_AUTO
    enum log_time time;
    bool terminal;       // control characters are made harmless
    bool colored;        // dev only
    unsigned pad;        // dev: width of the longest prefix
    int64_t cached_time; // private: what stamp was made for; -1 at first
    char stamp[48];      // private
    size_t stamp_length; // private
};

void record_style_init(struct record_style *style, enum log_format format, enum log_time time,
                       bool terminal, bool colored, unsigned pad);

// How many lines have at least a part in it.
size_t record_count_lines(const struct record *record);

// Whether its last line ends in a newline.
bool record_is_ended(const struct record *record);

// Takes so many lines, fewer than it has, from its front.
void record_skip_lines(struct record *record, size_t lines);

// Appends each line with its newline. Returns how many they are.
size_t record_render(const struct record *record, struct record_style *style, struct buffer *out);
