// SPDX-License-Identifier: MIT
#include "../suites.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "config/supervisord_words.h"

#include <stdlib.h>
#include <string.h>

static char *join(const struct strings *strings)
{
    struct buffer joined = {0};
    for (size_t i = 0; i < strings->count; i++)
        buffer_printf(&joined, "%s%s", i > 0 ? "|" : "", strings->items[i]);
    return buffer_take(&joined);
}

static void check(bool (*take_apart)(const char *, struct strings *, const char **),
                  const char *text, const char *expected)
{
    struct strings found = {0};
    const char *reason = "";
    bool good = take_apart(text, &found, &reason);
    memory_auto char *all = good ? join(&found) : memory_copy(reason);
    ck_assert_msg(strncmp(all, expected, strlen(expected)) == 0 &&
                      (!good || strlen(all) == strlen(expected)),
                  "%s: found %s, not %s", text, all, expected);
    strings_finish(&found);
}

static const char *const commands[][2] = {
    {"a b\tc\nd\re", "a|b|c|d|e"},
    {"  a  ", "a"},
    {"", ""},
    {"a 'b c' \"d e\"", "a|b c|d e"},
    {"a '' \"\" b", "a|||b"},
    {"a'b'\"c\"d", "abcd"},
    {"a\\ b \\\"c \\\\", "a b|\"c|\\"},
    {"'a\\b' 'a\"b' \"a'b\"", "a\\b|a\"b|a'b"},
    // Not as in sh: a dollar sign and a backquote need no backslash, and so keep theirs.
    {"\"a\\\"b\\\\c\\$d\\`e\\nf\"", "a\"b\\c\\$d\\`e\\nf"},
    {"a # b", "a|#|b"},
    {"$HOME ~ * `x` a;b", "$HOME|~|*|`x`|a;b"},
    {"'a\nb'", "a\nb"},
    {"a\\\nb", "a\nb"},
    {"a 'b", "a quote is not closed"},
    {"a \"b\\\"", "a quote is not closed"},
    {"a\\", "a backslash at its end"},
};

START_TEST(commands_are_split)
{
    check(supervisord_split, commands[_i][0], commands[_i][1]);
}
END_TEST

static const char list[] = "it must be a list like KEY=\"value\",KEY2=\"value\"";
static const char *const variables[][2] = {
    {"", ""},
    {"A=1", "A=1"},
    {"A=1,B=2", "A=1|B=2"},
    {"A = 1 , B = 2 ,", "A=1|B=2"},
    {"A=\"x y\",\n  B='p=q,r'", "A=x y|B=p=q,r"},
    {"A=\"it's\",B='\"q\"'", "A=it's|B=q"},
    {"A=\"\",B=''", "A=|B="},
    {"A=/a/b.c+d-e():f_g", "A=/a/b.c+d-e():f_g"},
    {"A=1;B=2", "A=1|B=2"},
    {"A=1,A=2", "A=2"},
    {"A=1 # c\n,B=2", "A=1|B=2"},
    {"A=\"a\nb\"", "A=a\nb"},
    {"A=x\"y z\"", "A=x\"y"}, // a quote within a word is part of it; the rest separates
    {"A", list},
    {"A=", list},
    {"A=a@b", list},
    {"A 1", list},
    {"=1", list},
    {"A=\"x", "a quote is not closed"},
};

START_TEST(variables_are_listed)
{
    check(supervisord_variables, variables[_i][0], variables[_i][1]);
}
END_TEST

START_TEST(variables_are_limited)
{
    struct buffer text = {0};
    for (int i = 0; i <= 1000; i++)
        buffer_printf(&text, "A%d=1,", i);
    memory_auto char *many = buffer_take(&text);
    check(supervisord_variables, many, "there are more than 1000 variables in it");
}
END_TEST

Suite *supervisord_words_suite(void)
{
    Suite *suite = suite_create("supervisord_words");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, commands_are_split, 0, (int)LENGTH(commands));
    tcase_add_loop_test(all, variables_are_listed, 0, (int)LENGTH(variables));
    tcase_add_test(all, variables_are_limited);
    suite_add_tcase(suite, all);
    return suite;
}
