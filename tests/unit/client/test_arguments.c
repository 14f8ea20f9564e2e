// SPDX-License-Identifier: MIT
#include "../suites.h"

#include "client/arguments.h"

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct strings line;
static struct arguments arguments;

static void tear_down(void)
{
    strings_finish(&line);
}

static bool parse(const char *text)
{
    strings_finish(&line);
    strings_append(&line, "helperctl");
    ck_assert(text_split_quoted(text, &line));
    return arguments_parse(&arguments, (int)line.count, line.items);
}

// What is said on standard error about a line that is wrong.
static void refuse(const char *text, const char *expected)
{
    int pipe_ends[2], saved = dup(STDERR_FILENO);
    ck_assert_int_eq(pipe(pipe_ends), 0);
    fflush(stderr);
    dup2(pipe_ends[1], STDERR_FILENO);
    bool good = parse(text);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(pipe_ends[1]);
    close(saved);
    char said[4096] = "";
    ck_assert_int_ge(read(pipe_ends[0], said, sizeof(said) - 1), 0);
    close(pipe_ends[0]);
    ck_assert_msg(!good, "%s", text);
    memory_auto char *whole = memory_format("helperctl: %s\n", expected);
    ck_assert_str_eq(said, whole);
}

START_TEST(options_stand_before_and_behind_the_command)
{
    ck_assert(parse("-s /x --json start --wait web --timeout 5s api"));
    ck_assert_str_eq(arguments.command->name, "start");
    ck_assert_uint_eq(arguments.count, 2);
    ck_assert_str_eq(arguments.words[0], "web");
    ck_assert_str_eq(arguments.words[1], "api");
    ck_assert_str_eq(arguments.socket, "/x");
    ck_assert(arguments_have(&arguments, OPTION_JSON));
    ck_assert(arguments_have(&arguments, OPTION_WAIT));
    ck_assert_double_eq(arguments.timeout, 5);
}
END_TEST

START_TEST(what_is_not_said_has_its_default)
{
    ck_assert(parse("status"));
    ck_assert_uint_eq(arguments.given, 0);
    ck_assert_uint_eq(arguments.count, 0);
    ck_assert_double_eq(arguments.timeout, 60);
    ck_assert_double_eq(arguments.delay, 1);
    ck_assert_int_eq(arguments.lines, LINES_ALL);
    ck_assert_int_eq(arguments.color, COLORS_AUTO);
    ck_assert_ptr_null(arguments.socket);
}
END_TEST

START_TEST(help_and_version_ask_for_no_more)
{
    ck_assert(parse("--help"));
    ck_assert_ptr_null(arguments.command);
    ck_assert(parse("start --help"));
    ck_assert_str_eq(arguments.command->name, "start");
    ck_assert(parse("-V"));
}
END_TEST

START_TEST(values_of_options_are_checked)
{
    ck_assert(parse("logs -f -n 3 --color=never"));
    ck_assert_int_eq(arguments.lines, 3);
    ck_assert_int_eq(arguments.color, COLORS_NEVER);
    refuse("logs -n many", "--lines: \"many\" is no number of lines");
    refuse("logs -n -1", "--lines: \"-1\" is no number of lines");
    refuse("start web --wait --timeout soon", "--timeout: \"soon\" is no duration (like 10s)");
    refuse("status --color alwais",
           "--color: \"alwais\" is none of auto, always, never (did you mean \"always\"?)");
    ck_assert(parse("top -d 500ms"));
    ck_assert_double_eq(arguments.delay, 0.5);
    refuse("top -d 0.05", "--delay: \"0.05\" is no duration of 0.1s or more (like 2s)");
    refuse("top -d often", "--delay: \"often\" is no duration of 0.1s or more (like 2s)");
    refuse("convert x --format toml", "--format: \"toml\" is none of qgoda, supervisord, yaml");
}
END_TEST

START_TEST(a_mistyped_word_is_answered_with_the_nearest)
{
    refuse("statis", "there is no command \"statis\" (did you mean \"status\"?)");
    refuse("attach web", "there is no command \"attach\"; helperctl --help lists them");
    refuse("__name", "there is no command \"__name\"; helperctl --help lists them");
    refuse("status --jsn", "unknown option \"--jsn\" (did you mean \"--json\"?)");
    refuse("status -x", "unknown option \"-x\"; helperctl --help lists them");
    refuse("status --json=1", "option \"--json\" takes no argument");
    refuse("status -s", "option \"-s\" needs an argument");
    refuse("wait web runing",
           "wait: \"runing\" is none of stopped, waiting, starting, running, stopping, backoff, "
           "completed, failed, ready, ended (did you mean \"running\"?)");
}
END_TEST

START_TEST(a_command_takes_its_own_options_only)
{
    refuse("status --wait", "status takes no --wait; see: helperctl help status");
    refuse("events -f", "events takes no --follow; see: helperctl help events");
    refuse("start web --timeout 5s",
           "start: --timeout says how long --wait waits, and there is no --wait");
    ck_assert(parse("wait web running --timeout 5s"));
}
END_TEST

START_TEST(the_number_of_arguments_is_checked)
{
    refuse("", "no command is given; helperctl --help lists them");
    refuse("why", "too few arguments; usage: helperctl why NAME");
    refuse("why a b", "too many arguments; usage: helperctl why NAME");
    refuse("events web", "too many arguments; usage: helperctl events");
    refuse("start", "too few arguments; usage: helperctl start NAME...");
    ck_assert(parse("start --all"));
    refuse("start --all web", "start: either names or --all, not both");
    refuse("signal HUP", "too few arguments; usage: helperctl signal SIGNAL NAME...");
    refuse("signal web HUP", "signal: \"web\" is no signal");
}
END_TEST

START_TEST(every_command_can_be_found_and_says_what_it_is)
{
    for (size_t i = 0; i < subcommand_count; i++) {
        const struct subcommand *command = &subcommands[i];
        ck_assert_ptr_eq(subcommand_find(command->name), command);
        ck_assert_ptr_nonnull(command->run);
        ck_assert_uint_le(command->least, command->most);
        ck_assert_msg((command->most == 0) == (command->arguments[0] == '\0'), "%s", command->name);
        ck_assert_msg((command->most > 0) == (command->first != WORD_NONE), "%s", command->name);
        ck_assert_uint_eq(command->options & options_of_all, 0);
    }
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        ck_assert_ptr_nonnull(option_table.rows[i].name);
        ck_assert_ptr_nonnull(option_table.rows[i].text);
    }
}
END_TEST

Suite *arguments_suite(void)
{
    Suite *suite = suite_create("arguments");
    TCase *lines = tcase_create("command lines");
    tcase_add_checked_fixture(lines, NULL, tear_down);
    tcase_add_test(lines, options_stand_before_and_behind_the_command);
    tcase_add_test(lines, what_is_not_said_has_its_default);
    tcase_add_test(lines, help_and_version_ask_for_no_more);
    tcase_add_test(lines, values_of_options_are_checked);
    tcase_add_test(lines, a_mistyped_word_is_answered_with_the_nearest);
    tcase_add_test(lines, a_command_takes_its_own_options_only);
    tcase_add_test(lines, the_number_of_arguments_is_checked);
    suite_add_tcase(suite, lines);
    TCase *tables = tcase_create("tables");
    tcase_add_test(tables, every_command_can_be_found_and_says_what_it_is);
    suite_add_tcase(suite, tables);
    return suite;
}
