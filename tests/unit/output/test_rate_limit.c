// SPDX-License-Identifier: MIT
#include "suites.h"

#include "output/rate_limit.h"

// How many of so many lines pass at one time.
static unsigned pass(struct rate_limit *limit, uint64_t per_second, double now, unsigned lines)
{
    unsigned passed = 0;
    for (unsigned i = 0; i < lines; i++)
        passed += rate_limit_take(limit, per_second, now);
    return passed;
}

START_TEST(begins_with_a_seconds_worth)
{
    struct rate_limit limit = {0};
    ck_assert_uint_eq(pass(&limit, 10, 1000, 25), 10);
}
END_TEST

START_TEST(what_passes_comes_back_with_time)
{
    struct rate_limit limit = {0};
    ck_assert_uint_eq(pass(&limit, 8, 1000, 100), 8);
    ck_assert_uint_eq(pass(&limit, 8, 1000.125, 100), 1);
    ck_assert_uint_eq(pass(&limit, 8, 1000.625, 100), 4);
    ck_assert_uint_eq(pass(&limit, 8, 1000.6875, 100), 0);
    ck_assert_uint_eq(pass(&limit, 8, 1000.75, 100), 1); // the halves add up
}
END_TEST

START_TEST(saves_up_no_more_than_a_second)
{
    struct rate_limit limit = {0};
    ck_assert_uint_eq(pass(&limit, 10, 1000, 3), 3);
    ck_assert_uint_eq(pass(&limit, 10, 5000, 100), 10);
}
END_TEST

START_TEST(lines_slower_than_the_limit_all_pass)
{
    struct rate_limit limit = {0};
    for (unsigned i = 0; i < 1000; i++)
        ck_assert(rate_limit_take(&limit, 2, 1000 + i * 0.5));
}
END_TEST

START_TEST(a_flood_passes_at_the_rate)
{
    struct rate_limit limit = {0};
    unsigned passed = 0;
    for (unsigned i = 0; i < 10 * 1024; i++)
        passed += rate_limit_take(&limit, 100, 1000 + i / 1024.0);
    ck_assert_uint_ge(passed, 100 + 998); // ten seconds less a moment
    ck_assert_uint_le(passed, 100 + 1000);
}
END_TEST

START_TEST(a_lower_limit_holds_at_once)
{
    struct rate_limit limit = {0};
    ck_assert_uint_eq(pass(&limit, 100, 1000, 1), 1);
    ck_assert_uint_eq(pass(&limit, 5, 1000, 100), 5);
}
END_TEST

START_TEST(a_higher_limit_fills_up_with_time)
{
    struct rate_limit limit = {0};
    ck_assert_uint_eq(pass(&limit, 5, 1000, 100), 5);
    ck_assert_uint_eq(pass(&limit, 100, 1000, 100), 0);
    ck_assert_uint_eq(pass(&limit, 100, 1000.5, 100), 50);
}
END_TEST

Suite *rate_limit_suite(void)
{
    Suite *suite = suite_create("rate_limit");
    TCase *limits = tcase_create("limits");
    tcase_add_test(limits, begins_with_a_seconds_worth);
    tcase_add_test(limits, what_passes_comes_back_with_time);
    tcase_add_test(limits, saves_up_no_more_than_a_second);
    tcase_add_test(limits, lines_slower_than_the_limit_all_pass);
    tcase_add_test(limits, a_flood_passes_at_the_rate);
    tcase_add_test(limits, a_lower_limit_holds_at_once);
    tcase_add_test(limits, a_higher_limit_fills_up_with_time);
    suite_add_tcase(suite, limits);
    return suite;
}
