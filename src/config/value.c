// SPDX-License-Identifier: MIT
#include "config/value.h"

#include "base/address.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/command.h"
#include "config/path.h"
#include "config/rules.h"
#include "config/value_privilege.h"
#include "config/value_process.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_LIMIT = 40 }; // bytes of a wrong value in a message

void value_append_words(struct buffer *out, const struct setting *setting)
{
    if (setting->words[1] != NULL && setting->words[2] != NULL)
        buffer_append_text(out, "one of ");
    for (size_t i = 0; setting->words[i] != NULL; i++) {
        const char *before = i == 0 ? "" : setting->words[i + 1] != NULL ? ", " : " or ";
        buffer_printf(out, "%s\"%s\"", before, setting->words[i]);
    }
}

// Appends what stands in the file instead of what should.
static void append_found(struct buffer *out, const struct node *node, const char *text)
{
    if (node->kind != NODE_SCALAR) {
        buffer_append_text(out, node_kind_name(node->kind));
        return;
    }
    if (text == NULL)
        text = node->text;
    size_t length = strlen(text);
    if (length == 0 && !node->quoted) {
        buffer_append_text(out, "empty");
        return;
    }
    size_t shown = 0;
    while (shown < length && shown < SHOWN_LIMIT)
        shown += text_first_character(text + shown, length - shown).length;
    buffer_printf(out, "%s\"%.*s\"%s", node->quoted ? "the text " : "", (int)shown, text,
                  shown < length ? "…" : "");
}

bool value_complain(const struct reading *reading, const struct setting *setting, struct node *node,
                    const char *text)
{
    struct buffer out = {0};
    bool has_words = setting_is_one_of_words(setting);
    if (has_words)
        value_append_words(&out, setting);
    else
        buffer_append_text(&out, setting_kind_wanted(setting->kind));
    buffer_append_text(&out, ", not ");
    append_found(&out, node, text);
    if (has_words && node->kind == NODE_SCALAR) {
        size_t count = 0;
        while (setting->words[count] != NULL)
            count++;
        const char *nearest = text_nearest(text != NULL ? text : node->text, setting->words, count);
        if (nearest != NULL)
            buffer_printf(&out, " (did you mean \"%s\"?)", nearest);
    }
    reading_complain(reading, node, "\"%s\" must be %.*s", reading_name(reading, setting),
                     (int)out.length, out.data);
    buffer_finish(&out);
    return false;
}

static bool check_range(const struct reading *reading, const struct setting *setting,
                        struct node *node, const char *text, double value)
{
    if (!setting_has_range(setting) || (value >= setting->least && value <= setting->most))
        return true;
    struct buffer range = {0};
    setting_write_range(&range, setting);
    reading_complain(reading, node, "\"%s\" must be %.*s, not %s", reading_name(reading, setting),
                     (int)range.length, range.data, text);
    buffer_finish(&range);
    return false;
}

bool value_read_bool(const struct reading *reading, const struct setting *setting,
                     struct node *node, bool *value)
{
    memory_auto char *own = NULL;
    if (node->kind != NODE_SCALAR)
        return value_complain(reading, setting, node, NULL);
    const char *text = reading_text(reading, setting, node, &own);
    if (text == NULL)
        return false;
    // Where a variable is put in, quotes are needed in some places and say nothing.
    bool is_text = node->quoted && own == NULL;
    return (!is_text && text_parse_bool(text, value)) ||
           value_complain(reading, setting, node, text);
}

// Reads the text of a scalar into the field of a setting.
typedef void read_text_of(const struct reading *reading, const struct setting *setting,
                          struct node *node, const char *text, void *target);

// Whether the number was read and is in its range; what is wrong is said.
static bool check_number(const struct reading *reading, const struct setting *setting,
                         struct node *node, const char *text, bool parsed, double number)
{
    return parsed ? check_range(reading, setting, node, text, number)
                  : value_complain(reading, setting, node, text);
}

// One whose field is a double.
static void read_decimal(const struct reading *reading, const struct setting *setting,
                         struct node *node, const char *text, void *target)
{
    double number = 0;
    bool parsed = setting->kind == KIND_DURATION   ? text_parse_duration(text, &number)
                  : setting->kind == KIND_FRACTION ? text_parse_fraction(text, &number)
                                                   : text_parse_decimal(text, &number);
    if (check_number(reading, setting, node, text, parsed, number))
        *(double *)setting_field(setting, target) = number;
}

static void read_count(const struct reading *reading, const struct setting *setting,
                       struct node *node, const char *text, void *target)
{
    int64_t count = 0; // a negative one is out of every range
    bool parsed = text_parse_integer(text, &count);
    if (check_number(reading, setting, node, text, parsed, (double)count))
        *(uint64_t *)setting_field(setting, target) = (uint64_t)count;
}

