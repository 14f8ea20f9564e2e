// SPDX-License-Identifier: MIT
#include "../suites.h"

#include "base/memory.h"
#include "config/expand.h"

#include <stdlib.h>
#include <string.h>

static struct strings near_variables, far_variables;
static const struct scope far_scope = {&far_variables, NULL};
static const struct scope scope = {&near_variables, &far_scope};

static void set_up(void)
{
    strings_set_variable(&near_variables, "NAME", "near");
    strings_set_variable(&near_variables, "EMPTY", "");
    strings_set_variable(&near_variables, "MARKED", "${NAME} $$ $NAME");
    strings_set_variable(&near_variables, "LATIN", "caf\xe9");
    strings_set_variable(&far_variables, "NAME", "far");
    strings_set_variable(&far_variables, "FAR", "away");
}

static void tear_down(void)
{
    strings_finish(&near_variables);
    strings_finish(&far_variables);
}

static void check_expansion(const char *text, const char *expected)
{
    char *reason = NULL;
    memory_auto char *result = expand_text(text, &scope, &reason);
    ck_assert_ptr_null(reason);
    ck_assert_str_eq(result, expected);
}

static void check_refusal(const char *text, const char *expected)
{
    char *reason = NULL;
    ck_assert_ptr_null(expand_text(text, &scope, &reason));
    ck_assert_str_eq(reason, expected);
    free(reason);
}

START_TEST(puts_in_the_nearest_value)
{
    check_expansion("${NAME}", "near");
    check_expansion("a-${NAME}-b${FAR}", "a-near-baway");
    check_expansion("${EMPTY}", "");
}
END_TEST

START_TEST(two_dollars_are_one)
{
    check_expansion("$$", "$");
    check_expansion("$${NAME}", "${NAME}");
    check_expansion("$$${NAME}", "$near");
    check_expansion("$$$$", "$$");
}
END_TEST

START_TEST(any_other_dollar_stays)
{
    check_expansion("$NAME $(date) a$b $", "$NAME $(date) a$b $");
    check_expansion("${1} ${} ${NAME%x} ${a b} ${NAME-x}", "${1} ${} ${NAME%x} ${a b} ${NAME-x}");
    check_expansion("^end$", "^end$");
}
END_TEST

START_TEST(default_stands_for_unset_and_empty)
{
    check_expansion("${NONE:-default}", "default");
    check_expansion("${EMPTY:-default}", "default");
    check_expansion("${NAME:-default}", "near");
    check_expansion("${NONE:-}", "");
    check_expansion("${NONE:-a b:c-d}", "a b:c-d");
}
END_TEST

START_TEST(default_may_hold_variables)
{
    check_expansion("${NONE:-${FAR}}", "away");
    check_expansion("${NONE:-<${ALSO:-${NAME}}>}!", "<near>!");
    check_expansion("${NONE:-$$}", "$");
}
END_TEST

START_TEST(values_are_never_expanded_again)
{
    check_expansion("${MARKED}", "${NAME} $$ $NAME");
}
END_TEST

START_TEST(unset_name_is_refused)
{
    check_refusal("${NONE}", "${NONE} is not set");
    check_refusal("${NONE:?}", "${NONE} is not set or empty");
    check_refusal("${NONE:?say where it is}", "NONE: say where it is");
    check_refusal("${EMPTY:?say more}", "EMPTY: say more");
    check_expansion("${NAME:?say where it is}", "near");
}
END_TEST

START_TEST(unclosed_brace_is_refused)
{
    static const char reason[] = "\"${\" is not closed (a plain \"${\" is written \"$${\")";
    check_refusal("${NAME", reason);
    check_refusal("a ${", reason);
    check_refusal("${NONE:-${FAR}", reason);
    check_refusal("${NAME} ${1", reason);
}
END_TEST

START_TEST(value_that_is_no_utf8_is_refused)
{
    check_refusal("${LATIN}", "the value of ${LATIN} is not valid UTF-8");
}
END_TEST

START_TEST(result_is_bounded)
{
    memory_auto char *large = memory_new(EXPAND_LIMIT / 2 + 2, 1);
    memset(large, 'x', EXPAND_LIMIT / 2 + 1);
    strings_set_variable(&near_variables, "LARGE", large);
    check_refusal("${LARGE}${LARGE}", "it is longer than 1 MiB when expanded");
}
END_TEST

START_TEST(nesting_is_bounded)
{
    check_refusal("${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-${A:-"
                  "${A:-x}}}}}}}}}}}}}}}}}",
                  "${…} is nested more than 16 deep");
}
END_TEST

START_TEST(own_environment_is_the_last_scope)
{
    static const struct scope own = {NULL, NULL};
    static const struct scope before = {&near_variables, &own};
    setenv("HELPERD_TEST_VARIABLE", "from outside", 1);
    ck_assert_str_eq(scope_find(&before, "HELPERD_TEST_VARIABLE"), "from outside");
    ck_assert_str_eq(scope_find(&before, "NAME"), "near");
    unsetenv("HELPERD_TEST_VARIABLE");
    ck_assert_ptr_null(scope_find(&before, "HELPERD_TEST_VARIABLE"));
}
END_TEST

START_TEST(escaped_text_expands_to_itself)
{
    static const char *const texts[] = {"plain", "$", "$$", "$$$", "${NAME}", "$${x", "a$b$$c${"};
    for (size_t i = 0; i < LENGTH(texts); i++) {
        memory_auto char *escaped = expand_escape(texts[i]);
        check_expansion(escaped, texts[i]);
    }
    memory_auto char *untouched = expand_escape("$PORT a$");
    ck_assert_str_eq(untouched, "$PORT a$");
}
END_TEST

Suite *expand_suite(void)
{
    Suite *suite = suite_create("expand");
    TCase *tests = tcase_create("expand");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, puts_in_the_nearest_value);
    tcase_add_test(tests, two_dollars_are_one);
    tcase_add_test(tests, any_other_dollar_stays);
    tcase_add_test(tests, default_stands_for_unset_and_empty);
    tcase_add_test(tests, default_may_hold_variables);
    tcase_add_test(tests, values_are_never_expanded_again);
    tcase_add_test(tests, unset_name_is_refused);
    tcase_add_test(tests, unclosed_brace_is_refused);
    tcase_add_test(tests, value_that_is_no_utf8_is_refused);
    tcase_add_test(tests, result_is_bounded);
    tcase_add_test(tests, nesting_is_bounded);
    tcase_add_test(tests, own_environment_is_the_last_scope);
    tcase_add_test(tests, escaped_text_expands_to_itself);
    suite_add_tcase(suite, tests);
    return suite;
}
