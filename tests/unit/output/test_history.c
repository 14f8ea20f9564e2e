// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "output/history.h"

#include <stdlib.h>
#include <string.h>

enum { HEADER = 32 }; // what a run takes beside its text

static const struct record_source web = {
    .helper = "web", .prefix = "web", .kind = STREAM_STDOUT, .pid = 4711};

static struct history history;
static uint64_t number; // of the latest run

static void start(void)
{
    history_init(&history, 0);
    number = 0;
}

static void end(void)
{
    history_finish(&history);
    history_finish(&history);
}

static void add_bytes(struct history *to, const char *text, size_t length)
{
    const struct record record = {
        .source = &web, .level = LEVEL_INFO, .text = text, .length = length};
    history_add(to, &record, ++number);
    ck_assert_uint_le(to->length, to->limit);
    ck_assert_uint_le(to->capacity, to->limit);
}

static void add(const char *text)
{
    add_bytes(&history, text, strlen(text));
}

static void add_number(unsigned of_line)
{
    memory_auto char *text = memory_format("line %u\n", of_line);
    add(text);
}

static void expect_last(size_t lines, const char *expected)
{
    memory_auto char *text = history_last(&history, lines);
    ck_assert_str_eq(text, expected);
}

static void expect(const char *expected)
{
    expect_last(1000000, expected);
}

START_TEST(an_empty_one_gives_an_empty_text)
{
    history_set_limit(&history, 100);
    expect("");
    expect_last(0, "");
    ck_assert_ptr_null(history.ring);
}
END_TEST

START_TEST(without_a_limit_nothing_is_kept)
{
    add("one\n");
    expect("");
    ck_assert_ptr_null(history.ring);
    history_set_limit(&history, HEADER); // in which no line finds room
    add("one\n");
    expect("");
    ck_assert_ptr_null(history.ring);
}
END_TEST

START_TEST(gives_the_last_lines_in_order)
{
    history_set_limit(&history, 1000);
    add("one\n");
    add("\n");
    add("three\nfour\n");
    add("five");
    add("");
    expect_last(0, "");
    expect_last(1, "\n");
    expect_last(2, "five\n\n");
    expect_last(3, "four\nfive\n\n");
    expect_last(4, "three\nfour\nfive\n\n");
    expect_last(5, "\nthree\nfour\nfive\n\n");
    expect_last(6, "one\n\nthree\nfour\nfive\n\n");
    expect_last(7, "one\n\nthree\nfour\nfive\n\n");
}
END_TEST

START_TEST(forgets_the_oldest_lines)
{
    history_set_limit(&history, 3 * (HEADER + 4));
    add("aaa\n");
    add("bbb\n");
    add("ccc\n"); // just fits
    expect("aaa\nbbb\nccc\n");
    add("d\n");
    expect("bbb\nccc\nd\n");
    add("eeeee\n");
    expect("ccc\nd\neeeee\n");
    add("ffffffffff\n");
    expect("eeeee\nffffffffff\n");
}
END_TEST

START_TEST(of_lines_that_came_together_the_first_are_forgotten)
{
    history_set_limit(&history, 2 * HEADER + 16);
    add("aaa\nbbb\nccc\nddd\n");
    add("e\n");
    expect("bbb\nccc\nddd\ne\n");
    add("f\n"); // for its header there is no room beside any of them
    expect("e\nf\n");
}
END_TEST

// One run of lines of a model of the history.
struct run {
    char text[64];
    size_t length;
};

static size_t size_of_all(const struct run *runs, size_t from, size_t count)
{
    size_t size = 0;
    for (size_t i = from; i < count; i++)
        size += HEADER + runs[i].length;
    return size;
}

// Drops lines at the front, as few as possible, until the others fit; returns the first run.
static size_t fit(struct run *runs, size_t first, size_t count, size_t limit)
{
    while (size_of_all(runs, first, count) > limit) {
        struct run *run = &runs[first];
        const char *newline = memchr(run->text, '\n', run->length);
        size_t length = newline != NULL ? (size_t)(newline - run->text) + 1 : run->length;
        run->length -= length;
        memmove(run->text, run->text + length, run->length);
        if (run->length == 0)
            first++;
    }
    return first;
}

