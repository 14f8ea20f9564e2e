// SPDX-License-Identifier: MIT
#include "config/supervisord_check.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/ini.h"
#include "config/supervisord_keys.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

// Sections, or keys of one, that are told in one warning: nearly every file has some.
struct ignored {
    struct buffer names;
    struct place first;
};

static void ignored_add(struct ignored *ignored, const struct node *name, const char *open,
                        const char *close)
{
    buffer_printf(&ignored->names, "%s%s%s%s (line %u)", ignored->names.length > 0 ? ", " : "",
                  open, name->text, close, name->place.line);
    if (ignored->first.source == NULL)
        ignored->first = name->place;
}

static void warn_of_unknown_key(struct errors *errors, const struct node *section,
                                enum supervisord_section kind, const struct node *key)
{
    const char **names = memory_new(supervisord_row_count, sizeof(*names));
    size_t count = 0;
    for (size_t i = 0; i < supervisord_row_count; i++) {
        if (supervisord_rows[i].section == kind)
            names[count++] = supervisord_rows[i].name;
    }
    const char *nearest = text_nearest(key->text, names, count);
    if (nearest != NULL)
        errors_add_warning(errors, key->place, "[%s]: unknown key \"%s\" (did you mean \"%s\"?)",
                           section->text, key->text, nearest);
    else
        errors_add_warning(errors, key->place, "[%s]: unknown key \"%s\"", section->text,
                           key->text);
    free(names);
}

static bool is_without_effect(const struct supervisord_row *row, const char *text)
{
    return row->fallback != NULL && fnmatch(row->fallback, text, FNM_CASEFOLD) == 0;
}

// The keys of a section that are read by nobody.
static void check_keys(struct errors *errors, const struct pair *section,
                       enum supervisord_section kind)
{
    struct ignored ignored = {0};
    for (size_t i = 0; i < section->value->pair_count; i++) {
        const struct pair *pair = &section->value->pairs[i];
        const struct supervisord_row *row = supervisord_row_find(kind, pair->key->text);
        if (row == NULL)
            warn_of_unknown_key(errors, section->key, kind, pair->key);
        else if (row >= &supervisord_rows[KEYS_READ] && !is_without_effect(row, pair->value->text))
            ignored_add(&ignored, pair->key, "\"", "\"");
    }
    memory_auto char *names = buffer_take(&ignored.names);
    if (ignored.first.source != NULL)
        errors_add_warning(errors, ignored.first, "[%s]: ignored by helperd: %s",
                           section->key->text, names);
}

void supervisord_check(const struct supervisord_input *input)
{
    struct ignored ignored = {0};
    for (size_t i = 0; i < input->sections->pair_count; i++) {
        const struct pair *pair = &input->sections->pairs[i];
        const char *name = pair->key->text;
        struct place place = pair->key->place;
        const struct supervisord_section_row *row = supervisord_section_find(name);
        enum supervisord_section kind = row != NULL ? row->section : SECTION_UNKNOWN;
        if (strcmp(name, INI_DEFAULT_SECTION) == 0)
            continue;
        if (kind < SECTION_READ)
            check_keys(input->errors, pair, kind);
        else if (kind == SECTION_REFUSED)
            errors_add(input->errors, place,
                       "[%s]: helperd has no %.*s: take the section out, or run the file with "
                       "supervisord",
                       name, (int)strcspn(name, ":"), name);
        else if (kind == SECTION_UNKNOWN)
            errors_add_warning(input->errors, place, "unknown section [%s]", name);
        else
            ignored_add(&ignored, pair->key, "[", "]");
    }
    memory_auto char *names = buffer_take(&ignored.names);
    if (ignored.first.source != NULL)
        errors_add_warning(input->errors, ignored.first,
                           "ignored by helperd, as supervisorctl does not work with it: %s", names);
}
