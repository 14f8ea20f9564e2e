// SPDX-License-Identifier: MIT
#include "config/command.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

// What POSIX calls reserved words, special built-in utilities and regular built-ins, and those
// that dash and bash have beside them under /bin/sh. Sorted.
static const char *const shell_words[] = {
    ".",        ":",       "[[",      "alias",  "bg",      "bind",     "break",    "builtin",
    "caller",   "case",    "cd",      "chdir",  "command", "compgen",  "complete", "compopt",
    "continue", "coproc",  "declare", "dirs",   "disown",  "do",       "done",     "echo",
    "elif",     "else",    "enable",  "esac",   "eval",    "exec",     "exit",     "export",
    "false",    "fc",      "fg",      "fi",     "for",     "function", "getopts",  "hash",
    "help",     "history", "if",      "in",     "jobs",    "kill",     "let",      "local",
    "logout",   "mapfile", "popd",    "printf", "pushd",   "pwd",      "read",     "readarray",
    "readonly", "return",  "select",  "set",    "shift",   "shopt",    "source",   "suspend",
    "test",     "then",    "time",    "times",  "trap",    "true",     "type",     "typeset",
    "ulimit",   "umask",   "unalias", "unset",  "until",   "wait",     "while",
};

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_assignment(const char *word)
{
    const char *p = word;
    while ((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') || *p == '_' ||
           (p > word && *p >= '0' && *p <= '9'))
        p++;
    return p > word && *p == '=';
}

bool command_needs_shell(const char *text)
{
    if (strpbrk(text, "\n'\"\\`$&|;<>(){}[]*?~#!") != NULL)
        return true;
    const char *start = text + strspn(text, " \t");
    memory_auto char *word = memory_copy_bytes(start, strcspn(start, " \t"));
    const char *key = word;
    return is_assignment(word) || bsearch(&key, shell_words, LENGTH(shell_words),
                                          sizeof(shell_words[0]), compare_words) != NULL;
}

bool command_from_text(struct command *command, const char *text, enum command_shell shell,
                       const char **reason)
{
    if (text[strspn(text, " \t\n")] == '\0') {
        *reason = "is empty";
        return false;
    }
    command->shell =
        shell == SHELL_ALWAYS || (shell == SHELL_BY_CONTENT && command_needs_shell(text));
    if (command->shell) {
        strings_append(&command->argv, "/bin/sh");
        strings_append(&command->argv, "-c");
        strings_append(&command->argv, text);
    } else if (shell == SHELL_BY_CONTENT) {
        text_split_blanks(text, &command->argv);
    } else if (!text_split_quoted(text, &command->argv)) {
        *reason = "has a quote that is not closed";
        return false;
    }
    // Line continuations are no blanks, but no words either.
    if (command->argv.count == 0) {
        *reason = "is empty";
        return false;
    }
    return true;
}

void command_finish(struct command *command)
{
    strings_finish(&command->argv);
    command->shell = false;
}
