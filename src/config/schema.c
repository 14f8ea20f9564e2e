// SPDX-License-Identifier: MIT
#include "config/schema.h"

#include "base/memory.h"
#include "base/text.h"
#include "config/value.h"
#include "config/yaml.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_COST = 64 }; // bytes that a value takes beside its text

bool reading_complain(const struct reading *reading, struct node *node, const char *format, ...)
{
    if (node->faulty)
        return false;
    node->faulty = true;
    struct buffer text = {0};
    va_list arguments;
    va_start(arguments, format);
    buffer_vprintf(&text, format, arguments);
    va_end(arguments);
    errors_add(reading->errors, node->place, "%s%s%.*s",
               reading->object != NULL ? reading->object : "", reading->object != NULL ? ": " : "",
               (int)text.length, text.data);
    buffer_finish(&text);
    return false;
}

const char *reading_name(const struct reading *reading, const struct setting *setting)
{
    static char name[64];
    snprintf(name, sizeof(name), "%s%s%s", reading->within != NULL ? reading->within : "",
             reading->within != NULL ? "." : "", setting->name);
    return name;
}

bool reading_spend(const struct reading *reading, struct place place, size_t length)
{
    // Nothing is left only after that was said.
    if (*reading->budget > length + VALUE_COST) {
        *reading->budget -= length + VALUE_COST;
        return true;
    }
    if (*reading->budget > 0)
        errors_add(reading->errors, place, "%s%shere all values together become too large",
                   reading->object != NULL ? reading->object : "",
                   reading->object != NULL ? ": " : "");
    *reading->budget = 0;
    return false;
}

char *reading_expand(const struct reading *reading, struct place place, const char *text,
                     char **reason)
{
    *reason = NULL;
    // Where there are many names, looking them up takes much longer than the text is long.
    if (!reading_spend(reading, place, expand_cost(text, reading->scope)))
        return NULL;
    char *value = expand_text(text, reading->scope, reason);
    if (value != NULL && !reading_spend(reading, place, strlen(value))) {
        free(value);
        value = NULL;
    }
    return value;
}

const char *reading_text(const struct reading *reading, const struct setting *setting,
                         struct node *node, char **own)
{
    *own = NULL;
    if (!expand_is_needed(node->text))
        return reading_spend(reading, node->place, node->length) ? node->text : NULL;
    if (reading->scope == NULL)
        return NULL;
    char *reason;
    *own = reading_expand(reading, node->place, node->text, &reason);
    if (reason != NULL)
        reading_complain(reading, node, "\"%s\": %s", reading_name(reading, setting), reason);
    free(reason);
    return *own;
}

void schema_unknown(const struct reading *reading, const struct settings *settings,
                    struct node *key)
{
    if (reading->errors->kept >= ERRORS_KEPT) { // only counted; spare the search
        reading_complain(reading, key, "unknown key");
        return;
    }
    const char **names = memory_new(settings->count, sizeof(*names));
    for (size_t i = 0; i < settings->count; i++)
        names[i] = settings->rows[i].name;
    const char *nearest = text_nearest(key->text, names, settings->count);
    const char *within = reading->within != NULL ? reading->within : "";
    const char *in = reading->within != NULL ? ": " : "";
    if (nearest != NULL)
        reading_complain(reading, key, "%s%sunknown key \"%s\" (did you mean \"%s\"?)", within, in,
                         key->text, nearest);
    else
        reading_complain(reading, key, "%s%sunknown key \"%s\"", within, in, key->text);
    free(names);
}

static void read_setting(struct reading *reading, const struct setting *setting, struct pair *pair,
                         void *target)
{
    if (setting->kind == KIND_LATER) {
        reading_complain(reading, pair->key, "\"%s\" is not supported yet by this version",
                         reading_name(reading, setting));
    } else if (setting->kind == KIND_MAP) {
        struct reading inner = *reading;
        inner.within = setting->name;
        if (pair->value->kind != NODE_MAP && !node_is_null(pair->value))
            value_complain(reading, setting, pair->value, NULL);
        else
            schema_read(&inner, setting->nested, pair->value, target);
    } else {
        value_read(reading, setting, pair->value, target);
    }
}

void schema_read(struct reading *reading, const struct settings *settings, struct node *map,
                 void *target)
{
    if (map->kind != NODE_MAP)
        return;
    reading->map = map;
    for (size_t i = 0; i < map->pair_count; i++) {
        struct pair *pair = &map->pairs[i];
        if (pair->key->faulty)
            continue; // that was said for another instance
        const struct setting *setting = settings_find(settings, pair->key->text);
        if (setting != NULL)
            read_setting(reading, setting, pair, target);
        else if (settings != &top_settings || strncmp(pair->key->text, "x-", 2) != 0)
            schema_unknown(reading, settings, pair->key);
    }
}

// The fallbacks as the text of a flow map, as a user would write them.
static void write_fallbacks(const struct settings *settings, bool developer, struct buffer *out)
{
    buffer_append_char(out, '{');
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->rows[i];
        const char *fallback =
            developer && setting->developer != NULL ? setting->developer : setting->fallback;
        if (setting->kind == KIND_MAP) {
            buffer_printf(out, "%s: ", setting->name);
            write_fallbacks(setting->nested, developer, out);
            buffer_append_text(out, ", ");
        } else if (setting->kind != KIND_LATER && fallback != NULL) {
            buffer_printf(out, "%s: %s, ", setting->name, fallback);
        }
    }
    buffer_append_char(out, '}');
}

struct node *schema_fallbacks(struct document *document, const struct settings *settings,
                              bool developer, struct errors *errors)
{
    struct buffer text = {0};
    write_fallbacks(settings, developer, &text);
    const struct source *source =
        document_add_source(document, "(fallbacks)", text.data, text.length);
    buffer_finish(&text);
    return yaml_read(document, source, errors);
}

void schema_fill(struct reading *reading, const struct settings *settings, struct node *fallbacks,
                 const struct node *written, bool owning, void *target)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->rows[i];
        if (setting->kind == KIND_MAP) {
            struct reading inner = *reading;
            inner.within = setting->name;
            schema_fill(&inner, setting->nested, node_get(fallbacks, setting->name),
                        node_get(written, setting->name), owning, target);
        } else if (setting->fallback != NULL && setting->kind != KIND_LATER &&
                   setting_kind_owns(setting->kind) == owning &&
                   node_get(written, setting->name) == NULL) {
            value_read(reading, setting, node_get(fallbacks, setting->name), target);
        }
    }
}

void schema_free(const struct settings *settings, void *target)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->rows[i];
        if (setting->kind == KIND_MAP)
            schema_free(setting->nested, target);
        else if (setting_kind_owns(setting->kind))
            value_free(setting, target);
    }
}
