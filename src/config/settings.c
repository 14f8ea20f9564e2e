// SPDX-License-Identifier: MIT
#include "config/settings.h"

#include "base/memory.h"
#include "base/text.h"
#include "config/config.h"

#include <string.h>

static const char *const format_words[] = {
    [FORMAT_AUTO] = "auto",     [FORMAT_TEXT] = "text",     [FORMAT_DEV] = "dev",
    [FORMAT_JSON] = "json",     [FORMAT_LOGFMT] = "logfmt", [FORMAT_QGODA] = "qgoda",
    [FORMAT_SYSLOG] = "syslog", [FORMAT_RAW] = NULL,
};
static const char *const later_formats[] = {"journal", NULL};
const char *const setting_level_words[] = {
    [LEVEL_DEBUG] = "debug", [LEVEL_INFO] = "info", [LEVEL_WARNING] = "warning",
    [LEVEL_ERROR] = "error", [LEVEL_COUNT] = NULL,
};
static const char *const time_words[] = {"utc", "local", "none", NULL};
static const char *const on_full_words[] = {
    [ON_FULL_BLOCK] = "block", [ON_FULL_DROP] = "drop", NULL};
static const char *const target_words[] = {
    [TARGET_WORD_AUTO] = "auto",
    "stdout",
    "stderr",
    NULL,
};

static const char *const socket_words[] = {
    [TARGET_WORD_AUTO] = "auto",
    "none",
    NULL,
};

static const struct setting log_rows[] = {
    {.name = "format",
     .kind = KIND_WORD,
     .reach = REACH_LIVE,
     .offset = offsetof(struct config, log.format),
     .fallback = "auto",
     .words = format_words,
     .later = later_formats,
     .text = "How a record is written. auto is dev in developer mode, syslog where what is written "
             "to is the journal, else text."},
    {.name = "level",
     .kind = KIND_WORD,
     .reach = REACH_LIVE,
     .offset = offsetof(struct config, log.level),
     .fallback = "debug",
     .words = setting_level_words,
     .text = "The least level that is shown."},
    {.name = "target",
     .kind = KIND_TARGET,
     .reach = REACH_LIVE,
     .offset = offsetof(struct config, log.target),
     .fallback = "auto",
     .words = target_words,
     .later = later_formats,
     .text = "Where the log goes: auto, stdout, stderr or the path of a file. auto is standard "
             "output or, where only standard error is the journal, standard error."},
    {.name = "time",
     .kind = KIND_WORD,
     .reach = REACH_LIVE,
     .offset = offsetof(struct config, log.time),
     .fallback = "utc",
     .developer = "local",
     .words = time_words,
     .text = "Whether times are UTC, local with their offset, or left out."},
    {.name = "on_full",
     .kind = KIND_WORD,
     .offset = offsetof(struct config, log.on_full),
     .fallback = "block",
     .words = on_full_words,
     .text = "What happens when the target, or a helper's file, does not keep up: block makes the "
             "helper wait as with a pipe, drop leaves lines out and says how many."},
    {.name = "queue",
     .kind = KIND_SIZE,
     .offset = offsetof(struct config, log.queue),
     .fallback = "8MiB",
     .least = 64 * 1024,
     .most = 1024.0 * 1024 * 1024,
     .text = "How much may wait to be written, for each target and file. One helper may fill "
             "as much of it as it leaves free; an eighth is kept for helperd's own messages. "
             "Helpers that "
             "wait (block) do so when more is there than is written in a moment and a "
             "sixty-fourth is their own."},
    {.name = "max_size",
     .kind = KIND_SIZE,
     .offset = offsetof(struct config, log.max_size),
     .fallback = "0",
     .text = "The size that a log file does not grow beyond: before that it is renamed to FILE.1, "
             "an older FILE.1 to FILE.2 and so on, and a new one is begun. 0 is any size."},
    {.name = "max_files",
     .kind = KIND_COUNT,
     .offset = offsetof(struct config, log.max_files),
     .fallback = "5",
     .least = 0,
     .most = 1000,
     .text = "How many renamed log files are kept. 0 begins the file anew and keeps none."},
};
static const struct settings log_settings = {"log", log_rows, LENGTH(log_rows)};

