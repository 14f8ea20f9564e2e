// SPDX-License-Identifier: MIT
#include "config/ini.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>

// A line of the text without its comment and the blanks around it.
struct line {
    const char *text;
    size_t length;
    const char *start; // of the line itself, for columns
    size_t indent;     // bytes before the text
    bool commented;    // some of it was a comment
};

// inih tells what is the key of a line and where its value begins. It gets one line at a time and
// of that no more than it has room for, so that it never takes the rest of a long one for a line of
// its own; the value is taken from the text. Sections, comments and continued values are found
// here: inih keeps 49 bytes of a section's name, says nothing of empty ones, and ends a value at
// other places than supervisord does.
struct reader {
    struct document *document;
    const struct source *source;
    struct errors *errors;
    struct node *sections;
    struct node *section; // the one being read; NULL before the first
    const char *next;     // what is not read yet
    unsigned line_number; // of the line that ends there
    size_t values;        // so far

    struct line line; // the one handed to inih
    const char *handed;
    struct place place;
    bool is_open; // inih has not said yet what it is
    bool is_begun;
};

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static const char *text_end(const struct reader *reader)
{
    return reader->source->text + reader->source->length;
}

// Where the comment of a line begins, or its end. With both signs in a line it matters in which
// order they are looked for: by turns, each from where it was last.
static const char *find_comment(const char *line, const char *end)
{
    static const char signs[] = {';', '#'};
    const char *at[] = {line, line};
    const char *found = end;
    while (found == end && (at[0] != NULL || at[1] != NULL)) {
        for (size_t i = 0; i < LENGTH(signs); i++) {
            const char *sign =
                at[i] != NULL ? memchr(at[i], signs[i], (size_t)(end - at[i])) : NULL;
            at[i] = sign != NULL ? sign + 1 : NULL;
            if (sign != NULL && (sign == line || is_blank(sign[-1])) && sign < found)
                found = sign;
        }
    }
    return found;
}

// Takes the next line. False at the end of the text.
static bool take_line(struct reader *reader, struct line *line)
{
    const char *start = reader->next;
    if (start == text_end(reader))
        return false;
    const char *newline = memchr(start, '\n', (size_t)(text_end(reader) - start));
    const char *end = newline != NULL ? newline : text_end(reader);
    reader->next = newline != NULL ? newline + 1 : end;
    reader->line_number++;

    const char *first = start;
    while (first < end && is_blank(*first))
        first++;
    const char *comment =
        first < end && (*first == ';' || *first == '#') ? first : find_comment(start, end);
    const char *last = comment;
    while (last > first && is_blank(last[-1]))
        last--;
    *line = (struct line){
        .text = first,
        .length = (size_t)(last - first),
        .start = start,
        .indent = (size_t)(first - start),
        .commented = comment < end,
    };
    return true;
}

static struct place place_of(const struct reader *reader, const struct line *line, const char *text,
                             size_t length)
{
    return (struct place){
        .source = reader->source,
        .line = reader->line_number,
        .column = (unsigned)text_count_characters(line->start, (size_t)(text - line->start)) + 1,
        .length = (unsigned)text_count_characters(text, length),
    };
}

static bool count_value(struct reader *reader, struct place place)
{
    if (++reader->values < DOCUMENT_NODE_LIMIT / 2)
        return true;
    errors_add(reader->errors, place, "more than %d sections and keys", DOCUMENT_NODE_LIMIT / 2);
    reader->next = text_end(reader);
    return false;
}

// A header, whatever stands behind its bracket.
static bool take_header(struct reader *reader, const struct line *line)
{
    const char *close =
        line->length > 2 && line->text[0] == '[' ? memrchr(line->text, ']', line->length) : NULL;
    if (close == NULL || close == line->text + 1)
        return false;
    struct place place = place_of(reader, line, line->text, (size_t)(close + 1 - line->text));
    struct node *name =
        document_scalar(reader->document, place, line->text + 1, (size_t)(close - line->text) - 1);
    reader->section = node_get(reader->sections, name->text);
    if (reader->section == NULL && count_value(reader, place)) {
        reader->section = document_map(reader->document, place);
        document_map_append(reader->document, reader->sections, name, reader->section);
    }
    return true;
}

// The rest of a value: lines that are indented deeper than its key. Blank ones are part of it.
static void append_continued(struct reader *reader, struct buffer *value)
{
    const struct line key = reader->line;
    for (;;) {
        const char *next = reader->next;
        unsigned line_number = reader->line_number;
        struct line line;
        if (!take_line(reader, &line))
            return;
        if (line.length > 0 && line.indent <= key.indent) {
            reader->next = next;
            reader->line_number = line_number;
            return;
        }
        if (line.length > 0 || !line.commented) {
            buffer_append_char(value, '\n');
            buffer_append(value, line.text, line.length);
        }
    }
}

