// SPDX-License-Identifier: MIT
// A helper that floods, from its pipe to a file: a real helperd with text and with JSON lines
// beside the plainest loop that reads, prefixes and writes the same bytes. Every line of text is
// compared with what was written, and so are lines of JSON, as another program reads them.
#include "base/clock.h"
#include "base/fd.h"
#include "base/memory.h"
#include "config/config.h"
#include "log_check.h"
#include "measure.h"
#include "numbered.h"
#include "output/stamp.h"
#include "workplace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLOOR_READ = 64 * 1024 };

// One flood: so many lines of a kind.
struct flood {
    struct numbered lines;
    uint64_t count;
    size_t file_size; // the largest log of it so far
};

// One way to take it.
struct taking {
    struct flood *flood;
    const char *format; // of helperd; NULL: the floor
    uint64_t step;      // the check takes apart every so many lines of JSON
};

static pid_t start_writer(const struct flood *flood, int output)
{
    memory_auto char *writer = workplace_program("writer");
    memory_auto char *count = memory_format("%" PRIu64, flood->count);
    memory_auto char *size = memory_format("%zu", flood->lines.size);
    const char *const argv[] = {writer, count, size, flood->lines.mixed ? "mixed" : NULL, NULL};
    return workplace_start(argv, output);
}

// Puts a prefix before each whole line. Returns how many bytes of the text they were.
static size_t prefix_lines(struct buffer *out, const struct buffer *prefix, const char *text,
                           size_t length)
{
    const char *start = text, *end = text + length, *newline;
    while ((newline = memchr(start, '\n', (size_t)(end - start))) != NULL) {
        size_t line = (size_t)(newline + 1 - start);
        char *place = buffer_reserve(out, prefix->length + line);
        memcpy(place, prefix->data, prefix->length);
        memcpy(place + prefix->length, start, line);
        out->length += prefix->length + line;
        start = newline + 1;
    }
    return (size_t)(start - text);
}

static void make_prefix(struct buffer *prefix, struct record_style *style)
{
    stamp_refresh(style, clock_wall());
    prefix->length = 0;
    buffer_append(prefix, style->stamp, style->stamp_length);
    buffer_append_text(prefix, " info [flood] ");
}

// The floor: one thread, one read, one write.
static void pass_on(int reader, int writer)
{
    struct buffer in = {0}, out = {0}, prefix = {0};
    struct record_style style;
    record_style_init(&style, FORMAT_TEXT, LOG_TIME_UTC, false, false, 0);
    for (;;) {
        ssize_t got = read(reader, buffer_reserve(&in, FLOOR_READ), FLOOR_READ);
        if (got < 0)
            measure_fail("cannot read from the writer: %s", strerror(errno));
        if (got == 0)
            break;
        in.length += (size_t)got;
        make_prefix(&prefix, &style);
        out.length = 0;
        buffer_consume(&in, prefix_lines(&out, &prefix, in.data, in.length));
        measure_write(writer, out.data, out.length);
    }
    buffer_finish(&in);
    buffer_finish(&out);
    buffer_finish(&prefix);
}

static void run_floor(const struct flood *flood)
{
    int reader, writer;
    int log = open(WORKPLACE_LOG, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (log < 0 || fd_pipe(&reader, &writer) < 0)
        measure_fail("cannot make a log and a pipe: %s", strerror(errno));
    pid_t pid = start_writer(flood, writer);
    fd_close(&writer);
    pass_on(reader, log);
    workplace_wait(pid, "writer");
    fd_close(&reader);
    fd_close(&log);
}

static void write_config(const struct taking *taking)
{
    const struct flood *flood = taking->flood;
    memory_auto char *writer = workplace_program("writer");
    struct buffer text = {0};
    buffer_printf(&text, "log: {target: %s/" WORKPLACE_LOG ", format: %s}\n", workplace_path(),
                  taking->format);
    buffer_append_text(&text, "shutdown: {exit_with: flood}\n");
    buffer_printf(&text, "helpers:\n  flood:\n    command: [\"%s\", \"%" PRIu64 "\", \"%zu\"%s]\n",
                  writer, flood->count, flood->lines.size, flood->lines.mixed ? ", mixed" : "");
    buffer_append_text(&text, "    restart: never\n");
    workplace_write(WORKPLACE_CONFIG, &text);
    buffer_finish(&text);
}

static void prepare(void *context)
{
    const struct taking *taking = context;
    workplace_clear_log(taking->flood->file_size);
    if (taking->format != NULL)
        write_config(taking);
}

static void run(void *context)
{
    const struct taking *taking = context;
    if (taking->format == NULL) {
        run_floor(taking->flood);
        return;
    }
    const char *const argv[] = {workplace_helperd(), "-c", WORKPLACE_CONFIG, NULL};
    workplace_wait(workplace_start(argv, STDOUT_FILENO), "helperd");
}

static void check(void *context)
{
    struct taking *taking = context;
    struct flood *flood = taking->flood;
    struct stat log;
    if (stat(WORKPLACE_LOG, &log) == 0 && (size_t)log.st_size > flood->file_size)
        flood->file_size = (size_t)log.st_size;
    if (taking->format != NULL && strcmp(taking->format, "json") == 0)
        log_check_json(WORKPLACE_LOG, &flood->lines, flood->count, taking->step);
    else
        log_check_text(WORKPLACE_LOG, &flood->lines, flood->count);
    taking->step = 101; // all were taken apart in the round that does not count
}

static void measure_flood(const struct measure *measure, size_t size, bool mixed, size_t megabytes)
{
    struct flood flood = {.count = measure_amount(measure, megabytes * 1000000 / size, 1000)};
    numbered_init(&flood.lines, size, mixed);
    struct taking floor = {.flood = &flood};
    struct taking text = {.flood = &flood, .format = "text"};
    struct taking json = {.flood = &flood, .format = "json", .step = 1};
    const struct way ways[] = {
        {"floor: read, prefix, write", run, prepare, check, &floor},
        {"helperd, text", run, prepare, check, &text},
        {"helperd, JSON", run, prepare, check, &json},
    };
    memory_auto char *title = memory_format("lines of %zu bytes%s", size, mixed ? ", mixed" : "");
    measure_ways(measure, title, UNIT_MEGABYTES, (double)(flood.count * size) / 1e6, ways,
                 LENGTH(ways));
    numbered_finish(&flood.lines);
}

int main(int argc, char *argv[])
{
    struct measure measure = measure_begin("flood", argc, argv);
    workplace_enter();
    measure_flood(&measure, 10, false, 24);
    measure_flood(&measure, 100, false, 200);
    measure_flood(&measure, 100, true, 200);
    measure_flood(&measure, 8192, false, 600);
    return EXIT_SUCCESS;
}
