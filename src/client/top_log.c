// SPDX-License-Identifier: MIT
#include "client/top_log.h"

#include "base/buffer.h"
#include "base/log.h"
#include "base/memory.h"
#include "client/moment.h"
#include "client/session.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void drop_oldest(struct top_log *log)
{
    struct top_log_slot *slot = &log->slots[log->first];
    log->bytes -= slot->length;
    free(slot->bytes);
    *slot = (struct top_log_slot){0};
    log->first = (log->first + 1) % TOP_LOG_LINES;
    log->count--;
    if (log->back > 0 && log->back >= log->count)
        log->back = log->count > 0 ? log->count - 1 : 0;
}

void top_log_clear(struct top_log *log)
{
    while (log->count > 0)
        drop_oldest(log);
    log->unfinished_length = 0;
    log->skipped = 0;
    log->back = 0;
}

void top_log_finish(struct top_log *log)
{
    top_log_clear(log);
    free(log->slots);
    free(log->unfinished);
    *log = (struct top_log){0};
}

// Takes over the bytes.
static void add_line(struct top_log *log, char *bytes, size_t length)
{
    if (log->slots == NULL)
        log->slots = memory_new(TOP_LOG_LINES, sizeof(*log->slots));
    while (log->count > 0 && (log->count == TOP_LOG_LINES || log->bytes + length > TOP_LOG_BYTES))
        drop_oldest(log);
    log->slots[(log->first + log->count) % TOP_LOG_LINES] =
        (struct top_log_slot){.bytes = bytes, .length = length};
    log->count++;
    log->bytes += length;
    if (log->back > 0 && log->back < log->count)
        log->back++;
}

static void add_too_long(struct top_log *log)
{
    char *text = memory_format("(a line of %zu KiB is not shown here)", log->skipped / 1024);
    log->skipped = 0;
    add_line(log, text, strlen(text));
}

// Keeps the start of a line until the rest of it comes, or counts what is too much.
static void keep_unfinished(struct top_log *log, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    if (log->skipped > 0 || log->unfinished_length + length > TOP_LOG_LONGEST) {
        log->skipped += log->unfinished_length + length;
        log->unfinished_length = 0;
        return;
    }
    size_t wanted = log->unfinished_length + length;
    if (wanted > log->unfinished_room) {
        log->unfinished_room = 2 * wanted;
        log->unfinished = memory_resize(log->unfinished, log->unfinished_room, 1);
    }
    memcpy(log->unfinished + log->unfinished_length, bytes, length);
    log->unfinished_length += length;
}

bool top_log_take(struct top_log *log, const char *bytes, size_t length)
{
    bool finished = false;
    const char *end;
    while ((end = memchr(bytes, '\n', length)) != NULL) {
        size_t part = (size_t)(end - bytes);
        keep_unfinished(log, bytes, part);
        if (log->skipped > 0)
            add_too_long(log);
        else if (log->unfinished_length > 0)
            add_line(log, memory_copy_bytes(log->unfinished, log->unfinished_length),
                     log->unfinished_length);
        log->unfinished_length = 0;
        bytes += part + 1;
        length -= part + 1;
        finished = true;
    }
    keep_unfinished(log, bytes, length);
    return finished;
}

void top_log_scroll(struct top_log *log, long lines)
{
    size_t most = log->count > 0 ? log->count - 1 : 0;
    if (lines < 0)
        log->back = log->back > (size_t)-lines ? log->back - (size_t)-lines : 0;
    else
        log->back = (size_t)lines < most - log->back ? log->back + (size_t)lines : most;
}

// Appends the text without what sets colours in it: ESC [ digits ; : m.
static void append_uncolored(struct buffer *out, const char *text, size_t length)
{
    const char *end = text + length;
    const char *escape;
    while ((escape = memchr(text, '\x1b', (size_t)(end - text))) != NULL) {
        const char *at = escape + 1;
        if (at < end && *at == '[') {
            do
                at++;
            while (at < end && ((*at >= '0' && *at <= '9') || *at == ';' || *at == ':'));
        }
        bool is_color = at < end && *at == 'm' && at > escape + 1;
        const char *next = is_color ? at + 1 : escape + 1;
        buffer_append(out, text, (size_t)((is_color ? escape : next) - text));
        text = next;
    }
    buffer_append(out, text, (size_t)(end - text));
}

static void read_json(const json_t *object, double now, struct top_log_line *line,
                      struct buffer *text)
{
    const json_t *message = json_object_get(object, "msg");
    if (json_is_string(message))
        append_uncolored(text, json_string_value(message), json_string_length(message));

    const char *level = member_text(object, "level");
    line->warning = strcmp(level, level_names[LEVEL_WARNING]) == 0;
    line->error = strcmp(level, level_names[LEVEL_ERROR]) == 0;

    double time;
    if (!moment_parse(member_text(object, "ts"), &time))
        return;
    struct buffer clock = {0};
    moment_show(&clock, time, now);
    if (clock.length < sizeof(line->clock))
        memcpy(line->clock, clock.data, clock.length);
    buffer_finish(&clock);
}

struct top_log_line top_log_read(const struct top_log *log, size_t place, double now)
{
    const struct top_log_slot *slot = &log->slots[(log->first + place) % TOP_LOG_LINES];
    struct top_log_line line = {0};
    struct buffer text = {0};
    json_t *object = json_loadb(slot->bytes, slot->length, JSON_ALLOW_NUL, NULL);
    if (json_is_object(object))
        read_json(object, now, &line, &text);
    else
        append_uncolored(&text, slot->bytes, slot->length);
    json_decref(object);
    line.length = text.length;
    line.text = buffer_take(&text);
    return line;
}

void top_log_line_finish(struct top_log_line *line)
{
    free(line->text);
    *line = (struct top_log_line){0};
}
