// SPDX-License-Identifier: MIT
#include "output/record.h"

#include "base/memory.h"
#include "base/text.h"
#include "output/escape.h"
#include "output/stamp.h"

#include <string.h>

static const char *const stream_names[] = {
    [STREAM_STDOUT] = "stdout",
    [STREAM_STDERR] = "stderr",
    [STREAM_OWN] = "log",
};
_Static_assert(LENGTH(stream_names) == STREAM_OWN + 1, "a stream has no name");

static const char syslog_priorities[] = {
    [LEVEL_DEBUG] = '7',
    [LEVEL_INFO] = '6',
    [LEVEL_WARNING] = '4',
    [LEVEL_ERROR] = '3',
};
_Static_assert(LENGTH(syslog_priorities) == LEVEL_COUNT, "a level has no priority");

#define RESET "\033[0m"
#define DIM "\033[2m"
#define RED "\033[31m"
#define YELLOW "\033[33m"

// Prefixes of the dev format. Red is for errors, yellow for marks of standard error.
static const char *const palette[] = {
    "\033[36m", "\033[35m", "\033[32m", "\033[34m", "\033[96m", "\033[95m", "\033[92m", "\033[94m",
};

// Appends a literal, its length known to the compiler.
#define append_literal(out, text) buffer_append(out, text, sizeof(text) - 1)

// The name in brackets or before the bar: ours for our own messages.
static const char *shown_name(const struct record_source *source)
{
    return source->kind == STREAM_OWN ? source->helper : source->prefix;
}

static void append_name(const struct record *record, const struct record_style *style,
                        struct buffer *out)
{
    const char *name = shown_name(record->source);
    if (style->terminal)
        escape_terminal(out, name, strlen(name), false);
    else
        buffer_append_text(out, name);
}

static void append_level(const struct record *record, struct buffer *out)
{
    buffer_append_text(out, level_names[record->level]);
    if (record->continued)
        buffer_append_char(out, '+');
}

static void append_number(struct buffer *out, long number)
{
    char digits[24];
    char *at = digits + sizeof(digits);
    unsigned long rest = number < 0 ? -(unsigned long)number : (unsigned long)number;
    do
        *--at = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        *--at = '-';
    buffer_append(out, at, (size_t)(digits + sizeof(digits) - at));
}

// What stands before each text of a record, by format.

static void append_text_head(const struct record *record, const struct record_style *style,
                             struct buffer *out)
{
    if (style->stamp_length > 0) {
        buffer_append(out, style->stamp, style->stamp_length);
        buffer_append_char(out, ' ');
    }
    append_level(record, out);
    append_literal(out, " [");
    append_name(record, style, out);
    append_literal(out, "] ");
}

static void append_syslog_head(const struct record *record, const struct record_style *style,
                               struct buffer *out)
{
    buffer_append(out, (char[]){'<', syslog_priorities[record->level], '>', '['}, 4);
    append_name(record, style, out);
    append_literal(out, "] ");
}

static void append_qgoda_head(const struct record *record, const struct record_style *style,
                              struct buffer *out)
{
    if (style->stamp_length > 0) {
        buffer_append_char(out, '[');
        buffer_append(out, style->stamp, style->stamp_length);
        buffer_append_char(out, ']');
    }
    buffer_append_char(out, '[');
    append_level(record, out);
    append_literal(out, "][");
    if (record->source->kind != STREAM_OWN)
        append_literal(out, "helper][");
    append_name(record, style, out);
    append_literal(out, "] ");
}

static void append_json_head(const struct record *record, const struct record_style *style,
                             struct buffer *out)
{
    const struct record_source *source = record->source;
    buffer_append_char(out, '{');
    if (style->stamp_length > 0) {
        append_literal(out, "\"ts\":\"");
        buffer_append(out, style->stamp, style->stamp_length);
        append_literal(out, "\",");
    }
    append_literal(out, "\"level\":\"");
    buffer_append_text(out, level_names[record->level]);
    append_literal(out, "\",\"helper\":\"");
    escape_json(out, source->helper, strlen(source->helper));
    append_literal(out, "\",\"stream\":\"");
    buffer_append_text(out, stream_names[source->kind]);
    append_literal(out, "\",\"pid\":");
    append_number(out, source->pid);
    append_literal(out, ",\"msg\":\"");
}

