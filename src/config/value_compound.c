// SPDX-License-Identifier: MIT
// The values that are lists and maps: commands, variables, exit codes, dependencies, rules.
#include "config/value.h"

#include "base/memory.h"
#include "base/text.h"
#include "config/command.h"

#include <stdlib.h>
#include <string.h>

enum {
    NAME_LIMIT = 255,       // bytes of a variable's name; YAML has no plain keys beyond 1024
    VARIABLES_LIMIT = 4096, // in one list; looking them up costs by their number
    WISHES_LIMIT = 1000000, // dependencies of all helpers together
};

static enum command_shell shell_choice(const struct reading *reading, const struct setting *setting)
{
    // Only the command itself has a shell setting; what is wrong with it is said at its own turn.
    const struct node *node = setting->required ? node_get(reading->map, "shell") : NULL;
    bool shell;
    if (node == NULL || node->kind != NODE_SCALAR)
        return SHELL_BY_CONTENT;
    memory_auto char *own = NULL;
    const char *text = node->text;
    if (expand_is_needed(text)) {
        char *reason;
        text = own = reading_expand(reading, node->place, text, &reason);
        free(reason);
    }
    if (text == NULL || !text_parse_bool(text, &shell))
        return SHELL_BY_CONTENT;
    return shell ? SHELL_ALWAYS : SHELL_NEVER;
}

static void read_argv(const struct reading *reading, const struct setting *setting,
                      struct node *list, struct strings *argv)
{
    if (list->count == 0)
        reading_complain(reading, list, "\"%s\" is an empty list", setting->name);
    for (size_t i = 0; i < list->count; i++) {
        struct node *item = list->items[i];
        memory_auto char *own = NULL;
        if (item->kind != NODE_SCALAR) {
            reading_complain(reading, item, "\"%s\" must be a list of texts, not of %ss",
                             setting->name, item->kind == NODE_LIST ? "list" : "map");
            continue;
        }
        const char *text = reading_text(reading, setting, item, &own);
        if (text != NULL && i == 0 && *text == '\0')
            reading_complain(reading, item, "\"%s\" has an empty program name", setting->name);
        else if (text != NULL)
            strings_append(argv, text);
    }
}

// Expands the words of a command that was split from a string.
static void expand_words(const struct reading *reading, const struct setting *setting,
                         struct node *node, struct strings *argv)
{
    for (size_t i = 0; i < argv->count && reading->scope != NULL; i++) {
        char *reason;
        char *word = reading_expand(reading, node->place, argv->items[i], &reason);
        if (reason != NULL)
            reading_complain(reading, node, "\"%s\": %s", setting->name, reason);
        free(reason);
        if (word == NULL)
            return;
        free(argv->items[i]);
        argv->items[i] = word;
    }
    if (argv->items[0][0] == '\0')
        reading_complain(reading, node, "\"%s\" has an empty program name", setting->name);
}

void value_read_command(const struct reading *reading, const struct setting *setting,
                        struct node *node, struct command *command)
{
    enum command_shell shell = shell_choice(reading, setting);
    const char *reason = NULL;
    command_finish(command);
    if (node->kind == NODE_MAP || (node_is_null(node) && !node->quoted)) {
        value_complain(reading, setting, node, NULL);
    } else if (node->kind == NODE_LIST) {
        // Defaults speak of strings; only beside the list itself it is a mistake.
        if (shell == SHELL_ALWAYS && node_get(reading->own, "shell") != NULL)
            reading_complain(reading, node,
                             "\"command\" is a list, which no shell reads: write a "
                             "string, or leave out \"shell: true\"");
        else
            read_argv(reading, setting, node, &command->argv);
    } else if (!command_from_text(command, node->text, shell, &reason)) {
        reading_complain(reading, node, "\"%s\" %s", setting->name, reason);
    } else if (command->shell) {
        (void)reading_spend(reading, node->place, node->length); // what is wrong was said
    } else {
        expand_words(reading, setting, node, &command->argv);
    }
}

bool value_check_variable_name(const char *name, const char **reason)
{
    if (*name == '\0')
        *reason = "is empty";
    else if (strchr(name, '=') != NULL)
        *reason = "holds a \"=\"";
    else if (strlen(name) > NAME_LIMIT)
        *reason = "is longer than 255 bytes";
    else
        *reason = NULL;
    for (const char *p = name; *p != '\0' && *reason == NULL; p++) {
        if ((unsigned char)*p <= ' ' || *p == 0x7f)
            *reason = "holds a blank or control character";
    }
    return *reason == NULL;
}

