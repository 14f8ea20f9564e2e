// SPDX-License-Identifier: MIT
// Any line in any format of the log: one line comes out, JSON parses and says what went in, and a
// terminal is shown no control character but tabs and colours. Lines that come together look as if
// they came one by one.
//
// The input: eight bytes of choices, eight of a time, the prefix, a newline, the line.
#include "fuzz.h"

#include "output/record.h"

enum { CHOICES = 8, HEAD = CHOICES + sizeof(int64_t) };

// Decodes the inside of a quoted text up to its closing quote; JSON's escapes, or Go's with \x.
// Returns what is behind the quote.
static const char *unquote(const char *text, const char *end, bool json, struct buffer *out)
{
    static const char letters[] = "n\nt\tr\rb\bf\f\"\"\\\\";
    for (; text < end && *text != '"'; text++) {
        require((unsigned char)*text >= 0x20);
        if (*text != '\\') {
            buffer_append_char(out, *text);
            continue;
        }
        require(++text < end);
        if (*text != 'u' && *text != 'x') {
            const char *pair = letters;
            while (*pair != '\0' && *pair != *text)
                pair += 2;
            require(*pair != '\0');
            buffer_append_char(out, pair[1]);
            continue;
        }
        require(*text == 'u' || !json);
        size_t digits = *text == 'u' ? 4 : 2;
        require((size_t)(end - text) > digits);
        char hex[5] = "";
        memcpy(hex, text + 1, digits);
        require(strspn(hex, "0123456789abcdef") == digits);
        unsigned code = (unsigned)strtoul(hex, NULL, 16);
        if (digits == 2 || code < 0x80) {
            buffer_append_char(out, (char)code);
        } else if (code < 0x800) {
            char wide[] = {(char)(0xc0 | code >> 6), (char)(0x80 | (code & 0x3f))};
            buffer_append(out, wide, sizeof(wide));
        } else {
            char wide[] = {(char)(0xe0 | code >> 12), (char)(0x80 | (code >> 6 & 0x3f)),
                           (char)(0x80 | (code & 0x3f))};
            buffer_append(out, wide, sizeof(wide));
        }
        text += digits;
    }
    require(text < end);
    return text + 1;
}

// Takes this text from the front of the line.
static const char *take(const char *line, const char *end, const char *text)
{
    size_t length = strlen(text);
    require((size_t)(end - line) >= length && memcmp(line, text, length) == 0);
    return line + length;
}

// The line as an encoder of bytes that are no UTF-8 sees it: each as the character of its number.
static void append_as_characters(struct buffer *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        struct character character = text_first_character(text + i, length - i);
        char wide[] = {(char)(0xc0 | character.code >> 6), (char)(0x80 | (character.code & 0x3f))};
        if (character.valid)
            buffer_append(out, text + i, character.length);
        else
            buffer_append(out, wide, sizeof(wide));
        i += character.length;
    }
}

static void require_equal_bytes(const struct buffer *a, const struct buffer *b)
{
    require(a->length == b->length);
    require(a->length == 0 || memcmp(a->data, b->data, a->length) == 0);
}

static void check_json(const struct record *record, const char *line, const char *end)
{
    static const char *const streams[] = {"stdout", "stderr", "log"};
    struct buffer value = {0}, expected = {0};
    line = take(line, end, "{");
    if (*line == '"' && line[1] == 't') {
        line = unquote(take(line, end, "\"ts\":\""), end, true, &value);
        line = take(line, end, ",");
    }
    line = take(take(line, end, "\"level\":\""), end, level_names[record->level]);
    line = take(take(line, end, "\",\"helper\":\""), end, record->source->helper);
    line = take(take(line, end, "\",\"stream\":\""), end, streams[record->source->kind]);
    line = take(line, end, "\",\"pid\":");
    line += strspn(line, "-0123456789");
    value.length = 0;
    line = unquote(take(line, end, ",\"msg\":\""), end, true, &value);
    append_as_characters(&expected, record->text, record->length);
    require_equal_bytes(&value, &expected);
    require(take(line, end, record->partial ? ",\"partial\":true}" : "}") == end);
    buffer_finish(&value);
    buffer_finish(&expected);
}

static void check_logfmt(const struct record *record, const char *line, const char *end)
{
    struct buffer value = {0};
    const char *message = memmem(line, (size_t)(end - line), " msg=\"", 6);
    require(message != NULL && end[-1] == '"');
    require(unquote(message + 6, end, false, &value) == end);
    require(value.length == record->length);
    require(value.length == 0 || memcmp(value.data, record->text, value.length) == 0);
    buffer_finish(&value);
}

static bool is_color(const char *text, size_t length, size_t *width)
{
    size_t i = 2;
    while (i < length && strchr("0123456789;:", text[i]) != NULL && text[i] != '\0')
        i++;
    *width = i + 1;
    return length > 2 && text[0] == '\x1b' && text[1] == '[' && i < length && text[i] == 'm';
}