static void append_logfmt_head(const struct record *record, const struct record_style *style,
                               struct buffer *out)
{
    const struct record_source *source = record->source;
    if (style->stamp_length > 0) {
        append_literal(out, "ts=");
        buffer_append(out, style->stamp, style->stamp_length);
        buffer_append_char(out, ' ');
    }
    append_literal(out, "level=");
    append_level(record, out);
    append_literal(out, " helper=");
    buffer_append_text(out, source->helper);
    append_literal(out, " stream=");
    buffer_append_text(out, stream_names[source->kind]);
    append_literal(out, " msg=\"");
}

// Name, blanks up to style->pad, and the mark of the stream.
static void append_dev_prefix(const struct record *record, const struct record_style *style,
                              struct buffer *out)
{
    const struct record_source *source = record->source;
    if (style->colored)
        buffer_append_text(
            out, source->kind == STREAM_OWN ? DIM : palette[source->color % LENGTH(palette)]);
    size_t start = out->length;
    append_name(record, style, out);
    size_t width = text_count_characters(out->data + start, out->length - start);
    for (; width < style->pad; width++)
        buffer_append_char(out, ' ');

    if (source->kind != STREAM_STDERR)
        append_literal(out, " │");
    else if (style->colored)
        append_literal(out, RESET YELLOW " !");
    else
        append_literal(out, " !");
    if (record->continued)
        buffer_append_char(out, '+');
    if (style->colored)
        append_literal(out, RESET);
    buffer_append_char(out, ' ');
}

static void append_dev_head(const struct record *record, const struct record_style *style,
                            struct buffer *out)
{
    if (style->stamp_length > 0) {
        if (style->colored)
            append_literal(out, DIM);
        buffer_append(out, style->stamp, style->stamp_length);
        if (style->colored)
            append_literal(out, RESET);
        buffer_append_char(out, ' ');
    }
    append_dev_prefix(record, style, out);
}

static void append_no_head(const struct record *record, const struct record_style *style,
                           struct buffer *out)
{
    (void)record, (void)style, (void)out;
}

// The text of one line and what stands behind it, by format.

// A colour that a line leaves behind ends with the line.
static void append_plain(const struct record *record, const struct record_style *style,
                         const char *text, size_t length, struct buffer *out)
{
    (void)record;
    if (!style->terminal) {
        buffer_append(out, text, length);
        return;
    }
    escape_terminal(out, text, length, true);
    if (escape_finds_color(text, length))
        append_literal(out, RESET);
}

static void append_json(const struct record *record, const struct record_style *style,
                        const char *text, size_t length, struct buffer *out)
{
    (void)style;
    escape_json(out, text, length);
    if (record->partial)
        append_literal(out, "\",\"partial\":true}");
    else
        append_literal(out, "\"}");
}

static void append_logfmt(const struct record *record, const struct record_style *style,
                          const char *text, size_t length, struct buffer *out)
{
    (void)record, (void)style;
    escape_logfmt(out, text, length);
    buffer_append_char(out, '"');
}

// In colour errors are red and debug is dim, unless the text brings colours of its own.
static void append_dev(const struct record *record, const struct record_style *style,
                       const char *text, size_t length, struct buffer *out)
{
    bool brings_color = style->colored && escape_finds_color(text, length);
    bool tinted = style->colored && !brings_color &&
                  (record->level == LEVEL_ERROR || record->level == LEVEL_DEBUG);
    if (tinted)
        buffer_append_text(out, record->level == LEVEL_ERROR ? RED : DIM);
    append_plain(record, style, text, length, out);
    // On a terminal append_plain has ended the text's own colours.
    if (tinted || (brings_color && !style->terminal))
        append_literal(out, RESET);
}

