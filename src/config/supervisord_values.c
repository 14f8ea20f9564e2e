// SPDX-License-Identifier: MIT
#include "config/supervisord_values.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/ini.h"
#include "config/path.h"
#include "config/schema.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { NODE_COST = 64 }; // bytes that a text takes in the document beside those of any value

struct supervisord_reading supervisord_read(struct supervisord_file *file, struct node *section,
                                            const char *object)
{
    struct supervisord_reading reading = {
        .file = file,
        .section = section,
        .object = object,
        .environment = &file->own_scope,
    };
    strings_set_variable(&reading.names, "here", ""); // each value's own
    return reading;
}

void supervisord_set_host(struct supervisord_reading *reading)
{
    char host[256] = "";
    (void)gethostname(host, sizeof(host) - 1);
    strings_set_variable(&reading->names, "host_node_name", host);
}

static const struct pair *written_pair(const struct supervisord_reading *reading,
                                       enum supervisord_key key)
{
    return ini_pair(reading->file->sections, reading->section, supervisord_rows[key].name);
}

// Says it once for all processes of a program: an error marks the value, a warning the key.
static void add(const struct supervisord_reading *reading, enum supervisord_key key, bool warning,
                const char *text)
{
    const struct pair *pair = written_pair(reading, key);
    struct node *at = pair != NULL ? pair->value : reading->section;
    struct node *mark = pair != NULL && warning ? pair->key : at;
    if (mark->faulty)
        return;
    mark->faulty = true;
    (warning ? errors_add_warning : errors_add)(reading->file->errors, at->place, "%s: \"%s\": %s",
                                                reading->object, supervisord_rows[key].name, text);
}

__attribute__((format(printf, 4, 0))) static void
add_formatted(const struct supervisord_reading *reading, enum supervisord_key key, bool warning,
              const char *format, va_list arguments)
{
    struct buffer text = {0};
    buffer_vprintf(&text, format, arguments);
    memory_auto char *copy = buffer_take(&text);
    add(reading, key, warning, copy);
}

void supervisord_complain(const struct supervisord_reading *reading, enum supervisord_key key,
                          const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_formatted(reading, key, false, format, arguments);
    va_end(arguments);
}

void supervisord_warn(const struct supervisord_reading *reading, enum supervisord_key key,
                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_formatted(reading, key, true, format, arguments);
    va_end(arguments);
}

bool supervisord_spend(const struct supervisord_reading *reading, struct place place, size_t length)
{
    const struct reading spender = {
        .errors = reading->file->errors,
        .object = reading->object,
        .budget = reading->file->budget,
    };
    return reading_spend(&spender, place, length + NODE_COST);
}

const char *supervisord_keep(struct supervisord_file *file, const char *text)
{
    return document_scalar(file->document, (struct place){0}, text, strlen(text))->text;
}

// A directory without "..", as far as the path alone tells.
static char *collapse(const char *path)
{
    struct buffer out = {0};
    while (*path != '\0') {
        size_t length = strcspn(path + 1, "/") + 1;
        if (length == 3 && strncmp(path, "/..", 3) == 0) {
            while (out.length > 0 && out.data[--out.length] != '/') {
            }
        } else {
            buffer_append(&out, path, length);
        }
        path += length;
    }
    if (out.length == 0)
        buffer_append_char(&out, '/');
    return buffer_take(&out);
}

char *supervisord_here(const struct supervisord_file *file, const struct source *source)
{
    memory_auto char *absolute = path_absolute(file->cwd, source->name);
    memory_auto char *directory = path_directory(absolute);
    return collapse(directory);
}

struct supervisord_value supervisord_raw(const struct supervisord_reading *reading,
                                         enum supervisord_key key)
{
    const struct pair *pair = written_pair(reading, key);
    struct node *node = pair != NULL ? pair->value : NULL;
    return (struct supervisord_value){
        .node = node,
        .place = node != NULL ? node->place : reading->section->place,
        .text = node != NULL ? node->text : supervisord_rows[key].fallback,
    };
}

const char *supervisord_expanded(struct supervisord_reading *reading, enum supervisord_key key,
                                 const char *text)
{
    struct supervisord_file *file = reading->file;
    struct supervisord_value value = supervisord_raw(reading, key);
    if (strstr(text, "%(here)") != NULL) {
        const struct source *source = value.place.source != NULL ? value.place.source : file->main;
        memory_auto char *here = supervisord_here(file, source);
        strings_set_variable(&reading->names, "here", here);
    }
    const struct expressions expressions = {&reading->names, reading->environment};
    if (!supervisord_spend(reading, value.place, supervisord_expand_cost(text, &expressions)))
        return NULL;
    char *reason;
    memory_auto char *expanded = supervisord_expand(text, &expressions, &reason);
    if (expanded == NULL) {
        supervisord_complain(reading, key, "%s", reason);
        free(reason);
        return NULL;
    }
    return supervisord_spend(reading, value.place, strlen(expanded))
               ? supervisord_keep(file, expanded)
               : NULL;
}

