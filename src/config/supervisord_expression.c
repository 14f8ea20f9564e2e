// SPDX-License-Identifier: MIT
#include "config/supervisord_expression.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    NAME_SHOWN = 100,
    REFERENCE_COST = 64, // of a replacement beside the names looked at
};

// One conversion of an expression: %(key)-08.3s
struct conversion {
    bool left, zeros, sign, blank, alternative;
    size_t width, precision;
    bool has_precision;
    char type;
};

static char *fail(char **reason, char *text)
{
    *reason = text;
    return NULL;
}

// Reads digits; more than any text may have is as good as that.
static size_t read_number(const char **at)
{
    size_t number = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        if (number <= EXPAND_LIMIT)
            number = number * 10 + (size_t)(**at - '0');
    }
    return number;
}

static void read_flags(const char **at, struct conversion *conversion)
{
    for (;; (*at)++) {
        switch (**at) {
        case '-':
            conversion->left = true;
            break;
        case '0':
            conversion->zeros = true;
            break;
        case '+':
            conversion->sign = true;
            break;
        case ' ':
            conversion->blank = true;
            break;
        case '#':
            conversion->alternative = true;
            break;
        default:
            return;
        }
    }
}

// What stands behind "%(key)".
static void read_conversion(const char **at, struct conversion *conversion)
{
    *conversion = (struct conversion){0};
    read_flags(at, conversion);
    conversion->width = read_number(at);
    if (**at == '.') {
        (*at)++;
        conversion->has_precision = true;
        conversion->precision = read_number(at);
    }
    if (**at != '\0' && strchr("hlL", **at) != NULL)
        (*at)++;
    conversion->type = **at;
    if (**at != '\0')
        (*at)++;
}

static void append_many(struct buffer *out, char c, size_t count)
{
    if (count == 0)
        return;
    memset(buffer_reserve(out, count), c, count);
    out->length += count;
}

static void append_filled(struct buffer *out, const struct conversion *conversion,
                          const char *prefix, const char *text, size_t length, bool zeros)
{
    size_t width = text_count_characters(text, length) + strlen(prefix);
    size_t fill = conversion->width > width ? conversion->width - width : 0;
    append_many(out, ' ', conversion->left || zeros ? 0 : fill);
    buffer_append_text(out, prefix);
    append_many(out, '0', zeros ? fill : 0);
    buffer_append(out, text, length);
    append_many(out, ' ', conversion->left ? fill : 0);
}

static void append_text(struct buffer *out, const struct conversion *conversion, const char *value)
{
    size_t length = 0, left = strlen(value);
    for (size_t count = 0;
         left > 0 && (!conversion->has_precision || count < conversion->precision); count++) {
        struct character character = text_first_character(value + length, left);
        length += character.length;
        left -= character.length;
    }
    append_filled(out, conversion, "", value, length, false);
}

static void append_number(struct buffer *out, const struct conversion *conversion, int64_t number)
{
    char type = conversion->type;
    const char *base = "";
    if (conversion->alternative)
        base = type == 'x' ? "0x" : type == 'X' ? "0X" : type == 'o' ? "0o" : "";
    memory_auto char *prefix = memory_format("%s%s",
                                             number < 0          ? "-"
                                             : conversion->sign  ? "+"
                                             : conversion->blank ? " "
                                                                 : "",
                                             base);
    unsigned long long magnitude =
        number < 0 ? -(unsigned long long)number : (unsigned long long)number;
    struct buffer digits = {0};
    int least = conversion->precision > 20 ? 20 : (int)conversion->precision;
    append_many(&digits, '0', conversion->precision - (size_t)least);
    if (type == 'x')
        buffer_printf(&digits, "%.*llx", least, magnitude);
    else if (type == 'X')
        buffer_printf(&digits, "%.*llX", least, magnitude);
    else if (type == 'o')
        buffer_printf(&digits, "%.*llo", least, magnitude);
    else
        buffer_printf(&digits, "%.*llu", least, magnitude);
    if (digits.length == 0)
        buffer_append_char(&digits, '0'); // C writes a zero with precision zero as nothing
    append_filled(out, conversion, prefix, digits.data, digits.length,
                  conversion->zeros && !conversion->left);
    buffer_finish(&digits);
}

