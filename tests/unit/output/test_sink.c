// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/memory.h"
#include "writing.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 600 * 1024 }; // more than is kept until the end of a turn

// A sink on a pipe; what does not read, holds it up.
struct held {
    struct sink *sink;
    int reader, writer;
    struct buffer text; // what was read
};

static struct held hold(size_t limit)
{
    struct held held = {0};
    make_pipe(&held.reader, &held.writer);
    held.sink = open_fd(held.writer);
    held.sink->limit = limit;
    return held;
}

static void empty(struct held *held)
{
    read_all(held->sink, held->reader, &held->text);
}

static void let_go(struct held *held)
{
    buffer_finish(&held->text);
    end_sink(held->sink);
    fd_close(&held->reader);
    fd_close(&held->writer);
}

// Fills an outlet's share with lines of 100 bytes.
static void fill(struct sink *sink, struct outlet *outlet)
{
    while (sink_has_room(sink, outlet)) {
        put_bytes(sink, outlet, 'x', 100);
        if (sink->queued > 2 * sink->limit)
            ck_abort_msg("there is always room");
    }
}

START_TEST(writes_all_lines_whole_and_in_order)
{
    struct sink *sink = open_file("log");
    struct outlet outlet = {.sink = sink};
    for (unsigned i = 0; i < 50000; i++) {
        put_number(sink, &outlet, i);
        if (i % 128 == 0)
            hand_over();
    }
    write_all(sink);
    memory_auto char *text = read_content("log");
    expect_numbers(text, 0, 50000);
    ck_assert_uint_eq(outlet.queued, 0);
    ck_assert_uint_eq(sink->queued, 0);
    end_sink(sink);
}
END_TEST

START_TEST(writes_nothing_before_the_end_of_the_turn)
{
    struct sink *sink = open_file("log");
    put_text(sink, NULL, "one\n");
    put_text(sink, NULL, "two\n");
    ck_assert(!sink_is_idle(sink));
    ck_assert(!is_busy(sink));
    expect_content("log", "");
    write_all(sink);
    expect_content("log", "one\ntwo\n");
    end_sink(sink);
}
END_TEST

START_TEST(hands_over_at_once_when_much_comes_together)
{
    struct sink *sink = open_file("log");
    put_bytes(sink, NULL, 'x', CHUNK);
    while (!sink_is_idle(sink)) // without an end of the turn
        await_news();
    memory_auto char *text = read_content("log");
    ck_assert_uint_eq(strlen(text), CHUNK);
    end_sink(sink);
}
END_TEST

static void expect_lines_through_pipe(bool nonblocking)
{
    struct held held = hold(64 << 20);
    if (nonblocking)
        ck_assert_int_eq(fd_set_nonblocking(held.writer), 0);
    for (unsigned i = 0; i < 20000; i++) {
        put_number(held.sink, NULL, i);
        if (i % 1000 == 0)
            hand_over();
    }
    empty(&held);
    buffer_append_char(&held.text, '\0');
    expect_numbers(held.text.data, 0, 20000);
    let_go(&held);
}

START_TEST(writes_whole_lines_in_order_through_a_small_pipe)
{
    expect_lines_through_pipe(false);
}
END_TEST

START_TEST(waits_for_a_pipe_that_somebody_made_nonblocking)
{
    expect_lines_through_pipe(true);
}
END_TEST

START_TEST(leaves_a_borrowed_descriptor_open)
{
    struct held held = hold(1000);
    put_text(held.sink, NULL, "one\n");
    empty(&held);
    end_sink(held.sink);
    ck_assert_int_eq(fcntl(held.writer, F_GETFD), FD_CLOEXEC);
    buffer_finish(&held.text);
    fd_close(&held.writer);
    fd_close(&held.reader);
}
END_TEST

START_TEST(nothing_to_hand_over_is_no_work)
{
    struct sink *sink = open_file("/dev/full");
    sink_hand_over(sink);
    (void)sink_filling(sink);
    sink_hand_over(sink);
    ck_assert(sink_is_idle(sink));
    ck_assert_int_eq(sink->failing, 0);
    end_sink(sink);
}
END_TEST

