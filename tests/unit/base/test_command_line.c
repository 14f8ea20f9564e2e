// SPDX-License-Identifier: MIT
#include "../suites.h"

#include "base/command_line.h"

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"

#include <stdlib.h>

static const char *const when_words[] = {"auto", "always", "never", NULL};
static const struct option_row rows[] = {
    {'c', "config", "FILE", NULL, WORD_FILE, "read this"},
    {0, "color", "WHEN", when_words, WORD_NONE, "colours"},
    {'t', "check", NULL, NULL, WORD_NONE, "only check"},
};
static const struct option_table table = {"program", rows, LENGTH(rows)};

static struct strings line;
static struct buffer taken;
static char *problem;

static void tear_down(void)
{
    strings_finish(&line);
    buffer_finish(&taken);
    free(problem);
}

static bool take(void *context, size_t option, const char *text, int word)
{
    ck_assert_ptr_eq(context, &taken);
    buffer_printf(&taken, "[%s %s %d]", rows[option].name, text != NULL ? text : "-", word);
    return text == NULL || text[0] != '!';
}

static bool parse(const char *text, int *first)
{
    tear_down();
    line = (struct strings){0};
    strings_append(&line, "program");
    ck_assert(text_split_quoted(text, &line));
    return command_line_parse(&table, (int)line.count, line.items, take, &taken, first, &problem);
}

START_TEST(each_option_is_given_in_order_and_words_stand_behind)
{
    int first;
    ck_assert(parse("a -tc x --color=always b -- -t", &first));
    memory_auto char *all = buffer_take(&taken);
    ck_assert_str_eq(all, "[check - 0][config x 0][color always 1]");
    ck_assert_int_eq(first, 5);
    ck_assert_str_eq(line.items[first], "a");
    ck_assert_str_eq(line.items[first + 1], "b");
    ck_assert_str_eq(line.items[first + 2], "-t");
}
END_TEST

START_TEST(what_is_wrong_is_told_with_the_nearest)
{
    static const struct {
        const char *line, *problem;
    } cases[] = {
        {"--chek", "unknown option \"--chek\" (did you mean \"--check\"?)"},
        {"--zzz", "unknown option \"--zzz\"; program --help lists them"},
        {"-tx", "unknown option \"-x\"; program --help lists them"},
        {"-c", "option \"-c\" needs an argument"},
        {"--config", "option \"--config\" needs an argument"},
        {"--check=1", "option \"--check\" takes no argument"},
        {"--color alwais",
         "--color: \"alwais\" is none of auto, always, never (did you mean \"always\"?)"},
    };
    int first;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        ck_assert(!parse(cases[i].line, &first));
        ck_assert_str_eq(problem, cases[i].problem);
    }
}
END_TEST

START_TEST(who_takes_an_option_may_end_it)
{
    int first;
    ck_assert(!parse("-c !x -t", &first));
    ck_assert_ptr_null(problem);
    memory_auto char *all = buffer_take(&taken);
    ck_assert_str_eq(all, "[config !x 0]");
}
END_TEST

START_TEST(the_help_has_a_line_for_each)
{
    struct buffer out = {0};
    command_line_write_help(&out, &table, 1U << 0 | 1U << 1);
    memory_auto char *text = buffer_take(&out);
    ck_assert_str_eq(text, "  -c, --config FILE          read this\n"
                           "      --color WHEN           colours\n");
}
END_TEST

Suite *command_line_suite(void)
{
    Suite *suite = suite_create("command_line");
    TCase *options = tcase_create("options");
    tcase_add_checked_fixture(options, NULL, tear_down);
    tcase_add_test(options, each_option_is_given_in_order_and_words_stand_behind);
    tcase_add_test(options, what_is_wrong_is_told_with_the_nearest);
    tcase_add_test(options, who_takes_an_option_may_end_it);
    tcase_add_test(options, the_help_has_a_line_for_each);
    suite_add_tcase(suite, options);
    return suite;
}
