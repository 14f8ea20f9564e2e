// SPDX-License-Identifier: MIT
#include "output/record.h"

#include "base/memory.h"
#include "base/text.h"
#include "output/escape.h"
#include "output/stamp.h"

#include <string.h>

enum { HEAD_ROOM = 128 }; // for all that stands around a text

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

// The text as the plain formats show it. A colour that a line leaves behind ends with the line.
static void append_text(const struct record *record, const struct record_style *style,
                        struct buffer *out)
{
    if (!style->terminal) {
        buffer_append(out, record->text, record->length);
        return;
    }
    escape_terminal(out, record->text, record->length, true);
    if (escape_finds_color(record->text, record->length))
        append_literal(out, RESET);
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

static void render_text(const struct record *record, struct record_style *style, struct buffer *out)
{
    if (style->stamp_length > 0) {
        buffer_append(out, style->stamp, style->stamp_length);
        buffer_append_char(out, ' ');
    }
    append_level(record, out);
    append_literal(out, " [");
    append_name(record, style, out);
    append_literal(out, "] ");
    append_text(record, style, out);
}

static void render_syslog(const struct record *record, struct record_style *style,
                          struct buffer *out)
{
    buffer_append(out, (char[]){'<', syslog_priorities[record->level], '>', '['}, 4);
    append_name(record, style, out);
    append_literal(out, "] ");
    append_text(record, style, out);
}

static void render_qgoda(const struct record *record, struct record_style *style,
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
    append_text(record, style, out);
}

static void render_json(const struct record *record, struct record_style *style, struct buffer *out)
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
    escape_json(out, record->text, record->length);
    if (record->partial)
        append_literal(out, "\",\"partial\":true}");
    else
        append_literal(out, "\"}");
}

static void render_logfmt(const struct record *record, struct record_style *style,
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
    escape_logfmt(out, record->text, record->length);
    buffer_append_char(out, '"');
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

// Errors are red and debug is dim, unless the text brings colours of its own.
static void append_dev_text(const struct record *record, const struct record_style *style,
                            struct buffer *out)
{
    bool brings_color = escape_finds_color(record->text, record->length);
    bool tinted = !brings_color && (record->level == LEVEL_ERROR || record->level == LEVEL_DEBUG);
    if (tinted)
        buffer_append_text(out, record->level == LEVEL_ERROR ? RED : DIM);
    append_text(record, style, out);
    // On a terminal append_text has ended the text's own colours.
    if (tinted || (brings_color && !style->terminal))
        append_literal(out, RESET);
}

static void render_raw(const struct record *record, struct record_style *style, struct buffer *out)
{
    append_text(record, style, out);
}

static void render_dev(const struct record *record, struct record_style *style, struct buffer *out)
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
    if (style->colored)
        append_dev_text(record, style, out);
    else
        append_text(record, style, out);
}

typedef void renderer(const struct record *record, struct record_style *style, struct buffer *out);

static renderer *const renderers[] = {
    [FORMAT_AUTO] = render_text, // was to be decided before; this is what it means for a file
    [FORMAT_TEXT] = render_text,     [FORMAT_DEV] = render_dev,     [FORMAT_JSON] = render_json,
    [FORMAT_LOGFMT] = render_logfmt, [FORMAT_QGODA] = render_qgoda, [FORMAT_SYSLOG] = render_syslog,
    [FORMAT_RAW] = render_raw,
};
_Static_assert(LENGTH(renderers) == FORMAT_COUNT, "a format has no renderer");

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

void record_render(const struct record *record, struct record_style *style, struct buffer *out)
{
    struct record shown = *record;
    // Many programs end their lines for a terminal in raw mode; there it would be no line's end.
    if (style->terminal && !shown.partial && shown.length > 0 &&
        shown.text[shown.length - 1] == '\r')
        shown.length--;

    stamp_refresh(style, record->time);
    buffer_reserve(out, shown.length + HEAD_ROOM); // at most one growth for nearly all lines
    renderers[style->format](&shown, style, out);
    buffer_append_char(out, '\n');
}