static void expect_runs(const struct run *runs, size_t first, size_t count)
{
    struct history_reader reader;
    struct history_run run;
    struct buffer room = {0};
    history_reader_init(&reader, &history);
    for (size_t i = count; i > first; i--) {
        ck_assert(history_reader_back(&reader));
        ck_assert_uint_eq(history_reader_number(&reader), i);
    }
    ck_assert(!history_reader_back(&reader));
    for (size_t i = first; i < count; i++) {
        ck_assert(history_reader_read(&reader, &run, &room));
        ck_assert_uint_eq(run.number, i + 1);
        ck_assert_uint_eq(run.record.length, runs[i].length);
        ck_assert_mem_eq(run.record.text, runs[i].text, runs[i].length);
        history_reader_next(&reader);
    }
    ck_assert_uint_eq(history_reader_number(&reader), 0);
    history_reader_finish(&reader);
    buffer_finish(&room);
}

START_TEST(holds_the_longest_end_that_fits_wherever_the_ring_wraps)
{
    enum { RUNS = 300 };
    unsigned seed = 1;
    for (size_t limit = HEADER + 40; limit < 5 * (HEADER + 40); limit++) {
        struct run *runs = memory_new(RUNS, sizeof(*runs));
        history_init(&history, limit);
        number = 0;
        for (size_t i = 0, first = 0; i < RUNS; i++) {
            struct run *run = &runs[i];
            seed = seed * 1103515245 + 12345;
            run->length = 1 + (seed >> 16) % 40;
            for (size_t at = 0; at < run->length; at++) {
                seed = seed * 1103515245 + 12345;
                run->text[at] = (seed >> 16) % 8 == 0 ? '\n' : (char)('a' + i % 26);
            }
            if ((seed >> 20) % 4 > 0)
                run->text[run->length - 1] = '\n';
            add_bytes(&history, run->text, run->length);
            first = fit(runs, first, i + 1, limit);
            expect_runs(runs, first, i + 1);
        }
        history_finish(&history);
        free(runs);
    }
}
END_TEST

START_TEST(a_line_larger_than_the_limit_is_cut)
{
    history_set_limit(&history, HEADER + 5);
    add("ab\n");
    add("123456789\n");
    expect("12345\n");
    add("1234\n");
    expect("1234\n");
    history_set_limit(&history, HEADER + 1);
    add("x\n");
    expect("x\n");
    add("\n");
    expect("\n");
}
END_TEST

START_TEST(of_lines_larger_than_the_limit_the_last_are_kept)
{
    static const char text[] = "a\n\nbb\nccc\n\n\ndddd\nlonger than any of the others\n\nthe end\n";
    const size_t length = strlen(text);
    for (size_t limit = 9; limit < length + 10; limit++) {
        history_set_limit(&history, HEADER + limit);
        add("before\n");
        add_bytes(&history, text, length);
        const char *expected = text + (length > limit ? length - limit : 0);
        while (expected > text && expected[-1] != '\n')
            expected++;
        expect(expected);
    }
}
END_TEST

START_TEST(any_bytes_are_part_of_a_line)
{
    history_set_limit(&history, 100);
    add_bytes(&history, "a\0b\xff", 4);
    memory_auto char *text = history_last(&history, 1);
    ck_assert_mem_eq(text, "a\0b\xff\n", 6);
}
END_TEST

