// SPDX-License-Identifier: MIT
#include "suites.h"

#include "client/top_row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Reads a row from the members of an object, written with ' for ".
static struct top_row read_row(const char *members, const struct top_row *before, double now)
{
    char text[1024] = "{'name':'web',";
    strncat(text, members, sizeof(text) - strlen(text) - 2);
    strcat(text, "}");
    for (char *at = text; *at != '\0'; at++) {
        if (*at == '\'')
            *at = '"';
    }
    json_t *helper = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(helper);
    struct top_row row;
    ck_assert(top_row_read(&row, helper, before, now));
    json_decref(helper);
    return row;
}

static void check_note(const char *members, const char *expected)
{
    struct top_row row = read_row(members, NULL, 0);
    char *note = top_row_note(&row);
    ck_assert_str_eq(note, expected);
    free(note);
    top_row_finish(&row);
}

// The share that a process has which used so much by two times.
static double share_between(double cpu, double now, double later_cpu, double later)
{
    char members[128];
    snprintf(members, sizeof(members), "'pid':7,'cpu':%g", cpu);
    struct top_row row = read_row(members, NULL, now);
    ck_assert_double_lt(row.cpu_share, 0);
    snprintf(members, sizeof(members), "'pid':7,'cpu':%g", later_cpu);
    struct top_row next = read_row(members, &row, later);
    double share = next.cpu_share;
    top_row_finish(&row);
    top_row_finish(&next);
    return share;
}

START_TEST(reads_what_there_is)
{
    struct top_row row = read_row("'state':'running','ready':true,'pid':4711,'restarts':3,"
                                  "'since':'2026-11-21T10:00:00.500Z','memory':4096",
                                  NULL, 0);
    ck_assert_str_eq(row.name, "web");
    ck_assert_int_eq(row.state, TOP_RUNNING);
    ck_assert(row.ready);
    ck_assert_int_eq(row.pid, 4711);
    ck_assert_int_eq(row.restarts, 3);
    ck_assert_int_eq(row.memory, 4096);
    ck_assert_double_eq_tol(row.since, 1795255200.5, 0.001);
    top_row_finish(&row);
}
END_TEST

START_TEST(null_and_absent_are_the_same)
{
    struct top_row row =
        read_row("'state':null,'pid':null,'cpu':null,'last_exit':null,'reason':null", NULL, 0);
    ck_assert_int_eq(row.state, TOP_UNKNOWN);
    ck_assert_int_eq(row.pid, 0);
    ck_assert_double_lt(row.cpu, 0);
    ck_assert_double_lt(row.since, 0);
    ck_assert_int_lt(row.memory, 0);
    ck_assert_ptr_null(row.last_exit);
    top_row_finish(&row);
}
END_TEST

START_TEST(an_object_without_a_name_is_no_helper)
{
    json_t *helper = json_pack("{s:s}", "state", "running");
    struct top_row row;
    ck_assert(!top_row_read(&row, helper, NULL, 0));
    ck_assert(!top_row_read(&row, NULL, NULL, 0));
    json_decref(helper);
}
END_TEST

START_TEST(the_share_is_a_difference)
{
    ck_assert_double_eq_tol(share_between(10, 100, 10.5, 101), 0.5, 1e-9);
    ck_assert_double_eq_tol(share_between(10, 100, 18, 102), 4, 1e-9);
}
END_TEST

START_TEST(there_is_no_share_of_another_process)
{
    struct top_row row = read_row("'pid':7,'cpu':5", NULL, 100);
    struct top_row next = read_row("'pid':8,'cpu':6", &row, 101);
    ck_assert_double_lt(next.cpu_share, 0);
    top_row_finish(&row);
    top_row_finish(&next);
}
END_TEST

START_TEST(time_that_ran_backwards_is_no_share)
{
    ck_assert_double_lt(share_between(10, 100, 9, 101), 0);
}
END_TEST

START_TEST(a_look_too_soon_keeps_the_share_and_counts_from_before)
{
    struct top_row first = read_row("'pid':7,'cpu':1", NULL, 100);
    struct top_row second = read_row("'pid':7,'cpu':2", &first, 101);
    struct top_row soon = read_row("'pid':7,'cpu':2.1", &second, 101.1);
    struct top_row later = read_row("'pid':7,'cpu':4", &soon, 102);
    ck_assert_double_eq_tol(soon.cpu_share, 1, 1e-9);
    ck_assert_double_eq_tol(later.cpu_share, 2, 1e-9);
    top_row_finish(&first);
    top_row_finish(&second);
    top_row_finish(&soon);
    top_row_finish(&later);
}
END_TEST

START_TEST(the_note_says_why_it_is_down)
{
    check_note("'state':'failed','reason':'exited with status 3'", "exited with status 3");
    check_note("'state':'backoff','reason':'killed','next_start':3.2", "next start in 4s: killed");
    check_note("'state':'stopping','reason':null,'stop_time_left':7", "SIGKILL in 7s");
    check_note("'state':'waiting','reason':'waits for db'", "waits for db");
}
END_TEST

START_TEST(the_note_of_one_that_runs_is_its_last_exit)
{
    check_note("'state':'running','reason':'started','last_exit':{'reason':'killed by SIGSEGV'}",
               "killed by SIGSEGV");
    check_note("'state':'running','reason':'started'", "");
}
END_TEST

Suite *top_row_suite(void)
{
    Suite *suite = suite_create("top_row");
    TCase *rows = tcase_create("rows");
    tcase_add_test(rows, reads_what_there_is);
    tcase_add_test(rows, null_and_absent_are_the_same);
    tcase_add_test(rows, an_object_without_a_name_is_no_helper);
    tcase_add_test(rows, the_share_is_a_difference);
    tcase_add_test(rows, there_is_no_share_of_another_process);
    tcase_add_test(rows, time_that_ran_backwards_is_no_share);
    tcase_add_test(rows, a_look_too_soon_keeps_the_share_and_counts_from_before);
    tcase_add_test(rows, the_note_says_why_it_is_down);
    tcase_add_test(rows, the_note_of_one_that_runs_is_its_last_exit);
    suite_add_tcase(suite, rows);
    return suite;
}
