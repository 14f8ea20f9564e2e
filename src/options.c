// SPDX-License-Identifier: MIT
#include "options.h"

#include "base/memory.h"
#include "base/text.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum {
    LONG_ONLY = 256,
    OPTION_FORMAT = LONG_ONLY,
    OPTION_PRINT_CONFIG,
    OPTION_PRINT_SCHEMA,
    OPTION_FOREGROUND,
    OPTION_PIDFILE,
    OPTION_LOG_FORMAT,
    OPTION_LOG_FILE,
    OPTION_COLOR
};

// In the order of --help. letter is the short option, or a number past all letters.
static const struct option_row {
    int letter;
    const char *name;
    const char *argument; // NULL: takes none
    const char *help;
} rows[] = {
    {'c', "config", "FILE", "read this configuration"},
    {OPTION_FORMAT, "format", "FMT",
     "its format: yaml, qgoda or supervisord (default: by its name)"},
    {'t', "check", NULL, "read the configuration, print every error in it, start nothing"},
    {OPTION_PRINT_CONFIG, "print-config", NULL, "print the configuration in effect and exit"},
    {OPTION_PRINT_SCHEMA, "print-schema", NULL,
     "print the JSON Schema of the YAML format and exit"},
    {OPTION_FOREGROUND, "foreground", NULL, "do not detach (the default; undoes -d)"},
    {'f', "dev", NULL, "developer mode: short coloured lines, ends when no helper runs"},
    {'d', "daemon", NULL, "detach; returns when the first starts were tried"},
    {OPTION_PIDFILE, "pidfile", "FILE", "keep helperd's pid in this file, and run once only"},
    {'s', "socket", "PATH", "the control socket; none: no socket"},
    {OPTION_LOG_FORMAT, "log-format", "FMT", "auto, text, dev, json, logfmt, qgoda or syslog"},
    {OPTION_LOG_FILE, "log-file", "FILE", "write the log to this file"},
    {OPTION_COLOR, "color", "WHEN", "auto (a terminal without NO_COLOR), always or never"},
    {'v', "verbose", NULL, "more of helperd's own messages"},
    {'q', "quiet", NULL, "fewer of them; twice: errors only"},
    {'h', "help", NULL, "print this help and exit"},
    {'V', "version", NULL, "print the version and exit"},
};

void options_print_help(void)
{
    printf(
        "Usage: helperd [OPTIONS] [HELPER...]\n\n"
        "Supervises helper processes: all with autostart, or the named ones and what they\n"
        "depend on. Without -c it reads the first of ./helperd.yaml, ./_qgoda.yaml (with --dev),\n"
        "$XDG_CONFIG_HOME/helperd/helperd.yaml and /etc/helperd/helperd.yaml.\n\n");
    for (size_t i = 0; i < LENGTH(rows); i++) {
        memory_auto char *left =
            memory_format("%s%c%s --%s %s", rows[i].letter < LONG_ONLY ? "-" : " ",
                          rows[i].letter < LONG_ONLY ? rows[i].letter : ' ',
                          rows[i].letter < LONG_ONLY ? "," : " ", rows[i].name,
                          rows[i].argument != NULL ? rows[i].argument : "");
        printf("  %-24s %s\n", left, rows[i].help);
    }
    printf("\nManual: helperd(8), helperd.yaml(5)\n");
}

void options_each(void (*tell)(void *context, char letter, const char *name, const char *argument,
                               const char *help),
                  void *context)
{
    for (size_t i = 0; i < LENGTH(rows); i++)
        tell(context, rows[i].letter < LONG_ONLY ? (char)rows[i].letter : '\0', rows[i].name,
             rows[i].argument, rows[i].help);
}

