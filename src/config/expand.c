// SPDX-License-Identifier: MIT
#include "config/expand.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NESTING_LIMIT = 16 }; // of defaults in defaults

static const char unclosed[] = "\"${\" is not closed (a plain \"${\" is written \"$${\")";

struct expansion {
    const struct scope *scope;
    struct buffer *out;
    char *reason; // the first thing that went wrong
};

// One ${…}: pointers into the text.
struct reference {
    const char *name, *name_end;
    char form;        // '-' or '?' after a colon, or 0 for a plain ${NAME}
    const char *word; // the default or message
    const char *end;  // its closing brace
};

const char *scope_find(const struct scope *scope, const char *name)
{
    for (; scope != NULL; scope = scope->next) {
        const char *value = scope->variables != NULL ? strings_variable(scope->variables, name)
                                                     : secure_getenv(name);
        if (value != NULL)
            return value;
    }
    return NULL;
}

bool expand_is_needed(const char *text)
{
    return strstr(text, "${") != NULL || strstr(text, "$$") != NULL;
}

size_t scope_count(const struct scope *scope)
{
    size_t count = 0;
    for (; scope != NULL; scope = scope->next) {
        if (scope->variables != NULL) {
            count += scope->variables->count;
            continue;
        }
        for (char *const *variable = environ; variable != NULL && *variable != NULL; variable++)
            count++;
    }
    return count;
}

size_t expand_cost(const char *text, const struct scope *scope)
{
    size_t references = 0;
    for (const char *p = strstr(text, "${"); p != NULL; p = strstr(p + 2, "${"))
        references++;
    return references * scope_count(scope) + 2 * strlen(text);
}

static bool starts_name(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

// The brace that closes what starts behind "${", or NULL. An inner ${…} has its own.
static const char *closing_brace(const char *text, const char *end)
{
    unsigned depth = 1;
    for (; text < end; text++) {
        if (text[0] == '$' && text + 1 < end && (text[1] == '{' || text[1] == '$')) {
            depth += text[1] == '{';
            text++;
        } else if (*text == '}' && --depth == 0) {
            return text;
        }
    }
    return NULL;
}

// Takes apart what follows "${". False: it is none of the three forms and stays as it is.
// A form that is not closed has no end.
static bool reference_parse(const char *text, const char *end, struct reference *reference)
{
    const char *p = text;
    if (!starts_name(*p))
        return false;
    while (starts_name(*p) || (*p >= '0' && *p <= '9'))
        p++;
    *reference = (struct reference){.name = text, .name_end = p, .word = p};
    if (p < end && *p == '}') {
        reference->end = p;
        return true;
    }
    if (end - p < 2 || p[0] != ':' || (p[1] != '-' && p[1] != '?'))
        return false;
    reference->form = p[1];
    reference->word = p + 2;
    reference->end = closing_brace(reference->word, end);
    return true;
}

static bool fail(struct expansion *expansion, char *reason)
{
    if (expansion->reason == NULL)
        expansion->reason = reason;
    else
        free(reason);
    return false;
}

static bool put(struct expansion *expansion, const char *bytes, size_t length)
{
    if (length > EXPAND_LIMIT - expansion->out->length)
        return fail(expansion, memory_format("it is longer than 1 MiB when expanded"));
    buffer_append(expansion->out, bytes, length);
    return true;
}

static bool expand_range(struct expansion *expansion, const char *text, const char *end,
                         unsigned depth);

static bool put_unset(struct expansion *expansion, const struct reference *reference,
                      const char *name, unsigned depth)
{
    if (reference->form == '-')
        return expand_range(expansion, reference->word, reference->end, depth + 1);
    if (reference->form == '?' && reference->end > reference->word)
        return fail(expansion,
                    memory_format("%s: %.*s", name, (int)(reference->end - reference->word),
                                  reference->word));
    // The one name that is there for most values, but not for all.
    const char *where =
        strcmp(name, "INSTANCE") == 0 ? " here (only the keys of a helper see it)" : "";
    return fail(expansion, memory_format("${%s} is not set%s%s", name,
                                         reference->form == '?' ? " or empty" : "", where));
}

static bool put_reference(struct expansion *expansion, const struct reference *reference,
                          unsigned depth)
{
    memory_auto char *name =
        memory_copy_bytes(reference->name, (size_t)(reference->name_end - reference->name));
    const char *value = scope_find(expansion->scope, name);
    // As in sh and compose, the forms with a colon take an empty value for none.
    if (value == NULL || (reference->form != 0 && *value == '\0'))
        return put_unset(expansion, reference, name, depth);
    size_t length = strlen(value);
    if (!text_is_utf8(value, length))
        return fail(expansion, memory_format("the value of ${%s} is not valid UTF-8", name));
    return put(expansion, value, length);
}

static bool expand_range(struct expansion *expansion, const char *text, const char *end,
                         unsigned depth)
{
    if (depth > NESTING_LIMIT)
        return fail(expansion, memory_format("${…} is nested more than %d deep", NESTING_LIMIT));
    const char *last_brace = memrchr(text, '}', (size_t)(end - text));
    while (text < end) {
        const char *dollar = memchr(text, '$', (size_t)(end - text));
        if (dollar == NULL || dollar + 1 == end)
            return put(expansion, text, (size_t)(end - text));
        if (!put(expansion, text, (size_t)(dollar - text)))
            return false;
        text = dollar + 2;
        if (dollar[1] == '$') {
            if (!put(expansion, "$", 1))
                return false;
        } else if (dollar[1] == '{') {
            struct reference reference = {0};
            if (!reference_parse(text, end, &reference)) {
                // None of ours stays as it is, if only it is closed somewhere.
                if (last_brace == NULL || last_brace < text)
                    return fail(expansion, memory_copy(unclosed));
                if (!put(expansion, "${", 2))
                    return false;
                continue;
            }
            if (reference.end == NULL)
                return fail(expansion, memory_copy(unclosed));
            if (!put_reference(expansion, &reference, depth))
                return false;
            text = reference.end + 1;
        } else {
            text = dollar + 1;
            if (!put(expansion, "$", 1))
                return false;
        }
    }
    return true;
}

char *expand_text(const char *text, const struct scope *scope, char **reason)
{
    struct buffer out = {0};
    struct expansion expansion = {.scope = scope, .out = &out};
    bool good = expand_range(&expansion, text, text + strlen(text), 0);
    *reason = expansion.reason;
    if (!good) {
        buffer_finish(&out);
        return NULL;
    }
    return buffer_take(&out);
}

char *expand_escape(const char *text)
{
    struct buffer out = {0};
    for (; *text != '\0'; text++) {
        if (text[0] == '$' && (text[1] == '$' || text[1] == '{'))
            buffer_append_char(&out, '$');
        buffer_append_char(&out, *text);
    }
    return buffer_take(&out);
}