static void check_terminal(const char *line, size_t length)
{
    for (size_t i = 0; i < length;) {
        struct character character = text_first_character(line + i, length - i);
        size_t width = character.length;
        if (!is_color(line + i, length - i, &width)) {
            width = character.length;
            require(character.valid);
            require(line[i] == '\t' || (character.code >= 0x20 && character.code != 0x7f));
            require(character.code < 0x80 || character.code >= 0xa0);
            require(!(character.code >= 0x2028 && character.code <= 0x202e));
        }
        i += width;
    }
}

// Files get the bytes of the line as they are, behind all else.
static void check_raw_text(const struct record *record, const char *line, size_t length)
{
    require(length >= record->length);
    require(record->length == 0 ||
            memcmp(line + length - record->length, record->text, record->length) == 0);
}

// What a style that rendered another record before makes of this one is what a fresh one makes.
static void render(const struct record *record, struct record_style style, int64_t before,
                   struct buffer *out)
{
    struct record_style used = style;
    struct record other = *record;
    struct buffer again = {0};
    other.time = before;
    record_render(&other, &used, &again);
    again.length = 0;
    record_render(record, &used, &again);
    record_render(record, &style, out);
    require_equal_bytes(out, &again);
    buffer_finish(&again);
}

// A prefix as the configuration takes it: a text of one line.
static char *take_prefix(const char **text, const char *end)
{
    const char *newline = memchr(*text, '\n', (size_t)(end - *text));
    const char *stop = newline != NULL ? newline : end;
    char *prefix = memory_copy_bytes(*text, (size_t)(stop - *text));
    *text = newline != NULL ? newline + 1 : end;
    for (char *p = prefix; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '_';
    }
    if (!text_is_utf8(prefix, strlen(prefix)))
        *prefix = '\0';
    return prefix;
}

// What came, with its newline where there was one.
static void check_raw(const struct record *record, const struct buffer *out)
{
    bool newline = !record->partial && !record->unended;
    require(out->length == record->length + newline);
    require(record->length == 0 || memcmp(out->data, record->text, record->length) == 0);
    require(!newline || out->data[record->length] == '\n');
}

static void check_line(const struct record *record, const struct record_style *style,
                       const struct buffer *out)
{
    if (style->format == FORMAT_RAW && !style->terminal) {
        check_raw(record, out);
        return;
    }
    require(out->length > 0 && memchr(out->data, '\n', out->length) == out->data + out->length - 1);
    size_t length = out->length - 1;
    struct record shown = *record;
    if (style->terminal && !shown.partial && shown.length > 0 &&
        shown.text[shown.length - 1] == '\r')
        shown.length--;
    if (style->format == FORMAT_JSON)
        check_json(&shown, out->data, out->data + length);
    else if (style->format == FORMAT_LOGFMT)
        check_logfmt(&shown, out->data, out->data + length);
    else if (!style->terminal && !style->colored)
        check_raw_text(&shown, out->data, length);
    if (style->terminal)
        check_terminal(out->data, length);
}

static void check_lines(struct record record, const struct record_style *style, const char *end)
{
    struct record_style one = *style, other = *style;
    struct buffer together = {0}, single = {0};
    record.continued = record.partial = false;
    record.unended = end[-1] != '\n';
    record.length = (size_t)(end - record.text);
    record_render(&record, &one, &together);
    for (const char *next; record.text < end; record.text = next) {
        const char *newline = memchr(record.text, '\n', (size_t)(end - record.text));
        next = newline != NULL ? newline + 1 : end;
        record.length = (size_t)(next - record.text);
        record.unended = newline == NULL;
        record_render(&record, &other, &single);
    }
    require_equal_bytes(&together, &single);
    buffer_finish(&together);
    buffer_finish(&single);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < HEAD)
        return 0;
    int64_t before;
    memcpy(&before, bytes + CHOICES, sizeof(before));
    before /= 16; // far from where the sums below would overflow
    const char *text = (const char *)bytes + HEAD, *end = (const char *)bytes + size;
    memory_auto char *prefix = take_prefix(&text, end);
    const char *newline = memchr(text, '\n', (size_t)(end - text));
    const struct record_source source = {
        .helper = "web",
        .prefix = prefix,
        .kind = (enum stream_kind)(bytes[1] % (STREAM_OWN + 1)),
        .pid = bytes[2] * 65537 - 5,
        .color = bytes[3],
    };
    const struct record record = {
        .source = &source,
        .time = before + (bytes[4] - 128) * (bytes[5] - 128) * (bytes[6] - 128) * (int64_t)100,
        .level = (enum level)(bytes[0] / 8 % LEVEL_COUNT),
        .text = text,
        .length = (size_t)((newline != NULL ? newline : end) - text),
        .continued = bytes[7] & 1,
        .partial = bytes[7] & 2,
        .unended = (bytes[7] & 2) == 0 && (bytes[0] & 128) != 0,
    };
    struct record_style style;
    record_style_init(&style, (enum log_format)(bytes[0] % 8 % FORMAT_COUNT),
                      (enum log_time)((bytes[7] >> 2) % 3), bytes[7] & 16, bytes[7] & 32,
                      bytes[7] >> 6);
    struct buffer out = {0};
    render(&record, style, before, &out);
    check_line(&record, &style, &out);
    if (text < end)
        check_lines(record, &style, end);
    buffer_finish(&out);
    return 0;
}