START_TEST(keeps_when_and_whence_they_came)
{
    struct history_reader reader;
    struct history_run run;
    struct buffer room = {0};
    const struct record_source source = {
        .helper = "web", .prefix = "web", .kind = STREAM_STDERR, .pid = 4712};
    const struct record record = {.source = &source,
                                  .time = 1234567890123456,
                                  .level = LEVEL_WARNING,
                                  .text = "the middle",
                                  .length = 10,
                                  .continued = true,
                                  .partial = true};
    const struct record last = {
        .source = &web, .level = LEVEL_DEBUG, .text = "end", .length = 3, .unended = true};
    history_set_limit(&history, 1000);
    history_add(&history, &record, 4000000000000);
    history_add(&history, &last, 4000000000001);
    history_reader_init(&reader, &history);
    history_reader_rewind(&reader);
    ck_assert(history_reader_read(&reader, &run, &room));
    ck_assert_uint_eq(run.number, 4000000000000);
    ck_assert_int_eq(run.kind, STREAM_STDERR);
    ck_assert_int_eq(run.pid, 4712);
    ck_assert_int_eq(run.record.time, 1234567890123456);
    ck_assert_int_eq(run.record.level, LEVEL_WARNING);
    ck_assert_uint_eq(run.record.length, 10);
    ck_assert_mem_eq(run.record.text, "the middle", 10);
    ck_assert(run.record.continued && run.record.partial && !run.record.unended);
    history_reader_next(&reader);
    ck_assert(history_reader_read(&reader, &run, &room));
    ck_assert_int_eq(run.record.level, LEVEL_DEBUG);
    ck_assert(!run.record.continued && !run.record.partial && run.record.unended);
    history_reader_next(&reader);
    ck_assert(!history_reader_read(&reader, &run, &room));
    history_reader_finish(&reader);
    buffer_finish(&room);
}
END_TEST

START_TEST(grows_as_it_is_needed)
{
    history_set_limit(&history, 200000);
    add("one\n");
    ck_assert_uint_lt(history.capacity, 1000);
    for (unsigned i = 0; i < 2000; i++)
        add_number(i);
    ck_assert_uint_lt(history.capacity, 200000);
    memory_auto char *text = history_last(&history, 3000);
    ck_assert_int_eq(strncmp(text, "one\nline 0\nline 1\n", 18), 0);
    expect_last(2, "line 1998\nline 1999\n");
}
END_TEST

START_TEST(a_smaller_limit_forgets_and_gives_memory_back)
{
    history_set_limit(&history, 10000);
    for (unsigned i = 0; i < 2000; i++) // so often that the ring has wrapped
        add_number(i);
    history_set_limit(&history, 2 * (HEADER + 12));
    expect("line 1998\nline 1999\n");
    ck_assert_uint_le(history.capacity, 2 * (HEADER + 12));
    add("next\n");
    expect("line 1999\nnext\n");
    history_set_limit(&history, HEADER + 4);
    expect("");
    add("new\n");
    expect("new\n");
}
END_TEST

START_TEST(a_larger_limit_keeps_what_is_there)
{
    history_set_limit(&history, 2 * (HEADER + 4));
    add("aaa\n");
    add("bbb\n");
    add("ccc\n");
    history_set_limit(&history, 4 * (HEADER + 4));
    add("ddd\n");
    add("eee\n");
    expect("bbb\nccc\nddd\neee\n");
}
END_TEST

START_TEST(limit_zero_ends_it_until_there_is_another)
{
    history_set_limit(&history, 100);
    add("one\n");
    history_set_limit(&history, 0);
    ck_assert_ptr_null(history.ring);
    add("two\n");
    expect("");
    history_set_limit(&history, 100);
    add("three\n");
    expect("three\n");
}
END_TEST

static struct history_reader reader;

// Reads the next run, which is these lines.
static void expect_next(const char *text)
{
    struct history_run run;
    struct buffer room = {0};
    ck_assert(history_reader_read(&reader, &run, &room));
    ck_assert_uint_eq(run.record.length, strlen(text));
    ck_assert_mem_eq(run.record.text, text, strlen(text));
    history_reader_next(&reader);
    buffer_finish(&room);
}

START_TEST(a_reader_goes_on_with_what_comes)
{
    history_set_limit(&history, 1000);
    add("before\n");
    history_reader_init(&reader, &history);
    ck_assert_uint_eq(history_reader_number(&reader), 0);
    history_reader_next(&reader);
    add("one\n");
    add("two\n");
    ck_assert_uint_eq(history_reader_number(&reader), 2);
    expect_next("one\n");
    expect_next("two\n");
    ck_assert_uint_eq(history_reader_number(&reader), 0);
    add("three\n");
    expect_next("three\n");
    ck_assert_uint_eq(reader.missed, 0);
    history_reader_finish(&reader);
}
END_TEST

