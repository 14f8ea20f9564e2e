// SPDX-License-Identifier: MIT
// From helpers as written to typed ones: defaults merged in, instances apart.
#include "config/load.h"

#include "base/memory.h"
#include "base/text.h"
#include "config/identity.h"
#include "config/value.h"

#include <stdlib.h>
#include <string.h>

enum { PAIR_COST = 256 }; // bytes that a merged pair takes

static struct node *merge(struct loading *loading, struct node *under, struct node *over)
{
    if (node_is_null(under))
        return over;
    if (under->kind != NODE_MAP || over->kind != NODE_MAP || loading->budget == 0)
        return over;
    struct node *map = document_map(loading->document, over->place);
    size_t cost = (under->pair_count + over->pair_count) * PAIR_COST;
    if (cost > loading->budget) {
        errors_add(loading->errors, over->place, "here all values together become too large");
        cost = loading->budget;
    }
    loading->budget -= cost;
    for (size_t i = 0; i < under->pair_count; i++) {
        struct pair *pair = &under->pairs[i];
        struct pair *own = node_pair(over, pair->key->text);
        document_map_append(loading->document, map, own != NULL ? own->key : pair->key,
                            own != NULL ? merge(loading, pair->value, own->value) : pair->value);
    }
    for (size_t i = 0; i < over->pair_count; i++) {
        struct pair *pair = &over->pairs[i];
        if (node_pair(under, pair->key->text) == NULL)
            document_map_append(loading->document, map, pair->key, pair->value);
    }
    return map;
}

// A list of NAME=VALUE as a map, so that it merges by name; other nodes as they are.
static struct node *variables_as_map(struct document *document, struct node *list)
{
    if (list == NULL || list->kind != NODE_LIST)
        return list;
    struct node *map = document_map(document, list->place);
    for (size_t i = 0; i < list->count; i++) {
        const struct node *item = list->items[i];
        const char *equals = item->kind == NODE_SCALAR ? strchr(item->text, '=') : NULL;
        if (equals == NULL)
            return list; // not merged; what is wrong is said when it is read
        struct node *key =
            document_scalar(document, item->place, item->text, (size_t)(equals - item->text));
        struct node *value = document_scalar(document, item->place, equals + 1, strlen(equals + 1));
        value->quoted = true;
        if (node_pair(map, key->text) != NULL)
            return list;
        document_map_append(document, map, key, value);
    }
    return map;
}

struct node *load_merge(struct loading *loading, struct node *defaults, struct node *own)
{
    if (defaults == NULL)
        return own;
    struct node *map = merge(loading, defaults, own);
    struct pair *environment = map != own ? node_pair(map, "environment") : NULL;
    if (environment != NULL && node_get(defaults, "environment") != NULL &&
        node_get(own, "environment") != NULL) {
        struct document *document = loading->document;
        environment->value =
            merge(loading, variables_as_map(document, node_get(defaults, "environment")),
                  variables_as_map(document, node_get(own, "environment")));
    }
    return map;
}

// The N of a name X@N, or 1.
static size_t number_in_name(const char *name)
{
    const char *at = strrchr(name, '@');
    int64_t number;
    if (at == NULL || at == name || at[1] < '1' || at[1] > '9' ||
        !text_parse_integer(at + 1, &number) || number > INSTANCES_LIMIT)
        return 1;
    return (size_t)number;
}

// A file for a stream of which nothing comes to us would stay empty.
static void check_files(const struct reading *reading, const struct written_helper *written,
                        const struct helper_config *helper)
{
    const struct node *log = node_get(written->map, "log");
    const struct {
        const char *stream, *file;
        enum stream_mode mode;
    } pairs[] = {
        {"stdout", "stdout_file", helper->log.stdout_stream.mode},
        {"stderr", "stderr_file", helper->log.stderr_stream.mode},
    };
    for (size_t i = 0; i < LENGTH(pairs); i++) {
        struct node *file = node_get(log, pairs[i].file);
        if (file != NULL && pairs[i].mode != STREAM_LOG)
            reading_complain(reading, file, "\"log.%s\" would stay empty: \"log.%s\" is \"%s\"",
                             pairs[i].file, pairs[i].stream, node_get(log, pairs[i].stream)->text);
    }
}

