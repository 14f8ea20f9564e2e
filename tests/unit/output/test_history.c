// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "output/history.h"

#include <stdlib.h>
#include <string.h>

static void add(struct history *history, const char *text)
{
    history_add(history, text, strlen(text));
    ck_assert_uint_le(history->length, history->limit);
    ck_assert_uint_le(history->capacity, history->limit);
}

static void add_number(struct history *history, unsigned number)
{
    memory_auto char *text = memory_format("line %u", number);
    add(history, text);
}

static void expect_last(const struct history *history, size_t lines, const char *expected)
{
    memory_auto char *text = history_last(history, lines);
    ck_assert_str_eq(text, expected);
}

static void expect(const struct history *history, const char *expected)
{
    expect_last(history, 1000000, expected);
}

START_TEST(an_empty_one_gives_an_empty_text)
{
    struct history history = {.limit = 100};
    expect(&history, "");
    expect_last(&history, 0, "");
    ck_assert_ptr_null(history.ring);
    history_finish(&history);
}
END_TEST

START_TEST(without_a_limit_nothing_is_kept)
{
    struct history history = {0};
    add(&history, "one");
    expect(&history, "");
    ck_assert_ptr_null(history.ring);
    history_finish(&history);
}
END_TEST

START_TEST(gives_the_last_lines_in_order)
{
    struct history history = {.limit = 100};
    add(&history, "one");
    add(&history, "");
    add(&history, "three");
    expect_last(&history, 0, "");
    expect_last(&history, 1, "three\n");
    expect_last(&history, 2, "\nthree\n");
    expect_last(&history, 3, "one\n\nthree\n");
    expect_last(&history, 4, "one\n\nthree\n");
    history_finish(&history);
}
END_TEST

START_TEST(forgets_the_oldest_lines)
{
    struct history history = {.limit = 12};
    add(&history, "aaa");
    add(&history, "bbb");
    add(&history, "ccc"); // just fits
    expect(&history, "aaa\nbbb\nccc\n");
    add(&history, "d");
    expect(&history, "bbb\nccc\nd\n");
    add(&history, "eeeeeeee");
    expect(&history, "d\neeeeeeee\n");
    history_finish(&history);
}
END_TEST

// Whatever was put before: it is the longest end of it that is whole lines and within the limit.
START_TEST(holds_the_longest_end_that_fits_wherever_the_ring_wraps)
{
    unsigned seed = 1;
    for (size_t limit = 1; limit < 70; limit++) {
        struct history history = {.limit = limit};
        struct buffer all = {0};
        for (unsigned i = 0; i < 200; i++) {
            seed = seed * 1103515245 + 12345;
            char line[32];
            size_t length = (seed >> 16) % (limit < 30 ? limit : 30);
            memset(line, 'a' + (char)(i % 26), length);
            history_add(&history, line, length);
            buffer_append(&all, line, length);
            buffer_append_char(&all, '\n');

            size_t start = all.length - (all.length < limit ? all.length : limit);
            while (start > 0 && all.data[start - 1] != '\n')
                start++;
            memory_auto char *text = history_last(&history, 1000);
            ck_assert_uint_eq(strlen(text), all.length - start);
            ck_assert_mem_eq(text, all.data + start, all.length - start);
        }
        buffer_finish(&all);
        history_finish(&history);
    }
}
END_TEST

START_TEST(a_line_larger_than_the_limit_is_cut)
{
    struct history history = {.limit = 5};
    add(&history, "ab");
    add(&history, "123456789");
    expect(&history, "1234\n");
    add(&history, "1234");
    expect(&history, "1234\n");
    history_finish(&history);

    history = (struct history){.limit = 1};
    add(&history, "x");
    expect(&history, "\n");
    history_finish(&history);
}
END_TEST

START_TEST(grows_as_it_is_needed)
{
    struct history history = {.limit = 100000};
    add(&history, "one");
    ck_assert_uint_lt(history.capacity, 1000);
    for (unsigned i = 0; i < 2000; i++)
        add_number(&history, i);
    ck_assert_uint_lt(history.capacity, 100000);
    memory_auto char *text = history_last(&history, 3000);
    ck_assert_int_eq(strncmp(text, "one\nline 0\nline 1\n", 18), 0);
    expect_last(&history, 2, "line 1998\nline 1999\n");
    history_finish(&history);
}
END_TEST

