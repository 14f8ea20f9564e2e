// SPDX-License-Identifier: MIT
// From bytes to lines as they stand in a log, without processes, files and threads: the splitter
// alone, and with the rendering of each format, beside a loop that finds and copies the same lines.
#include "base/clock.h"
#include "base/memory.h"
#include "measure.h"
#include "numbered.h"
#include "output/record.h"
#include "output/splitter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 256 * 1024, // bytes that are taken at once, as from a pipe
    MAX_LINE = 16 * 1024,
};

struct work {
    const char *block;
    size_t blocks; // it is taken so many times
    struct record_style style;
    struct buffer out; // emptied with each block, as if that had been handed on
};

static void copy_lines(void *context)
{
    struct work *work = context;
    for (size_t i = 0; i < work->blocks; i++) {
        const char *at = work->block, *end = at + BLOCK;
        char *to = buffer_reserve(&work->out, BLOCK);
        while (at < end) {
            const char *newline = memchr(at, '\n', (size_t)(end - at));
            size_t length = (size_t)((newline != NULL ? newline + 1 : end) - at);
            memcpy(to, at, length);
            to += length;
            at += length;
        }
        measure_use(work->out.data);
    }
}

static void split_lines(void *context)
{
    const struct work *work = context;
    struct splitter splitter;
    splitter_init(&splitter, MAX_LINE);
    for (size_t i = 0; i < work->blocks; i++) {
        const char *at = work->block;
        struct piece piece;
        while (splitter_next(&splitter, &at, work->block + BLOCK, &piece))
            measure_use(piece.text);
    }
    splitter_finish(&splitter);
}

static void render_lines(void *context)
{
    static const struct record_source source = {
        .helper = "flood", .prefix = "flood", .kind = STREAM_STDOUT, .pid = 4711};
    struct work *work = context;
    struct splitter splitter;
    splitter_init(&splitter, MAX_LINE);
    for (size_t i = 0; i < work->blocks; i++) {
        const char *at = work->block;
        struct record record = {.source = &source, .time = clock_wall(), .level = LEVEL_INFO};
        struct piece piece;
        work->out.length = 0;
        while (splitter_next(&splitter, &at, work->block + BLOCK, &piece)) {
            record.text = piece.text;
            record.length = piece.length;
            record.continued = piece.continued;
            record.partial = piece.partial;
            record_render(&record, &work->style, &work->out);
        }
        measure_use(work->out.data);
    }
    splitter_finish(&splitter);
}

static const struct shape {
    const char *name;
    enum log_format format;
    bool terminal;
} shapes[] = {
    {"and rendered as text", FORMAT_TEXT, false},
    {"and rendered as json", FORMAT_JSON, false},
    {"and rendered as logfmt", FORMAT_LOGFMT, false},
    {"and rendered as dev", FORMAT_DEV, false},
    {"and rendered as dev, on a terminal", FORMAT_DEV, true},
    {"and rendered as qgoda", FORMAT_QGODA, false},
    {"and rendered as syslog", FORMAT_SYSLOG, false},
    {"and rendered as raw", FORMAT_RAW, false},
};

static void measure_lines(const struct measure *measure, size_t size, bool mixed, size_t megabytes)
{
    struct numbered lines;
    numbered_init(&lines, size, mixed);
    memory_auto char *block = memory_new(BLOCK, 1);
    numbered_fill(&lines, block, BLOCK);
    numbered_finish(&lines);

    struct work plain = {.block = block,
                         .blocks = measure_amount(measure, megabytes * 1000000 / BLOCK, 2)};
    struct work works[LENGTH(shapes)];
    struct way ways[2 + LENGTH(shapes)] = {
        {"memchr, memcpy", copy_lines, NULL, NULL, &plain},
        {"split", split_lines, NULL, NULL, &plain},
    };
    for (size_t i = 0; i < LENGTH(shapes); i++) {
        works[i] = (struct work){.block = block, .blocks = plain.blocks};
        record_style_init(&works[i].style, shapes[i].format, LOG_TIME_UTC, shapes[i].terminal,
                          shapes[i].terminal, 5);
        ways[2 + i] = (struct way){shapes[i].name, render_lines, NULL, NULL, &works[i]};
    }
    memory_auto char *title = memory_format("lines of %zu bytes%s", size, mixed ? ", mixed" : "");
    measure_ways(measure, title, UNIT_MEGABYTES, (double)(plain.blocks * BLOCK) / 1e6, ways,
                 LENGTH(ways));
    buffer_finish(&plain.out);
    for (size_t i = 0; i < LENGTH(shapes); i++)
        buffer_finish(&works[i].out);
}

int main(int argc, char *argv[])
{
    struct measure measure = measure_begin("lines", argc, argv);
    measure_lines(&measure, 10, false, 16);
    measure_lines(&measure, 100, false, 64);
    measure_lines(&measure, 100, true, 64);
    measure_lines(&measure, 8192, false, 256);
    return EXIT_SUCCESS;
}
