// SPDX-License-Identifier: MIT
#include "config/supervisord_check.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "config/ini.h"
#include "config/supervisord_keys.h"

#include <string.h>
#include <strings.h>

static bool says_nothing_else(const struct supervisord_row *row, const char *text)
{
    return row->fallback != NULL && strcasecmp(row->fallback, text) == 0;
}

// The keys of a section that are read by nobody. Those of [supervisord] are told in one warning:
// nearly every file has some.
static void check_keys(struct errors *errors, const struct pair *section,
                       enum supervisord_section kind)
{
    struct buffer left = {0};
    struct place first = {0};
    for (size_t i = 0; i < section->value->pair_count; i++) {
        const struct pair *pair = &section->value->pairs[i];
        const struct supervisord_row *row = supervisord_row_find(kind, pair->key->text);
        struct place place = pair->key->place;
        if (row == NULL)
            errors_add_warning(errors, place, "[%s]: \"%s\" is no key that supervisord knows",
                               section->key->text, pair->key->text);
        else if (row < &supervisord_rows[KEYS_READ] || says_nothing_else(row, pair->value->text))
            continue;
        else if (kind == SECTION_PROGRAM)
            errors_add_warning(errors, place, "[%s]: \"%s\" has no counterpart and is left alone",
                               section->key->text, row->name);
        else {
            buffer_printf(&left, "%s\"%s\" (line %u)", left.length > 0 ? ", " : "", row->name,
                          place.line);
            first = first.source == NULL ? place : first;
        }
    }
    memory_auto char *names = buffer_take(&left);
    if (first.source != NULL)
        errors_add_warning(errors, first, "[%s]: these are supervisord's own and left alone: %s",
                           section->key->text, names);
}

void supervisord_check(const struct supervisord_input *input)
{
    struct buffer left = {0};
    struct place first = {0};
    for (size_t i = 0; i < input->sections->pair_count; i++) {
        const struct pair *pair = &input->sections->pairs[i];
        const char *name = pair->key->text;
        struct place place = pair->key->place;
        const struct supervisord_section_row *row = supervisord_section_find(name);
        enum supervisord_section kind = row != NULL ? row->section : SECTION_UNKNOWN;
        if (strcmp(name, INI_DEFAULT_SECTION) == 0)
            continue;
        if (kind < SECTION_READ) {
            check_keys(input->errors, pair, kind);
        } else if (kind == SECTION_REFUSED) {
            errors_add(input->errors, place, "[%s]: helperd has no %.*s; run it with supervisord",
                       name, (int)strcspn(name, ":"), name);
        } else if (kind == SECTION_UNKNOWN) {
            errors_add_warning(input->errors, place,
                               "[%s] is no section that supervisord knows; it is left alone", name);
        } else {
            buffer_printf(&left, "%s[%s] (line %u)", left.length > 0 ? ", " : "", name, place.line);
            first = first.source == NULL ? place : first;
        }
    }
    memory_auto char *names = buffer_take(&left);
    if (first.source != NULL)
        errors_add_warning(input->errors, first,
                           "helperd is not controlled this way; left alone: %s", names);
}
