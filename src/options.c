// SPDX-License-Identifier: MIT
#include "options.h"

#include "base/buffer.h"

#include <stdio.h>
#include <stdlib.h>

enum option_name {
    OPTION_CONFIG,
    OPTION_FORMAT,
    OPTION_CHECK,
    OPTION_PRINT_CONFIG,
    OPTION_PRINT_SCHEMA,
    OPTION_FOREGROUND,
    OPTION_DEV,
    OPTION_DAEMON,
    OPTION_PIDFILE,
    OPTION_SOCKET,
    OPTION_LOG_FORMAT,
    OPTION_LOG_FILE,
    OPTION_COLOR,
    OPTION_VERBOSE,
    OPTION_QUIET,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_COUNT
};

static const char *const color_words[] = {
    [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never", NULL};

// In the order of --help.
static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_CONFIG] = {'c', "config", "FILE", NULL, WORD_FILE, "read this configuration"},
    [OPTION_FORMAT] = {0, "format", "FMT", NULL, WORD_ANY,
                       "its format: yaml, qgoda or supervisord (default: by its name)"},
    [OPTION_CHECK] = {'t', "check", NULL, NULL, WORD_NONE,
                      "read the configuration, print every error in it, start nothing"},
    [OPTION_PRINT_CONFIG] = {0, "print-config", NULL, NULL, WORD_NONE,
                             "print the configuration in effect and exit"},
    [OPTION_PRINT_SCHEMA] = {0, "print-schema", NULL, NULL, WORD_NONE,
                             "print the JSON Schema of the YAML format and exit"},
    [OPTION_FOREGROUND] = {0, "foreground", NULL, NULL, WORD_NONE,
                           "do not detach (the default; undoes -d)"},
    [OPTION_DEV] = {'f', "dev", NULL, NULL, WORD_NONE,
                    "developer mode: short coloured lines, ends when no helper runs"},
    [OPTION_DAEMON] = {'d', "daemon", NULL, NULL, WORD_NONE,
                       "detach; returns when the first starts were tried"},
    [OPTION_PIDFILE] = {0, "pidfile", "FILE", NULL, WORD_FILE,
                        "keep helperd's pid in this file, and run once only"},
    [OPTION_SOCKET] = {'s', "socket", "PATH", NULL, WORD_FILE,
                       "the control socket; none: no socket"},
    [OPTION_LOG_FORMAT] = {0, "log-format", "FMT", NULL, WORD_ANY,
                           "auto, text, dev, json, logfmt, qgoda or syslog"},
    [OPTION_LOG_FILE] = {0, "log-file", "FILE", NULL, WORD_FILE, "write the log to this file"},
    [OPTION_COLOR] = {0, "color", "WHEN", color_words, WORD_NONE,
                      "auto (a terminal without NO_COLOR), always or never"},
    [OPTION_VERBOSE] = {'v', "verbose", NULL, NULL, WORD_NONE, "more of helperd's own messages"},
    [OPTION_QUIET] = {'q', "quiet", NULL, NULL, WORD_NONE, "fewer of them; twice: errors only"},
    [OPTION_HELP] = {'h', "help", NULL, NULL, WORD_NONE, "print this help and exit"},
    [OPTION_VERSION] = {'V', "version", NULL, NULL, WORD_NONE, "print the version and exit"},
};

const struct option_table options_table = {"helperd", rows, OPTION_COUNT};

void options_print_help(void)
{
    struct buffer out = {0};
    buffer_append_text(
        &out,
        "Usage: helperd [OPTIONS] [HELPER...]\n\n"
        "Supervises helper processes: all with autostart, or the named ones and what they\n"
        "depend on. Without -c it reads the first of ./helperd.yaml, ./_qgoda.yaml (with --dev),\n"
        "$XDG_CONFIG_HOME/helperd/helperd.yaml and /etc/helperd/helperd.yaml.\n\n");
    command_line_write_help(&out, &options_table, ~0U);
    buffer_append_text(&out, "\nManual: helperd(8), helperd.yaml(5)\n");
    fwrite(out.data, 1, out.length, stdout);
    buffer_finish(&out);
}

static bool take_option(void *context, size_t option, const char *text, int word)
{
    struct options *options = context;
    switch ((enum option_name)option) {
    case OPTION_CONFIG:
        options->config = text;
        break;
    case OPTION_FORMAT:
        options->format = text;
        break;
    case OPTION_CHECK:
        options->check = true;
        break;
    case OPTION_PRINT_CONFIG:
        options->print_config = true;
        break;
    case OPTION_PRINT_SCHEMA:
        options->print_schema = true;
        break;
    case OPTION_FOREGROUND:
        options->daemon = false;
        break;
    case OPTION_DEV:
        options->developer = true;
        break;
    case OPTION_DAEMON:
        options->daemon = true;
        break;
    case OPTION_PIDFILE:
        options->pidfile = text;
        break;
    case OPTION_SOCKET:
        options->socket = text;
        break;
    case OPTION_LOG_FORMAT:
        options->log_format = text;
        break;
    case OPTION_LOG_FILE:
        options->log_file = text;
        break;
    case OPTION_COLOR:
        options->color = (enum color_mode)word;
        break;
    case OPTION_VERBOSE:
        options->verbosity = LEVEL_DEBUG;
        break;
    case OPTION_QUIET:
        options->verbosity = options->verbosity < LEVEL_WARNING ? LEVEL_WARNING : LEVEL_ERROR;
        break;
    case OPTION_HELP:
        options->help = true;
        break;
    case OPTION_VERSION:
        options->version = true;
        break;
    case OPTION_COUNT:
        break;
    }
    return true;
}

bool options_parse(struct options *options, int argc, char *argv[])
{
    int first;
    char *problem;
    *options = (struct options){.verbosity = LEVEL_INFO};
    if (!command_line_parse(&options_table, argc, argv, take_option, options, &first, &problem)) {
        fprintf(stderr, "helperd: %s\n", problem);
        free(problem);
        return false;
    }
    if (options->daemon && options->developer) {
        fputs("helperd: --daemon and --dev exclude each other: developer mode stays at the "
              "terminal\n",
              stderr);
        return false;
    }
    options->names = argv + first;
    options->name_count = (size_t)(argc - first);
    return true;
}
