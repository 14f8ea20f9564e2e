// SPDX-License-Identifier: MIT
#include "../suites.h"

#include "base/memory.h"
#include "config/command.h"

#include <string.h>

static void check_words(const char *text, enum command_shell shell, const char *const *words)
{
    struct command command = {0};
    const char *reason;
    size_t count = 0;
    ck_assert(command_from_text(&command, text, shell, &reason));
    ck_assert(!command.shell);
    for (; words[count] != NULL; count++) {
        ck_assert_uint_lt(count, command.argv.count);
        ck_assert_str_eq(command.argv.items[count], words[count]);
    }
    ck_assert_uint_eq(command.argv.count, count);
    command_finish(&command);
}

START_TEST(each_special_character_needs_a_shell)
{
    static const char special[] = "\n'\"\\`$&|;<>(){}[]*?~#!";
    for (const char *c = special; *c != '\0'; c++) {
        memory_auto char *text = memory_format("serve a%cb", *c);
        ck_assert_msg(command_needs_shell(text), "'%c' needs a shell", *c);
    }
    for (char c = ' '; c < 0x7f; c++) {
        memory_auto char *text = memory_format("serve a%cb", c);
        if (strchr(special, c) == NULL)
            ck_assert_msg(!command_needs_shell(text), "'%c' needs no shell", c);
    }
}
END_TEST

START_TEST(first_word_may_need_a_shell)
{
    ck_assert(command_needs_shell("PORT=80 serve"));
    ck_assert(command_needs_shell("_x1=  serve"));
    ck_assert(command_needs_shell("exec serve"));
    ck_assert(command_needs_shell("cd"));
    ck_assert(command_needs_shell("  cd /srv"));
    ck_assert(command_needs_shell(". ./rc"));
    ck_assert(command_needs_shell(": nothing"));
    ck_assert(command_needs_shell("if true"));
    ck_assert(command_needs_shell("while\ttrue"));
    ck_assert(command_needs_shell("time serve"));
    ck_assert(command_needs_shell("[[ -f x ]]"));
    ck_assert(!command_needs_shell("serve PORT=80"));
    ck_assert(!command_needs_shell("1X=2 serve"));
    ck_assert(!command_needs_shell("./x=y serve"));
    ck_assert(!command_needs_shell("execute cd"));
    ck_assert(!command_needs_shell("npm exec serve"));
}
END_TEST

START_TEST(words_of_sh_and_bash_need_a_shell)
{
    static const char *const words[] = {
        ".",       ":",      "alias",   "bg",       "bind",     "break",     "builtin",  "caller",
        "case",    "cd",     "command", "compgen",  "complete", "compopt",   "continue", "coproc",
        "declare", "dirs",   "disown",  "do",       "done",     "echo",      "elif",     "else",
        "enable",  "esac",   "eval",    "exec",     "exit",     "export",    "false",    "fc",
        "fg",      "fi",     "for",     "function", "getopts",  "hash",      "help",     "history",
        "if",      "in",     "jobs",    "kill",     "let",      "local",     "logout",   "mapfile",
        "popd",    "printf", "pushd",   "pwd",      "read",     "readarray", "readonly", "return",
        "select",  "set",    "shift",   "shopt",    "source",   "suspend",   "test",     "then",
        "time",    "times",  "trap",    "true",     "type",     "typeset",   "ulimit",   "umask",
        "unalias", "unset",  "until",   "wait",     "while",
    };
    for (size_t i = 0; i < LENGTH(words); i++)
        ck_assert_msg(command_needs_shell(words[i]), "%s needs a shell", words[i]);
}
END_TEST

START_TEST(plain_string_is_split_at_blanks)
{
    check_words("npm run  server ", SHELL_BY_CONTENT,
                (const char *const[]){"npm", "run", "server", NULL});
    check_words("./worker --queue=high %1", SHELL_BY_CONTENT,
                (const char *const[]){"./worker", "--queue=high", "%1", NULL});
}
END_TEST

START_TEST(shell_gets_the_text_untouched)
{
    struct command command = {0};
    const char *reason;
    ck_assert(command_from_text(&command, " serve  $PORT\n", SHELL_BY_CONTENT, &reason));
    ck_assert(command.shell);
    ck_assert_uint_eq(command.argv.count, 3);
    ck_assert_str_eq(command.argv.items[0], "/bin/sh");
    ck_assert_str_eq(command.argv.items[1], "-c");
    ck_assert_str_eq(command.argv.items[2], " serve  $PORT\n");
    command_finish(&command);
    ck_assert(command_from_text(&command, "serve", SHELL_ALWAYS, &reason));
    ck_assert_str_eq(command.argv.items[2], "serve");
    command_finish(&command);
}
END_TEST

START_TEST(without_a_shell_its_quotes_still_split)
{
    check_words("serve 'a b' \"c $d\" e\\ f | g", SHELL_NEVER,
                (const char *const[]){"serve", "a b", "c $d", "e f", "|", "g", NULL});
}
END_TEST

START_TEST(what_cannot_run_is_refused)
{
    struct command command = {0};
    const char *reason = "";
    ck_assert(!command_from_text(&command, "", SHELL_BY_CONTENT, &reason));
    ck_assert_str_eq(reason, "is empty");
    ck_assert(!command_from_text(&command, " \n\t", SHELL_ALWAYS, &reason));
    ck_assert_str_eq(reason, "is empty");
    ck_assert(!command_from_text(&command, "serve 'a", SHELL_NEVER, &reason));
    ck_assert_str_eq(reason, "has a quote that is not closed");
    ck_assert(!command_from_text(&command, "\\\n ", SHELL_NEVER, &reason));
    ck_assert_str_eq(reason, "is empty");
    command_finish(&command);
}
END_TEST

Suite *command_suite(void)
{
    Suite *suite = suite_create("command");
    TCase *tests = tcase_create("command");
    tcase_add_test(tests, each_special_character_needs_a_shell);
    tcase_add_test(tests, first_word_may_need_a_shell);
    tcase_add_test(tests, words_of_sh_and_bash_need_a_shell);
    tcase_add_test(tests, plain_string_is_split_at_blanks);
    tcase_add_test(tests, shell_gets_the_text_untouched);
    tcase_add_test(tests, without_a_shell_its_quotes_still_split);
    tcase_add_test(tests, what_cannot_run_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