static void read_size(const struct reading *reading, const struct setting *setting,
                      struct node *node, const char *text, void *target)
{
    uint64_t bytes = 0;
    bool parsed = text_parse_size(text, &bytes);
    if (check_number(reading, setting, node, text, parsed, (double)bytes))
        *(uint64_t *)setting_field(setting, target) = bytes;
}

static void read_umask(const struct reading *reading, const struct setting *setting,
                       struct node *node, const char *text, void *target)
{
    unsigned mask = 0;
    bool parsed = text_parse_octal(text, &mask);
    if (check_number(reading, setting, node, text, parsed, mask))
        *(int *)setting_field(setting, target) = (int)mask;
}

static void read_signal(const struct reading *reading, const struct setting *setting,
                        struct node *node, const char *text, void *target)
{
    int signal = 0;
    bool parsed = text_parse_signal(text, &signal);
    if (check_number(reading, setting, node, text, parsed, signal))
        *(int *)setting_field(setting, target) = signal;
}

static void read_integer(const struct reading *reading, const struct setting *setting,
                         struct node *node, const char *text, void *target)
{
    int64_t number = 0;
    bool parsed = text_parse_integer(text, &number);
    if (check_number(reading, setting, node, text, parsed, (double)number))
        *(int *)setting_field(setting, target) = (int)number;
}

static void read_word(const struct reading *reading, const struct setting *setting,
                      struct node *node, const char *text, void *target)
{
    bool boolean;
    int value = setting_word_value(setting, text);
    if (value < 0 && setting->kind == KIND_RESTART && !node->quoted &&
        text_parse_bool(text, &boolean) && !boolean)
        value = RESTART_NEVER;
    if (value < 0 && setting->kind == KIND_STDIN && node_is_null(node))
        value = STDIN_NULL;
    if (value < 0 && setting_has_later_word(setting, text)) {
        reading_complain(reading, node, "\"%s\": \"%s\" is not supported yet by this version",
                         reading_name(reading, setting), text);
    } else if (value < 0) {
        value_complain(reading, setting, node, text);
    } else if (setting->kind == KIND_STREAM) {
        *(struct stream_config *)setting_field(setting, target) = setting_stream_of_word(value);
    } else {
        *(int *)setting_field(setting, target) = value;
    }
}

static void read_helper_name(const struct reading *reading, const struct setting *setting,
                             struct node *node, const char *text, void *target)
{
    (void)setting;
    (void)target; // filled in when all helpers are known
    if (reading->wishes == NULL)
        return;
    free(reading->wishes->exit_with.name);
    reading->wishes->exit_with = (struct wish){.name = memory_copy(text), .node = node};
}

static bool has_control_character(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    }
    return false;
}

// The absolute path of what is written in a node: relative ones start where its file is.
static char *path_from(const struct reading *reading, const struct node *node, const char *text)
{
    const char *file = node->place.source != NULL ? node->place.source->name : "";
    memory_auto char *absolute = path_absolute(reading->cwd, file);
    memory_auto char *directory = path_directory(absolute);
    return path_absolute(directory, text);
}

static void set_text(const struct setting *setting, void *target, char *text)
{
    char **place = setting_field(setting, target);
    free(*place);
    *place = text;
}

static void read_text(const struct reading *reading, const struct setting *setting,
                      struct node *node, const char *text, void *target)
{
    if (setting->kind == KIND_TARGET && setting_has_later_word(setting, text)) {
        reading_complain(reading, node, "\"%s\": \"%s\" is not supported yet by this version",
                         reading_name(reading, setting), text);
    } else if (setting->kind != KIND_TEXT && (*text == '\0' || has_control_character(text))) {
        reading_complain(reading, node, "\"%s\" must be %s, %s", reading_name(reading, setting),
                         setting_kind_wanted(setting->kind),
                         *text == '\0' ? "not an empty one" : "without control characters");
    } else if (setting->words != NULL && setting_word_value(setting, text) >= 0) {
        bool is_auto = setting_word_value(setting, text) == TARGET_WORD_AUTO;
        set_text(setting, target, is_auto ? NULL : memory_copy(text));
    } else if (setting->kind == KIND_TEXT || setting->kind == KIND_LINE) {
        set_text(setting, target, memory_copy(text));
    } else {
        set_text(setting, target, path_from(reading, node, text));
    }
}

static void read_address(const struct reading *reading, const struct setting *setting,
                         struct node *node, const char *text, void *target)
{
    struct address_config *address = setting_field(setting, target);
    struct sockaddr_storage parsed;
    if (!address_parse(text, &parsed)) {
        value_complain(reading, setting, node, text);
        return;
    }
    if (!address_is_loopback(&parsed))
        errors_add_warning(reading->errors, node->place,
                           "\"%s\": %s can be reached from elsewhere, and what goes over it is "
                           "not encrypted, the token neither",
                           reading_name(reading, setting), text);
    free(address->text);
    *address = (struct address_config){.text = memory_copy(text), .address = parsed};
}