// One NAME=VALUE. The value is the node's text from offset on.
static void read_variable(const struct reading *reading, const struct setting *setting,
                          const char *name, struct node *key, struct node *value, size_t offset,
                          struct strings *variables)
{
    const char *reason;
    if (!value_check_variable_name(name, &reason)) {
        reading_complain(reading, key, "\"%s\": the name \"%s\" %s", setting->name, name, reason);
        return;
    }
    if (value->kind != NODE_SCALAR) {
        reading_complain(reading, value, "\"%s\": \"%s\" must be a text, not %s", setting->name,
                         name, node_kind_name(value->kind));
        return;
    }
    memory_auto char *own = NULL;
    const char *text = node_is_null(value) ? "" : reading_text(reading, setting, value, &own);
    if (text == NULL || !reading_spend(reading, key->place, strlen(name)))
        return;
    // In "NAME=VALUE" the name was taken from the text as written; it holds nothing to expand.
    strings_append_owned(variables, memory_format("%s=%s", name, text + offset));
}

// Says which names of a list are there twice.
static void check_repeated(const struct reading *reading, const struct setting *setting,
                           struct node **items, const struct strings *entries)
{
    bool *repeated = strings_find_repeated(entries);
    for (size_t i = 0; i < entries->count; i++) {
        const char *entry = entries->items[i];
        if (repeated[i])
            reading_complain(reading, items[i], "\"%s\": \"%.*s\" is there twice", setting->name,
                             (int)strcspn(entry, "="), entry);
    }
    free(repeated);
}

static void read_variable_list(const struct reading *reading, const struct setting *setting,
                               struct node *list, struct strings *variables)
{
    struct node **items = memory_new(list->count, sizeof(*items)); // of each entry that was taken
    struct strings entries = {0};
    for (size_t i = 0; i < list->count; i++) {
        struct node *item = list->items[i];
        const char *equals = item->kind == NODE_SCALAR ? strchr(item->text, '=') : NULL;
        if (equals == NULL) {
            reading_complain(reading, item, "\"%s\" must be a list of NAME=VALUE", setting->name);
            continue;
        }
        size_t length = (size_t)(equals - item->text);
        memory_auto char *name = memory_copy_bytes(item->text, length);
        items[entries.count] = item;
        if (strstr(name, "${") != NULL || strstr(name, "$$") != NULL)
            reading_complain(reading, item, "\"%s\": a name cannot hold a variable", setting->name);
        else
            read_variable(reading, setting, name, item, item, length + 1, &entries);
    }
    check_repeated(reading, setting, items, &entries);
    strings_append_all(variables, &entries);
    strings_finish(&entries);
    free(items);
}

void value_read_variables(const struct reading *reading, const struct setting *setting,
                          struct node *node, struct strings *variables)
{
    if (node_is_null(node))
        return;
    size_t count = node->kind == NODE_MAP ? node->pair_count : node->count;
    if (node->kind == NODE_SCALAR || (node->kind == NODE_LIST && setting->kind == KIND_LABELS)) {
        value_complain(reading, setting, node, NULL);
        return;
    }
    if (count > VARIABLES_LIMIT) {
        reading_complain(reading, node, "\"%s\" has more than %d names", setting->name,
                         VARIABLES_LIMIT);
        return;
    }
    if (node->kind == NODE_LIST) {
        read_variable_list(reading, setting, node, variables);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct pair *pair = &node->pairs[i];
        read_variable(reading, setting, pair->key->text, pair->key, pair->value, 0, variables);
    }
}

void value_read_inherited(const struct reading *reading, const struct setting *setting,
                          struct node *node, struct helper_config *helper)
{
    strings_finish(&helper->inherited);
    if (node->kind != NODE_LIST) {
        value_read_bool(reading, setting, node, &helper->inherit_environment);
        return;
    }
    helper->inherit_environment = false;
    for (size_t i = 0; i < node->count; i++) {
        struct node *item = node->items[i];
        memory_auto char *own = NULL;
        const char *reason;
        if (item->kind != NODE_SCALAR) {
            reading_complain(reading, item, "\"%s\" must be %s", setting->name,
                             setting_kind_wanted(setting->kind));
            continue;
        }
        const char *name = reading_text(reading, setting, item, &own);
        if (name != NULL && !value_check_variable_name(name, &reason))
            reading_complain(reading, item, "\"%s\": the name \"%s\" %s", setting->name, name,
                             reason);
        else if (name != NULL)
            strings_append(&helper->inherited, name);
    }
}

