// SPDX-License-Identifier: MIT
#include "config/supervisord_program.h"

#include "base/memory.h"
#include "base/text.h"
#include "config/config.h"
#include "config/supervisord_helper.h"
#include "config/supervisord_words.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    DAY = 86400,
    RETRIES_MOST = 1000000000,
    PROCESSES_LIMIT = 100000, // of all programs
    LIST_COST = 16,           // for each byte of a list
};

const char *supervisord_section_name(struct supervisord_file *file, const struct node *name)
{
    const char *start = strchr(name->text, ':') + 1;
    start += strspn(start, " \t");
    size_t length = strlen(start);
    while (length > 0 && strchr(" \t", start[length - 1]) != NULL)
        length--;
    const char *text = document_scalar(file->document, name->place, start, length)->text;
    if (length > 0 && strpbrk(text, " :/") == NULL)
        return text;
    errors_add(file->errors, name->place,
               "\"%s\" cannot be a name: it must not be empty nor hold a blank, \":\" or \"/\"",
               text);
    return NULL;
}

static const char *read_autorestart(struct supervisord_program *program)
{
    struct supervisord_reading *reading = &program->reading;
    struct supervisord_value value = supervisord_text(reading, PROGRAM_AUTORESTART);
    bool always;
    if (supervisord_parse_boolean(value.text, &always))
        return always ? "always" : "never";
    if (strcasecmp(value.text, "unexpected") != 0)
        supervisord_complain(reading, PROGRAM_AUTORESTART,
                             "must be true, false or unexpected, not \"%s\"", value.text);
    return "on-failure";
}

static const char *read_stopsignal(struct supervisord_program *program)
{
    struct supervisord_value value = supervisord_text(&program->reading, PROGRAM_STOPSIGNAL);
    int number = SIGTERM;
    if (!text_parse_signal(value.text, &number))
        supervisord_complain(&program->reading, PROGRAM_STOPSIGNAL,
                             "must be a signal (like TERM), not \"%s\"", value.text);
    return supervisord_keep(program->reading.file, text_signal_name(number));
}

// A list takes time by its items, however short they are.
static bool spend_list(const struct supervisord_reading *reading,
                       const struct supervisord_value *list)
{
    return list->text != NULL &&
           supervisord_spend(reading, list->place, LIST_COST * strlen(list->text));
}

static void read_exitcodes(struct supervisord_program *program)
{
    struct supervisord_reading *reading = &program->reading;
    struct supervisord_value value = supervisord_text(reading, PROGRAM_EXITCODES);
    struct document *document = reading->file->document;
    program->exitcodes = document_list(document, value.place);
    bool seen[UINT8_MAX + 1] = {false};
    const char *at = spend_list(reading, &value) && *value.text != '\0' ? value.text : NULL;
    while (at != NULL) {
        memory_auto char *word = supervisord_next_item(&at);
        int64_t code;
        if (!text_parse_integer(word, &code) || code < 0 || code > 255) {
            supervisord_complain(reading, PROGRAM_EXITCODES,
                                 "must be a list of numbers from 0 to 255 (like 0,2), not \"%s\"",
                                 value.text);
            return;
        }
        if (seen[code] || !supervisord_spend(reading, value.place, strlen(word)))
            continue;
        seen[code] = true;
        document_list_append(document, program->exitcodes,
                             document_scalar(document, value.place, word, strlen(word)));
    }
}

static void read_kill_mode(struct supervisord_program *program)
{
    struct supervisord_reading *reading = &program->reading;
    bool stopasgroup = supervisord_boolean(reading, PROGRAM_STOPASGROUP);
    program->kills_group = stopasgroup;
    if (supervisord_raw(reading, PROGRAM_KILLASGROUP).node == NULL)
        return;
    struct supervisord_value value = supervisord_text(reading, PROGRAM_KILLASGROUP);
    bool killasgroup = false;
    if (value.text == NULL || !supervisord_parse_boolean(value.text, &killasgroup))
        supervisord_complain(reading, PROGRAM_KILLASGROUP, "must be true or false, not \"%s\"",
                             value.text != NULL ? value.text : "");
    else if (stopasgroup && !killasgroup)
        supervisord_complain(reading, PROGRAM_KILLASGROUP,
                             "cannot be false where stopasgroup is true");
    else if (!stopasgroup && killasgroup)
        supervisord_warn(reading, PROGRAM_KILLASGROUP,
                         "has no counterpart without stopasgroup: the stop signal goes to the "
                         "whole group as well");
    program->kills_group = stopasgroup || killasgroup;
}