struct supervisord_value supervisord_text(struct supervisord_reading *reading,
                                          enum supervisord_key key)
{
    struct supervisord_value value = supervisord_raw(reading, key);
    if (value.node != NULL)
        value.text = supervisord_expanded(reading, key, value.text);
    if (value.node == NULL || value.text == NULL) {
        const char *fallback = supervisord_rows[key].fallback;
        bool is_plain = fallback == NULL || strchr(fallback, '%') == NULL;
        value.text = is_plain ? fallback : supervisord_expanded(reading, key, fallback);
    }
    return value;
}

// As Python's int(): with blanks around it.
static bool parse_integer(const char *text, size_t length, int64_t *number)
{
    while (length > 0 && strchr(" \t\r\n", *text) != NULL) {
        text++;
        length--;
    }
    while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL)
        length--;
    memory_auto char *digits = memory_copy_bytes(text, length);
    return text_parse_integer(digits, number);
}

int64_t supervisord_integer(struct supervisord_reading *reading, enum supervisord_key key)
{
    struct supervisord_value value = supervisord_text(reading, key);
    int64_t number = 0;
    if (!parse_integer(value.text, strlen(value.text), &number)) {
        supervisord_complain(reading, key, "must be a whole number, not \"%s\"", value.text);
        text_parse_integer(supervisord_rows[key].fallback, &number);
    }
    return number;
}

int64_t supervisord_natural(struct supervisord_reading *reading, enum supervisord_key key,
                            int64_t most)
{
    int64_t number = supervisord_integer(reading, key);
    if (number <= most)
        return number > 0 ? number : 0;
    supervisord_warn(reading, key, "%" PRId64 " is taken as %" PRId64, number, most);
    return most;
}

bool supervisord_parse_boolean(const char *text, bool *value)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};
    for (size_t i = 0; i < LENGTH(words); i++) {
        if (strcasecmp(text, words[i]) == 0) {
            *value = i % 2 == 1;
            return true;
        }
    }
    return false;
}

bool supervisord_boolean(struct supervisord_reading *reading, enum supervisord_key key)
{
    struct supervisord_value value = supervisord_text(reading, key);
    bool truth = false;
    if (!supervisord_parse_boolean(value.text, &truth)) {
        supervisord_complain(reading, key, "must be true or false, not \"%s\"", value.text);
        supervisord_parse_boolean(supervisord_rows[key].fallback, &truth);
    }
    return truth;
}

static bool parse_size(const char *text, int64_t *size)
{
    static const char *const units[] = {"kb", "mb", "gb"};
    size_t length = strlen(text);
    for (size_t i = 0; length >= 2 && i < LENGTH(units); i++) {
        if (strcasecmp(text + length - 2, units[i]) == 0)
            return parse_integer(text, length - 2, size) &&
                   !__builtin_mul_overflow(*size, INT64_C(1) << (10 * (i + 1)), size);
    }
    return parse_integer(text, length, size);
}

int64_t supervisord_size(struct supervisord_reading *reading, enum supervisord_key key)
{
    struct supervisord_value value = supervisord_text(reading, key);
    int64_t size = 0;
    if (!parse_size(value.text, &size)) {
        supervisord_complain(reading, key, "must be a size (like 50MB, 512KB, 0), not \"%s\"",
                             value.text);
        parse_size(supervisord_rows[key].fallback, &size);
    }
    return size > 0 ? size : 0;
}

const char *supervisord_umask(struct supervisord_reading *reading, enum supervisord_key key)
{
    struct supervisord_value value = supervisord_text(reading, key);
    unsigned mask;
    if (value.text == NULL)
        return NULL;
    if (!text_parse_octal(value.text, &mask) || mask > 0777) {
        supervisord_complain(reading, key, "must be an octal number (like 022), not \"%s\"",
                             value.text);
        return NULL;
    }
    memory_auto char *text = memory_format("%04o", mask);
    return supervisord_keep(reading->file, text);
}

const char *supervisord_user(struct supervisord_reading *reading, enum supervisord_key key)
{
    struct supervisord_value value = supervisord_text(reading, key);
    int64_t number;
    if (value.text == NULL)
        return NULL;
    bool is_number = parse_integer(value.text, strlen(value.text), &number);
    const struct passwd *user = is_number ? getpwuid((uid_t)number) : getpwnam(value.text);
    if (user == NULL || (is_number && user->pw_uid != number)) {
        supervisord_complain(reading, key, "there is no user \"%s\"", value.text);
        return NULL;
    }
    return supervisord_keep(reading->file, user->pw_name);
}

char *supervisord_home_path(const char *path)
{
    if (path[0] != '~')
        return memory_copy(path);
    size_t length = strcspn(path, "/");
    const char *home = length == 1 ? secure_getenv("HOME") : NULL;
    if (home == NULL) {
        memory_auto char *name = memory_copy_bytes(path + 1, length - 1);
        const struct passwd *user = length == 1 ? getpwuid(getuid()) : getpwnam(name);
        home = user != NULL ? user->pw_dir : NULL;
    }
    return home != NULL ? memory_format("%s%s", home, path + length) : memory_copy(path);
}