START_TEST(any_bytes_are_part_of_a_line)
{
    struct history history = {.limit = 100};
    history_add(&history, "a\0b\xff", 4);
    memory_auto char *text = history_last(&history, 1);
    ck_assert_mem_eq(text, "a\0b\xff\n", 6);
    history_finish(&history);
}
END_TEST

START_TEST(a_smaller_limit_forgets_and_gives_memory_back)
{
    struct history history = {.limit = 10000};
    for (unsigned i = 0; i < 2000; i++) // so often that the ring has wrapped
        add_number(&history, i);
    history_set_limit(&history, 25);
    expect(&history, "line 1998\nline 1999\n");
    ck_assert_uint_le(history.capacity, 25);
    add(&history, "next");
    expect(&history, "line 1998\nline 1999\nnext\n");
    history_set_limit(&history, 4);
    expect(&history, "");
    add(&history, "new");
    expect(&history, "new\n");
    history_finish(&history);
}
END_TEST

START_TEST(a_larger_limit_keeps_what_is_there)
{
    struct history history = {.limit = 8};
    add(&history, "aaa");
    add(&history, "bbb");
    add(&history, "ccc");
    history_set_limit(&history, 16);
    add(&history, "ddd");
    add(&history, "eee");
    expect(&history, "bbb\nccc\nddd\neee\n");
    history_finish(&history);
}
END_TEST

START_TEST(limit_zero_ends_it_until_there_is_another)
{
    struct history history = {.limit = 100};
    add(&history, "one");
    history_set_limit(&history, 0);
    ck_assert_ptr_null(history.ring);
    add(&history, "two");
    expect(&history, "");
    history_set_limit(&history, 100);
    add(&history, "three");
    expect(&history, "three\n");
    history_finish(&history);
    history_finish(&history);
}
END_TEST

START_TEST(lines_that_come_together_are_kept_as_if_they_came_one_by_one)
{
    static const char text[] = "a\n\nbb\nccc\n\n\ndddd\nlonger than any of the others\n\nthe end\n";
    for (size_t limit = 1; limit < sizeof(text) + 10; limit++) {
        for (size_t first = 0; first < sizeof(text); first++) {
            struct history together = {.limit = limit}, single = {.limit = limit};
            for (const char *line = text, *next; *line != '\0'; line = next) {
                next = strchr(line, '\n') + 1;
                history_add(&single, line, (size_t)(next - line));
            }
            // Cut anywhere, at the end of a line.
            const char *cut = memrchr(text, '\n', first);
            size_t length = cut != NULL ? (size_t)(cut - text) + 1 : 0;
            if (length > 0)
                history_add(&together, text, length);
            if (length < strlen(text))
                history_add(&together, text + length, strlen(text) - length);
            memory_auto char *expected = history_last(&single, 1000);
            expect(&together, expected);
            history_finish(&single);
            history_finish(&together);
        }
    }
}
END_TEST

Suite *history_suite(void)
{
    Suite *suite = suite_create("history");
    TCase *lines = tcase_create("lines");
    tcase_add_test(lines, an_empty_one_gives_an_empty_text);
    tcase_add_test(lines, without_a_limit_nothing_is_kept);
    tcase_add_test(lines, gives_the_last_lines_in_order);
    tcase_add_test(lines, lines_that_come_together_are_kept_as_if_they_came_one_by_one);
    tcase_add_test(lines, forgets_the_oldest_lines);
    tcase_add_test(lines, holds_the_longest_end_that_fits_wherever_the_ring_wraps);
    tcase_add_test(lines, a_line_larger_than_the_limit_is_cut);
    tcase_add_test(lines, any_bytes_are_part_of_a_line);
    suite_add_tcase(suite, lines);

    TCase *limits = tcase_create("limits");
    tcase_add_test(limits, grows_as_it_is_needed);
    tcase_add_test(limits, a_smaller_limit_forgets_and_gives_memory_back);
    tcase_add_test(limits, a_larger_limit_keeps_what_is_there);
    tcase_add_test(limits, limit_zero_ends_it_until_there_is_another);
    suite_add_tcase(suite, limits);
    return suite;
}
