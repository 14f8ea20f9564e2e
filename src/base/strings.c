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

// An entry NAME=VALUE and where it stands; lists of these are sorted by name, so that many names
// are found without a walk along the list for each.
struct named {
    const char *entry;
    size_t index;
};

static int compare_names(const char *a, const char *b)
{
    while (*a == *b && *a != '=' && *a != '\0') {
        a++;
        b++;
    }
    // The end of a name comes before all that may follow in a longer one.
    int x = *a == '=' ? 0 : (unsigned char)*a;
    int y = *b == '=' ? 0 : (unsigned char)*b;
    return x - y;
}

static int compare_named(const void *left, const void *right)
{
    const struct named *a = left, *b = right;
    int order = compare_names(a->entry, b->entry);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

static int compare_entry(const void *entry, const void *named)
{
    return compare_names(entry, ((const struct named *)named)->entry);
}

// All entries, sorted by name, equal names in the order of the list; on the heap.
static struct named *sort_names(const struct strings *strings)
{
    struct named *names = memory_new(strings->count, sizeof(*names));
    for (size_t i = 0; i < strings->count; i++)
        names[i] = (struct named){strings->items[i], i};
    qsort(names, strings->count, sizeof(*names), compare_named);
    return names;
}

void strings_set_all(struct strings *strings, const struct strings *variables)
{
    size_t count = strings->count;
    if (variables->count == 1) { // sorting is not worth it
        const char *entry = variables->items[0];
        set_entry(strings, memory_copy(entry), strcspn(entry, "="));
        return;
    }
    struct named *names = sort_names(strings);
    for (size_t i = 0; i < variables->count; i++) {
        char *entry = memory_copy(variables->items[i]);
        const struct named *found = bsearch(entry, names, count, sizeof(*names), compare_entry);
        if (found == NULL) {
            strings_append_owned(strings, entry);
            continue;
        }
        // The name is read from the new entry from here on: the old one goes.
        char **place = &strings->items[found->index];
        names[found - names].entry = entry;
        free(*place);
        *place = entry;
    }
    free(names);
}

bool *strings_find_repeated(const struct strings *strings)
{
    bool *repeated = memory_new(strings->count, sizeof(*repeated));
    struct named *names = sort_names(strings);
    for (size_t i = 1; i < strings->count; i++)
        repeated[names[i].index] = compare_names(names[i - 1].entry, names[i].entry) == 0;
    free(names);
    return repeated;
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
