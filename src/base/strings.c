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

static bool is_variable(const char *entry, const char *name, size_t length)
{
    return strncmp(entry, name, length) == 0 && entry[length] == '=';
}

// Takes an entry NAME=VALUE, the name of so many bytes, in the place of the one it replaces.
static void set_entry(struct strings *strings, char *entry, size_t length)
{
    for (size_t i = 0; i < strings->count; i++) {
        if (is_variable(strings->items[i], entry, length)) {
            free(strings->items[i]);
            strings->items[i] = entry;
            return;
        }
    }
    strings_append_owned(strings, entry);
}

void strings_set_variable(struct strings *strings, const char *name, const char *value)
{
    set_entry(strings, memory_format("%s=%s", name, value), strlen(name));
}

void strings_set_all(struct strings *strings, const struct strings *variables)
{
    for (size_t i = 0; i < variables->count; i++) {
        const char *entry = variables->items[i];
        set_entry(strings, memory_copy(entry), strcspn(entry, "="));
    }
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
