// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/memory.h"
#include "supervise/backoff.h"

// The defaults, without jitter.
static const struct backoff_config steady = {
    .initial = 0.2, .factor = 2, .max = 30, .jitter = 0, .reset_after = 10};

static const double tolerance = 1e-9;

START_TEST(restarts_at_once_what_was_up_for_long)
{
    struct backoff_config config = steady;
    config.jitter = 1;
    ck_assert_double_eq(backoff_delay(&config, 0, 0), 0);
    ck_assert_double_eq(backoff_delay(&config, 0, 0.5), 0);
    ck_assert_double_eq(backoff_delay(&config, 0, 1), 0);
}
END_TEST

START_TEST(waits_longer_from_restart_to_restart)
{
    static const double delays[] = {0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6};
    for (unsigned n = 1; n <= LENGTH(delays); n++)
        ck_assert_double_eq_tol(backoff_delay(&steady, n, 0.5), delays[n - 1], tolerance);
}
END_TEST

START_TEST(never_waits_longer_than_the_maximum)
{
    ck_assert_double_eq(backoff_delay(&steady, 9, 0.5), 30);
    ck_assert_double_eq(backoff_delay(&steady, 10, 0.5), 30);
    ck_assert_double_eq(backoff_delay(&steady, 5000, 0.5), 30);
    ck_assert_double_eq(backoff_delay(&steady, ~0U, 0.5), 30);

    struct backoff_config config = steady;
    config.max = 0.1; // below initial
    ck_assert_double_eq(backoff_delay(&config, 1, 0.5), 0.1);
}
END_TEST

START_TEST(waits_evenly_with_factor_one)
{
    struct backoff_config config = steady;
    config.factor = 1;
    ck_assert_double_eq_tol(backoff_delay(&config, 1, 0.5), 0.2, tolerance);
    ck_assert_double_eq_tol(backoff_delay(&config, 100000, 0.5), 0.2, tolerance);
}
END_TEST

START_TEST(never_waits_with_initial_zero)
{
    struct backoff_config config = steady;
    config.initial = 0;
    ck_assert_double_eq(backoff_delay(&config, 1, 0.5), 0);
    ck_assert_double_eq(backoff_delay(&config, 5000, 0.5), 0); // where the power is infinite
}
END_TEST

START_TEST(jitter_goes_as_far_in_both_directions)
{
    struct backoff_config config = steady;
    config.jitter = 0.1;
    ck_assert_double_eq_tol(backoff_delay(&config, 1, 0), 0.18, tolerance);
    ck_assert_double_eq_tol(backoff_delay(&config, 1, 0.5), 0.2, tolerance);
    ck_assert_double_eq_tol(backoff_delay(&config, 1, 1), 0.22, tolerance);
    // Also around the maximum, so that many helpers do not come back in step.
    ck_assert_double_eq_tol(backoff_delay(&config, 20, 0), 27, tolerance);
    ck_assert_double_eq_tol(backoff_delay(&config, 20, 1), 33, tolerance);
}
END_TEST

START_TEST(jitter_never_leaves_its_bounds)
{
    struct backoff_config config = steady;
    config.jitter = 0.1;
    double last = 0;
    for (int i = 0; i <= 1000; i++) {
        double delay = backoff_delay(&config, 3, i / 1000.0);
        ck_assert(delay >= 0.72 - tolerance && delay <= 0.88 + tolerance);
        ck_assert_double_gt(delay, last);
        last = delay;
    }
}
END_TEST

START_TEST(jitter_of_all_never_waits_less_than_nothing)
{
    struct backoff_config config = steady;
    config.jitter = 1;
    ck_assert_double_eq(backoff_delay(&config, 4, 0), 0);
    ck_assert_double_eq_tol(backoff_delay(&config, 4, 1), 3.2, tolerance);
}
END_TEST

// Three starts in ten seconds.
static const struct start_limit_config limit = {.burst = 3, .interval = 10};

static struct start_history history_of(const struct start_limit_config *of, const double *starts,
                                       size_t count)
{
    struct start_history history = {0};
    for (size_t i = 0; i < count; i++)
        start_history_add(&history, of, starts[i]);
    return history;
}

START_TEST(allows_as_many_starts_as_the_burst)
{
    struct start_history history = {0};
    ck_assert(!start_history_is_full(&history, &limit, 100));
    start_history_add(&history, &limit, 100);
    ck_assert(!start_history_is_full(&history, &limit, 100));
    start_history_add(&history, &limit, 100);
    ck_assert(!start_history_is_full(&history, &limit, 100));
    start_history_add(&history, &limit, 100);
    ck_assert(start_history_is_full(&history, &limit, 100));
    start_history_finish(&history);
}
END_TEST

START_TEST(counts_the_starts_within_the_interval_and_no_older_ones)
{
    static const double starts[] = {100, 105, 109};
    struct start_history history = history_of(&limit, starts, LENGTH(starts));
    ck_assert(start_history_is_full(&history, &limit, 109));
    ck_assert(start_history_is_full(&history, &limit, 109.999));
    ck_assert(!start_history_is_full(&history, &limit, 110)); // the first is an interval ago
    start_history_finish(&history);
}
END_TEST

