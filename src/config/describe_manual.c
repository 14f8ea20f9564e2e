// SPDX-License-Identifier: MIT
// The settings as a section of helperd.yaml(5), in man macros.
#include "config/describe.h"

#include "base/memory.h"
#include "config/settings.h"
#include "config/supervisord_keys.h"

#include <string.h>

// A text with what roff would act on escaped.
static void write_text(struct buffer *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        buffer_append_text(out, "\\&");
    for (; *text != '\0'; text++) {
        if (*text == '\\')
            buffer_append_text(out, "\\e");
        else if (*text == '-')
            buffer_append_text(out, "\\-");
        else
            buffer_append_char(out, *text);
    }
}

static void write_words(struct buffer *out, const struct setting *setting)
{
    for (size_t i = 0; setting->words[i] != NULL; i++) {
        const char *before = i == 0 ? "" : setting->words[i + 1] != NULL ? ", " : " or ";
        buffer_append_text(out, before);
        write_text(out, setting->words[i]);
    }
}

// What a reload does when the value has changed; nothing where that is told elsewhere.
static const char *describe_reach(const struct setting *setting)
{
    static const char *const reaches[] = {
        [REACH_LIVE] = "reload: in place",
        [REACH_RESTART] = "reload: restart",
        [REACH_DAEMON] = "reload: no effect",
    };
    if (setting->kind == KIND_MAP ||
        (setting->kind == KIND_OUTSIDE && setting->reach == REACH_LIVE))
        return NULL;
    return reaches[setting->reach];
}

static void write_range(struct buffer *out, const struct setting *setting)
{
    struct buffer range = {0};
    setting_write_range(&range, setting);
    memory_auto char *text = buffer_take(&range);
    write_text(out, text);
}

// What may stand behind the name; nothing where the text tells that. False: nothing was written.
static bool write_wanted(struct buffer *out, const struct setting *setting)
{
    if (setting_is_one_of_words(setting))
        write_words(out, setting);
    else if (setting->kind != KIND_OUTSIDE)
        write_text(out, setting_kind_wanted(setting->kind));
    else if (!setting_has_range(setting))
        return false;
    if (setting_has_range(setting)) {
        buffer_append_text(out, setting->kind != KIND_OUTSIDE ? ", " : "");
        write_range(out, setting);
    }
    return true;
}

// Behind the name: what kind of value, the fallback, and how far a change reaches.
static void write_kind(struct buffer *out, const struct setting *setting)
{
    const char *before = write_wanted(out, setting) ? "; " : "";
    if (setting->required)
        buffer_append_text(out, "; required");
    if (setting->fallback != NULL) {
        buffer_printf(out, "%sdefault ", before);
        write_text(out, setting->fallback);
    }
    if (setting->developer != NULL) {
        buffer_append_text(out, ", in developer mode ");
        write_text(out, setting->developer);
    }
    const char *reach = describe_reach(setting);
    if (reach != NULL)
        buffer_printf(out, "%s%s", before, reach);
}

static void write_setting(struct buffer *out, const char *within, const struct setting *setting)
{
    buffer_append_text(out, ".TP\n.B ");
    if (within != NULL)
        buffer_printf(out, "%s.", within);
    write_text(out, setting->name);
    buffer_append_char(out, '\n');
    if (describe_reach(setting) != NULL || setting->fallback != NULL) {
        buffer_append_char(out, '(');
        write_kind(out, setting);
        buffer_append_text(out, ")\n");
    }
    write_text(out, setting->text);
    buffer_append_char(out, '\n');
}

static void write_table(struct buffer *out, const char *within, const struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->rows[i];
        if (setting->kind == KIND_LATER)
            continue;
        write_setting(out, within, setting);
        if (setting->kind == KIND_MAP)
            write_table(out, setting->name, setting->nested);
    }
}

// Appends the names that are refused as yet, with a comma between them.
static void write_later(struct buffer *out, const char *within, const struct settings *settings,
                        bool *first)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->rows[i];
        if (setting->kind == KIND_LATER) {
            buffer_append_text(out, *first ? "" : ",\n");
            *first = false;
            if (within != NULL)
                buffer_printf(out, "%s.", within);
            write_text(out, setting->name);
        } else if (setting->nested != NULL) {
            write_later(out, setting->name, setting->nested, first);
        }
        for (const char *const *word = setting->later; word != NULL && *word != NULL; word++) {
            buffer_append_text(out, *first ? "" : ",\n");
            *first = false;
            if (within != NULL)
                buffer_printf(out, "%s.", within);
            buffer_printf(out, "%s: %s", setting->name, *word);
        }
    }
}

static void write_section(struct buffer *out, const char *title, const struct settings *settings)
{
    bool first = true;
    buffer_printf(out, ".SH %s\n", title);
    write_table(out, NULL, settings);
    buffer_append_text(out, ".PP\nThese are not supported yet by this version and refused:\n");
    write_later(out, NULL, settings, &first);
    buffer_append_text(out, ".\n");
}

void describe_manual(struct buffer *out)
{
    write_section(out, "TOP LEVEL", &top_settings);
    write_section(out, "SETTINGS OF A HELPER", &helper_settings);
}

// The keys of a section that are read, then the names of those that are not.
static void write_supervisord_keys(struct buffer *out, enum supervisord_section section)
{
    bool first = true;
    for (size_t i = 0; i < supervisord_row_count; i++) {
        const struct supervisord_row *row = &supervisord_rows[i];
        if (row->section != section)
            continue;
        if (i >= KEYS_READ) {
            buffer_append_text(out, first ? ".PP\nIgnored:\n" : ",\n");
            write_text(out, row->name);
            first = false;
            continue;
        }
        buffer_printf(out, ".TP\n.B %s\n", row->name);
        if (row->to != NULL)
            buffer_printf(out, "Becomes\n.IR \"%s\" .\n", row->to);
        write_text(out, row->text);
        buffer_append_text(out, *row->text != '\0' ? "\n" : "");
    }
    buffer_append_text(out, first ? "" : ".\n");
}

static void write_supervisord_names(struct buffer *out, enum supervisord_section section)
{
    bool first = true;
    for (size_t i = 0; i < supervisord_section_count; i++) {
        const struct supervisord_section_row *row = &supervisord_section_rows[i];
        if (row->section != section)
            continue;
        buffer_printf(out, "%s[%s%s]", first ? "" : ", ", row->name,
                      row->name[strlen(row->name) - 1] == ':' ? "NAME" : "");
        first = false;
    }
    buffer_append_text(out, ".\n");
}

void describe_manual_supervisord(struct buffer *out)
{
    for (size_t i = 0; i < supervisord_section_count; i++) {
        const struct supervisord_section_row *row = &supervisord_section_rows[i];
        if (row->section >= SECTION_READ)
            continue;
        buffer_printf(out, ".SS [%s%s]\n%s\n", row->name,
                      row->name[strlen(row->name) - 1] == ':' ? "NAME" : "", row->text);
        write_supervisord_keys(out, row->section);
    }
    buffer_append_text(out, ".SS Other sections\nIgnored:\n");
    write_supervisord_names(out, SECTION_LEFT);
    buffer_append_text(out, "Refused:\n");
    write_supervisord_names(out, SECTION_REFUSED);
}
