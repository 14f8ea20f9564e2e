// SPDX-License-Identifier: MIT
// The configuration in force as YAML.
#include "config/describe.h"

#include "base/memory.h"
#include "base/text.h"
#include "config/expand.h"
#include "config/schema.h"
#include "config/settings.h"
#include "config/value.h"
#include "config/value_privilege.h"
#include "config/value_process.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void indent(struct buffer *out, unsigned depth)
{
    for (unsigned i = 0; i < depth; i++)
        buffer_append_text(out, "  ");
}

// Whether YAML takes the character as it is between double quotes.
static bool is_printable(uint32_t point)
{
    return (point >= 0x20 && point <= 0x7e) || (point >= 0xa0 && point <= 0xd7ff) ||
           (point >= 0xe000 && point <= 0xfffd && point != 0xfeff) || point >= 0x10000;
}

// A text in double quotes, so that nothing in it can mean anything.
static void quote_bytes(struct buffer *out, const char *text)
{
    size_t length = strlen(text);
    buffer_append_char(out, '"');
    while (length > 0) {
        struct character character = text_first_character(text, length);
        uint32_t point = character.valid ? character.code : 0xfffd;
        if (point == '"' || point == '\\')
            buffer_printf(out, "\\%c", (char)point);
        else if (point == '\n')
            buffer_append_text(out, "\\n");
        // Line and paragraph separators would be read as line breaks.
        else if (is_printable(point) && point != 0x2028 && point != 0x2029)
            buffer_append(out, text, character.length);
        else if (point <= 0xff)
            buffer_printf(out, "\\x%02x", point);
        else
            buffer_printf(out, "\\u%04x", point);
        text += character.length;
        length -= character.length;
    }
    buffer_append_char(out, '"');
}

// Whether every reader of YAML takes it for a text without quotes: a word that is no other value.
static bool is_plain_word(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    static const char others[] = "0123456789-.@";
    static const char *const values[] = {"null", "true", "false", "yes", "no",
                                         "on",   "off",  "y",     "n"};
    for (size_t i = 0; i < LENGTH(values); i++) {
        if (strcasecmp(text, values[i]) == 0)
            return false;
    }
    if (*text == '\0' || strchr(letters, *text) == NULL)
        return false;
    while (*text != '\0' && (strchr(letters, *text) != NULL || strchr(others, *text) != NULL))
        text++;
    return *text == '\0';
}

// What stands before a colon; in quotes where it needs them.
static void write_key(struct buffer *out, const char *text)
{
    if (is_plain_word(text))
        buffer_append_text(out, text);
    else
        quote_bytes(out, text);
}

// The same as quote_bytes for a value that is expanded when it is read.
static void quote_value(struct buffer *out, const char *text)
{
    memory_auto char *escaped = expand_escape(text);
    quote_bytes(out, escaped);
}

static void quote_list(struct buffer *out, const struct strings *strings)
{
    buffer_append_char(out, '[');
    for (size_t i = 0; i < strings->count; i++) {
        if (i > 0)
            buffer_append_text(out, ", ");
        quote_value(out, strings->items[i]);
    }
    buffer_append_char(out, ']');
}

// What is described, and how much of it.
struct description {
    const struct config *config; // the target's own, or the one that the helper belongs to
    const void *plain;           // a target of fallbacks, which go without saying; or NULL
    bool of_helper;              // the target is one
};

// The number of an instance is in its name, and every helper has the variable. description is NULL
// for what are no variables.
static bool is_implied(const struct description *description, const char *variable)
{
    return description != NULL && description->plain != NULL && description->of_helper &&
           strncmp(variable, "INSTANCE=", strlen("INSTANCE=")) == 0;
}

static void write_variables(struct buffer *out, unsigned depth, const struct strings *variables,
                            const struct description *description)
{
    for (size_t i = 0; i < variables->count; i++) {
        const char *entry = variables->items[i];
        if (is_implied(description, entry))
            continue;
        memory_auto char *name = memory_copy_bytes(entry, strcspn(entry, "="));
        buffer_append_char(out, '\n');
        indent(out, depth);
        write_key(out, name);
        buffer_append_text(out, ": ");
        quote_value(out, strchr(entry, '=') + 1);
    }
}

