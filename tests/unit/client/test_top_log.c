// SPDX-License-Identifier: MIT
#include "suites.h"

#include "client/top_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool take(struct top_log *log, const char *text)
{
    return top_log_take(log, text, strlen(text));
}

static void take_messages(struct top_log *log, size_t count)
{
    char line[64];
    for (size_t i = 0; i < count; i++) {
        snprintf(line, sizeof(line), "{\"msg\":\"line %zu\"}\n", i);
        take(log, line);
    }
}

static void check_text(const struct top_log *log, size_t place, const char *expected)
{
    struct top_log_line line = top_log_read(log, place, 0);
    ck_assert_str_eq(line.text, expected);
    ck_assert_uint_eq(line.length, strlen(expected));
    top_log_line_finish(&line);
}

START_TEST(an_empty_log_holds_nothing)
{
    struct top_log log = {0};
    top_log_scroll(&log, 5);
    ck_assert_uint_eq(log.back, 0);
    ck_assert(!take(&log, ""));
    top_log_clear(&log);
    ck_assert_uint_eq(log.count, 0);
    top_log_finish(&log);
}
END_TEST

START_TEST(reads_a_line)
{
    struct top_log log = {0};
    setenv("TZ", "UTC", 1);
    tzset();
    ck_assert(take(&log, "{\"ts\":\"2026-11-21T10:00:00.123Z\",\"level\":\"warning\","
                         "\"helper\":\"web\",\"msg\":\"ready in 312 ms\"}\n"));
    struct top_log_line line = top_log_read(&log, 0, 1795255260);
    ck_assert_str_eq(line.text, "ready in 312 ms");
    ck_assert_str_eq(line.clock, "10:00:00");
    ck_assert(line.warning);
    ck_assert(!line.error);
    top_log_line_finish(&line);
    top_log_finish(&log);
}
END_TEST

START_TEST(pieces_are_joined)
{
    struct top_log log = {0};
    const char text[] = "{\"msg\":\"one\"}\n{\"msg\":\"two\"}\n{\"msg\":\"thr";
    for (size_t i = 0; text[i] != '\0'; i++)
        ck_assert(top_log_take(&log, text + i, 1) == (text[i] == '\n'));
    ck_assert_uint_eq(log.count, 2);
    check_text(&log, 0, "one");
    check_text(&log, 1, "two");
    top_log_finish(&log);
}
END_TEST

START_TEST(what_is_no_json_is_shown_as_it_is)
{
    struct top_log log = {0};
    take(&log, "plain \x1b[31mred\x1b[0m\n[1]\n\n");
    ck_assert_uint_eq(log.count, 2);
    check_text(&log, 0, "plain red");
    check_text(&log, 1, "[1]");
    top_log_finish(&log);
}
END_TEST

START_TEST(colours_are_left_out_and_other_escapes_kept)
{
    struct top_log log = {0};
    take(&log, "{\"msg\":\"\\u001b[1;38:5:9mred\\u001b[m \\u001b[2J \\u001bm \\u001b[\"}\n");
    check_text(&log, 0, "red \x1b[2J \x1bm \x1b[");
    top_log_finish(&log);
}
END_TEST

START_TEST(a_nul_is_a_character)
{
    struct top_log log = {0};
    take(&log, "{\"msg\":\"a\\u0000b\"}\n");
    struct top_log_line line = top_log_read(&log, 0, 0);
    ck_assert_uint_eq(line.length, 3);
    ck_assert_mem_eq(line.text, "a\0b", 3);
    top_log_line_finish(&line);
    top_log_finish(&log);
}
END_TEST

START_TEST(keeps_only_so_many_lines)
{
    struct top_log log = {0};
    take_messages(&log, TOP_LOG_LINES + 3);
    ck_assert_uint_eq(log.count, TOP_LOG_LINES);
    check_text(&log, 0, "line 3");
    check_text(&log, TOP_LOG_LINES - 1, "line 2002");
    top_log_finish(&log);
}
END_TEST

