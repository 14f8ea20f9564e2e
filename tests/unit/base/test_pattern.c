// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/pattern.h"

#include <string.h>

static bool matches(const char *text, const char *line, size_t length)
{
    char reason[128] = "";
    size_t offset;
    struct pattern *pattern = pattern_create(text, reason, &offset);
    ck_assert_msg(pattern != NULL, "%s: %s", text, reason);
    bool found = pattern_matches(pattern, line, length);
    pattern_destroy(pattern);
    return found;
}

static bool fits(const char *text, const char *line)
{
    return matches(text, line, strlen(line));
}

START_TEST(matches_anywhere_in_the_bytes)
{
    ck_assert(fits("b", "abc"));
    ck_assert(!fits("^b", "abc"));
    ck_assert(fits("^E:.*\\d$", "E: 4"));
    ck_assert(matches("b$", "a\0b", 3));
    ck_assert(!matches("b", "a\0b", 2));
    ck_assert(fits("^$", ""));
}
END_TEST

START_TEST(works_on_characters)
{
    ck_assert(fits("^[✓✗] done$", "✓ done"));
    ck_assert(!fits("[✓]", "\xe2\x82\xac")); // shares bytes with it
    ck_assert(fits("^a.b$", "a☃b"));
    ck_assert(fits("(?i)^CAFÉ$", "café"));
    ck_assert(fits("^é{2}$", "éé"));
}
END_TEST

START_TEST(bytes_that_are_no_text_leave_the_rest_readable)
{
    ck_assert(fits("é", "\xff\xc3(é"));
    ck_assert(fits("error$", "\x80 error"));
    ck_assert(fits("^a", "a\xff"));
    ck_assert(!fits("^a.b$", "a\xff"
                             "b"));
}
END_TEST

START_TEST(a_wrong_pattern_has_its_reason_and_place)
{
    char reason[128] = "";
    size_t offset = 0;
    ck_assert_ptr_null(pattern_create("a(b", reason, &offset));
    ck_assert_str_eq(reason, "missing closing parenthesis");
    ck_assert_uint_eq(offset, 3);
}
END_TEST

START_TEST(reaching_the_limit_is_no_match)
{
    char line[41];
    memset(line, 'a', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\0';
    ck_assert(fits("(*NO_AUTO_POSSESS)(a+)+$", line));
    line[sizeof(line) - 2] = 'b';
    ck_assert(!fits("(*NO_AUTO_POSSESS)^(a+)+$", line));
}
END_TEST

START_TEST(nothing_can_be_destroyed)
{
    pattern_destroy(NULL);
    ck_assert(fits("", "x"));
}
END_TEST

START_TEST(a_shared_pattern_lives_until_its_last_owner_is_gone)
{
    char reason[128];
    size_t offset;
    struct pattern *pattern = pattern_create("a", reason, &offset);
    struct pattern *shared = pattern_share(pattern);
    ck_assert_uint_gt(pattern_size(shared), 0);
    pattern_destroy(pattern);
    ck_assert(pattern_matches(shared, "a", 1));
    pattern_destroy(shared);
}
END_TEST

Suite *pattern_suite(void)
{
    Suite *suite = suite_create("pattern");
    TCase *tests = tcase_create("pattern");
    tcase_add_test(tests, matches_anywhere_in_the_bytes);
    tcase_add_test(tests, works_on_characters);
    tcase_add_test(tests, bytes_that_are_no_text_leave_the_rest_readable);
    tcase_add_test(tests, a_wrong_pattern_has_its_reason_and_place);
    tcase_add_test(tests, reaching_the_limit_is_no_match);
    tcase_add_test(tests, nothing_can_be_destroyed);
    tcase_add_test(tests, a_shared_pattern_lives_until_its_last_owner_is_gone);
    suite_add_tcase(suite, tests);
    return suite;
}