START_TEST(a_reader_learns_how_many_lines_it_missed)
{
    history_set_limit(&history, 3 * (HEADER + 4));
    add("a\n");
    add("b\n");
    history_reader_init(&reader, &history);
    history_reader_rewind(&reader);
    expect_next("a\n");
    add("ccc\n");
    add("ddd\n"); // forgets what was read only
    ck_assert_uint_eq(reader.missed, 0);
    add("1\n2\n3\n4\n");
    add("5\n"); // all before these
    ck_assert_uint_eq(reader.missed, 3);
    add("666\n"); // the first of four
    ck_assert_uint_eq(reader.missed, 4);
    expect_next("2\n3\n4\n");
    add("more lines than there is room for\nfor one ring\nof so few bytes\nare cut\nat the front, "
        "too\n");
    ck_assert_uint_eq(reader.missed, 4 + 2 + 1);
    expect_next("for one ring\nof so few bytes\nare cut\nat the front, too\n");
    history_reader_finish(&reader);
}
END_TEST

START_TEST(a_reader_stays_where_it_is_through_other_limits)
{
    history_set_limit(&history, 1000);
    add("one\n");
    history_reader_init(&reader, &history);
    add("two\n");
    add("three\n");
    history_set_limit(&history, 2 * (HEADER + 6));
    expect_next("two\n");
    history_set_limit(&history, 0);
    ck_assert_uint_eq(history_reader_number(&reader), 0);
    ck_assert_uint_eq(reader.missed, 1);
    history_set_limit(&history, 1000);
    add("four\n");
    expect_next("four\n");
    history_reader_finish(&reader);
}
END_TEST

START_TEST(a_reader_is_at_its_end_when_the_history_is_gone)
{
    struct history_run run;
    struct buffer room = {0};
    history_set_limit(&history, 1000);
    history_reader_init(&reader, &history);
    add("one\n");
    history_finish(&history);
    ck_assert_uint_eq(history_reader_number(&reader), 0);
    ck_assert(!history_reader_read(&reader, &run, &room));
    ck_assert(!history_reader_back(&reader));
    history_reader_next(&reader);
    history_reader_rewind(&reader);
    history_reader_finish(&reader);
}
END_TEST

Suite *history_suite(void)
{
    Suite *suite = suite_create("history");
    TCase *lines = tcase_create("lines");
    tcase_add_checked_fixture(lines, start, end);
    tcase_add_test(lines, an_empty_one_gives_an_empty_text);
    tcase_add_test(lines, without_a_limit_nothing_is_kept);
    tcase_add_test(lines, gives_the_last_lines_in_order);
    tcase_add_test(lines, forgets_the_oldest_lines);
    tcase_add_test(lines, of_lines_that_came_together_the_first_are_forgotten);
    tcase_add_test(lines, holds_the_longest_end_that_fits_wherever_the_ring_wraps);
    tcase_add_test(lines, a_line_larger_than_the_limit_is_cut);
    tcase_add_test(lines, of_lines_larger_than_the_limit_the_last_are_kept);
    tcase_add_test(lines, any_bytes_are_part_of_a_line);
    tcase_add_test(lines, keeps_when_and_whence_they_came);
    suite_add_tcase(suite, lines);

    TCase *limits = tcase_create("limits");
    tcase_add_checked_fixture(limits, start, end);
    tcase_add_test(limits, grows_as_it_is_needed);
    tcase_add_test(limits, a_smaller_limit_forgets_and_gives_memory_back);
    tcase_add_test(limits, a_larger_limit_keeps_what_is_there);
    tcase_add_test(limits, limit_zero_ends_it_until_there_is_another);
    suite_add_tcase(suite, limits);

    TCase *readers = tcase_create("readers");
    tcase_add_checked_fixture(readers, start, end);
    tcase_add_test(readers, a_reader_goes_on_with_what_comes);
    tcase_add_test(readers, a_reader_learns_how_many_lines_it_missed);
    tcase_add_test(readers, a_reader_stays_where_it_is_through_other_limits);
    tcase_add_test(readers, a_reader_is_at_its_end_when_the_history_is_gone);
    suite_add_tcase(suite, readers);
    return suite;
}
