// SPDX-License-Identifier: MIT
#include "config/supervisord_words.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { VARIABLES_LIMIT = 1000 }; // in one list

static const char not_closed[] = "a quote is not closed";

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Appends what stands between quotes; at is behind the first one and then behind the last.
static bool append_quoted(struct buffer *word, const char **at, char quote)
{
    for (; **at != quote; (*at)++) {
        if (**at == '\0')
            return false;
        char next = (*at)[1];
        if (quote == '"' && **at == '\\' && (next == '"' || next == '\\'))
            (*at)++;
        buffer_append_char(word, **at);
    }
    (*at)++;
    return true;
}

bool supervisord_split(const char *command, struct strings *words, const char **reason)
{
    const char *at = command;
    for (;;) {
        while (is_blank(*at))
            at++;
        if (*at == '\0')
            return true;
        struct buffer word = {0};
        *reason = NULL;
        while (*at != '\0' && !is_blank(*at) && *reason == NULL) {
            char c = *at++;
            if (c == '\'' || c == '"')
                *reason = append_quoted(&word, &at, c) ? NULL : not_closed;
            else if (c == '\\' && *at == '\0')
                *reason = "a backslash at its end";
            else
                buffer_append_char(&word, c == '\\' ? *at++ : c);
        }
        if (*reason != NULL) {
            buffer_finish(&word);
            return false;
        }
        strings_append_owned(words, buffer_take(&word));
    }
}

char *supervisord_next_item(const char **at)
{
    const char *start = *at;
    const char *end = strchrnul(start, ',');
    *at = *end == ',' ? end + 1 : NULL;
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]))
        end--;
    return memory_copy_bytes(start, (size_t)(end - start));
}

static bool is_word_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("_/.+-():", c) != NULL);
}

static const char *skip_line(const char *at)
{
    at = strchrnul(at, '\n');
    return *at == '\n' ? at + 1 : at;
}

// The next piece of a list of variables: a word, a quoted text with its quotes, or a character on
// its own. NULL at the end, or with a reason.
static char *next_piece(const char **at, const char **reason)
{
    while (is_blank(**at) || **at == '#')
        *at = **at == '#' ? skip_line(*at) : *at + 1;
    if (**at == '\0')
        return NULL;
    const char *start = *at;
    if (*start == '"' || *start == '\'') {
        const char *end = strchr(start + 1, *start);
        if (end == NULL) {
            *reason = not_closed;
            return NULL;
        }
        *at = end + 1;
        return memory_copy_bytes(start, (size_t)(*at - start));
    }
    if (!is_word_character(*start)) {
        *at += text_first_character(start, strnlen(start, 4)).length;
        return memory_copy_bytes(start, (size_t)(*at - start));
    }
    // A comment does not end a word, and a quote in it is one of its characters.
    struct buffer word = {0};
    while (is_word_character(**at) || **at == '"' || **at == '\'' || **at == '#') {
        if (**at == '#') {
            *at = skip_line(*at);
            continue;
        }
        buffer_append_char(&word, *(*at)++);
    }
    return buffer_take(&word);
}

static void set_variable(struct strings *variables, const char *name, char *value)
{
    size_t length = strlen(value);
    while (length > 0 && (value[length - 1] == '"' || value[length - 1] == '\''))
        value[--length] = '\0';
    strings_set_variable(variables, name, value + strspn(value, "\"'"));
}

bool supervisord_variables(const char *text, struct strings *variables, const char **reason)
{
    *reason = NULL;
    for (;;) {
        memory_auto char *name = next_piece(&text, reason);
        if (name == NULL)
            return *reason == NULL;
        memory_auto char *equals = next_piece(&text, reason);
        memory_auto char *value = equals != NULL ? next_piece(&text, reason) : NULL;
        if (*reason == NULL && (value == NULL || strcmp(equals, "=") != 0))
            *reason = "it must be a list like KEY=\"value\",KEY2=\"value\" (values with other "
                      "characters than letters, digits and _/.+-(): need quotes)";
        if (*reason == NULL && variables->count == VARIABLES_LIMIT)
            *reason = "there are more than 1000 variables in it";
        if (*reason != NULL)
            return false;
        set_variable(variables, name, value);
        // What separates them may be anything.
        free(next_piece(&text, reason));
        if (*reason != NULL)
            return false;
    }
}
