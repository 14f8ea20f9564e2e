// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/memory.h"
#include "writing.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static unsigned count_threads(void)
{
    pthread_mutex_lock(&writers.lock);
    unsigned threads = writers.threads;
    pthread_mutex_unlock(&writers.lock);
    return threads;
}

// A sink whose writer hangs in a pipe that nobody reads.
struct hung {
    struct sink *sink;
    int reader, writer;
};

static struct hung hang(void)
{
    struct hung hung;
    make_pipe(&hung.reader, &hung.writer);
    hung.sink = open_fd(hung.writer);
    put_bytes(hung.sink, NULL, 'x', 10000);
    hand_over();
    return hung;
}

static void release(struct hung *hung)
{
    struct buffer text = {0};
    read_pipe(hung->reader, &text, 10000);
    ck_assert_int_eq(text.data[9999], '\n');
    write_all(hung->sink);
    end_sink(hung->sink);
    buffer_finish(&text);
    fd_close(&hung->reader);
    fd_close(&hung->writer);
}

START_TEST(without_work_there_is_no_thread)
{
    ck_assert_uint_eq(count_threads(), 0);
    ck_assert(!writers_grow(&writers));
    ck_assert_uint_eq(count_threads(), 0);
}
END_TEST

START_TEST(one_thread_writes_for_many_sinks)
{
    struct sink *sinks[20];
    for (unsigned i = 0; i < LENGTH(sinks); i++) {
        memory_auto char *path = memory_format("log%u", i);
        sinks[i] = open_file(path);
    }
    for (unsigned round = 0; round < 100; round++) {
        for (unsigned i = 0; i < LENGTH(sinks); i++)
            put_number(sinks[i], NULL, round);
        hand_over();
    }
    for (unsigned i = 0; i < LENGTH(sinks); i++) {
        write_all(sinks[i]);
        memory_auto char *text = read_content(sinks[i]->path);
        expect_numbers(text, 0, 100);
    }
    ck_assert_uint_eq(count_threads(), 1);
    for (unsigned i = 0; i < LENGTH(sinks); i++)
        end_sink(sinks[i]);
}
END_TEST

START_TEST(one_that_hangs_holds_up_no_other)
{
    struct sink *log = open_file("log");
    struct hung hung = hang();
    await_full(hung.reader);
    put_text(log, NULL, "one\n");
    hand_over();
    ck_assert(!sink_is_idle(log));
    ck_assert(writers_grow(&writers)); // it has only been seen
    ck_assert_uint_eq(count_threads(), 1);
    expect_content("log", "");
    ck_assert(writers_grow(&writers));
    ck_assert_uint_eq(count_threads(), 2);
    write_all(log);
    expect_content("log", "one\n");

    put_text(log, NULL, "two\n"); // the second thread is free now
    write_all(log);
    ck_assert(!writers_grow(&writers));
    ck_assert_uint_eq(count_threads(), 2);
    expect_content("log", "one\ntwo\n");
    release(&hung);
    end_sink(log);
}
END_TEST

START_TEST(a_sink_is_written_by_one_thread_at_a_time)
{
    struct hung hung = hang();
    await_full(hung.reader);
    put_bytes(hung.sink, NULL, 'y', 600 * 1024);
    put_text(hung.sink, NULL, "z\n");
    hand_over();
    ck_assert(!writers_grow(&writers));
    ck_assert(!writers_grow(&writers));
    ck_assert_uint_eq(count_threads(), 1);
    struct buffer text = {0};
    read_all(hung.sink, hung.reader, &text);
    ck_assert_uint_eq(text.length, 10000 + 600 * 1024 + 2);
    ck_assert_mem_eq(text.data + 9998, "x\ny", 3);
    ck_assert_mem_eq(text.data + text.length - 4, "y\nz\n", 4);
    buffer_finish(&text);
    end_sink(hung.sink);
    fd_close(&hung.reader);
    fd_close(&hung.writer);
}
END_TEST

