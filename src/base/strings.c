// SPDX-License-Identifier: MIT
#include "base/strings.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void strings_finish(struct strings *strings)
{
    for (size_t i = 0; i < strings->count; i++)
        free(strings->items[i]);
    free(strings->items);
    *strings = (struct strings){0};
}

void strings_append(struct strings *strings, const char *text)
{
    strings_append_owned(strings, memory_copy(text));
}

void strings_append_owned(struct strings *strings, char *text)
{
    // Room grows at the powers of two, so that no capacity has to be kept.
    if ((strings->count & (strings->count + 1)) == 0)
        strings->items = memory_resize(strings->items, strings->count * 2 + 2, sizeof(char *));
    strings->items[strings->count++] = text;
    strings->items[strings->count] = NULL;
}

void strings_append_all(struct strings *strings, const struct strings *others)
{
    for (size_t i = 0; i < others->count; i++)
        strings_append(strings, others->items[i]);
}

bool strings_contain(const struct strings *strings, const char *text)
{
    for (size_t i = 0; i < strings->count; i++) {
        if (strcmp(strings->items[i], text) == 0)
            return true;
    }
    return false;
}

bool strings_equal(const struct strings *a, const struct strings *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    }
    return true;
}

static bool is_variable(const char *entry, const char *name, size_t length)
{
    return strncmp(entry, name, length) == 0 && entry[length] == '=';
}

void strings_set_variable(struct strings *strings, const char *name, const char *value)
{
    size_t length = strlen(name);
    char *entry = memory_format("%s=%s", name, value);
    for (size_t i = 0; i < strings->count; i++) {
        if (is_variable(strings->items[i], name, length)) {
            free(strings->items[i]);
            strings->items[i] = entry;
            return;
        }
    }
    strings_append_owned(strings, entry);
}

const char *strings_variable(const struct strings *strings, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < strings->count; i++) {
        if (is_variable(strings->items[i], name, length))
            return strings->items[i] + length + 1;
    }
    return NULL;
}
