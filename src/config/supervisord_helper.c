// SPDX-License-Identifier: MIT
#include "config/supervisord_helper.h"

#include "base/memory.h"
#include "config/path.h"
#include "config/supervisord_words.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DELAY_MOST = 86400, // seconds between two starts
    BACKUPS_MOST = 1000,
};

// Each text is made for each process, and counts.
static struct node *scalar(struct supervisord_program *program, struct place place,
                           const char *text)
{
    (void)supervisord_spend(&program->reading, place, strlen(text)); // what is wrong was said
    return document_scalar(program->reading.file->document, place, text, strlen(text));
}

static struct place place_of(const struct supervisord_program *program, enum supervisord_key key)
{
    return supervisord_raw(&program->reading, key).place;
}

static void put_node(struct supervisord_program *program, struct node *map, struct place place,
                     const char *name, struct node *value)
{
    document_map_append(program->reading.file->document, map, scalar(program, place, name), value);
}

// A word or number of ours.
static void put(struct supervisord_program *program, struct node *map, enum supervisord_key key,
                const char *name, const char *word)
{
    struct place place = place_of(program, key);
    put_node(program, map, place, name, scalar(program, place, word));
}

static void put_number(struct supervisord_program *program, struct node *map,
                       enum supervisord_key key, const char *name, int64_t number)
{
    char text[32];
    snprintf(text, sizeof(text), "%" PRId64, number);
    put(program, map, key, name, text);
}

// A text that is to stay as it is.
static struct node *literal(struct supervisord_program *program, struct place place,
                            const char *text)
{
    memory_auto char *escaped = expand_escape(text);
    struct node *node = scalar(program, place, escaped);
    node->quoted = true;
    return node;
}

static void put_text(struct supervisord_program *program, struct node *map,
                     enum supervisord_key key, const char *name, const char *text)
{
    struct place place = place_of(program, key);
    put_node(program, map, place, name, literal(program, place, text));
}

static struct node *put_map(struct supervisord_program *program, struct node *map,
                            struct place place, const char *name)
{
    struct node *inner = document_map(program->reading.file->document, place);
    put_node(program, map, place, name, inner);
    return inner;
}

// What is wrong with it is said here, in words of supervisord's, and not once more where it is
// read.
static void put_command(struct supervisord_program *program, struct node *helper)
{
    struct supervisord_reading *reading = &program->reading;
    struct supervisord_value value = supervisord_text(reading, PROGRAM_COMMAND);
    struct node *list = document_list(reading->file->document, value.place);
    struct strings words = {0};
    const char *reason = NULL;
    if (value.node == NULL)
        reason = "is missing";
    else if (value.text != NULL && supervisord_split(value.text, &words, &reason))
        reason = words.count == 0 ? "is empty" : NULL;
    if (reason != NULL)
        supervisord_complain(reading, PROGRAM_COMMAND, "%s", reason);
    list->faulty = words.count == 0;
    for (size_t i = 0; *reading->file->budget > 0 && i < words.count; i++)
        document_list_append(reading->file->document, list,
                             literal(program, value.place, words.items[i]));
    put_node(program, helper, value.place, "command", list);
    strings_finish(&words);
}

static void put_environment(struct supervisord_program *program, struct node *helper,
                            const char *process_name)
{
    const char *const own[][2] = {
        {"SUPERVISOR_ENABLED", "1"},
        {"SUPERVISOR_PROCESS_NAME", process_name},
        {"SUPERVISOR_GROUP_NAME", program->group},
    };
    struct place place = place_of(program, PROGRAM_ENVIRONMENT);
    struct node *map = put_map(program, helper, place, "environment");
    for (size_t i = 0; i < LENGTH(own); i++) {
        bool is_set = strings_variable(&program->environment, own[i][0]) != NULL ||
                      strings_variable(&program->reading.file->environment, own[i][0]) != NULL;
        if (!is_set)
            put_node(program, map, place, own[i][0], literal(program, place, own[i][1]));
    }
    for (size_t i = 0; i < program->environment.count; i++) {
        const char *entry = program->environment.items[i];
        memory_auto char *name = memory_copy_bytes(entry, strcspn(entry, "="));
        put_node(program, map, place, name, literal(program, place, strchr(entry, '=') + 1));
    }
}

static void put_directory(struct supervisord_program *program, struct node *helper)
{
    struct supervisord_value value = supervisord_text(&program->reading, PROGRAM_DIRECTORY);
    const char *written = value.text != NULL ? value.text : ".";
    memory_auto char *path = path_absolute(program->base->directory, written);
    put_text(program, helper, PROGRAM_DIRECTORY, "working_dir", path);
}

static bool is_helperd_itself(const char *user)
{
    const struct passwd *entry = getpwnam(user);
    return entry != NULL && entry->pw_uid == getuid();
}

static void put_identity(struct supervisord_program *program, struct node *helper)
{
    const struct supervisord_base *base = program->base;
    const char *user = program->user != NULL ? program->user : base->user;
    const char *mask = program->umask != NULL ? program->umask : base->umask;
    if (user != NULL && !is_helperd_itself(user))
        put_text(program, helper, PROGRAM_USER, "user", user);
    if (mask != NULL)
        put(program, helper, PROGRAM_UMASK, "umask", mask);
    if (base->nofile != NULL) {
        struct node *limits = put_map(program, helper, program->place, "limits");
        put(program, limits, PROGRAM_COMMAND, "nofile", base->nofile);
    }
}

