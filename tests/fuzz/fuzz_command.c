// SPDX-License-Identifier: MIT
// Any text as a command: its words are those of a second, simpler reading, quoted words come back
// as they were, and what needs no shell is split as a shell would split it.
#include "fuzz.h"

#include "config/command.h"

// A reading by one character and one state at a time.
struct expected {
    struct strings words;
    struct buffer word;
    bool in_word, dangling; // dangling: a backslash stands at the end
    char quote;             // the one that is open, or NUL
};

static void add_character(struct expected *expected, char c)
{
    buffer_append_char(&expected->word, c);
    expected->in_word = true;
}

static void end_word(struct expected *expected)
{
    if (expected->in_word)
        strings_append_owned(&expected->words, buffer_take(&expected->word));
    expected->in_word = false;
}

// Reads what follows a backslash; returns how many characters that is.
static size_t read_escape(struct expected *expected, const char *text)
{
    bool quoted = expected->quote != '\0';
    if (*text == '\n')
        return 1;
    if (*text == '\0' || (quoted && strchr("\"\\$`", *text) == NULL)) {
        expected->dangling = *text == '\0';
        add_character(expected, '\\');
        return 0;
    }
    add_character(expected, *text);
    return 1;
}

static void read_expected(struct expected *expected, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\\' && expected->quote != '\'') {
            text += read_escape(expected, text + 1);
        } else if (expected->quote != '\0' && *text == expected->quote) {
            expected->quote = '\0';
        } else if (expected->quote == '\0' && (*text == '\'' || *text == '"')) {
            expected->quote = *text;
            expected->in_word = true;
        } else if (expected->quote == '\0' && strchr(" \t\n", *text) != NULL) {
            end_word(expected);
        } else {
            add_character(expected, *text);
        }
    }
    end_word(expected);
}

static void check_words(const char *text)
{
    struct expected expected = {0};
    struct strings words = {0};
    read_expected(&expected, text);
    bool closed = text_split_quoted(text, &words);
    require(closed == (expected.quote == '\0' && !expected.dangling));
    if (closed)
        require_equal_lists(&words, &expected.words);
    else
        require(words.count == 0);
    strings_finish(&words);
    strings_finish(&expected.words);
}

static void check_quoted_words(const struct strings *words)
{
    struct buffer quoted = {0};
    struct strings again = {0};
    for (size_t i = 0; i < words->count; i++) {
        buffer_append_text(&quoted, i > 0 ? " '" : "'");
        for (const char *p = words->items[i]; *p != '\0'; p++)
            buffer_append_text(&quoted, *p == '\'' ? "'\\''" : (char[]){*p, '\0'});
        buffer_append_char(&quoted, '\'');
    }
    memory_auto char *text = buffer_take(&quoted);
    require(text_split_quoted(text, &again));
    require_equal_lists(words, &again);
    strings_finish(&again);
}

static void check_command(const char *text, enum command_shell shell)
{
    struct command command = {0};
    const char *reason = NULL;
    if (!command_from_text(&command, text, shell, &reason)) {
        require(reason != NULL && command.argv.count == 0);
        return;
    }
    require(command.argv.count > 0);
    require(command.shell || shell != SHELL_ALWAYS);
    if (command.shell) {
        require(shell != SHELL_NEVER && command.argv.count == 3);
        require_equal(command.argv.items[2], text);
    } else {
        struct strings words = {0};
        require(text_split_quoted(text, &words));
        require_equal_lists(&words, &command.argv);
        strings_finish(&words);
        check_quoted_words(&command.argv);
    }
    command_finish(&command);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    memory_auto char *text = memory_copy_bytes((const char *)bytes, size);
    check_words(text);
    check_command(text, SHELL_BY_CONTENT);
    check_command(text, SHELL_ALWAYS);
    check_command(text, SHELL_NEVER);
    return 0;
}