static void write_command(struct buffer *out, const struct command *command)
{
    if (command->shell)
        quote_bytes(out, command->argv.items[2]);
    else
        quote_list(out, &command->argv);
}

static void write_accounts(struct buffer *out, const struct accounts_config *accounts)
{
    buffer_append_char(out, '[');
    for (size_t i = 0; i < accounts->count; i++) {
        buffer_append_text(out, i > 0 ? ", " : "");
        quote_value(out, accounts->items[i].text);
    }
    buffer_append_char(out, ']');
}

static void write_success(struct buffer *out, const struct helper_config *helper)
{
    buffer_append_char(out, '[');
    for (size_t i = 0; i < helper->success_count; i++) {
        struct exit_status status = helper->success[i];
        if (status.signal == 0)
            buffer_printf(out, "%s%d", i > 0 ? ", " : "", status.code);
        else
            buffer_printf(out, "%s%s", i > 0 ? ", " : "", text_signal_name(status.signal));
    }
    buffer_append_char(out, ']');
}

static void write_rules(struct buffer *out, unsigned depth, const struct helper_log_config *log)
{
    const struct setting *rows = rule_settings.rows;
    for (size_t i = 0; i < log->rule_count; i++) {
        const struct log_rule *rule = &log->rules[i];
        buffer_append_char(out, '\n');
        indent(out, depth);
        buffer_printf(out, "- {%s: ", rows[RULE_MATCH].name);
        quote_value(out, rule->text);
        if (rule->drop)
            buffer_printf(out, ", %s: true}", rows[RULE_DROP].name);
        else
            buffer_printf(out, ", %s: %s}", rows[RULE_LEVEL].name, level_names[rule->level]);
    }
}

static void write_dependencies(struct buffer *out, unsigned depth, const struct setting *setting,
                               const struct helper_config *helper, const struct config *config)
{
    for (size_t i = 0; i < helper->dependency_count; i++) {
        const struct dependency *dependency = &helper->dependencies[i];
        buffer_append_char(out, '\n');
        indent(out, depth);
        write_key(out, config->helpers[dependency->helper].name);
        buffer_printf(out, ": %s", setting_word(setting, (int)dependency->condition));
    }
}

// Whether the setting has the value that it would have by itself.
static bool is_plain(const struct description *description, const struct setting *setting,
                     const void *target)
{
    if (description->plain == NULL || setting->fallback == NULL)
        return false;
    const struct helper_config *helper = target;
    if (setting->kind == KIND_RESTART && helper->type == TYPE_ONESHOT)
        return helper->restart == RESTART_NEVER;
    return value_equal(setting, target, description->plain);
}

static bool has_variables(const struct description *description, const struct strings *variables)
{
    for (size_t i = 0; i < variables->count; i++) {
        if (!is_implied(description, variables->items[i]))
            return true;
    }
    return false;
}

