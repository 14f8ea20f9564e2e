// SPDX-License-Identifier: MIT
#include "config/supervisord.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/config.h"
#include "config/ini.h"
#include "config/path.h"
#include "config/supervisord_check.h"
#include "config/supervisord_program.h"
#include "config/supervisord_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum {
    SHUTDOWN_LEAST = 30, // seconds
    SHUTDOWN_MORE = 5,   // than the longest stop
};

static void file_init(struct supervisord_file *file, const struct supervisord_input *input)
{
    *file = (struct supervisord_file){
        .document = input->document,
        .errors = input->errors,
        .sections = input->sections,
        .cwd = input->cwd,
        .main = input->main,
        .budget = input->budget,
    };
}

void supervisord_includes(const struct supervisord_input *input, struct strings *patterns)
{
    struct node *section = node_get(input->sections, "include");
    if (section == NULL)
        return;
    struct supervisord_file file;
    file_init(&file, input);
    struct supervisord_reading reading = supervisord_read(&file, section, "[include]");
    supervisord_set_host(&reading);
    struct supervisord_value value = supervisord_text(&reading, INCLUDE_FILES);
    memory_auto char *here = supervisord_here(&file, input->main);
    struct strings words = {0};
    if (value.text != NULL)
        text_split_blanks(value.text, &words);
    else if (value.node == NULL)
        supervisord_complain(&reading, INCLUDE_FILES, "is missing");
    for (size_t i = 0; i < words.count; i++)
        strings_append_owned(patterns, path_absolute(here, words.items[i]));
    strings_finish(&words);
    strings_finish(&reading.names);
}

struct place supervisord_includes_place(const struct supervisord_input *input)
{
    const struct pair *pair =
        ini_pair(input->sections, node_get(input->sections, "include"), "files");
    return pair != NULL ? pair->value->place : (struct place){.source = input->main};
}

static void read_environment(struct supervisord_reading *reading)
{
    const char *reason;
    struct supervisord_value value = supervisord_text(reading, SUPERVISORD_ENVIRONMENT);
    // supervisord replaces expressions in it twice.
    const char *text = value.node != NULL
                           ? supervisord_expanded(reading, SUPERVISORD_ENVIRONMENT, value.text)
                           : value.text;
    if (text != NULL && !supervisord_variables(text, &reading->file->environment, &reason))
        supervisord_complain(reading, SUPERVISORD_ENVIRONMENT, "%s", reason);
}

