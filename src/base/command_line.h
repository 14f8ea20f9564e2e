// SPDX-License-Identifier: MIT
// The options of a command line by a table, which also gives the help and the completion of shells.
#pragma once

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

// What an argument can be, for completion.
enum word_kind {
    WORD_NONE,
    WORD_ANY,
    WORD_FILE,
    WORD_HELPER,
    WORD_SIGNAL,
    WORD_GOAL,
    WORD_COMMAND
};

struct option_row {
    char letter; // 0: none
    const char *name;
    const char *argument;     // as the help shows it; NULL: it takes none
    const char *const *words; // the only ones that the argument can be, NULL-terminated; or NULL
    enum word_kind kind;      // of the argument where there are no words
    const char *text;         // for the help
};

struct option_table {
    const char *program;
    const struct option_row *rows;
    size_t count;
};

// Gives each option to take, in order: its row, the argument or NULL, and which of its words that
// is (0 where it has none). False from take ends it. Words that are no options are moved behind
// them; *first is the place of the first. False: *problem (heap) says what is wrong, or it is NULL
// as take has said it.
bool command_line_parse(const struct option_table *table, int argc, char *argv[],
                        bool (*take)(void *context, size_t option, const char *text, int word),
                        void *context, int *first, char **problem);

// "\"alwais\" is none of auto, always, never (did you mean \"always\"?)", on the heap.
char *command_line_refuse_word(const char *word, const char *const *words);

// The place of a word among some, NULL-terminated, or -1.
int command_line_word(const char *word, const char *const *words);

// The options of the bits in a line each, as the help has them.
void command_line_write_help(struct buffer *out, const struct option_table *table, unsigned bits);
