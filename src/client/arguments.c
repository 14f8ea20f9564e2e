// SPDX-License-Identifier: MIT
#include "client/arguments.h"

#include "base/memory.h"
#include "base/text.h"

#include <getopt.h>
#include <string.h>

enum { LONG_ONLY = 256 }; // past all letters: what getopt_long returns for options without one
enum { TIMEOUT_DEFAULT = 60, DELAY_DEFAULT = 1 };

bool arguments_have(const struct arguments *arguments, enum ctl_option option)
{
    return (arguments->given & TAKES(option)) != 0;
}

const struct subcommand *subcommand_find(const char *name)
{
    for (size_t i = 0; i < subcommand_count; i++) {
        if (strcmp(subcommands[i].name, name) == 0)
            return &subcommands[i];
    }
    return NULL;
}

const struct subcommand *subcommand_find_or_complain(const char *name)
{
    const struct subcommand *command = subcommand_find(name);
    if (command != NULL)
        return command;
    memory_auto const char **names = memory_new(subcommand_count, sizeof(*names));
    size_t count = 0;
    for (size_t i = 0; i < subcommand_count; i++) {
        if (subcommands[i].text != NULL)
            names[count++] = subcommands[i].name;
    }
    const char *nearest = text_nearest(name, names, count);
    if (nearest != NULL)
        complain("there is no command \"%s\" (did you mean \"%s\"?)", name, nearest);
    else
        complain("there is no command \"%s\"; helperctl --help lists them", name);
    return NULL;
}

// Says that a word is none of a list, with the nearest that is. Returns false.
static bool refuse_word(const char *what, const char *word, const char *const *words)
{
    struct buffer list = {0};
    size_t count = 0;
    for (; words[count] != NULL; count++)
        buffer_printf(&list, "%s%s", count == 0 ? "" : ", ", words[count]);
    const char *nearest = text_nearest(word, words, count);
    memory_auto char *all = buffer_take(&list);
    if (nearest != NULL)
        complain("%s: \"%s\" is none of %s (did you mean \"%s\"?)", what, word, all, nearest);
    else
        complain("%s: \"%s\" is none of %s", what, word, all);
    return false;
}

// The place of a word in a list, or -1.
static int word_index(const char *word, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(word, words[i]) == 0)
            return i;
    }
    return -1;
}

static bool take_delay(struct arguments *arguments, const char *text)
{
    if (text_parse_duration(text, &arguments->delay) && arguments->delay >= 0.1)
        return true;
    complain("--delay: \"%s\" is no duration of 0.1s or more (like 2s)", text);
    return false;
}

static bool take_option(struct arguments *arguments, enum ctl_option option, const char *text)
{
    const struct option_row *row = &option_rows[option];
    memory_auto char *what = memory_format("--%s", row->name);
    arguments->given |= TAKES(option);
    int word = row->words != NULL ? word_index(text, row->words) : 0;
    if (word < 0)
        return refuse_word(what, text, row->words);
    switch (option) {
    case OPTION_SOCKET:
        arguments->socket = text;
        return true;
    case OPTION_COLOR:
        arguments->color = (enum color_when)word;
        return true;
    case OPTION_TIMEOUT:
        if (text_parse_duration(text, &arguments->timeout))
            return true;
        complain("--timeout: \"%s\" is no duration (like 10s)", text);
        return false;
    case OPTION_LINES:
        if (text_parse_integer(text, &arguments->lines) && arguments->lines >= 0)
            return true;
        complain("--lines: \"%s\" is no number of lines", text);
        return false;
    case OPTION_DELAY:
        return take_delay(arguments, text);
    case OPTION_FORMAT:
        arguments->format = text;
        return true;
    case OPTION_JSON:
    case OPTION_WAIT:
    case OPTION_ALL:
    case OPTION_FOLLOW:
    case OPTION_DRY_RUN:
    case OPTION_HELP:
    case OPTION_VERSION:
    case OPTION_COUNT:
        break; // that they are given is all
    }
    return true;
}

static void report_unknown_word(const char *argument)
{
    const char *names[OPTION_COUNT];
    for (size_t i = 0; i < OPTION_COUNT; i++)
        names[i] = option_rows[i].name;
    memory_auto char *word = memory_copy_bytes(argument + 2, strcspn(argument + 2, "="));
    const char *nearest = text_nearest(word, names, OPTION_COUNT);
    if (nearest != NULL)
        complain("unknown option \"--%s\" (did you mean \"--%s\"?)", word, nearest);
    else
        complain("unknown option \"--%s\"; helperctl --help lists them", word);
}