// What all processes of a program have in common. Here %(process_num)d is not known yet.
static void read_program(struct supervisord_program *program)
{
    struct supervisord_reading *reading = &program->reading;
    program->priority = supervisord_integer(reading, PROGRAM_PRIORITY);
    program->autostart = supervisord_boolean(reading, PROGRAM_AUTOSTART);
    program->autorestart = read_autorestart(program);
    program->startsecs = supervisord_natural(reading, PROGRAM_STARTSECS, DAY);
    program->startretries = supervisord_natural(reading, PROGRAM_STARTRETRIES, RETRIES_MOST);
    program->stopsignal = read_stopsignal(program);
    program->stopwaitsecs = supervisord_natural(reading, PROGRAM_STOPWAITSECS, DAY);
    read_kill_mode(program);
    read_exitcodes(program);
    program->redirect_stderr = supervisord_boolean(reading, PROGRAM_REDIRECT_STDERR);
    program->numprocs = supervisord_integer(reading, PROGRAM_NUMPROCS);
    program->first = supervisord_integer(reading, PROGRAM_NUMPROCS_START);
    program->user = supervisord_user(reading, PROGRAM_USER);
    program->umask = supervisord_umask(reading, PROGRAM_UMASK);
    if (program->numprocs > INSTANCES_LIMIT || program->first < 0 || program->first > INT32_MAX) {
        supervisord_complain(reading,
                             program->numprocs > INSTANCES_LIMIT ? PROGRAM_NUMPROCS
                                                                 : PROGRAM_NUMPROCS_START,
                             "is out of range");
        program->numprocs = 0;
    }
    const char *name = supervisord_raw(reading, PROGRAM_PROCESS_NAME).text;
    if (strpbrk(name, " :/") != NULL)
        supervisord_complain(reading, PROGRAM_PROCESS_NAME,
                             "must not hold a blank, \":\" or \"/\"");
    else if (program->numprocs > 1 && strstr(name, "%(process_num)") == NULL)
        supervisord_complain(reading, PROGRAM_NUMPROCS,
                             "needs %%(process_num)d in process_name, or all would have one name");
    else
        return;
    program->numprocs = 0;
}

static void read_environment(struct supervisord_program *program)
{
    struct supervisord_reading *reading = &program->reading;
    const char *reason = NULL;
    struct supervisord_value value = supervisord_text(reading, PROGRAM_ENVIRONMENT);
    struct strings variables = {0};
    if (spend_list(reading, &value) && !supervisord_variables(value.text, &variables, &reason))
        supervisord_complain(reading, PROGRAM_ENVIRONMENT, "%s", reason);
    else if (strings_variable(&variables, "INSTANCE") != NULL)
        supervisord_warn(reading, PROGRAM_ENVIRONMENT,
                         "INSTANCE is a variable of helperd's own; the helper sees 1");
    // Each name is looked for among those before it.
    (void)supervisord_spend(reading, value.place, variables.count * variables.count / 2);
    program->environment = variables;
}

static void add_process(struct supervisord_program *program, const struct supervisord_process *like,
                        struct supervisord_processes *processes)
{
    struct supervisord_reading *reading = &program->reading;
    read_environment(program);
    const char *name = supervisord_text(reading, PROGRAM_PROCESS_NAME).text;
    if (name == NULL)
        return;
    struct node *helper = supervisord_make_helper(program, name);
    if (processes->count == processes->room) {
        processes->room = processes->room * 2 + 16;
        processes->items =
            memory_resize(processes->items, processes->room, sizeof(*processes->items));
    }
    struct supervisord_process *process = &processes->items[processes->count++];
    *process = *like;
    if (!like->grouped)
        process->group_priority = program->priority;
    process->name = name;
    process->place = program->place;
    process->helper = helper;
    if (program->stopwaitsecs > processes->longest_stop)
        processes->longest_stop = program->stopwaitsecs;
}

static void set_number(struct supervisord_program *program, const char *name, int64_t number)
{
    char text[32];
    snprintf(text, sizeof(text), "%" PRId64, number);
    strings_set_variable(&program->reading.names, name, text);
}

static void set_names(struct supervisord_program *program)
{
    strings_set_variable(&program->reading.names, "program_name", program->name);
    strings_set_variable(&program->reading.names, "group_name", program->group);
    supervisord_set_host(&program->reading);
}

void supervisord_add_program(struct supervisord_file *file, const struct supervisord_base *base,
                             const struct pair *section, const struct supervisord_process *like,
                             struct supervisord_processes *processes)
{
    memory_auto char *object = memory_format("[%s]", section->key->text);
    const char *name = supervisord_section_name(file, section->key);
    if (name == NULL)
        return;
    struct supervisord_program program = {
        .reading = supervisord_read(file, section->value, object),
        .base = base,
        .place = section->key->place,
        .name = name,
        .group = like->group,
        .file_scope = {&file->environment, &file->own_scope},
    };
    program.own_scope = (struct scope){&program.environment, &program.file_scope};
    program.reading.environment = &program.file_scope;
    set_names(&program);
    read_program(&program);
    for (int64_t i = 0; *file->budget > 0 && i < program.numprocs; i++) {
        if (processes->count == PROCESSES_LIMIT) {
            supervisord_complain(&program.reading, PROGRAM_NUMPROCS, "more than %d processes",
                                 PROCESSES_LIMIT);
            break;
        }
        set_number(&program, "process_num", program.first + i);
        set_number(&program, "numprocs", program.numprocs);
        strings_finish(&program.environment);
        program.reading.environment = &program.own_scope;
        add_process(&program, like, processes);
    }
    strings_finish(&program.environment);
    strings_finish(&program.reading.names);
}
