// SPDX-License-Identifier: MIT
#include "../suites.h"

#include "base/memory.h"
#include "config/supervisord_expression.h"

#include <stdlib.h>
#include <string.h>

static const char not_written[] = "%(n) is not followed by what it is written as: s, or for a "
                                  "number d";

static const char *const texts[][2] = {
    {"", ""},
    {"plain ${X} $$", "plain ${X} $$"},
    {"%(n)s-%(process_num)d", "näme-7"},
    {"100%%, %%(n)s", "100%, %(n)s"},
    {"%(process_num)02d %(process_num)5d|%(process_num)-5d|%(process_num)05d",
     "07     7|7    |00007"},
    {"%(numprocs)x %(numprocs)X %(numprocs)o %(numprocs)#x %(numprocs)#o %(numprocs)i %(numprocs)u",
     "ff FF 377 0xff 0o377 255 255"},
    {"%(process_num)+d|%(process_num) d|%(process_num).3d|%(process_num)6.3d", "+7| 7|007|   007"},
    {"%(process_num)s %(process_num)3s %(process_num)ld", "7   7 7"},
    {"%(n)6s|%(n)-6s|%(n).2s|%(n)03s", "  näme|näme  |nä|näme"},
    {"%(ENV_ONE)s %(ENV_TWO)s", "own outer"},
    {"%(a(b)c)s", "nested"},
    {"%(n)%", "%"},
};

static const char *const wrong[][2] = {
    {"%", "a % that begins no %(name)s must be written %%"},
    {"date +%Y", "a % that begins no %(name)s must be written %%"},
    {"%s", "a % that begins no %(name)s must be written %%"},
    {"%(n", "a % that begins no %(name)s must be written %%"},
    {"%(n)", not_written},
    {"%(n)d", not_written},
    {"%(n)y", not_written},
    {"%(x)s", "%(x)s: there is no such name here; there are n, a(b)c, process_num, numprocs, and "
              "ENV_X for a variable X"},
    {"%(ENV_NONE)s", "%(ENV_NONE)s: the variable NONE is not set"},
    {"%(n)9999999s", "it is longer than 1 MiB when expanded"},
    {"%(n)99999999999999999999999s", "it is longer than 1 MiB when expanded"},
    {"%(n)1000000s%(n)1000000s", "it is longer than 1 MiB when expanded"},
};

static char *expand(const char *text, char **reason)
{
    struct strings names = {0}, own = {0}, outer = {0};
    strings_append(&names, "n=näme");
    strings_append(&names, "a(b)c=nested");
    strings_append(&names, "process_num=7");
    strings_append(&names, "numprocs=255");
    strings_append(&own, "ONE=own");
    strings_append(&outer, "ONE=outer");
    strings_append(&outer, "TWO=outer");
    const struct scope outer_scope = {&outer, NULL}, own_scope = {&own, &outer_scope};
    const struct expressions expressions = {&names, &own_scope};
    char *expanded = supervisord_expand(text, &expressions, reason);
    strings_finish(&names);
    strings_finish(&own);
    strings_finish(&outer);
    return expanded;
}

START_TEST(expressions_are_replaced)
{
    char *reason;
    memory_auto char *expanded = expand(texts[_i][0], &reason);
    ck_assert_msg(expanded != NULL, "%s: %s", texts[_i][0], reason);
    ck_assert_str_eq(expanded, texts[_i][1]);
}
END_TEST

START_TEST(what_cannot_be_replaced_is_said)
{
    char *reason;
    ck_assert_ptr_null(expand(wrong[_i][0], &reason));
    ck_assert_str_eq(reason, wrong[_i][1]);
    free(reason);
}
END_TEST

START_TEST(long_values_are_refused)
{
    char *text = memory_new(EXPAND_LIMIT + 2, 1), *reason;
    memset(text, 'x', EXPAND_LIMIT);
    memory_auto char *expanded = expand(text, &reason);
    ck_assert_ptr_nonnull(expanded);
    text[EXPAND_LIMIT] = 'x';
    ck_assert_ptr_null(expand(text, &reason));
    free(reason);
    free(text);
}
END_TEST

Suite *supervisord_expression_suite(void)
{
    Suite *suite = suite_create("supervisord_expression");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, expressions_are_replaced, 0, (int)LENGTH(texts));
    tcase_add_loop_test(all, what_cannot_be_replaced_is_said, 0, (int)LENGTH(wrong));
    tcase_add_test(all, long_values_are_refused);
    suite_add_tcase(suite, all);
    return suite;
}
