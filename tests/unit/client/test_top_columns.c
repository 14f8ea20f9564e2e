// SPDX-License-Identifier: MIT
#include "suites.h"

#include "client/top_columns.h"

#include <stdlib.h>

// What the columns of a width take, with the blanks between them.
static size_t total(const struct top_columns *columns)
{
    size_t cells = 0;
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        cells += columns->widths[i] > 0 ? columns->widths[i] + 1 : 0;
    return cells - 1;
}

static void check_cell(enum top_column column, const struct top_row *row, const char *expected)
{
    struct top_model model = {.time = 10000};
    struct buffer out = {0};
    top_column_write(column, &model, row, &out);
    char *text = buffer_take(&out);
    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(no_width_is_exceeded)
{
    for (size_t name = 0; name < 70; name += 3) {
        struct top_model model = {.longest_name = name};
        for (size_t width = 20; width < 300; width++) {
            struct top_columns columns = top_columns_fit(&model, width);
            ck_assert_uint_le(total(&columns), width);
            ck_assert_uint_gt(columns.widths[COLUMN_NAME], 0);
            ck_assert_uint_gt(columns.widths[COLUMN_STATE], 0);
        }
    }
}
END_TEST

START_TEST(the_smallest_screen_has_name_and_state)
{
    struct top_model model = {.longest_name = 40};
    struct top_columns columns = top_columns_fit(&model, 20);
    ck_assert_uint_eq(columns.widths[COLUMN_NAME], 10);
    ck_assert_uint_eq(columns.widths[COLUMN_STATE], 9);
    ck_assert_uint_eq(total(&columns), 20);
}
END_TEST

START_TEST(a_wide_screen_has_all_and_the_note_takes_the_rest)
{
    struct top_model model = {.longest_name = 12};
    struct top_columns columns = top_columns_fit(&model, 160);
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        ck_assert_uint_gt(columns.widths[i], 0);
    ck_assert_uint_eq(columns.widths[COLUMN_NAME], 12);
    ck_assert_uint_eq(total(&columns), 160);
}
END_TEST

START_TEST(a_long_name_takes_what_others_leave)
{
    struct top_model model = {.longest_name = 30};
    struct top_columns narrow = top_columns_fit(&model, 80);
    struct top_columns wide = top_columns_fit(&model, 160);
    ck_assert_uint_ge(narrow.widths[COLUMN_NAME], 20);
    ck_assert_uint_eq(wide.widths[COLUMN_NAME], 30);
}
END_TEST

START_TEST(cells_of_a_helper_that_runs)
{
    struct top_row row = {
        .name = "web",
        .state = TOP_RUNNING,
        .ready = true,
        .since = 10000 - 200.7,
        .pid = 4711,
        .restarts = 3,
        .cpu_share = 0.1234,
        .memory = 12345678,
        .last_exit = "killed by SIGKILL",
    };
    check_cell(COLUMN_NAME, &row, "web");
    check_cell(COLUMN_STATE, &row, "running");
    check_cell(COLUMN_SINCE, &row, "3m20s");
    check_cell(COLUMN_PID, &row, "4711");
    check_cell(COLUMN_RESTARTS, &row, "3");
    check_cell(COLUMN_READY, &row, "yes");
    check_cell(COLUMN_CPU, &row, "12.3");
    check_cell(COLUMN_MEMORY, &row, "12M");
    check_cell(COLUMN_NOTE, &row, "killed by SIGKILL");
}
END_TEST

START_TEST(cells_of_a_helper_that_does_not)
{
    struct top_row row = {
        .name = "web", .state = TOP_FAILED, .since = -1, .cpu_share = -1, .memory = -1};
    check_cell(COLUMN_SINCE, &row, "-");
    check_cell(COLUMN_PID, &row, "-");
    check_cell(COLUMN_READY, &row, "-");
    check_cell(COLUMN_CPU, &row, "-");
    check_cell(COLUMN_MEMORY, &row, "-");
    check_cell(COLUMN_NOTE, &row, "");
    row.state = TOP_STARTING;
    check_cell(COLUMN_READY, &row, "no");
}
END_TEST

START_TEST(sizes_and_shares_stay_narrow)
{
    struct top_row row = {.memory = 0};
    check_cell(COLUMN_MEMORY, &row, "0K");
    row.memory = 1023488; // 999.5 KiB
    check_cell(COLUMN_MEMORY, &row, "1.0M");
    row.memory = 10432512;
    check_cell(COLUMN_MEMORY, &row, "9.9M");
    row.memory = 5LL << 30;
    check_cell(COLUMN_MEMORY, &row, "5.0G");
    row.cpu_share = 9.9994;
    check_cell(COLUMN_CPU, &row, "999.9");
    row.cpu_share = 12.8;
    check_cell(COLUMN_CPU, &row, "1280");
}
END_TEST

START_TEST(the_sorted_column_is_known)
{
    ck_assert(top_column_is_sorted(COLUMN_CPU, TOP_BY_CPU));
    ck_assert(!top_column_is_sorted(COLUMN_CPU, TOP_BY_NAME));
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        ck_assert(!top_column_is_sorted((enum top_column)i, TOP_BY_ORDER));
}
END_TEST

Suite *top_columns_suite(void)
{
    Suite *suite = suite_create("top_columns");
    TCase *columns = tcase_create("columns");
    tcase_add_test(columns, no_width_is_exceeded);
    tcase_add_test(columns, the_smallest_screen_has_name_and_state);
    tcase_add_test(columns, a_wide_screen_has_all_and_the_note_takes_the_rest);
    tcase_add_test(columns, a_long_name_takes_what_others_leave);
    tcase_add_test(columns, cells_of_a_helper_that_runs);
    tcase_add_test(columns, cells_of_a_helper_that_does_not);
    tcase_add_test(columns, sizes_and_shares_stay_narrow);
    tcase_add_test(columns, the_sorted_column_is_known);
    suite_add_tcase(suite, columns);
    return suite;
}