static const struct setting control_rows[] = {
    {.name = "path",
     .kind = KIND_SOCKET,
     .reach = REACH_DAEMON,
     .offset = offsetof(struct config, control.path),
     .fallback = "auto",
     .words = socket_words,
     .text = "Where the control socket is; none is no socket. -s goes before it. auto is what "
             "HELPERD_SOCKET names, else .helperd.sock in the working directory in developer "
             "mode, /run/helperd/helperd.sock as root and helperd.sock in XDG_RUNTIME_DIR as a "
             "user. A path is that of a socket; a directory that is missing is made, but not "
             "those above it."},
    {.name = "mode",
     .kind = KIND_OCTAL,
     .reach = REACH_DAEMON,
     .offset = offsetof(struct config, control.mode),
     .least = 0,
     .most = 0777,
     .text = "The file mode of the socket: who has the right to write can connect, but what he may "
             "do there is told by group and readers alone. Without it 0600, with group 0660, with "
             "readers 0666."},
    {.name = "group",
     .kind = KIND_GROUP,
     .reach = REACH_DAEMON,
     .offset = offsetof(struct config, control.group),
     .text = "The group that the socket belongs to. Its members may do all that helperd's own user "
             "and root may. It is looked up when the configuration is read."},
    {.name = "readers",
     .kind = KIND_READERS,
     .reach = REACH_DAEMON,
     .offset = offsetof(struct config, control.readers),
     .text = "Users who may look but change nothing: names or numbers. With @ before it, and in "
             "quotes, since YAML wants them there, it is a group (like \"@staff\"). They see what "
             "helpers print. They are looked up when the configuration is read."},
    {.name = "http",
     .kind = KIND_ADDRESS,
     .reach = REACH_DAEMON,
     .offset = offsetof(struct config, control.http),
     .text = "Where helperd listens for HTTP over TCP as well; without it, nowhere. Whoever knows "
             "the token in the file beside the socket, with .token behind its name, may do "
             "everything. Nothing is encrypted, so other addresses than those of this machine "
             "itself are warned of. Port 0 is any that is free; the log says which."},
};
static const struct settings control_settings = {"control", control_rows, LENGTH(control_rows)};

static const struct setting shutdown_rows[] = {
    {.name = "timeout",
     .kind = KIND_DURATION,
     .reach = REACH_LIVE,
     .offset = offsetof(struct config, shutdown_timeout),
     .fallback = "30s",
     .least = 0.001,
     .most = 7 * 86400.0,
     .text = "How long all helpers together may take to end before the rest is killed."},
    {.name = "exit_with",
     .kind = KIND_HELPER,
     .reach = REACH_LIVE,
     .offset = offsetof(struct config, exit_with),
     .text = "The helper whose end ends everything: when it is over for good (completed, failed or "
             "stopped), all others are stopped, and its exit status is that of helperd. One of "
             "several instances is named like worker@1."},
};
static const struct settings shutdown_settings = {"shutdown", shutdown_rows, LENGTH(shutdown_rows)};

static const struct setting systemd_rows[] = {
    {.name = "ready", .text = "When systemd is told that helperd is ready."},
};
static const struct settings systemd_settings = {"systemd", systemd_rows, LENGTH(systemd_rows)};

static const struct setting top_rows[] = {
    {.name = "helpers",
     .kind = KIND_OUTSIDE,
     .text = "A map of name to helper. A helper is a map of the settings below, or just its "
             "command as a list or a string."},
    {.name = "defaults",
     .kind = KIND_OUTSIDE,
     .text = "Settings that every helper starts from. A map in it is merged with the helper's own "
             "name by name, lists and single values are replaced."},
    {.name = "include",
     .kind = KIND_OUTSIDE,
     .text = "Paths or patterns (*, ?, [...]) of more files to read, each pattern's files sorted "
             "by name, relative to the file that includes them. They may hold helpers, defaults, "
             "include and x- keys; their defaults add to those of the including file."},
    {.name = "environment",
     .kind = KIND_VARIABLES,
     .reach = REACH_RESTART,
     .offset = offsetof(struct config, environment),
     .text = "Variables for every helper, below its own: a map, or a list of NAME=VALUE."},
    {.name = "env_file",
     .kind = KIND_OUTSIDE,
     .reach = REACH_RESTART,
     .text = "Files with lines NAME=VALUE that come before environment."},
    {.name = "groups", .text = "Names for sets of helpers."},
    {.name = "log", .kind = KIND_MAP, .nested = &log_settings, .text = "The log of helperd."},
    {.name = "control",
     .kind = KIND_MAP,
     .nested = &control_settings,
     .text = "The control socket, by which helperd is asked and told."},
    {.name = "shutdown", .kind = KIND_MAP, .nested = &shutdown_settings, .text = "How it ends."},
    {.name = "systemd", .nested = &systemd_settings, .text = "What systemd is told."},
};
const struct settings top_settings = {"", top_rows, LENGTH(top_rows)};