static bool is_number(const char *name)
{
    return strcmp(name, "process_num") == 0 || strcmp(name, "numprocs") == 0;
}

static char *describe_names(const struct expressions *expressions, const char *name)
{
    struct buffer text = {0};
    if (strncmp(name, "ENV_", 4) == 0) {
        buffer_printf(&text, "%%(%.*s)s: the variable %.*s is not set", NAME_SHOWN, name,
                      NAME_SHOWN, name + 4);
        return buffer_take(&text);
    }
    buffer_printf(&text, "%%(%.*s)s: there is no such name here; there are ", NAME_SHOWN, name);
    for (size_t i = 0; i < expressions->names->count; i++) {
        const char *entry = expressions->names->items[i];
        buffer_printf(&text, "%.*s, ", (int)strcspn(entry, "="), entry);
    }
    buffer_append_text(&text, "and ENV_X for a variable X");
    return buffer_take(&text);
}

static bool put_expression(struct buffer *out, const char *name,
                           const struct conversion *conversion,
                           const struct expressions *expressions, char **reason)
{
    const char *value = strncmp(name, "ENV_", 4) == 0
                            ? scope_find(expressions->environment, name + 4)
                            : strings_variable(expressions->names, name);
    if (value == NULL)
        return fail(reason, describe_names(expressions, name)) != NULL;
    if (conversion->width > EXPAND_LIMIT || conversion->precision > EXPAND_LIMIT)
        return fail(reason, memory_copy("it is longer than 1 MiB when expanded")) != NULL;
    int64_t number;
    char type = conversion->type;
    if (type == 's')
        append_text(out, conversion, value);
    else if (type != '\0' && strchr("diuxXo", type) != NULL && is_number(name) &&
             text_parse_integer(value, &number))
        append_number(out, conversion, number);
    else
        return fail(reason, memory_format("%%(%.*s) is not followed by what it is written as: s, "
                                          "or for a number d",
                                          NAME_SHOWN, name)) != NULL;
    return true;
}

// The parenthesis that closes the one before the text: inner ones are part of a name.
static const char *closing(const char *text)
{
    for (unsigned depth = 1; *text != '\0'; text++) {
        if (*text == '(')
            depth++;
        else if (*text == ')' && --depth == 0)
            return text;
    }
    return NULL;
}

static bool expand_into(struct buffer *out, const char *text, const struct expressions *expressions,
                        char **reason)
{
    while (out->length <= EXPAND_LIMIT) {
        const char *percent = strchrnul(text, '%');
        buffer_append(out, text, (size_t)(percent - text));
        if (*percent == '\0')
            return out->length <= EXPAND_LIMIT;
        const char *end = percent[1] == '(' ? closing(percent + 2) : NULL;
        if (percent[1] == '%') {
            buffer_append_char(out, '%');
            text = percent + 2;
            continue;
        }
        if (end == NULL) {
            *reason = memory_copy("a % that begins no %(name)s must be written %%");
            return false;
        }
        memory_auto char *name = memory_copy_bytes(percent + 2, (size_t)(end - percent - 2));
        struct conversion conversion;
        text = end + 1;
        read_conversion(&text, &conversion);
        if (conversion.type == '%')
            buffer_append_char(out, '%');
        else if (!put_expression(out, name, &conversion, expressions, reason))
            return false;
    }
    return false;
}

size_t supervisord_expand_cost(const char *text, const struct expressions *expressions)
{
    size_t references = 0;
    for (const char *p = strstr(text, "%("); p != NULL; p = strstr(p + 2, "%("))
        references++;
    if (references > 0)
        references *=
            REFERENCE_COST + expressions->names->count + scope_count(expressions->environment);
    return references + strlen(text);
}

char *supervisord_expand(const char *text, const struct expressions *expressions, char **reason)
{
    struct buffer out = {0};
    *reason = NULL;
    if (expand_into(&out, text, expressions, reason))
        return buffer_take(&out);
    buffer_finish(&out);
    if (*reason == NULL)
        *reason = memory_copy("it is longer than 1 MiB when expanded");
    return NULL;
}