START_TEST(each_outlet_has_a_share_of_its_own)
{
    struct held held = hold(100000);
    struct outlet one = {.sink = held.sink}, other = {.sink = held.sink};
    fill(held.sink, &one);
    hand_over();
    ck_assert_uint_eq(one.queued, 50000); // as much as it leaves free
    ck_assert(!sink_has_room(held.sink, &one));
    ck_assert(sink_has_room(held.sink, &other));
    fill(held.sink, &other);
    ck_assert_uint_eq(other.queued, 25000);
    ck_assert_uint_eq(one.queued + other.queued, held.sink->queued);

    empty(&held);
    ck_assert_uint_eq(held.text.length, 75000);
    ck_assert_uint_eq(one.queued, 0);
    ck_assert_uint_eq(other.queued, 0);
    ck_assert_uint_eq(held.sink->queued, 0);
    ck_assert(sink_has_room(held.sink, &one));
    let_go(&held);
}
END_TEST

START_TEST(a_reserve_is_left_to_others)
{
    struct held held = hold(100000);
    struct outlet own = {.sink = held.sink}, helpers[50];
    for (size_t i = 0; i < LENGTH(helpers); i++) {
        helpers[i] = (struct outlet){.sink = held.sink, .reserve = 20000};
        fill(held.sink, &helpers[i]);
    }
    ck_assert_uint_gt(held.sink->queued, 75000);
    ck_assert_uint_le(held.sink->queued, 80000 + 100);
    ck_assert(sink_has_room(held.sink, &own));
    hand_over();
    empty(&held);
    for (size_t i = 0; i < LENGTH(helpers); i++)
        ck_assert_uint_eq(helpers[i].queued, 0);
    let_go(&held);
}
END_TEST

START_TEST(an_empty_queue_has_room_for_anything)
{
    struct held held = hold(10);
    struct outlet outlet = {.sink = held.sink, .reserve = 20};
    ck_assert(sink_has_room(held.sink, &outlet));
    put_bytes(held.sink, &outlet, 'x', 1000);
    ck_assert(!sink_has_room(held.sink, &outlet));
    empty(&held);
    ck_assert(sink_has_room(held.sink, &outlet));
    let_go(&held);
}
END_TEST

START_TEST(frees_what_is_written_while_the_rest_waits)
{
    struct held held = hold(64 << 20);
    struct outlet one = {.sink = held.sink}, other = {.sink = held.sink};
    put_bytes(held.sink, &one, 'a', CHUNK);
    put_bytes(held.sink, &other, 'b', CHUNK);
    ck_assert(!sink_is_idle(held.sink)); // from now on we want to know
    read_pipe(held.reader, &held.text, CHUNK);
    while (one.queued > 0)
        await_news();
    ck_assert_uint_eq(other.queued, CHUNK);
    ck_assert_uint_eq(held.sink->queued, CHUNK);
    read_pipe(held.reader, &held.text, 2 * CHUNK);
    write_all(held.sink);
    ck_assert_uint_eq(other.queued, 0);
    let_go(&held);
}
END_TEST

START_TEST(shares_of_many_are_counted_exactly)
{
    struct held held = hold(64 << 20);
    struct outlet outlets[7] = {0};
    unsigned seed = 1;
    for (unsigned round = 0; round < 300; round++) {
        size_t queued = 0;
        for (unsigned i = 0; i < round % 40; i++) {
            seed = seed * 1103515245 + 12345;
            put_bytes(held.sink, &outlets[(seed >> 16) % LENGTH(outlets)], 'x',
                      1 + (seed >> 20) % 300);
        }
        hand_over();
        for (size_t i = 0; i < LENGTH(outlets); i++)
            queued += outlets[i].queued;
        ck_assert_uint_eq(queued, held.sink->queued);
        if (round % 5 == 4)
            empty(&held);
    }
    empty(&held);
    for (size_t i = 0; i < LENGTH(outlets); i++)
        ck_assert_uint_eq(outlets[i].queued, 0);
    ck_assert_uint_eq(held.sink->queued, 0);
    let_go(&held);
}
END_TEST