// Whether there is anything to write: some settings have no fallback.
static bool is_written(const struct description *description, const struct setting *setting,
                       const void *target)
{
    const struct helper_config *helper = target;
    if (is_plain(description, setting, target))
        return false;
    switch (setting->kind) {
    case KIND_LATER:
    case KIND_OUTSIDE:
        return false;
    case KIND_MAP:
        for (size_t i = 0; i < setting->nested->count; i++) {
            if (is_written(description, &setting->nested->rows[i], target))
                return true;
        }
        return false;
    case KIND_SHELL:
        return helper->command.shell;
    case KIND_TEXT:
    case KIND_LINE:
    case KIND_PATH:
        return *(char *const *)setting_const_field(setting, target) != NULL;
    case KIND_VARIABLES:
        return has_variables(description, setting_const_field(setting, target));
    case KIND_LABELS:
        return has_variables(NULL, setting_const_field(setting, target));
    case KIND_COMMAND:
        return command_is_set(setting_const_field(setting, target));
    case KIND_DEPENDENCIES:
        return helper->dependency_count > 0;
    case KIND_RULES:
        return helper->log.rule_count > 0;
    case KIND_OCTAL:
        return *(const int *)setting_const_field(setting, target) >= 0;
    case KIND_INTEGER:
    case KIND_IO_PRIORITY:
        return *(const int *)setting_const_field(setting, target) != INTEGER_UNSET;
    case KIND_LIMIT:
    case KIND_LIMIT_SIZE:
    case KIND_LIMIT_TIME:
        return ((const struct limit_config *)setting_const_field(setting, target))->is_set;
    case KIND_CAPABILITIES:
        return ((const struct capabilities_config *)setting_const_field(setting, target))->is_set;
    case KIND_USER:
    case KIND_GROUP:
        return ((const struct account_config *)setting_const_field(setting, target))->text != NULL;
    case KIND_GROUPS:
    case KIND_READERS:
        return ((const struct accounts_config *)setting_const_field(setting, target))->is_set;
    case KIND_PROCESSORS:
        return ((const struct processors_config *)setting_const_field(setting, target))->mask !=
               NULL;
    case KIND_ADDRESS:
        return ((const struct address_config *)setting_const_field(setting, target))->text != NULL;
    case KIND_DURATION:
        return *(const double *)setting_const_field(setting, target) >= 0;
    case KIND_HELPER:
        return *(const ssize_t *)setting_const_field(setting, target) >= 0;
    case KIND_COUNT:
        return *(const uint64_t *)setting_const_field(setting, target) != START_RETRIES_NONE;
    case KIND_BOOL:
    case KIND_FACTOR:
    case KIND_SIZE:
    case KIND_FRACTION:
    case KIND_SIGNAL:
    case KIND_WORD:
    case KIND_RESTART:
    case KIND_STDIN:
    case KIND_STREAM:
    case KIND_TARGET:
    case KIND_SOCKET:
    case KIND_INHERITED:
    case KIND_SUCCESS:
    case KIND_KINDS:
        break;
    }
    return true;
}

static void write_settings(struct buffer *out, unsigned depth, const struct settings *settings,
                           const void *target, const struct description *description);

static void write_value(struct buffer *out, unsigned depth, const struct setting *setting,
                        const void *target, const struct description *description)
{
    const struct helper_config *helper = target;
    const void *value = setting_const_field(setting, target);
    switch (setting->kind) {
    case KIND_BOOL:
        buffer_append_text(out, *(const bool *)value ? "true" : "false");
        break;
    case KIND_SHELL:
        buffer_append_text(out, "true");
        break;
    case KIND_COUNT:
        buffer_printf(out, "%llu", (unsigned long long)*(const uint64_t *)value);
        break;
    case KIND_FACTOR:
    case KIND_FRACTION:
        text_format_decimal(out, *(const double *)value);
        break;
    case KIND_DURATION:
        text_format_duration(out, *(const double *)value);
        break;
    case KIND_SIZE:
        text_format_size(out, *(const uint64_t *)value);
        break;
    case KIND_OCTAL:
        buffer_printf(out, "%04o", (unsigned)*(const int *)value);
        break;
    case KIND_SIGNAL:
        buffer_append_text(out, text_signal_name(*(const int *)value));
        break;
    case KIND_INTEGER:
        buffer_printf(out, "%d", *(const int *)value);
        break;
    case KIND_IO_PRIORITY:
        value_write_io_priority(out, *(const int *)value);
        break;
    case KIND_LIMIT:
    case KIND_LIMIT_SIZE:
    case KIND_LIMIT_TIME:
        value_write_limit(out, setting, value);
        break;
    case KIND_PROCESSORS:
        value_write_processors(out, value);
        break;
    case KIND_USER:
    case KIND_GROUP:
        quote_value(out, ((const struct account_config *)value)->text);
        break;
    case KIND_GROUPS:
    case KIND_READERS:
        write_accounts(out, value);
        break;
    case KIND_ADDRESS:
        quote_value(out, ((const struct address_config *)value)->text);
        break;
    case KIND_CAPABILITIES:
        value_write_capabilities(out, value);
        break;
    case KIND_HELPER:
        quote_bytes(out, description->config->helpers[*(const ssize_t *)value].name);
        break;
    case KIND_WORD:
    case KIND_RESTART:
    case KIND_STDIN:
        buffer_append_text(out, setting_word(setting, *(const int *)value));
        break;
    case KIND_STREAM:
        buffer_append_text(out, setting_word(setting, setting_word_of_stream(value)));
        break;
    case KIND_TEXT:
    case KIND_LINE:
    case KIND_PATH:
        quote_value(out, *(char *const *)value);
        break;
    case KIND_TARGET:
    case KIND_SOCKET:
        if (*(char *const *)value == NULL)
            buffer_append_text(out, setting_word(setting, TARGET_WORD_AUTO));
        else
            quote_value(out, *(char *const *)value);
        break;
    case KIND_VARIABLES:
        write_variables(out, depth + 1, value, description);
        break;
    case KIND_LABELS:
        write_variables(out, depth + 1, value, NULL);
        break;
    case KIND_COMMAND:
        write_command(out, value);
        break;
    case KIND_INHERITED:
        if (helper->inherited.count > 0)
            quote_list(out, &helper->inherited);
        else
            buffer_append_text(out, helper->inherit_environment ? "true" : "false");
        break;
    case KIND_SUCCESS:
        write_success(out, helper);
        break;
    case KIND_DEPENDENCIES:
        write_dependencies(out, depth + 1, setting, helper, description->config);
        break;
    case KIND_RULES:
        write_rules(out, depth + 1, &helper->log);
        break;
    case KIND_MAP:
        write_settings(out, depth + 1, setting->nested, target, description);
        break;
    case KIND_LATER:
    case KIND_OUTSIDE:
    case KIND_KINDS:
        break; // never written
    }
}