static bool parse_color(const char *text, enum color_mode *color)
{
    static const char *const words[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
    for (size_t i = 0; i < LENGTH(words); i++) {
        if (strcmp(text, words[i]) == 0) {
            *color = (enum color_mode)i;
            return true;
        }
    }
    fprintf(stderr, "helperd: --color: \"%s\" is none of auto, always, never\n", text);
    return false;
}

static bool take_option(struct options *options, int letter)
{
    switch (letter) {
    case 'c':
        options->config = optarg;
        return true;
    case OPTION_FORMAT:
        options->format = optarg;
        return true;
    case 't':
        return options->check = true;
    case OPTION_PRINT_CONFIG:
        return options->print_config = true;
    case OPTION_PRINT_SCHEMA:
        return options->print_schema = true;
    case OPTION_FOREGROUND:
        options->daemon = false;
        return true;
    case 'f':
        return options->developer = true;
    case 'd':
        return options->daemon = true;
    case OPTION_PIDFILE:
        options->pidfile = optarg;
        return true;
    case 's':
        options->socket = optarg;
        return true;
    case OPTION_LOG_FORMAT:
        options->log_format = optarg;
        return true;
    case OPTION_LOG_FILE:
        options->log_file = optarg;
        return true;
    case OPTION_COLOR:
        return parse_color(optarg, &options->color);
    case 'v':
        options->verbosity = LEVEL_DEBUG;
        return true;
    case 'q':
        if (options->verbosity < LEVEL_WARNING)
            options->verbosity = LEVEL_WARNING;
        else
            options->verbosity = LEVEL_ERROR;
        return true;
    case 'h':
        return options->help = true;
    case 'V':
        return options->version = true;
    default:
        return false;
    }
}

static void report_unknown_word(const char *argument)
{
    const char *names[LENGTH(rows)];
    for (size_t i = 0; i < LENGTH(rows); i++)
        names[i] = rows[i].name;
    memory_auto char *word = memory_copy_bytes(argument + 2, strcspn(argument + 2, "="));
    const char *nearest = text_nearest(word, names, LENGTH(names));
    if (nearest != NULL)
        fprintf(stderr, "helperd: unknown option \"--%s\" (did you mean \"--%s\"?)\n", word,
                nearest);
    else
        fprintf(stderr, "helperd: unknown option \"--%s\"; helperd --help lists them\n", word);
}

static bool is_known(int letter)
{
    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (rows[i].letter == letter)
            return true;
    }
    return false;
}

// What getopt_long found wrong; argument is the last one it has done with.
static void report_misuse(int letter, const char *argument)
{
    // optopt is the option that is misused, 0 for an unknown word. Of an unknown letter the
    // argument tells nothing: it may stand in the midst of one that is not done with.
    if (letter == ':')
        fprintf(stderr, "helperd: option \"%s\" needs an argument\n", argument);
    else if (optopt == 0)
        report_unknown_word(argument);
    else if (!is_known(optopt))
        fprintf(stderr, "helperd: unknown option \"-%c\"; helperd --help lists them\n", optopt);
    else
        fprintf(stderr, "helperd: option \"%.*s\" takes no argument\n", (int)strcspn(argument, "="),
                argument);
}

bool options_parse(struct options *options, int argc, char *argv[])
{
    struct option longs[LENGTH(rows) + 1] = {0};
    char shorts[LENGTH(rows) * 2 + 2] = ":"; // a missing argument is told from an unknown option
    char *end = shorts + 1;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        longs[i] = (struct option){
            .name = rows[i].name,
            .has_arg = rows[i].argument != NULL ? required_argument : no_argument,
            .val = rows[i].letter,
        };
        if (rows[i].letter < LONG_ONLY) {
            *end++ = (char)rows[i].letter;
            if (rows[i].argument != NULL)
                *end++ = ':';
        }
    }

    *options = (struct options){.verbosity = LEVEL_INFO};
    opterr = 0;
    for (;;) {
        int letter = getopt_long(argc, argv, shorts, longs, NULL);
        if (letter == -1)
            break;
        if (letter == ':' || letter == '?') {
            report_misuse(letter, argv[optind - 1]);
            return false;
        }
        if (!take_option(options, letter))
            return false;
    }
    if (options->daemon && options->developer) {
        fputs("helperd: --daemon and --dev exclude each other: developer mode stays at the "
              "terminal\n",
              stderr);
        return false;
    }
    options->names = argv + optind;
    options->name_count = (size_t)(argc - optind);
    return true;
}