START_TEST(lines_of_nobody_count_for_the_queue_only)
{
    struct held held = hold(10000);
    struct outlet outlet = {.sink = held.sink};
    put_bytes(held.sink, NULL, 'x', 9999);
    put_bytes(held.sink, &outlet, 'x', 100);
    ck_assert(!sink_has_room(held.sink, &outlet));
    ck_assert_uint_eq(outlet.queued, 100);
    ck_assert_uint_eq(held.sink->queued, 10099);
    empty(&held);
    ck_assert_uint_eq(outlet.queued, 0);
    let_go(&held);
}
END_TEST

START_TEST(puts_of_no_bytes_do_no_harm)
{
    struct held held = hold(10000);
    struct outlet outlet = {.sink = held.sink};
    put_text(held.sink, &outlet, "");
    write_all(held.sink);
    put_text(held.sink, NULL, "one\n");
    put_text(held.sink, &outlet, "");
    empty(&held);
    ck_assert_uint_eq(outlet.queued, 0);
    sink_forget(held.sink, &outlet);
    let_go(&held);
}
END_TEST

START_TEST(forgets_an_outlet_and_writes_its_lines)
{
    struct held held = hold(64 << 20);
    struct outlet *gone = memory_new(1, sizeof(*gone)), stays = {.sink = held.sink};
    for (unsigned i = 0; i < 100; i += 2) {
        put_number(held.sink, gone, i);
        put_number(held.sink, &stays, i + 1);
        if (i == 50)
            hand_over();
    }
    sink_forget(held.sink, gone);
    free(gone); // a sanitizer sees who still counts there
    empty(&held);
    ck_assert_uint_eq(stays.queued, 0);
    ck_assert_uint_eq(held.sink->queued, 0);
    buffer_append_char(&held.text, '\0');
    expect_numbers(held.text.data, 0, 100);
    let_go(&held);
}
END_TEST

START_TEST(an_idle_sink_gives_its_memory_back)
{
    struct held held = hold(64 << 20);
    struct outlet one = {.sink = held.sink}, other = {.sink = held.sink};
    for (unsigned i = 0; i < 10000; i++) {
        put_bytes(held.sink, &one, 'x', 100);
        put_bytes(held.sink, &other, 'x', 100);
    }
    empty(&held);
    sink_collect(held.sink);
    ck_assert_uint_le(held.sink->shares.capacity, 64);
    ck_assert(list_is_empty(&held.sink->chunks));
    ck_assert_ptr_null(held.sink->filling);
    let_go(&held);
}
END_TEST

START_TEST(little_is_fetched_while_enough_waits)
{
    struct held held = hold(16 << 20);
    struct outlet flood = {.sink = held.sink}, quiet = {.sink = held.sink};
    ck_assert_uint_eq(sink_demand(held.sink, &flood), SIZE_MAX);
    put_bytes(held.sink, &flood, 'x', 5 << 20); // more than any window
    ck_assert_uint_eq(sink_demand(held.sink, &flood), 0);
    ck_assert(sink_has_room(held.sink, &flood)); // for what was read already
    size_t little = sink_demand(held.sink, &quiet);
    ck_assert(little > 0 && little <= 64 * 1024);
    put_bytes(held.sink, &quiet, 'y', little);
    ck_assert_uint_eq(sink_demand(held.sink, &quiet), little);
    put_bytes(held.sink, &quiet, 'y', 3 * little); // a sixty-fourth is its own
    ck_assert_uint_eq(sink_demand(held.sink, &quiet), 0);
    empty(&held);
    ck_assert_uint_eq(sink_demand(held.sink, &flood), SIZE_MAX);
    let_go(&held);
}
END_TEST

struct counted {
    struct waiter waiter;
    unsigned woken;
};

static void count_wake(struct waiter *waiter)
{
    LIST_ITEM(struct counted, waiter, waiter)->woken++;
}

