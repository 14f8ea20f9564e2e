// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/clock.h"
#include "base/memory.h"
#include "control/loop_delay.h"

static struct ev_loop *loop;
static struct loop_delay delay;
static ev_timer timer;
static ev_prepare other;

static void set_up(void)
{
    loop = ev_loop_new(EVFLAG_NOENV);
    ck_assert_ptr_nonnull(loop);
    delay = (struct loop_delay){0};
}

static void tear_down(void)
{
    loop_delay_end(&delay);
    ev_loop_destroy(loop);
}

static void work(double seconds)
{
    for (double end = clock_monotonic() + seconds; clock_monotonic() < end;)
        continue;
}

static void on_timer(struct ev_loop *a_loop, ev_timer *a_timer, int events)
{
    (void)a_loop;
    (void)events;
    work(*(const double *)a_timer->data);
}

static void on_prepare(struct ev_loop *a_loop, ev_prepare *prepare, int events)
{
    (void)a_loop;
    (void)events;
    work(*(const double *)prepare->data);
}

static uint64_t count_turns(void)
{
    uint64_t count = 0;
    for (size_t i = 0; i < LENGTH(delay.turns); i++)
        count += delay.turns[i];
    return count;
}

// One turn, and the one that follows it, which ends the first one.
static void run_turns(double seconds)
{
    static double work_time;
    work_time = seconds;
    ev_timer_init(&timer, on_timer, 0, 0);
    timer.data = &work_time;
    ev_timer_start(loop, &timer);
    ev_run(loop, EVRUN_ONCE);
    ev_run(loop, EVRUN_NOWAIT);
}

START_TEST(turns_are_counted_by_how_long_they_took)
{
    loop_delay_add(&delay, 0);
    loop_delay_add(&delay, 0.0001);
    loop_delay_add(&delay, 0.00011);
    loop_delay_add(&delay, 2);
    loop_delay_add(&delay, 3.5);
    ck_assert_uint_eq(delay.turns[0], 2);
    ck_assert_uint_eq(delay.turns[1], 1);
    ck_assert_uint_eq(delay.turns[LOOP_DELAY_BOUNDS - 1], 1);
    ck_assert_uint_eq(delay.turns[LOOP_DELAY_BOUNDS], 1);
    ck_assert_uint_eq(count_turns(), 5);
    ck_assert_double_eq_tol(delay.sum, 5.50021, 1e-9);
    ck_assert_double_eq(delay.longest, 3.5);
}
END_TEST

START_TEST(bounds_go_up)
{
    for (size_t i = 1; i < LOOP_DELAY_BOUNDS; i++)
        ck_assert_double_gt(loop_delay_bounds[i].seconds, loop_delay_bounds[i - 1].seconds);
}
END_TEST

START_TEST(work_in_a_turn_is_measured)
{
    loop_delay_begin(&delay, loop);
    run_turns(0.02);
    ck_assert_uint_ge(count_turns(), 1);
    ck_assert_double_ge(delay.longest, 0.02);
    ck_assert_double_ge(delay.sum, delay.longest);
}
END_TEST

START_TEST(waiting_is_not_measured)
{
    loop_delay_begin(&delay, loop);
    double nothing = 0, begin = clock_monotonic();
    ev_timer_init(&timer, on_timer, 0.3, 0);
    timer.data = &nothing;
    ev_timer_start(loop, &timer);
    ev_run(loop, EVRUN_ONCE);
    ev_run(loop, EVRUN_NOWAIT);
    ck_assert_double_ge(clock_monotonic() - begin, 0.29);
    ck_assert_uint_ge(count_turns(), 1);
    ck_assert_double_lt(delay.sum, 0.29);
}
END_TEST

START_TEST(what_others_do_at_the_end_of_a_turn_is_part_of_it)
{
    double seconds = 0.02;
    ev_prepare_init(&other, on_prepare); // before: of the same priority, it would come later
    other.data = &seconds;
    ev_prepare_start(loop, &other);
    loop_delay_begin(&delay, loop);
    run_turns(0);
    ev_prepare_stop(loop, &other);
    ck_assert_double_ge(delay.longest, 0.02);
}
END_TEST

START_TEST(it_does_not_keep_the_loop_going)
{
    loop_delay_begin(&delay, loop);
    ev_run(loop, 0); // would wait for ever
    ck_assert_uint_eq(count_turns(), 0);
    loop_delay_end(&delay);
    loop_delay_end(&delay);
    run_turns(0);
    ck_assert_uint_eq(count_turns(), 0);
}
END_TEST

Suite *loop_delay_suite(void)
{
    Suite *suite = suite_create("loop_delay");
    TCase *turns = tcase_create("turns");
    tcase_add_checked_fixture(turns, set_up, tear_down);
    tcase_add_test(turns, turns_are_counted_by_how_long_they_took);
    tcase_add_test(turns, bounds_go_up);
    tcase_add_test(turns, work_in_a_turn_is_measured);
    tcase_add_test(turns, waiting_is_not_measured);
    tcase_add_test(turns, what_others_do_at_the_end_of_a_turn_is_part_of_it);
    tcase_add_test(turns, it_does_not_keep_the_loop_going);
    suite_add_tcase(suite, turns);
    return suite;
}