void value_read_paths(const struct reading *reading, const struct setting *setting,
                      struct node *node, struct strings *paths)
{
    if (node_is_null(node))
        return;
    size_t count = node->kind == NODE_LIST ? node->count : 1;
    for (size_t i = 0; i < count; i++) {
        struct node *item = node->kind == NODE_LIST ? node->items[i] : node;
        memory_auto char *own = NULL;
        if (item->kind != NODE_SCALAR || node_is_null(item)) {
            reading_complain(reading, item, "\"%s\" must be a path or a list of paths",
                             setting->name);
            continue;
        }
        const char *text = reading_text(reading, setting, item, &own);
        if (text != NULL && *text == '\0')
            reading_complain(reading, item, "\"%s\" has an empty path", setting->name);
        else if (text != NULL)
            strings_append_owned(paths, path_from(reading, item, text));
    }
}

static void read_scalar(const struct reading *reading, const struct setting *setting,
                        struct node *node, void *target, read_text_of *read)
{
    memory_auto char *own = NULL;
    if (node->kind != NODE_SCALAR || (node_is_null(node) && setting->kind != KIND_STDIN)) {
        value_complain(reading, setting, node, NULL);
        return;
    }
    const char *text = reading_text(reading, setting, node, &own);
    if (text != NULL)
        read(reading, setting, node, text, target);
}

// A map is what only later versions read: it tells of its keys.
static void read_stdin(const struct reading *reading, const struct setting *setting,
                       struct node *node, void *target)
{
    if (node->kind != NODE_MAP || node->pair_count == 0) {
        read_scalar(reading, setting, node, target, read_word);
        return;
    }
    struct reading inner = *reading;
    inner.within = setting->name;
    schema_read(&inner, setting->nested, node, target);
}

void value_read(struct reading *reading, const struct setting *setting, struct node *node,
                void *target)
{
    bool ignored;
    switch (setting->kind) {
    case KIND_BOOL:
        value_read_bool(reading, setting, node, setting_field(setting, target));
        break;
    case KIND_SHELL:
        value_read_bool(reading, setting, node, &ignored); // the command looks at it itself
        break;
    case KIND_COUNT:
        read_scalar(reading, setting, node, target, read_count);
        break;
    case KIND_FACTOR:
    case KIND_DURATION:
    case KIND_FRACTION:
        read_scalar(reading, setting, node, target, read_decimal);
        break;
    case KIND_SIZE:
        read_scalar(reading, setting, node, target, read_size);
        break;
    case KIND_OCTAL:
        read_scalar(reading, setting, node, target, read_umask);
        break;
    case KIND_SIGNAL:
        read_scalar(reading, setting, node, target, read_signal);
        break;
    case KIND_INTEGER:
        read_scalar(reading, setting, node, target, read_integer);
        break;
    case KIND_IO_PRIORITY:
        read_scalar(reading, setting, node, target, value_read_io_priority);
        break;
    case KIND_LIMIT:
    case KIND_LIMIT_SIZE:
    case KIND_LIMIT_TIME:
        read_scalar(reading, setting, node, target, value_read_limit);
        break;
    case KIND_PROCESSORS:
        value_read_processors(reading, setting, node, setting_field(setting, target));
        break;
    case KIND_USER:
    case KIND_GROUP:
        read_scalar(reading, setting, node, target, value_read_account);
        break;
    case KIND_GROUPS:
    case KIND_READERS:
        value_read_accounts(reading, setting, node, setting_field(setting, target));
        break;
    case KIND_ADDRESS:
        read_scalar(reading, setting, node, target, read_address);
        break;
    case KIND_CAPABILITIES:
        value_read_capabilities(reading, setting, node, setting_field(setting, target));
        break;
    case KIND_HELPER:
        read_scalar(reading, setting, node, target, read_helper_name);
        break;
    case KIND_WORD:
    case KIND_RESTART:
    case KIND_STREAM:
        read_scalar(reading, setting, node, target, read_word);
        break;
    case KIND_STDIN:
        read_stdin(reading, setting, node, target);
        break;
    case KIND_TEXT:
    case KIND_LINE:
    case KIND_PATH:
    case KIND_TARGET:
    case KIND_SOCKET:
        read_scalar(reading, setting, node, target, read_text);
        break;
    case KIND_LABELS:
        value_read_variables(reading, setting, node, setting_field(setting, target));
        break;
    case KIND_COMMAND:
        value_read_command(reading, setting, node, setting_field(setting, target));
        break;
    case KIND_INHERITED:
        value_read_inherited(reading, setting, node, target);
        break;
    case KIND_SUCCESS:
        value_read_success(reading, setting, node, target);
        break;
    case KIND_DEPENDENCIES:
        value_read_dependencies(reading, setting, node);
        break;
    case KIND_RULES:
        rules_read(reading, setting, node, target);
        break;
    case KIND_LATER:
    case KIND_OUTSIDE:
    case KIND_MAP:
    case KIND_VARIABLES:
    case KIND_KINDS:
        break; // read elsewhere
    }
}