START_TEST(another_limit_goes_on_with_the_latest_starts)
{
    static const double starts[] = {100, 101, 105, 109}; // the ring of three went round
    static const struct start_limit_config less = {.burst = 2, .interval = 10};
    static const struct start_limit_config more = {.burst = 4, .interval = 10};
    static const struct start_limit_config none = {.burst = 0, .interval = 10};
    struct start_history history = history_of(&limit, starts, LENGTH(starts));
    start_history_resize(&history, &limit, &more);
    ck_assert(!start_history_is_full(&history, &more, 109));
    start_history_add(&history, &more, 110);
    ck_assert(start_history_is_full(&history, &more, 110.9)); // since 101
    ck_assert(!start_history_is_full(&history, &more, 111));
    start_history_resize(&history, &more, &less);
    ck_assert(start_history_is_full(&history, &less, 118)); // since 109
    ck_assert(!start_history_is_full(&history, &less, 119));
    start_history_resize(&history, &less, &none);
    ck_assert(!start_history_is_full(&history, &none, 111));
    start_history_resize(&history, &none, &limit);
    ck_assert(!start_history_is_full(&history, &limit, 111));
    start_history_finish(&history);
}
END_TEST

START_TEST(counts_the_latest_starts_however_many_there_were)
{
    struct start_history history = {0};
    for (int i = 0; i < 1000; i++)
        start_history_add(&history, &limit, i * 5.0);
    // At 4985, 4990 and 4995.
    ck_assert(!start_history_is_full(&history, &limit, 4995));
    ck_assert(start_history_is_full(&history, &limit, 4994.9));
    start_history_add(&history, &limit, 4996);
    ck_assert(start_history_is_full(&history, &limit, 4999.9));
    ck_assert(!start_history_is_full(&history, &limit, 5000));
    start_history_finish(&history);
}
END_TEST

START_TEST(allows_one_start_per_interval)
{
    static const struct start_limit_config one = {.burst = 1, .interval = 10};
    static const double starts[] = {100};
    struct start_history history = history_of(&one, starts, LENGTH(starts));
    ck_assert(start_history_is_full(&history, &one, 100));
    ck_assert(start_history_is_full(&history, &one, 109.9));
    ck_assert(!start_history_is_full(&history, &one, 110));
    start_history_finish(&history);
}
END_TEST

START_TEST(without_a_burst_there_is_no_limit)
{
    static const struct start_limit_config none = {.burst = 0, .interval = 60};
    struct start_history history = {0};
    for (int i = 0; i < 1000; i++) {
        ck_assert(!start_history_is_full(&history, &none, 1));
        start_history_add(&history, &none, 1);
    }
    ck_assert_ptr_null(history.starts);
}
END_TEST

START_TEST(forgets_all_starts_when_cleared)
{
    static const double starts[] = {100, 100, 100};
    struct start_history history = history_of(&limit, starts, LENGTH(starts));
    start_history_clear(&history);
    for (size_t i = 0; i < limit.burst; i++) {
        ck_assert(!start_history_is_full(&history, &limit, 101));
        start_history_add(&history, &limit, 101);
    }
    ck_assert(start_history_is_full(&history, &limit, 101));
    start_history_finish(&history);
}
END_TEST

START_TEST(can_be_finished_twice_and_used_again)
{
    static const double starts[] = {1, 2, 3};
    struct start_history history = history_of(&limit, starts, LENGTH(starts));
    start_history_finish(&history);
    start_history_finish(&history);
    ck_assert(!start_history_is_full(&history, &limit, 3));
    start_history_add(&history, &limit, 3);
    ck_assert(!start_history_is_full(&history, &limit, 3));
    start_history_finish(&history);
}
END_TEST

Suite *backoff_suite(void)
{
    Suite *suite = suite_create("backoff");

    TCase *delay = tcase_create("delay");
    tcase_add_test(delay, restarts_at_once_what_was_up_for_long);
    tcase_add_test(delay, waits_longer_from_restart_to_restart);
    tcase_add_test(delay, never_waits_longer_than_the_maximum);
    tcase_add_test(delay, waits_evenly_with_factor_one);
    tcase_add_test(delay, never_waits_with_initial_zero);
    tcase_add_test(delay, jitter_goes_as_far_in_both_directions);
    tcase_add_test(delay, jitter_never_leaves_its_bounds);
    tcase_add_test(delay, jitter_of_all_never_waits_less_than_nothing);
    suite_add_tcase(suite, delay);

    TCase *starts = tcase_create("start limit");
    tcase_add_test(starts, allows_as_many_starts_as_the_burst);
    tcase_add_test(starts, counts_the_starts_within_the_interval_and_no_older_ones);
    tcase_add_test(starts, another_limit_goes_on_with_the_latest_starts);
    tcase_add_test(starts, counts_the_latest_starts_however_many_there_were);
    tcase_add_test(starts, allows_one_start_per_interval);
    tcase_add_test(starts, without_a_burst_there_is_no_limit);
    tcase_add_test(starts, forgets_all_starts_when_cleared);
    tcase_add_test(starts, can_be_finished_twice_and_used_again);
    suite_add_tcase(suite, starts);
    return suite;
}