static void set_value(struct reader *reader, struct node *key, struct node *value)
{
    value->quoted = true;
    struct pair *pair = node_pair(reader->section, key->text);
    if (pair == NULL)
        document_map_append(reader->document, reader->section, key, value);
    else
        *pair = (struct pair){.key = key, .value = value};
}

// What inih says of the line it was handed. Its texts lie in that line.
static int on_pair(void *data, const char *section, const char *name, const char *value)
{
    (void)section;
    struct reader *reader = data;
    const struct line *line = &reader->line;
    size_t length = strlen(name);
    if (length == 0)
        return 0;
    reader->is_open = false;

    struct place place = place_of(reader, line, line->text, length);
    memory_auto char *lower = memory_copy_bytes(name, length);
    for (char *c = lower; *c != '\0'; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    struct node *key = document_scalar(reader->document, place, lower, length);

    const char *start = line->text + (value - reader->handed);
    const char *end = line->text + line->length;
    while (start < end && is_blank(*start))
        start++;
    struct place value_place = place_of(reader, line, start, (size_t)(end - start));
    struct buffer text = {0};
    buffer_append(&text, start, (size_t)(end - start));
    append_continued(reader, &text);
    while (text.length > 0 && is_blank(text.data[text.length - 1]))
        text.length--;
    if (count_value(reader, place))
        set_value(reader, key,
                  document_scalar(reader->document, value_place, text.length > 0 ? text.data : "",
                                  text.length));
    buffer_finish(&text);
    return 1;
}

// Says it if inih could make nothing of the line that it got.
static void close_line(struct reader *reader)
{
    if (reader->is_open)
        errors_add(reader->errors, reader->place,
                   "neither a section ([name]) nor a key with a value (key = value)");
    reader->is_open = false;
}

static bool next_key_line(struct reader *reader)
{
    while (take_line(reader, &reader->line)) {
        const struct line *line = &reader->line;
        if (line->length == 0 || take_header(reader, line))
            continue;
        reader->place = place_of(reader, line, line->text, line->length);
        if (reader->section != NULL)
            return true;
        errors_add(reader->errors, reader->place, "there is no section before it ([name])");
        reader->next = text_end(reader);
    }
    return false;
}

// As fgets: inih's way to ask for a line.
static char *hand_over(char *room, int size, void *stream)
{
    struct reader *reader = stream;
    if (!reader->is_begun) {
        reader->is_begun = true;
        return strcpy(room, "\n"); // the only one from which it takes a byte order mark
    }
    close_line(reader);
    if (size < 3 || !next_key_line(reader))
        return NULL;
    size_t length = reader->line.length;
    if (length > (size_t)size - 2)
        length = (size_t)size - 2;
    memcpy(room, reader->line.text, length);
    strcpy(room + length, "\n");
    reader->handed = room;
    reader->is_open = true;
    return room;
}

static bool check_text(const struct source *source, size_t start, struct errors *errors)
{
    struct place place = {.source = source, .line = 1, .column = 1};
    struct character character;
    for (size_t i = start; i < source->length; i += character.length, place.column++) {
        character = text_first_character(source->text + i, source->length - i);
        if (character.valid && character.code != 0) {
            if (character.code == '\n') {
                place.line++;
                place.column = 0;
            }
            continue;
        }
        if (character.valid)
            errors_add(errors, place, "a NUL byte is not allowed here");
        else
            errors_add(errors, place, "byte \\x%02x is not UTF-8", character.code);
        return false;
    }
    return true;
}

void ini_read(struct document *document, struct node *sections, const struct source *source,
              struct errors *errors)
{
    size_t start = strncmp(source->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    if (!check_text(source, start, errors))
        return;
    struct reader reader = {
        .document = document,
        .source = source,
        .errors = errors,
        .sections = sections,
        .next = source->text + start,
    };
    if (ini_parse_stream(hand_over, &reader, on_pair, &reader) == -2)
        errors_add(errors, (struct place){.source = source}, "there is no memory to read it");
    close_line(&reader);
}

const struct pair *ini_pair(const struct node *sections, const struct node *section,
                            const char *key)
{
    const struct pair *pair = node_pair(section, key);
    return pair != NULL ? pair : node_pair(node_get(sections, INI_DEFAULT_SECTION), key);
}