static void check_helper(const struct reading *reading, const struct written_helper *written,
                         struct helper_config *helper)
{
    for (size_t i = 0; i < helper_settings.count; i++) {
        const struct setting *setting = &helper_settings.rows[i];
        if (setting->required && node_get(written->map, setting->name) == NULL)
            reading_complain(reading, written->name, "\"%s\" is required", setting->name);
    }
    check_files(reading, written, helper);
    struct node *restart = node_get(written->map, "restart");
    if (helper->type != TYPE_ONESHOT)
        return;
    // Defaults speak of services; only what the helper itself says can be a mistake.
    if (restart == NULL ||
        (node_get(written->own, "restart") == NULL && helper->restart == RESTART_ALWAYS))
        helper->restart = RESTART_NEVER;
    else if (helper->restart == RESTART_ALWAYS)
        reading_complain(reading, restart,
                         "\"restart\" cannot be \"always\" for a oneshot: it would never be "
                         "complete (\"on-failure\" and \"never\" are possible)");
}

// What the values of one instance see: INSTANCE, environment, env_file, then the top level's. A
// value in one of them sees only those behind it, and INSTANCE, which is no text of the user's.
struct variables {
    struct strings instance, own, file;
    struct scope file_scope, own_scope, scope;
};

static void variables_read(struct variables *variables, struct loading *loading,
                           const struct written_helper *written, const char *object, size_t number)
{
    const struct scope *top = &loading->environment_scope;
    memory_auto char *text = memory_format("%zu", number);
    *variables = (struct variables){0};
    strings_set_variable(&variables->instance, "INSTANCE", text);
    variables->file_scope = (struct scope){&variables->file, top};
    variables->own_scope = (struct scope){&variables->own, &variables->file_scope};
    variables->scope = (struct scope){&variables->instance, &variables->own_scope};

    struct scope below_file = {&variables->instance, top};
    struct scope below_own = {&variables->instance, &variables->file_scope};
    struct reading reading = loading_read(loading, object, &below_own);
    load_env_files(loading, &reading, &helper_settings, written->map, &below_file, top,
                   &variables->file);
    struct node *environment = node_get(written->map, "environment");
    if (environment != NULL)
        value_read_variables(&reading, settings_find(&helper_settings, "environment"), environment,
                             &variables->own);
}

static void variables_finish(struct variables *variables)
{
    strings_finish(&variables->instance);
    strings_finish(&variables->own);
    strings_finish(&variables->file);
}

// How many instances of a helper there are to be; 1 where that is wrong, which is said.
static size_t count_instances(struct loading *loading, const struct written_helper *written,
                              const char *object)
{
    struct node *node = node_get(written->map, "instances");
    if (node == NULL)
        return 1;
    struct variables variables;
    variables_read(&variables, loading, written, object, 1);
    struct reading reading = loading_read(loading, object, &variables.scope);
    const struct setting *setting = settings_find(&helper_settings, "instances");
    memory_auto char *own = NULL;
    const char *text =
        node->kind == NODE_SCALAR ? reading_text(&reading, setting, node, &own) : NULL;
    int64_t count;
    if (text == NULL || !text_parse_integer(text, &count) || count < 1 || count > INSTANCES_LIMIT) {
        // A scalar without a text could not be expanded, which was said.
        if (text != NULL || node->kind != NODE_SCALAR)
            reading_complain(&reading, node,
                             "\"instances\" must be a whole number from 1 to %d, not %s",
                             INSTANCES_LIMIT, text != NULL ? text : node_kind_name(node->kind));
        count = 1;
    }
    variables_finish(&variables);
    return (size_t)count;
}

