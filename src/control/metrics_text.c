// SPDX-License-Identifier: MIT
#include "control/metrics_text.h"

#include "base/memory.h"
#include "base/text.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static const char *const type_names[] = {
    [METRICS_COUNTER] = "counter",
    [METRICS_GAUGE] = "gauge",
    [METRICS_HISTOGRAM] = "histogram",
};
_Static_assert(LENGTH(type_names) == METRICS_TYPES, "a type has no name");

const char *const metrics_types[] = {
    [METRICS_CLASSIC] = "text/plain; version=0.0.4; charset=utf-8",
    [METRICS_OPENMETRICS] = "application/openmetrics-text; version=1.0.0; charset=utf-8",
};
_Static_assert(LENGTH(metrics_types) == METRICS_FORMATS, "a format has no media type");

enum metrics_format metrics_format_for(const char *accept)
{
    bool asked = accept != NULL && strcasestr(accept, "application/openmetrics-text") != NULL;
    return asked ? METRICS_OPENMETRICS : METRICS_CLASSIC;
}

static const char *suffix_of(const struct metrics_family *family)
{
    return family->type == METRICS_COUNTER ? "_total" : "";
}

// At least so many digits. There are tens of thousands of numbers, too many for printf.
static void append_digits(struct buffer *out, uint64_t number, size_t least)
{
    char digits[20];
    size_t i = sizeof(digits);
    for (; number > 0 || sizeof(digits) - i < least; number /= 10)
        digits[--i] = (char)('0' + number % 10);
    buffer_append(out, digits + i, sizeof(digits) - i);
}

// Nothing is known more exactly than to the microsecond.
static void append_number(struct buffer *out, double number)
{
    double whole = floor(number);
    uint64_t rest = (uint64_t)llround((number - whole) * 1e6);
    if (rest == 1000000) {
        whole++;
        rest = 0;
    }
    append_digits(out, (uint64_t)whole, 1);
    if (rest > 0) {
        buffer_append_char(out, '.');
        append_digits(out, rest, 6);
    }
}

// How much stands at the start that is no more than itself; of most labels that is all.
static size_t plain_length(const char *text)
{
    size_t length = 0;
    for (char c; (c = text[length]) >= ' ' && c < 0x7f && c != '"' && c != '\\';)
        length++;
    return length;
}

static void append_label_value(struct buffer *out, const char *value)
{
    for (;;) {
        size_t plain = plain_length(value);
        buffer_append(out, value, plain);
        value += plain;
        if (*value == '\0')
            return;
        struct character character = text_first_character(value, strlen(value));
        if (!character.valid)
            buffer_append_text(out, "\xef\xbf\xbd"); // U+FFFD
        else if (character.code == '\n')
            buffer_append_text(out, "\\n");
        else if (character.code == '"' || character.code == '\\')
            buffer_printf(out, "\\%c", (int)character.code);
        else
            buffer_append(out, value, character.length);
        value += character.length;
    }
}

void metrics_text_sample(const struct metrics_family *family, const char *suffix,
                         const struct metrics_label *labels, size_t count, double value,
                         struct buffer *out)
{
    buffer_append_text(out, family->name);
    buffer_append_text(out, suffix != NULL ? suffix : suffix_of(family));
    for (size_t i = 0; i < count; i++) {
        buffer_append_char(out, i == 0 ? '{' : ',');
        buffer_append_text(out, labels[i].name);
        buffer_append(out, "=\"", 2);
        append_label_value(out, labels[i].value);
        buffer_append_char(out, '"');
    }
    if (count > 0)
        buffer_append_char(out, '}');
    buffer_append_char(out, ' ');
    append_number(out, value);
    buffer_append_char(out, '\n');
}

void metrics_text_head(const struct metrics_family *family, enum metrics_format format,
                       struct buffer *out)
{
    // The older format has no word for a family beside the name of its samples.
    const char *suffix = format == METRICS_CLASSIC ? suffix_of(family) : "";
    buffer_printf(out, "# HELP %s%s %s\n# TYPE %s%s %s\n", family->name, suffix, family->help,
                  family->name, suffix, type_names[family->type]);
    if (format == METRICS_OPENMETRICS && family->unit != NULL)
        buffer_printf(out, "# UNIT %s %s\n", family->name, family->unit);
}

void metrics_text_end(struct buffer *out)
{
    buffer_append_text(out, "# EOF\n"); // a comment to who does not know it
}