static const struct {
    bool owns;
    const char *wanted;
} kinds[] = {
    [KIND_LATER] = {false, "a value"},
    [KIND_OUTSIDE] = {false, "a value"},
    [KIND_MAP] = {false, "a map"},
    [KIND_BOOL] = {false, "true or false"},
    [KIND_SHELL] = {false, "true or false"},
    [KIND_COUNT] = {false, "a whole number"},
    [KIND_FACTOR] = {false, "a number"},
    [KIND_DURATION] = {false, "a duration (like 10s)"},
    [KIND_SIZE] = {false, "a size (like 64KiB)"},
    [KIND_FRACTION] = {false, "a percentage (like 10%)"},
    [KIND_OCTAL] = {false, "an octal number (like 022)"},
    [KIND_SIGNAL] = {false, "a signal (like SIGTERM)"},
    [KIND_INTEGER] = {false, "a whole number"},
    [KIND_IO_PRIORITY] = {false, "idle, best-effort, best-effort:N, realtime or realtime:N, with N "
                                 "from 0 to 7"},
    [KIND_LIMIT] = {false, "a number, unlimited, or SOFT:HARD (like 1024:4096)"},
    [KIND_LIMIT_SIZE] = {false, "a size, unlimited, or SOFT:HARD (like 64MiB:unlimited)"},
    [KIND_LIMIT_TIME] = {false, "whole seconds from 1, unlimited, or SOFT:HARD (like 60s:2m)"},
    [KIND_CAPABILITIES] = {false, "a list of capabilities (like [NET_BIND_SERVICE])"},
    [KIND_HELPER] = {false, "the name of a helper"},
    [KIND_WORD] = {false, "a word"},
    [KIND_RESTART] = {false, "a word"},
    [KIND_STDIN] = {false, "a word"},
    [KIND_STREAM] = {false, "a word"},
    [KIND_TEXT] = {true, "a text"},
    [KIND_LINE] = {true, "a text of one line"},
    [KIND_PATH] = {true, "a path"},
    [KIND_TARGET] = {true, "\"auto\", \"stdout\", \"stderr\" or a path"},
    [KIND_SOCKET] = {true, "\"auto\", \"none\" or a path"},
    [KIND_VARIABLES] = {true, "a map or a list of NAME=VALUE"},
    [KIND_LABELS] = {true, "a map of name to text"},
    [KIND_COMMAND] = {true, "a list or a string"},
    [KIND_USER] = {true, "the name or number of a user"},
    [KIND_GROUP] = {true, "the name or number of a group"},
    [KIND_GROUPS] = {true, "a list of groups"},
    [KIND_READERS] = {true, "a list of users and groups (like [web, \"@staff\"])"},
    [KIND_ADDRESS] = {true, "an address and a port (like 127.0.0.1:8080 or [::1]:8080)"},
    [KIND_PROCESSORS] = {true, "a list of processors and ranges (like 0-3,5)"},
    [KIND_INHERITED] = {true, "true, false or a list of names"},
    [KIND_SUCCESS] = {true, "a list of exit codes and signals"},
    [KIND_DEPENDENCIES] = {true, "a list, or a map of name to condition"},
    [KIND_RULES] = {true, "a list of rules (like {match: REGEX, level: error})"},
};
_Static_assert(LENGTH(kinds) == KIND_KINDS, "a kind is not described");

const struct setting *settings_find(const struct settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->count; i++) {
        if (strcmp(settings->rows[i].name, name) == 0)
            return &settings->rows[i];
    }
    return NULL;
}

const char *setting_word(const struct setting *setting, int value)
{
    return setting->words[value];
}

int setting_word_value(const struct setting *setting, const char *word)
{
    for (int i = 0; setting->words[i] != NULL; i++) {
        if (strcmp(setting->words[i], word) == 0)
            return i;
    }
    return -1;
}

bool setting_is_one_of_words(const struct setting *setting)
{
    return setting->words != NULL && setting->kind != KIND_TARGET && setting->kind != KIND_SOCKET &&
           setting->kind != KIND_DEPENDENCIES;
}

bool setting_has_later_word(const struct setting *setting, const char *word)
{
    for (const char *const *later = setting->later; later != NULL && *later != NULL; later++) {
        if (strcmp(*later, word) == 0)
            return true;
    }
    return false;
}

bool setting_has_range(const struct setting *setting)
{
    return setting->least != 0 || setting->most != 0;
}

static void write_number(struct buffer *out, enum setting_kind kind, double number)
{
    if (kind == KIND_DURATION)
        text_format_duration(out, number);
    else if (kind == KIND_SIZE)
        text_format_size(out, (uint64_t)number);
    else if (kind == KIND_FRACTION)
        buffer_printf(out, "%g%%", number * 100);
    else if (kind == KIND_OCTAL)
        buffer_printf(out, "%o", (unsigned)number);
    else
        text_format_decimal(out, number);
}

void setting_write_range(struct buffer *out, const struct setting *setting)
{
    buffer_append_text(out, "from ");
    write_number(out, setting->kind, setting->least);
    buffer_append_text(out, " to ");
    write_number(out, setting->kind, setting->most);
}

bool setting_kind_owns(enum setting_kind kind)
{
    return kinds[kind].owns;
}

const char *setting_kind_wanted(enum setting_kind kind)
{
    return kinds[kind].wanted;
}