static struct helper_config *add_helper(struct loading *loading)
{
    struct config *config = loading->config;
    if ((config->helper_count & (config->helper_count - 1)) == 0) // room at the powers of two
        config->helpers =
            memory_resize(config->helpers, config->helper_count * 2 + 1, sizeof(*config->helpers));
    struct helper_config *helper = &config->helpers[config->helper_count++];
    *helper = loading->plain;
    return helper;
}

// Reads a helper as the instance of a number.
static void read_instance(struct loading *loading, const struct written_helper *written,
                          const char *object, size_t number)
{
    struct helper_config *helper = add_helper(loading);
    struct variables variables;
    variables_read(&variables, loading, written, object, number);

    struct reading reading = loading_read(loading, object, &variables.scope);
    reading.own = written->own;
    reading.sibling = loading->config->helper_count > 1 ? helper - 1 : NULL;
    reading.wishes = &loading->wishes;
    loading->wishes.helper = loading->config->helper_count - 1;
    schema_read(&reading, &helper_settings, written->map, helper);
    schema_fill(&reading, &helper_settings, loading->helper_fallbacks, written->map, true, helper);
    strings_append_all(&helper->environment, &variables.file);
    strings_set_all(&helper->environment, &variables.own);
    strings_set_all(&helper->environment, &variables.instance);
    variables_finish(&variables);

    helper->file = written->file;
    helper->line = written->name->place.line;
    helper->base = memory_copy(written->name->text);
    if (helper->working_dir == NULL)
        helper->working_dir = memory_copy(loading->working_dir);
    check_helper(&reading, written, helper);
    identity_settle(&reading, written->map, helper);
}

static void name_instances(struct loading *loading, const struct reading *reading,
                           struct written_helper *written)
{
    const char *base = written->name->text;
    for (size_t i = 0; i < written->count; i++) {
        struct helper_config *helper = &loading->config->helpers[written->first + i];
        helper->name =
            written->count > 1 ? memory_format("%s@%zu", base, i + 1) : memory_copy(base);
    }
    if (strlen(loading->config->helpers[written->first + written->count - 1].name) >
        HELPER_NAME_LIMIT)
        reading_complain(reading, written->name,
                         "with its instances' numbers the name is longer than %d characters",
                         HELPER_NAME_LIMIT);
}

static void load_helper(struct loading *loading, struct written_helper *written)
{
    memory_auto char *object = memory_format("helper \"%s\"", written->name->text);
    struct reading reading = loading_read(loading, object, NULL);
    size_t count = count_instances(loading, written, object);
    written->first = loading->config->helper_count;
    if (written->first + count > HELPERS_LIMIT) {
        reading_complain(&reading, written->name, "more than %d helpers, counting instances",
                         HELPERS_LIMIT);
        count = 1;
    }
    // One that is named like an instance is that one, so that --print-config reads back to itself.
    size_t number = count == 1 ? number_in_name(written->name->text) : 1;
    do
        read_instance(loading, written, object, number + written->count);
    while (++written->count < count && loading->budget > 0);
    name_instances(loading, &reading, written);
}

// X@N cannot be where X has instances.
static void check_instance_name(struct loading *loading, const struct written_helper *written)
{
    const char *name = written->name->text;
    const char *at = strrchr(name, '@');
    if (at == NULL || at[1] == '\0' || at[1 + strspn(at + 1, "0123456789")] != '\0')
        return;
    memory_auto char *base = memory_copy_bytes(name, (size_t)(at - name));
    const struct pair *pair = node_pair(loading->names, base);
    if (pair == NULL || loading->written[pair - loading->names->pairs].count < 2)
        return;
    struct reading reading = loading_read(loading, NULL, NULL);
    reading_complain(&reading, written->name,
                     "a helper cannot be called \"%s\" where \"%s\" has instances", name, base);
}

void load_helpers(struct loading *loading)
{
    for (size_t i = 0; i < loading->written_count && loading->budget > 0; i++)
        load_helper(loading, &loading->written[i]);
    for (size_t i = 0; i < loading->written_count; i++)
        check_instance_name(loading, &loading->written[i]);
}