static const struct {
    void (*append_head)(const struct record *record, const struct record_style *style,
                        struct buffer *out);
    void (*append_line)(const struct record *record, const struct record_style *style,
                        const char *text, size_t length, struct buffer *out);
} formats[] = {
    // was to be decided before; this is what it means for a file
    [FORMAT_AUTO] = {append_text_head, append_plain},
    [FORMAT_TEXT] = {append_text_head, append_plain},
    [FORMAT_DEV] = {append_dev_head, append_dev},
    [FORMAT_JSON] = {append_json_head, append_json},
    [FORMAT_LOGFMT] = {append_logfmt_head, append_logfmt},
    [FORMAT_QGODA] = {append_qgoda_head, append_plain},
    [FORMAT_SYSLOG] = {append_syslog_head, append_plain},
    [FORMAT_RAW] = {append_no_head, append_plain},
};
_Static_assert(LENGTH(formats) == FORMAT_COUNT, "a format has no renderer");

void record_style_init(struct record_style *style, enum log_format format, enum log_time time,
                       bool terminal, bool colored, unsigned pad)
{
    *style = (struct record_style){
        .format = format,
        .time = time,
        .terminal = terminal,
        .colored = colored,
        .pad = pad,
        .cached_time = -1,
    };
}

// Whether lines stand in the log byte by byte as they came.
static bool shows_as_is(const struct record_style *style)
{
    bool plain = formats[style->format].append_line == append_plain;
    return !style->terminal && (plain || (style->format == FORMAT_DEV && !style->colored));
}

// No buffer_append: what is copied moves when the buffer grows.
static void repeat_head(struct buffer *out, size_t head, size_t length)
{
    char *to = buffer_reserve(out, length);
    memcpy(to, out->data + head, length);
    out->length += length;
}

// The head of the first line is there, from `head` on: it is that of all lines. This is where most
// lines of most logs go through: a search and two copies for each.
static size_t append_lines_as_is(const struct record *record, size_t head, struct buffer *out)
{
    const char *at = record->text, *end = at + record->length;
    const size_t head_length = out->length - head;
    if (head_length == 0) {
        buffer_append(out, at, record->length);
        return record_count_lines(record);
    }
    size_t lines = 1;
    const char *newline;
    while ((newline = memchr(at, '\n', (size_t)(end - at))) != NULL && newline + 1 < end) {
        size_t length = (size_t)(newline - at) + 1;
        memcpy(buffer_reserve(out, length + head_length), at, length);
        out->length += length;
        repeat_head(out, head, head_length);
        at = newline + 1;
        lines++;
    }
    buffer_append(out, at, (size_t)(end - at));
    return lines;
}

// Many programs end their lines for a terminal in raw mode; there it would be no line's end.
static size_t shown_length(const struct record *record, const struct record_style *style,
                           const char *text, size_t length)
{
    bool ends_line = style->terminal && !record->partial && length > 0 && text[length - 1] == '\r';
    return length - ends_line;
}

static size_t append_lines(const struct record *record, const struct record_style *style,
                           size_t head, struct buffer *out)
{
    const char *at = record->text, *end = at + record->length;
    const size_t head_length = out->length - head;
    for (size_t lines = 1;; lines++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((newline != NULL ? newline : end) - at);
        formats[style->format].append_line(record, style, at,
                                           shown_length(record, style, at, length), out);
        if (newline == NULL)
            return lines;
        buffer_append_char(out, '\n');
        at = newline + 1;
        if (at == end)
            return lines;
        repeat_head(out, head, head_length);
    }
}

size_t record_count_lines(const struct record *record)
{
    return text_count_newlines(record->text, record->length) + !record_is_ended(record);
}

bool record_is_ended(const struct record *record)
{
    return record->length > 0 && record->text[record->length - 1] == '\n';
}

void record_skip_lines(struct record *record, size_t lines)
{
    const char *at = record->text, *end = at + record->length;
    for (; lines > 0; lines--) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (newline == NULL || newline + 1 == end)
            break;
        at = newline + 1;
    }
    record->text = at;
    record->length = (size_t)(end - at);
}

size_t record_render(const struct record *record, struct record_style *style, struct buffer *out)
{
    stamp_refresh(style, record->time);
    size_t head = out->length;
    formats[style->format].append_head(record, style, out);
    size_t lines = shows_as_is(style) ? append_lines_as_is(record, head, out)
                                      : append_lines(record, style, head, out);
    // Raw is what came; all else is a line of its own.
    bool raw = style->format == FORMAT_RAW && !style->terminal;
    if (!record_is_ended(record) && !(raw && (record->partial || record->unended)))
        buffer_append_char(out, '\n');
    return lines;
}
