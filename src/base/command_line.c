// SPDX-License-Identifier: MIT
#include "base/command_line.h"

#include "base/memory.h"
#include "base/text.h"

#include <getopt.h>
#include <string.h>

enum { LONG_ONLY = 256 };  // past all letters: what getopt_long returns for options without one
enum { HELP_INDENT = 26 }; // cells of the left side of the help

int command_line_word(const char *word, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(word, words[i]) == 0)
            return i;
    }
    return -1;
}

char *command_line_refuse_word(const char *word, const char *const *words)
{
    struct buffer text = {0};
    size_t count = 0;
    buffer_printf(&text, "\"%s\" is none of ", word);
    for (; words[count] != NULL; count++)
        buffer_printf(&text, "%s%s", count == 0 ? "" : ", ", words[count]);
    const char *nearest = text_nearest(word, words, count);
    if (nearest != NULL)
        buffer_printf(&text, " (did you mean \"%s\"?)", nearest);
    return buffer_take(&text);
}

// What getopt_long returns for a row.
static int value_of(const struct option_table *table, size_t option)
{
    char letter = table->rows[option].letter;
    return letter != '\0' ? letter : LONG_ONLY + (int)option;
}

// The row of such a value; count: there is none.
static size_t option_of(const struct option_table *table, int value)
{
    size_t i = 0;
    while (i < table->count && value_of(table, i) != value)
        i++;
    return i;
}

static char *explain_unknown_word(const struct option_table *table, const char *argument)
{
    memory_auto const char **names = memory_new(table->count, sizeof(*names));
    for (size_t i = 0; i < table->count; i++)
        names[i] = table->rows[i].name;
    memory_auto char *word = memory_copy_bytes(argument + 2, strcspn(argument + 2, "="));
    const char *nearest = text_nearest(word, names, table->count);
    if (nearest != NULL)
        return memory_format("unknown option \"--%s\" (did you mean \"--%s\"?)", word, nearest);
    return memory_format("unknown option \"--%s\"; %s --help lists them", word, table->program);
}

// What getopt_long found wrong; argument is the last one it has done with.
static char *explain_misuse(const struct option_table *table, int value, const char *argument)
{
    // optopt is the option that is misused, 0 for an unknown word. Of an unknown letter the
    // argument tells nothing: it may stand in the midst of one that is not done with.
    if (value == ':')
        return memory_format("option \"%s\" needs an argument", argument);
    if (optopt == 0)
        return explain_unknown_word(table, argument);
    if (option_of(table, optopt) == table->count)
        return memory_format("unknown option \"-%c\"; %s --help lists them", optopt,
                             table->program);
    return memory_format("option \"%.*s\" takes no argument", (int)strcspn(argument, "="),
                         argument);
}

// The table as getopt_long wants it; both are on the heap.
static struct option *describe(const struct option_table *table, char **letters)
{
    struct option *longs = memory_new(table->count + 1, sizeof(*longs));
    struct buffer text = {0};
    buffer_append_char(&text, ':'); // a missing argument is told from an unknown option
    for (size_t i = 0; i < table->count; i++) {
        const struct option_row *row = &table->rows[i];
        bool takes = row->argument != NULL;
        longs[i] = (struct option){.name = row->name,
                                   .has_arg = takes ? required_argument : no_argument,
                                   .val = value_of(table, i)};
        if (row->letter != '\0')
            buffer_printf(&text, "%c%s", row->letter, takes ? ":" : "");
    }
    *letters = buffer_take(&text);
    return longs;
}

bool command_line_parse(const struct option_table *table, int argc, char *argv[],
                        bool (*take)(void *context, size_t option, const char *text, int word),
                        void *context, int *first, char **problem)
{
    memory_auto char *letters = NULL;
    memory_auto struct option *longs = describe(table, &letters);
    *problem = NULL;
    opterr = 0;
    optind = 0; // begin anew, whoever parsed before
    for (;;) {
        int value = getopt_long(argc, argv, letters, longs, NULL);
        *first = optind;
        if (value == -1)
            return true;
        if (value == ':' || value == '?') {
            *problem = explain_misuse(table, value, argv[optind - 1]);
            return false;
        }
        size_t option = option_of(table, value);
        const struct option_row *row = &table->rows[option];
        int word = row->words != NULL ? command_line_word(optarg, row->words) : 0;
        if (word < 0) {
            memory_auto char *refusal = command_line_refuse_word(optarg, row->words);
            *problem = memory_format("--%s: %s", row->name, refusal);
            return false;
        }
        if (!take(context, option, optarg, word))
            return false;
    }
}

void command_line_write_help(struct buffer *out, const struct option_table *table, unsigned bits)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct option_row *row = &table->rows[i];
        if ((bits & (1U << i)) == 0)
            continue;
        memory_auto char *letter =
            row->letter != '\0' ? memory_format("-%c,", row->letter) : memory_copy("   ");
        memory_auto char *left =
            memory_format("%s --%s%s%s", letter, row->name, row->argument != NULL ? " " : "",
                          row->argument != NULL ? row->argument : "");
        buffer_printf(out, "  %-*s %s\n", HELP_INDENT, left, row->text);
    }
}