START_TEST(those_who_wait_are_woken_one_after_the_other_or_all)
{
    struct held held = hold(16 << 20);
    struct counted counted[3];
    for (size_t i = 0; i < LENGTH(counted); i++) {
        counted[i] = (struct counted){.waiter = {.wake = count_wake}};
        list_init(&counted[i].waiter.link);
        sink_wait(held.sink, &counted[i].waiter);
    }
    sink_wake_next(held.sink);
    ck_assert(counted[0].woken == 1 && counted[1].woken == 0 && counted[2].woken == 0);
    sink_wake(held.sink);
    ck_assert(counted[0].woken == 1 && counted[1].woken == 1 && counted[2].woken == 1);
    sink_wake_next(held.sink); // nobody waits
    let_go(&held);
}
END_TEST

START_TEST(the_window_follows_what_is_written)
{
    struct held held = hold(16 << 20);
    struct outlet flood = {.sink = held.sink};
    ck_assert_uint_eq(sink_demand(held.sink, &flood), SIZE_MAX);
    ck_assert_uint_eq(held.sink->window, 1 << 20); // a sixteenth: nothing was written yet
    held.sink->measured = (size_t)1
                          << 40; // as if that had been written in the last ten milliseconds
    held.sink->measured_since = clock_monotonic() - 0.01;
    sink_collect(held.sink);
    ck_assert_uint_eq(held.sink->window, 4 << 20);
    ck_assert_uint_eq(held.sink->measured, 0);
    put_bytes(held.sink, &flood, 'x', 5 << 20); // more than a quarter: no window is larger
    ck_assert_uint_eq(sink_demand(held.sink, &flood), 0);
    empty(&held);
    let_go(&held);
}
END_TEST

START_TEST(a_writer_gets_one_chunk_to_go_on_with)
{
    struct held held = hold(16 << 20);
    put_bytes(held.sink, NULL, 'x', 100000); // more than the pipe takes
    hand_over();
    put_text(held.sink, NULL, "one\n");
    hand_over();
    ck_assert_ptr_null(held.sink->filling);
    put_text(held.sink, NULL, "two\n");
    hand_over();
    ck_assert_ptr_nonnull(held.sink->filling); // it has enough to do
    empty(&held);
    let_go(&held);
}
END_TEST

START_TEST(the_memory_of_a_flood_stays_until_it_is_over)
{
    struct held held = hold(64 << 20);
    struct outlet outlet = {.sink = held.sink};
    for (unsigned i = 0; i < 3; i++)
        put_bytes(held.sink, &outlet, 'x', CHUNK_SIZE);
    ck_assert(!writers.pool.grown); // it waits in the queue
    empty(&held);
    ck_assert(writers.pool.grown);
    ck_assert_uint_eq(writers.pool.count, 3);
    ck_assert(!writers_trim(&writers));
    ck_assert_uint_eq(writers.pool.count, 3);
    ck_assert(writers_trim(&writers));
    ck_assert_uint_eq(writers.pool.count, 0);

    put_text(held.sink, &outlet, "a line now and then\n");
    hand_over();
    held.text.length = 0;
    empty(&held);
    ck_assert(!writers.pool.grown);
    let_go(&held);
}
END_TEST

START_TEST(counts_the_lines_that_wait)
{
    struct held held = hold(64 << 20);
    ck_assert_uint_eq(sink_count_lines(held.sink), 0);
    put_text(held.sink, NULL, "a\nb\n\n");
    ck_assert_uint_eq(sink_count_lines(held.sink), 3);
    put_bytes(held.sink, NULL, 'x', CHUNK); // in the pipe, or before it
    put_text(held.sink, NULL, "c\n");
    ck_assert_uint_eq(sink_count_lines(held.sink), 5);
    empty(&held);
    ck_assert_uint_eq(sink_count_lines(held.sink), 0);
    let_go(&held);
}
END_TEST

// Those who wait for room.
struct hungry {
    struct waiter waiter;
    struct sink *sink;
    unsigned woken; // the how many-th it was
    unsigned times;
    bool insists; // waits again
};

static unsigned wakes;

static void on_wake(struct waiter *waiter)
{
    struct hungry *hungry = LIST_ITEM(struct hungry, waiter, waiter);
    hungry->woken = ++wakes;
    hungry->times++;
    if (hungry->insists)
        sink_wait(hungry->sink, waiter);
}

