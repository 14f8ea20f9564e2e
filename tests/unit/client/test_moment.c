// SPDX-License-Identifier: MIT
#include "../suites.h"

#include "client/moment.h"

START_TEST(times_are_read_as_helperd_writes_them)
{
    double seconds = 0;
    ck_assert(moment_parse("2001-09-09T01:46:40.123Z", &seconds));
    ck_assert_double_eq_tol(seconds, 1e9 + 0.123, 1e-6);
    ck_assert(moment_parse("2001-09-09T01:46:40Z", &seconds));
    ck_assert_double_eq(seconds, 1e9);
}
END_TEST

START_TEST(all_else_is_no_time)
{
    double seconds = 5;
    static const char *const wrong[] = {
        "",
        "yesterday",
        "2001-09-09T01:46:40",
        "2001-09-09T01:46:40.123Zx",
        "2001-09-09T01:46:40.1234567890123456789Z",
        "2001-09-09T01:46:40x123Z",
        "2001-09-09T01:46:405Z",
    };
    ck_assert(!moment_parse(NULL, &seconds));
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        ck_assert_msg(!moment_parse(wrong[i], &seconds), "%s", wrong[i]);
    ck_assert_double_eq(seconds, 5);
}
END_TEST

Suite *moment_suite(void)
{
    Suite *suite = suite_create("moment");
    TCase *reading = tcase_create("reading");
    tcase_add_test(reading, times_are_read_as_helperd_writes_them);
    tcase_add_test(reading, all_else_is_no_time);
    suite_add_tcase(suite, reading);
    return suite;
}