// The option that getopt_long means; OPTION_COUNT: none.
static enum ctl_option option_of(int value)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        int letter = option_rows[i].letter;
        if (value == (letter != 0 ? letter : LONG_ONLY + (int)i))
            return (enum ctl_option)i;
    }
    return OPTION_COUNT;
}

// What getopt_long found wrong; argument is the last one it has done with.
static void report_misuse(int value, const char *argument)
{
    if (value == ':')
        complain("option \"%s\" needs an argument", argument);
    else if (optopt == 0)
        report_unknown_word(argument);
    else if (option_of(optopt) == OPTION_COUNT)
        complain("unknown option \"-%c\"; helperctl --help lists them", optopt);
    else
        complain("option \"%.*s\" takes no argument", (int)strcspn(argument, "="), argument);
}

static bool parse_options(struct arguments *arguments, int argc, char *argv[])
{
    struct option longs[OPTION_COUNT + 1] = {0};
    struct buffer letters = {0};
    buffer_append_char(&letters, ':'); // a missing argument is told from an unknown option
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_rows[i];
        longs[i] = (struct option){
            .name = row->name,
            .has_arg = row->argument != NULL ? required_argument : no_argument,
            .val = row->letter != 0 ? row->letter : LONG_ONLY + (int)i,
        };
        if (row->letter != 0)
            buffer_printf(&letters, "%c%s", row->letter, row->argument != NULL ? ":" : "");
    }
    memory_auto char *shorts = buffer_take(&letters);
    opterr = 0;
    optind = 0; // begin anew, whoever parsed before
    for (;;) {
        int value = getopt_long(argc, argv, shorts, longs, NULL);
        if (value == -1)
            return true;
        if (value == ':' || value == '?') {
            report_misuse(value, argv[optind - 1]);
            return false;
        }
        if (!take_option(arguments, option_of(value), optarg))
            return false;
    }
}

// Whether the command takes all options that were given.
static bool check_options(const struct arguments *arguments)
{
    const struct subcommand *command = arguments->command;
    unsigned wrong = arguments->given & ~(command->options | options_of_all);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if ((wrong & TAKES(i)) == 0)
            continue;
        complain("%s takes no --%s; see: helperctl help %s", command->name, option_rows[i].name,
                 command->name);
        return false;
    }
    if (arguments_have(arguments, OPTION_TIMEOUT) && !arguments_have(arguments, OPTION_WAIT) &&
        (command->options & TAKES(OPTION_WAIT)) != 0) {
        complain("%s: --timeout says how long --wait waits, and there is no --wait", command->name);
        return false;
    }
    return true;
}

static bool check_words(const struct arguments *arguments)
{
    const struct subcommand *command = arguments->command;
    bool all = arguments_have(arguments, OPTION_ALL);
    if (all && arguments->count > 0) {
        complain("%s: either names or --all, not both", command->name);
        return false;
    }
    if ((arguments->count < command->least && !all) || arguments->count > command->most) {
        complain("too %s arguments; usage: helperctl %s%s%s",
                 arguments->count > command->most ? "many" : "few", command->name,
                 command->arguments[0] != '\0' ? " " : "", command->arguments);
        return false;
    }
    for (size_t i = 0; i < arguments->count; i++) {
        enum word_kind kind = i == 0 ? command->first : command->rest;
        int signal;
        if (kind == WORD_GOAL && word_index(arguments->words[i], goal_words) < 0)
            return refuse_word(command->name, arguments->words[i], goal_words);
        if (kind == WORD_SIGNAL && !text_parse_signal(arguments->words[i], &signal)) {
            complain("%s: \"%s\" is no signal", command->name, arguments->words[i]);
            return false;
        }
    }
    return true;
}

bool arguments_parse(struct arguments *arguments, int argc, char *argv[])
{
    *arguments =
        (struct arguments){.lines = LINES_ALL, .timeout = TIMEOUT_DEFAULT, .delay = DELAY_DEFAULT};
    if (!parse_options(arguments, argc, argv))
        return false;
    bool asks = arguments_have(arguments, OPTION_HELP) || arguments_have(arguments, OPTION_VERSION);
    if (optind >= argc) {
        if (!asks)
            complain("no command is given; helperctl --help lists them");
        return asks;
    }
    arguments->command = subcommand_find_or_complain(argv[optind]);
    arguments->words = argv + optind + 1;
    arguments->count = (size_t)(argc - optind - 1);
    return arguments->command != NULL &&
           (asks || (check_options(arguments) && check_words(arguments)));
}