START_TEST(there_are_no_more_threads_than_the_limit)
{
    struct hung hung[WRITERS_LIMIT + 3];
    for (size_t i = 0; i < LENGTH(hung); i++)
        hung[i] = hang();
    for (unsigned threads = 1; threads < WRITERS_LIMIT; threads = count_threads())
        ck_assert(writers_grow(&writers));
    for (size_t i = 0; i < WRITERS_LIMIT; i++)
        await_full(hung[i].reader);
    for (int i = 0; i < 5; i++)
        ck_assert(writers_grow(&writers));
    ck_assert_uint_eq(count_threads(), WRITERS_LIMIT);
    for (size_t i = 0; i < LENGTH(hung); i++)
        release(&hung[i]);
}
END_TEST

static void write_urgent(struct sink *log, const char *line)
{
    put_text(log, NULL, line);
    hand_over();
    while (!sink_is_idle(log)) {
        sink_hand_over(log);
        (void)writers_grow(&writers);
        struct timespec moment = {.tv_nsec = 1000000};
        (void)nanosleep(&moment, NULL);
    }
}

// All threads but one may be at others, and that one has not been started yet.
static void write_until_full(const struct hung *hung)
{
    for (int waiting = 0; waiting < 4096;) {
        (void)writers_grow(&writers);
        sched_yield();
        ck_assert_int_eq(ioctl(hung->reader, FIONREAD, &waiting), 0);
    }
}

static void grow_until_all_hang(const struct hung *hung)
{
    for (unsigned threads = 0; threads < WRITERS_LIMIT; threads = count_threads())
        ck_assert(writers_grow(&writers));
    for (size_t i = 0; i < WRITERS_LIMIT; i++)
        await_full(hung[i].reader);
}

START_TEST(however_many_hang_the_log_is_written)
{
    struct sink *log = open_file("log");
    struct hung hung[WRITERS_LIMIT + 6];
    for (size_t i = 0; i < LENGTH(hung); i++)
        hung[i] = hang();
    grow_until_all_hang(hung);
    writers_set_urgent(&writers, log, true);
    write_urgent(log, "one\n");
    write_urgent(log, "two\n"); // its thread did not go on with those that hang
    write_urgent(log, "three\n");
    expect_content("log", "one\ntwo\nthree\n");
    ck_assert_uint_eq(count_threads(), WRITERS_LIMIT + 1);
    for (size_t i = 0; i < LENGTH(hung); i++)
        release(&hung[i]);
    end_sink(log);
}
END_TEST