void value_read_success(const struct reading *reading, const struct setting *setting,
                        struct node *node, struct helper_config *helper)
{
    size_t count = node->kind == NODE_LIST ? node->count : 1;
    if (node->kind == NODE_MAP || count == 0 || node_is_null(node)) {
        value_complain(reading, setting, node, NULL);
        return;
    }
    free(helper->success);
    helper->success = memory_new(count, sizeof(*helper->success));
    helper->success_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct node *item = node->kind == NODE_LIST ? node->items[i] : node;
        struct exit_status status = {0};
        memory_auto char *own = NULL;
        int64_t code;
        const char *text =
            item->kind == NODE_SCALAR ? reading_text(reading, setting, item, &own) : NULL;
        if (item->kind == NODE_SCALAR && text == NULL)
            continue;
        if (text != NULL && text_parse_integer(text, &code) && code >= 0 && code <= 255)
            status.code = (int)code;
        else if (text == NULL || text_parse_integer(text, &code) ||
                 !text_parse_signal(text, &status.signal)) {
            reading_complain(reading, item,
                             "\"%s\" must hold numbers from 0 to 255 and signals (like SIGTERM)",
                             setting->name);
            continue;
        }
        helper->success[helper->success_count++] = status;
    }
}

static void add_wish(const struct reading *reading, const struct setting *setting,
                     struct node *node, const char *name, int condition)
{
    struct wishes *wishes = reading->wishes;
    if (*name == '\0') {
        reading_complain(reading, node, "\"%s\" has an empty name", setting->name);
        return;
    }
    if (wishes == NULL)
        return;
    if (wishes->count >= WISHES_LIMIT) {
        reading_complain(reading, node, "more than %d dependencies", WISHES_LIMIT);
        return;
    }
    if (wishes->count == wishes->room) {
        wishes->room = wishes->room * 2 + 16;
        wishes->items = memory_resize(wishes->items, wishes->room, sizeof(*wishes->items));
    }
    wishes->items[wishes->count++] = (struct wish){
        .helper = wishes->helper,
        .name = memory_copy(name),
        .condition = (enum condition)condition,
        .node = node,
    };
}

// The condition behind a name in the map form; negative: wrong, and said.
static int read_condition(const struct reading *reading, const struct setting *setting,
                          struct node *node)
{
    memory_auto char *own = NULL;
    if (node_is_null(node))
        return CONDITION_READY;
    const char *text =
        node->kind == NODE_SCALAR ? reading_text(reading, setting, node, &own) : NULL;
    if (node->kind == NODE_SCALAR && text == NULL)
        return -1;
    int condition = text != NULL ? setting_word_value(setting, text) : -1;
    if (condition >= 0)
        return condition;
    struct buffer words = {0};
    value_append_words(&words, setting);
    const char *quote = text != NULL ? "\"" : "";
    reading_complain(reading, node, "\"%s\": a condition must be %.*s, not %s%s%s", setting->name,
                     (int)words.length, words.data, quote,
                     text != NULL ? text : node_kind_name(node->kind), quote);
    buffer_finish(&words);
    return -1;
}

void value_read_dependencies(const struct reading *reading, const struct setting *setting,
                             struct node *node)
{
    if (node_is_null(node))
        return;
    if (node->kind == NODE_SCALAR)
        value_complain(reading, setting, node, NULL);
    for (size_t i = 0; node->kind == NODE_LIST && i < node->count; i++) {
        struct node *item = node->items[i];
        memory_auto char *own = NULL;
        const char *name = NULL;
        if (item->kind != NODE_SCALAR)
            reading_complain(reading, item, "\"%s\" must be a list of names, not of %ss",
                             setting->name, item->kind == NODE_LIST ? "list" : "map");
        else
            name = reading_text(reading, setting, item, &own);
        if (name != NULL)
            add_wish(reading, setting, item, name, CONDITION_READY);
    }
    for (size_t i = 0; node->kind == NODE_MAP && i < node->pair_count; i++) {
        struct node *key = node->pairs[i].key;
        int condition = read_condition(reading, setting, node->pairs[i].value);
        if (condition >= 0 && reading_spend(reading, key->place, key->length))
            add_wish(reading, setting, key, key->text, condition);
    }
}