static void wait_for(struct sink *sink, struct hungry *hungry, bool insists)
{
    *hungry = (struct hungry){.waiter.wake = on_wake, .sink = sink, .insists = insists};
    list_init(&hungry->waiter.link);
    sink_wait(sink, &hungry->waiter);
}

START_TEST(wakes_all_who_wait_once_and_in_order)
{
    struct sink *sink = open_file("/dev/null");
    struct hungry first, second, third;
    wait_for(sink, &first, true);
    wait_for(sink, &second, false);
    wait_for(sink, &third, true);
    wakes = 0;
    sink_wake(sink);
    ck_assert_uint_eq(first.woken, 1);
    ck_assert_uint_eq(second.woken, 2);
    ck_assert_uint_eq(third.woken, 3);
    sink_wake(sink);
    ck_assert_uint_eq(first.woken, 4);
    ck_assert_uint_eq(third.woken, 5);
    ck_assert_uint_eq(second.times, 1);
    first.insists = third.insists = false;
    sink_wake(sink);
    ck_assert(list_is_empty(&sink->waiters));
    end_sink(sink);
}
END_TEST

START_TEST(wakes_who_waits_when_there_is_room)
{
    struct held held = hold(10000);
    struct outlet outlet = {.sink = held.sink};
    struct hungry hungry;
    fill(held.sink, &outlet);
    wait_for(held.sink, &hungry, false);
    hand_over();
    ck_assert_uint_eq(hungry.times, 0);
    read_pipe(held.reader, &held.text, 5000);
    while (hungry.times == 0)
        await_news();
    ck_assert(sink_has_room(held.sink, &outlet));
    write_all(held.sink);
    let_go(&held);
}
END_TEST

Suite *sink_suite(void)
{
    Suite *suite = suite_create("sink");
    TCase *order = tcase_create("order");
    tcase_set_timeout(order, 30);
    tcase_add_checked_fixture(order, start_writing, end_writing);
    tcase_add_test(order, writes_all_lines_whole_and_in_order);
    tcase_add_test(order, writes_nothing_before_the_end_of_the_turn);
    tcase_add_test(order, hands_over_at_once_when_much_comes_together);
    tcase_add_test(order, writes_whole_lines_in_order_through_a_small_pipe);
    tcase_add_test(order, waits_for_a_pipe_that_somebody_made_nonblocking);
    tcase_add_test(order, leaves_a_borrowed_descriptor_open);
    tcase_add_test(order, nothing_to_hand_over_is_no_work);
    suite_add_tcase(suite, order);

    TCase *shares = tcase_create("shares");
    tcase_set_timeout(shares, 30);
    tcase_add_checked_fixture(shares, start_writing, end_writing);
    tcase_add_test(shares, each_outlet_has_a_share_of_its_own);
    tcase_add_test(shares, a_reserve_is_left_to_others);
    tcase_add_test(shares, an_empty_queue_has_room_for_anything);
    tcase_add_test(shares, frees_what_is_written_while_the_rest_waits);
    tcase_add_test(shares, shares_of_many_are_counted_exactly);
    tcase_add_test(shares, lines_of_nobody_count_for_the_queue_only);
    tcase_add_test(shares, puts_of_no_bytes_do_no_harm);
    tcase_add_test(shares, forgets_an_outlet_and_writes_its_lines);
    tcase_add_test(shares, an_idle_sink_gives_its_memory_back);
    tcase_add_test(shares, the_memory_of_a_flood_stays_until_it_is_over);
    tcase_add_test(shares, little_is_fetched_while_enough_waits);
    tcase_add_test(shares, a_writer_gets_one_chunk_to_go_on_with);
    tcase_add_test(shares, the_window_follows_what_is_written);
    tcase_add_test(shares, those_who_wait_are_woken_one_after_the_other_or_all);
    tcase_add_test(shares, counts_the_lines_that_wait);
    tcase_add_test(shares, wakes_all_who_wait_once_and_in_order);
    tcase_add_test(shares, wakes_who_waits_when_there_is_room);
    suite_add_tcase(suite, shares);
    return suite;
}
