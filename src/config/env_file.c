// SPDX-License-Identifier: MIT
#include "config/env_file.h"

#include "base/memory.h"
#include "base/text.h"
#include "config/value.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES_LIMIT = 4096 }; // looking them up costs by their number

struct line {
    const struct reading *reading;
    struct place place;
    const char *end; // behind its last character that is no blank
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool line_complain(const struct line *line, const char *text)
{
    errors_add(line->reading->errors, line->place, "%s", text);
    return false;
}

// Takes what is in "…" with \n, \", \\ and \$, as a text to be expanded. NULL: not closed.
static const char *parse_double_quoted(const char *p, const char *end, struct buffer *out)
{
    for (; p < end && *p != '"'; p++) {
        if (*p != '\\' || p + 1 == end || strchr("n\"\\$", p[1]) == NULL) {
            buffer_append_char(out, *p);
            continue;
        }
        p++;
        if (*p == 'n')
            buffer_append_char(out, '\n');
        else if (*p == '$')
            buffer_append_text(out, "$$"); // so that it stays one through the expansion
        else
            buffer_append_char(out, *p);
    }
    return p < end ? p + 1 : NULL;
}

// The text with its variables put in, on the heap, or NULL.
static char *expand_value(const struct line *line, const char *text)
{
    char *reason;
    char *value = reading_expand(line->reading, line->place, text, &reason);
    if (reason != NULL)
        line_complain(line, reason);
    free(reason);
    return value;
}

// The value of a line, on the heap, or NULL.
static char *parse_value(const struct line *line, const char *p)
{
    struct buffer raw = {0};
    const char *end = line->end;
    char quote = p < end && (*p == '"' || *p == '\'') ? *p : '\0';
    if (quote == '"') {
        p = parse_double_quoted(p + 1, end, &raw);
    } else if (quote == '\'') {
        const char *closing = memchr(p + 1, '\'', (size_t)(end - p - 1));
        if (closing != NULL)
            buffer_append(&raw, p + 1, (size_t)(closing - p - 1));
        p = closing != NULL ? closing + 1 : NULL;
    } else {
        buffer_append(&raw, p, (size_t)(end - p));
        p = end;
    }
    char *text = buffer_take(&raw);
    if (p != end) {
        line_complain(line, p == NULL ? "a quote is not closed on its line"
                                      : "there is text behind the closing quote");
        free(text);
        return NULL;
    }
    if (quote != '\'') {
        char *value = expand_value(line, text);
        free(text);
        return value;
    }
    if (reading_spend(line->reading, line->place, strlen(text)))
        return text;
    free(text);
    return NULL;
}

static bool parse_line(struct line *line, const char *p, const char *end, struct strings *variables)
{
    const char *start = p;
    while (end > p && is_blank(end[-1]))
        end--;
    while (p < end && is_blank(*p))
        p++;
    if (p == end || *p == '#')
        return true;
    if (end - p > 7 && memcmp(p, "export", 6) == 0 && is_blank(p[6])) {
        p += 7;
        while (p < end && is_blank(*p))
            p++;
    }
    line->end = end;
    line->place.column = (unsigned)(p - start) + 1;
    const char *equals = memchr(p, '=', (size_t)(end - p));
    if (equals == NULL)
        return line_complain(line, "not a line NAME=VALUE");
    memory_auto char *name = memory_copy_bytes(p, (size_t)(equals - p));
    const char *reason;
    if (!value_check_variable_name(name, &reason)) {
        errors_add(line->reading->errors, line->place, "the name \"%s\" %s", name, reason);
        return false;
    }
    for (p = equals + 1; p < end && is_blank(*p);)
        p++;
    line->place.column = (unsigned)(p - start) + 1;
    memory_auto char *value = parse_value(line, p);
    if (value == NULL)
        return false;
    strings_set_variable(variables, name, value);
    return variables->count <= NAMES_LIMIT || line_complain(line, "too many names in one file");
}

static bool is_text(const char *bytes, size_t length)
{
    return memchr(bytes, '\0', length) == NULL && text_is_utf8(bytes, length);
}

bool env_file_parse(const struct reading *reading, const struct source *source,
                    struct strings *variables)
{
    struct line line = {.reading = reading, .place = {.source = source, .column = 1}};
    const char *end = source->text + source->length;
    const char *p = source->text;
    bool good = true;
    if (source->length >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        p += 3; // a byte order mark
    while (p < end && variables->count <= NAMES_LIMIT && *reading->budget > 0) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *stop = newline != NULL ? newline : end;
        line.place.line++;
        line.place.column = 1;
        if (!is_text(p, (size_t)(stop - p)))
            good = line_complain(&line, "not valid UTF-8, or a NUL character");
        else
            good = parse_line(&line, p, stop, variables) && good;
        p = newline != NULL ? newline + 1 : end;
    }
    return good;
}