// supervisord waits a second longer before each try; ours doubles. Both end at as many seconds.
static void put_restarts(struct supervisord_program *program, struct node *helper)
{
    int64_t startsecs = program->startsecs;
    int64_t longest = program->startretries < DELAY_MOST ? program->startretries : DELAY_MOST;
    struct node *codes = program->exitcodes;
    const char *restart = program->autorestart;
    if (codes->count > 0)
        put_node(program, helper, codes->place, "success_exit_codes", codes);
    else if (strcmp(restart, "on-failure") == 0)
        restart = "always"; // nothing is success
    put(program, helper, PROGRAM_AUTORESTART, "restart", restart);
    put_number(program, helper, PROGRAM_STARTRETRIES, "start_retries", program->startretries);

    struct node *backoff =
        put_map(program, helper, place_of(program, PROGRAM_STARTRETRIES), "backoff");
    put(program, backoff, PROGRAM_STARTRETRIES, "initial", "1s");
    put(program, backoff, PROGRAM_STARTRETRIES, "factor", "2");
    put(program, backoff, PROGRAM_STARTRETRIES, "jitter", "0");
    put_number(program, backoff, PROGRAM_STARTRETRIES, "max",
               startsecs > 0 && longest > 1 ? longest : 1);
    put_number(program, backoff, PROGRAM_STARTSECS, "reset_after", startsecs > 0 ? startsecs : 1);
    if (startsecs > 0) {
        struct node *ready =
            put_map(program, helper, place_of(program, PROGRAM_STARTSECS), "ready");
        put_number(program, ready, PROGRAM_STARTSECS, "after", startsecs);
    }
}

// Where a stream goes.
struct output {
    enum supervisord_key key;
    const char *path; // NULL: to the log, or nowhere
    bool discarded;
    int64_t size, backups;
};

// The keys of a stream stand behind each other in the table, its files as in supervisord.
static void read_output(struct supervisord_program *program, enum supervisord_key key,
                        struct output *output)
{
    struct supervisord_reading *reading = &program->reading;
    const char *text = supervisord_text(reading, key).text;
    // supervisord replaces expressions in it twice.
    if (text != NULL)
        text = supervisord_expanded(reading, key, text);
    *output = (struct output){
        .key = key,
        .size = supervisord_size(reading, key + 1),
        .backups = supervisord_natural(reading, key + 2, BACKUPS_MOST),
    };
    if (text == NULL || strcasecmp(text, "auto") == 0)
        return;
    output->discarded = strcasecmp(text, "none") == 0 || strcasecmp(text, "off") == 0 ||
                        strcmp(text, "/dev/null") == 0;
    if (output->discarded)
        return;
    if (strcasecmp(text, "syslog") == 0) {
        supervisord_warn(reading, key, "syslog is not supported; it goes to the log");
        return;
    }
    memory_auto char *home = supervisord_home_path(text);
    memory_auto char *path = path_absolute(program->base->directory, home);
    memory_auto char *directory = path_directory(path);
    struct stat status;
    if (stat(directory, &status) < 0 || !S_ISDIR(status.st_mode))
        supervisord_complain(reading, key, "there is no directory \"%s\"", directory);
    output->path = scalar(program, place_of(program, key), path)->text;
}

static void put_output(struct supervisord_program *program, struct node *log,
                       const struct output *output, const char *stream, const char *file)
{
    if (output->path != NULL)
        put_text(program, log, output->key, file, output->path);
    else if (output->discarded)
        put(program, log, output->key, stream, "discard");
}

static void put_log(struct supervisord_program *program, struct node *helper)
{
    struct output out, err;
    read_output(program, PROGRAM_STDOUT_LOGFILE, &out);
    read_output(program, PROGRAM_STDERR_LOGFILE, &err);
    struct node *log = put_map(program, helper, program->place, "log");
    put_output(program, log, &out, "stdout", "stdout_file");
    if (program->redirect_stderr) {
        if (err.path != NULL)
            supervisord_warn(&program->reading, PROGRAM_STDERR_LOGFILE,
                             "does not count where redirect_stderr is true");
        err.path = NULL;
        put(program, log, PROGRAM_REDIRECT_STDERR, "stderr", "stdout");
    } else {
        put_output(program, log, &err, "stderr", "stderr_file");
    }
    const struct output *limits = out.path != NULL ? &out : &err;
    if (limits->path == NULL)
        return;
    if (out.path != NULL && err.path != NULL &&
        (out.size != err.size || (out.size > 0 && out.backups != err.backups)))
        supervisord_warn(&program->reading, PROGRAM_STDERR_LOGFILE,
                         "its maxbytes and backups are those of stdout_logfile: a helper has one "
                         "limit for its files");
    put(program, log, limits->key, "file_format", "raw");
    put_number(program, log, limits->key + 1, "max_size", limits->size);
    put_number(program, log, limits->key + 2, "max_files", limits->backups);
}

struct node *supervisord_make_helper(struct supervisord_program *program, const char *name)
{
    struct node *helper = document_map(program->reading.file->document, program->place);
    put_command(program, helper);
    put_directory(program, helper);
    put_environment(program, helper, name);
    put_identity(program, helper);
    put(program, helper, PROGRAM_AUTOSTART, "autostart", program->autostart ? "true" : "false");
    put_restarts(program, helper);
    put(program, helper, PROGRAM_STOPSIGNAL, "stop_signal", program->stopsignal);
    put_number(program, helper, PROGRAM_STOPWAITSECS, "stop_timeout", program->stopwaitsecs);
    put(program, helper, PROGRAM_STOPASGROUP, "kill_mode",
        program->kills_group ? "group" : "process");
    put(program, helper, PROGRAM_COMMAND, "stdin", "hold");
    put_log(program, helper);

    return helper;
}
