// SPDX-License-Identifier: MIT
#include "client/arguments.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

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

// Says that a word is none of a list. Returns false.
static bool refuse_word(const char *what, const char *word, const char *const *words)
{
    memory_auto char *refusal = command_line_refuse_word(word, words);
    complain("%s: %s", what, refusal);
    return false;
}

static bool take_delay(struct arguments *arguments, const char *text)
{
    if (text_parse_duration(text, &arguments->delay) && arguments->delay >= 0.1)
        return true;
    complain("--delay: \"%s\" is no duration of 0.1s or more (like 2s)", text);
    return false;
}

static bool take_option(void *context, size_t option, const char *text, int word)
{
    struct arguments *arguments = context;
    arguments->given |= TAKES(option);
    switch ((enum ctl_option)option) {
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

// Whether the command takes all options that were given.
static bool check_options(const struct arguments *arguments)
{
    const struct subcommand *command = arguments->command;
    unsigned wrong = arguments->given & ~(command->options | options_of_all);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if ((wrong & TAKES(i)) == 0)
            continue;
        complain("%s takes no --%s; see: helperctl help %s", command->name,
                 option_table.rows[i].name, command->name);
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
        if (kind == WORD_GOAL && command_line_word(arguments->words[i], goal_words) < 0)
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
    char *problem;
    int first;
    if (!command_line_parse(&option_table, argc, argv, take_option, arguments, &first, &problem)) {
        if (problem != NULL)
            complain("%s", problem);
        free(problem);
        return false;
    }
    bool asks = arguments_have(arguments, OPTION_HELP) || arguments_have(arguments, OPTION_VERSION);
    if (first >= argc) {
        if (!asks)
            complain("no command is given; helperctl --help lists them");
        return asks;
    }
    arguments->command = subcommand_find_or_complain(argv[first]);
    arguments->words = argv + first + 1;
    arguments->count = (size_t)(argc - first - 1);
    return arguments->command != NULL &&
           (asks || (check_options(arguments) && check_words(arguments)));
}