// Whether a value follows on lines of its own.
static bool is_block(enum setting_kind kind)
{
    return kind == KIND_MAP || kind == KIND_VARIABLES || kind == KIND_LABELS ||
           kind == KIND_DEPENDENCIES || kind == KIND_RULES;
}

static void write_settings(struct buffer *out, unsigned depth, const struct settings *settings,
                           const void *target, const struct description *description)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->rows[i];
        if (!is_written(description, setting, target))
            continue;
        if (out->length > 0)
            buffer_append_char(out, '\n');
        indent(out, depth);
        buffer_printf(out, "%s:%s", setting->name, is_block(setting->kind) ? "" : " ");
        write_value(out, depth, setting, target, description);
    }
}

// plain, plain_helper: what goes without saying, or NULL.
static void describe(const struct config *config, const struct config *plain,
                     const struct helper_config *plain_helper, struct buffer *out)
{
    const struct description top = {.config = config, .plain = plain};
    const struct description each = {.config = config, .plain = plain_helper, .of_helper = true};
    write_settings(out, 0, &top_settings, config, &top);
    buffer_append_text(out, out->length > 0 ? "\n" : "");
    buffer_append_text(out, config->helper_count > 0 ? "helpers:" : "helpers: {}");
    for (size_t i = 0; i < config->helper_count; i++) {
        buffer_append_text(out, "\n  ");
        write_key(out, config->helpers[i].name);
        buffer_append_char(out, ':');
        write_settings(out, 2, &helper_settings, &config->helpers[i], &each);
    }
    buffer_append_char(out, '\n');
}

void describe_config(const struct config *config, struct buffer *out)
{
    describe(config, NULL, NULL, out);
}

// Reads the fallbacks of a table into a target.
static void fill_plain(struct document *document, const struct settings *settings, void *target)
{
    struct errors errors = {0};
    size_t budget = SIZE_MAX;
    struct reading reading = {.errors = &errors, .cwd = "/", .budget = &budget};
    struct node *fallbacks = schema_fallbacks(document, settings, false, &errors);
    schema_fill(&reading, settings, fallbacks, NULL, false, target);
    schema_fill(&reading, settings, fallbacks, NULL, true, target);
    errors_finish(&errors); // of our own texts there are none
}

void describe_config_briefly(const struct config *config, struct buffer *out)
{
    struct document *document = document_create();
    struct config plain = {0};
    struct helper_config plain_helper = {0};
    fill_plain(document, &top_settings, &plain);
    fill_plain(document, &helper_settings, &plain_helper);
    describe(config, &plain, &plain_helper, out);
    schema_free(&top_settings, &plain);
    schema_free(&helper_settings, &plain_helper);
    document_destroy(document);
}