// supervisord raises the soft limit where it is lower, and never lowers it.
static const char *read_nofile(struct supervisord_reading *reading, rlim_t soft)
{
    int64_t least = supervisord_integer(reading, SUPERVISORD_MINFDS);
    struct rlimit limit;
    if (least < 0 || (rlim_t)least <= soft || getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return NULL;
    rlim_t hard = limit.rlim_max > (rlim_t)least ? limit.rlim_max : (rlim_t)least;
    memory_auto char *text =
        hard == RLIM_INFINITY ? memory_format("%" PRId64 ":unlimited", least)
                              : memory_format("%" PRId64 ":%llu", least, (unsigned long long)hard);
    return supervisord_keep(reading->file, text);
}

static struct supervisord_base read_base(struct supervisord_file *file, struct node *section,
                                         rlim_t descriptors)
{
    struct supervisord_reading reading = supervisord_read(file, section, "[supervisord]");
    struct supervisord_base base = {.directory = file->cwd};
    bool daemon = !supervisord_boolean(&reading, SUPERVISORD_NODAEMON);
    base.umask = supervisord_umask(&reading, SUPERVISORD_UMASK);
    base.user = supervisord_user(&reading, SUPERVISORD_USER);
    base.nofile = read_nofile(&reading, descriptors);
    if (!daemon)
        base.umask = NULL;
    const char *directory = supervisord_text(&reading, SUPERVISORD_DIRECTORY).text;
    if (directory != NULL) {
        memory_auto char *home = supervisord_home_path(directory);
        memory_auto char *path = path_absolute(file->cwd, home);
        struct stat status;
        if (stat(path, &status) < 0 || !S_ISDIR(status.st_mode))
            supervisord_complain(&reading, SUPERVISORD_DIRECTORY, "there is no directory \"%s\"",
                                 path);
        else if (daemon)
            base.directory = supervisord_keep(file, path);
    }
    read_environment(&reading);
    strings_finish(&reading.names);
    return base;
}

static bool is_program(const struct pair *section)
{
    const struct supervisord_section_row *row = supervisord_section_find(section->key->text);
    return row != NULL && row->section == SECTION_PROGRAM;
}

// The programs of a group; each is marked in grouped.
static void add_group(struct supervisord_file *file, const struct supervisord_base *base,
                      const struct pair *section, struct node *grouped,
                      struct supervisord_processes *processes)
{
    memory_auto char *object = memory_format("[%s]", section->key->text);
    struct supervisord_reading reading = supervisord_read(file, section->value, object);
    struct supervisord_process like = {
        .group = supervisord_section_name(file, section->key),
        .group_priority = supervisord_integer(&reading, GROUP_PRIORITY),
        .grouped = true,
    };
    const char *programs = supervisord_text(&reading, GROUP_PROGRAMS).text;
    if (like.group == NULL || (programs != NULL && *programs == '\0'))
        programs = NULL;
    while (programs != NULL && *file->budget > 0) {
        memory_auto char *word = supervisord_next_item(&programs);
        memory_auto char *name = memory_format("program:%s", word);
        const struct pair *program = node_pair(file->sections, name);
        if (program == NULL) {
            supervisord_complain(&reading, GROUP_PROGRAMS, "there is no [%s]", name);
        } else {
            if (node_get(grouped, name) == NULL)
                document_map_append(file->document, grouped, program->key, program->value);
            supervisord_add_program(file, base, program, &like, processes);
            like.position++;
        }
    }
    strings_finish(&reading.names);
}

static void add_programs(struct supervisord_file *file, const struct supervisord_base *base,
                         struct supervisord_processes *processes)
{
    struct node *grouped = document_map(file->document, (struct place){0});
    for (size_t i = 0; i < file->sections->pair_count; i++) {
        const struct pair *section = &file->sections->pairs[i];
        if (strncmp(section->key->text, "group:", 6) == 0)
            add_group(file, base, section, grouped, processes);
    }
    for (size_t i = 0; i < file->sections->pair_count; i++) {
        const struct pair *section = &file->sections->pairs[i];
        if (!is_program(section) || node_get(grouped, section->key->text) != NULL)
            continue;
        struct supervisord_process like = {.group = supervisord_section_name(file, section->key)};
        if (like.group != NULL)
            supervisord_add_program(file, base, section, &like, processes);
    }
}

// The order in which supervisord starts them.
static int compare_processes(const void *left, const void *right)
{
    const struct supervisord_process *a = left, *b = right;
    if (a->group_priority != b->group_priority)
        return a->group_priority < b->group_priority ? -1 : 1;
    int order = strcmp(a->group, b->group);
    if (order != 0)
        return order;
    if (a->position != b->position)
        return a->position < b->position ? -1 : 1;
    return strcmp(a->name, b->name);
}

static bool is_name_character(char c, bool first)
{
    bool alphanumeric = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    return alphanumeric || (!first && c != '\0' && strchr("_.@-", c) != NULL);
}

// A name that a helper can have, near to that of the process.
static struct node *make_name(struct supervisord_file *file,
                              const struct supervisord_process *process, bool with_group)
{
    struct buffer out = {0};
    if (with_group)
        buffer_printf(&out, "%s.", process->group);
    buffer_append_text(&out, process->name);
    memory_auto char *name = buffer_take(&out);
    bool changed = false;
    for (const char *c = name; *c != '\0'; c++) {
        bool good = is_name_character(*c, c == name);
        if (!good && c == name)
            buffer_append_char(&out, 'x');
        buffer_append_char(&out, is_name_character(*c, false) ? *c : '_');
        changed = changed || !good;
    }
    memory_auto char *possible = buffer_take(&out);
    if (changed)
        errors_add_warning(file->errors, process->place, "\"%s\" is called \"%s\" here", name,
                           possible);
    return document_scalar(file->document, process->place, possible, strlen(possible));
}

// Which names more than one process has.
static struct node *find_shared_names(struct supervisord_file *file,
                                      const struct supervisord_processes *processes)
{
    struct node *seen = document_map(file->document, (struct place){0});
    struct node *shared = document_map(file->document, (struct place){0});
    for (size_t i = 0; i < processes->count; i++) {
        const char *text = processes->items[i].name;
        struct node *name = document_scalar(file->document, (struct place){0}, text, strlen(text));
        struct node *map = node_get(seen, text) == NULL ? seen : shared;
        if (node_get(map, text) == NULL)
            document_map_append(file->document, map, name, name);
    }
    return shared;
}

static struct node *make_helpers(struct supervisord_file *file,
                                 struct supervisord_processes *processes)
{
    struct node *shared = find_shared_names(file, processes);
    struct node *helpers = document_map(file->document, (struct place){.source = file->main});
    if (processes->count > 0)
        qsort(processes->items, processes->count, sizeof(*processes->items), compare_processes);
    for (size_t i = 0; i < processes->count; i++) {
        const struct supervisord_process *process = &processes->items[i];
        bool with_group = process->grouped || node_get(shared, process->name) != NULL;
        struct node *name = make_name(file, process, with_group);
        const struct pair *other = node_pair(helpers, name->text);
        if (other == NULL)
            document_map_append(file->document, helpers, name, process->helper);
        else
            errors_add(file->errors, process->place,
                       "a second process would be called \"%s\"; the first is of line %u",
                       name->text, other->key->place.line);
    }
    return helpers;
}

static struct node *word(struct supervisord_file *file, const char *text)
{
    return document_scalar(file->document, (struct place){.source = file->main}, text,
                           strlen(text));
}

static struct node *make_environment(struct supervisord_file *file)
{
    struct node *map = document_map(file->document, (struct place){.source = file->main});
    for (size_t i = 0; i < file->environment.count; i++) {
        const char *entry = file->environment.items[i];
        memory_auto char *name = memory_copy_bytes(entry, strcspn(entry, "="));
        memory_auto char *value = expand_escape(strchr(entry, '=') + 1);
        struct node *node = word(file, value);
        node->quoted = true;
        document_map_append(file->document, map, word(file, name), node);
    }
    return map;
}

static struct node *make_shutdown(struct supervisord_file *file, int64_t longest_stop)
{
    int64_t timeout = longest_stop + SHUTDOWN_MORE;
    char text[32];
    snprintf(text, sizeof(text), "%" PRId64, timeout > SHUTDOWN_LEAST ? timeout : SHUTDOWN_LEAST);
    struct node *map = document_map(file->document, (struct place){.source = file->main});
    document_map_append(file->document, map, word(file, "timeout"), word(file, text));
    return map;
}

struct node *supervisord_to_document(const struct supervisord_input *input)
{
    struct place nowhere = {.source = input->main};
    struct node *section = node_get(input->sections, "supervisord");
    if (section == NULL) {
        errors_add(input->errors, nowhere,
                   "there is no section [supervisord] in it, so it is no configuration of "
                   "supervisord's");
        return NULL;
    }
    supervisord_check(input);
    struct supervisord_file file;
    file_init(&file, input);
    struct supervisord_base base = read_base(&file, section, input->descriptors);
    struct supervisord_processes processes = {0};
    add_programs(&file, &base, &processes);

    struct node *root = document_map(file.document, nowhere);
    document_map_append(file.document, root, word(&file, "environment"), make_environment(&file));
    document_map_append(file.document, root, word(&file, "shutdown"),
                        make_shutdown(&file, processes.longest_stop));
    document_map_append(file.document, root, word(&file, "helpers"),
                        make_helpers(&file, &processes));
    free(processes.items);
    strings_finish(&file.environment);
    return root;
}