START_TEST(a_log_that_waits_already_comes_first_once_it_is_the_log)
{
    struct hung hung[WRITERS_LIMIT + 6];
    for (size_t i = 0; i < LENGTH(hung); i++)
        hung[i] = hang();
    grow_until_all_hang(hung);
    struct sink *log = open_fd(open("log", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    put_text(log, NULL, "one\n");
    hand_over();
    writers_set_urgent(&writers, log, true);
    write_urgent(log, "two\n");
    expect_content("log", "one\ntwo\n");

    // Another one is the log now, and this one hangs.
    struct hung before = hang();
    writers_set_urgent(&writers, log, false);
    writers_set_urgent(&writers, before.sink, true);
    write_until_full(&before);
    writers_set_urgent(&writers, before.sink, false);
    writers_set_urgent(&writers, log, true);
    write_urgent(log, "three\n");
    expect_content("log", "one\ntwo\nthree\n");
    release(&before);
    for (size_t i = 0; i < LENGTH(hung); i++)
        release(&hung[i]);
    pthread_mutex_lock(&writers.lock);
    unsigned at_others = writers.at_others;
    pthread_mutex_unlock(&writers.lock);
    ck_assert_uint_eq(at_others, 0);
    fd_close(&log->file.fd);
    end_sink(log);
}
END_TEST

// Longer than a thread stays that is not needed.
START_TEST(while_one_hangs_a_free_one_stays)
{
    writers.idle_limit = 0.005;
    struct sink *log = open_file("log");
    struct hung hung = hang();
    await_full(hung.reader);
    put_text(log, NULL, "one\n");
    hand_over();
    while (count_threads() < 2)
        ck_assert(writers_grow(&writers));
    write_all(log);
    double later = clock_monotonic() + 20 * writers.idle_limit;
    while (clock_monotonic() < later) {
        ck_assert_uint_eq(count_threads(), 2);
        sched_yield();
    }
    put_text(log, NULL, "two\n");
    write_all(log); // by itself
    expect_content("log", "one\ntwo\n");
    release(&hung);
    end_sink(log);
}
END_TEST

START_TEST(the_end_comes_after_all_is_written)
{
    struct sink *sinks[] = {open_file("one"), open_file("two"), open_file("three")};
    for (size_t i = 0; i < LENGTH(sinks); i++)
        put_bytes(sinks[i], NULL, 'x', 100000);
    hand_over();
    finish_writers();
    ck_assert_uint_eq(count_threads(), 0);
    for (size_t i = 0; i < LENGTH(sinks); i++) {
        memory_auto char *text = read_content(sinks[i]->path);
        ck_assert_uint_eq(strlen(text), 100000);
        end_sink(sinks[i]);
    }
}
END_TEST

START_TEST(the_end_waits_for_no_thread_that_hangs)
{
    struct sink *log = open_file("log");
    struct hung hung = hang();
    await_full(hung.reader);
    put_text(log, NULL, "one\n");
    hand_over();
    for (unsigned threads = 1; threads < 2; threads = count_threads())
        ck_assert(writers_grow(&writers));
    do // again, if the other one got no processor meanwhile
        ck_assert(!writers_finish(&writers));
    while (count_threads() > 1);
    expect_content("log", "one\n");
    ck_assert_uint_eq(sink_count_lines(hung.sink), 1);

    struct buffer text = {0};
    read_pipe(hung.reader, &text, 10000);
    finish_writers();
    ck_assert(sink_is_idle(hung.sink));
    buffer_finish(&text);
    end_sink(hung.sink);
    end_sink(log);
    fd_close(&hung.reader);
    fd_close(&hung.writer);
}
END_TEST

START_TEST(after_the_end_there_are_no_news)
{
    struct hung hung = hang();
    await_full(hung.reader);
    ck_assert(!sink_is_idle(hung.sink)); // which asks for news
    ck_assert(!writers_finish(&writers));
    struct buffer text = {0};
    read_pipe(hung.reader, &text, 10000);
    finish_writers();
    ck_assert(list_is_empty(&writers.news));
    buffer_finish(&text);
    end_sink(hung.sink);
    fd_close(&hung.reader);
    fd_close(&hung.writer);
}
END_TEST

Suite *writers_suite(void)
{
    Suite *suite = suite_create("writers");
    TCase *threads = tcase_create("threads");
    tcase_set_timeout(threads, 30);
    tcase_add_checked_fixture(threads, start_writing, end_writing);
    tcase_add_test(threads, without_work_there_is_no_thread);
    tcase_add_test(threads, one_thread_writes_for_many_sinks);
    tcase_add_test(threads, one_that_hangs_holds_up_no_other);
    tcase_add_test(threads, a_sink_is_written_by_one_thread_at_a_time);
    tcase_add_test(threads, there_are_no_more_threads_than_the_limit);
    tcase_add_test(threads, however_many_hang_the_log_is_written);
    tcase_add_test(threads, a_log_that_waits_already_comes_first_once_it_is_the_log);
    tcase_add_test(threads, while_one_hangs_a_free_one_stays);
    tcase_add_test(threads, the_end_comes_after_all_is_written);
    tcase_add_test(threads, the_end_waits_for_no_thread_that_hangs);
    tcase_add_test(threads, after_the_end_there_are_no_news);
    suite_add_tcase(suite, threads);
    return suite;
}