START_TEST(keeps_only_so_many_bytes)
{
    enum { LONG = 400 * 1024 };
    struct top_log log = {0};
    char *line = malloc(LONG);
    memset(line, 'x', LONG);
    line[LONG - 1] = '\n';
    for (size_t i = 0; i < 20; i++)
        top_log_take(&log, line, LONG);
    ck_assert_uint_eq(log.count, TOP_LOG_BYTES / (LONG - 1));
    ck_assert_uint_le(log.bytes, TOP_LOG_BYTES);
    free(line);
    top_log_finish(&log);
}
END_TEST

START_TEST(a_line_that_is_too_long_is_said)
{
    struct top_log log = {0};
    char piece[1024];
    memset(piece, 'x', sizeof(piece));
    for (size_t i = 0; i < 2 * TOP_LOG_LONGEST / sizeof(piece); i++)
        ck_assert(!top_log_take(&log, piece, sizeof(piece)));
    ck_assert_uint_le(log.unfinished_length, TOP_LOG_LONGEST);
    take(&log, "\n{\"msg\":\"next\"}\n");
    check_text(&log, 0, "(a line of 1024 KiB is not shown here)");
    check_text(&log, 1, "next");
    top_log_finish(&log);
}
END_TEST

START_TEST(what_is_looked_at_stays_while_lines_come)
{
    struct top_log log = {0};
    take_messages(&log, 10);
    top_log_scroll(&log, 4);
    check_text(&log, log.count - log.back - 1, "line 5");
    take_messages(&log, 3);
    check_text(&log, log.count - log.back - 1, "line 5");
    top_log_scroll(&log, -100);
    ck_assert_uint_eq(log.back, 0);
    top_log_finish(&log);
}
END_TEST

START_TEST(scrolling_ends_at_the_oldest_line)
{
    struct top_log log = {0};
    take_messages(&log, TOP_LOG_LINES);
    top_log_scroll(&log, 100000);
    ck_assert_uint_eq(log.back, TOP_LOG_LINES - 1);
    take_messages(&log, 5); // what was looked at is dropped: it stays at the end
    ck_assert_uint_eq(log.back, TOP_LOG_LINES - 1);
    check_text(&log, 0, "line 5");
    top_log_finish(&log);
}
END_TEST

START_TEST(another_helper_begins_anew)
{
    struct top_log log = {0};
    take_messages(&log, 5);
    top_log_scroll(&log, 2);
    take(&log, "{\"msg\":\"unfin");
    top_log_clear(&log);
    ck_assert_uint_eq(log.count, 0);
    ck_assert_uint_eq(log.back, 0);
    take(&log, "{\"msg\":\"mine\"}\n");
    check_text(&log, 0, "mine");
    top_log_finish(&log);
}
END_TEST

Suite *top_log_suite(void)
{
    Suite *suite = suite_create("top_log");
    TCase *logs = tcase_create("logs");
    tcase_add_test(logs, an_empty_log_holds_nothing);
    tcase_add_test(logs, reads_a_line);
    tcase_add_test(logs, pieces_are_joined);
    tcase_add_test(logs, what_is_no_json_is_shown_as_it_is);
    tcase_add_test(logs, colours_are_left_out_and_other_escapes_kept);
    tcase_add_test(logs, a_nul_is_a_character);
    tcase_add_test(logs, keeps_only_so_many_lines);
    tcase_add_test(logs, keeps_only_so_many_bytes);
    tcase_add_test(logs, a_line_that_is_too_long_is_said);
    tcase_add_test(logs, what_is_looked_at_stays_while_lines_come);
    tcase_add_test(logs, scrolling_ends_at_the_oldest_line);
    tcase_add_test(logs, another_helper_begins_anew);
    suite_add_tcase(suite, logs);
    return suite;
}
