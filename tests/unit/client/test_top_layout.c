// SPDX-License-Identifier: MIT
#include "suites.h"

#include "client/top_layout.h"

// No part overlaps another one, and together they fill the screen.
static void check_whole(struct top_layout layout)
{
    ck_assert(layout.fits);
    if (layout.table_lines == 0) {
        ck_assert_uint_eq(layout.log, 1);
        ck_assert_uint_eq(layout.log + layout.log_lines + 1, layout.lines);
        return;
    }
    ck_assert_uint_eq(layout.table, 2);
    size_t end = layout.table + layout.table_lines;
    if (layout.log_lines > 0) {
        ck_assert_uint_eq(layout.log, end + 1);
        end = layout.log + layout.log_lines;
    }
    ck_assert_uint_eq(end + 1, layout.lines);
}

START_TEST(every_size_is_filled)
{
    for (size_t lines = TOP_LEAST_LINES; lines < 120; lines++) {
        for (size_t rows = 0; rows < 150; rows += 7) {
            check_whole(top_layout_fit(lines, 80, rows, TOP_LOG_NONE));
            check_whole(top_layout_fit(lines, 80, rows, TOP_LOG_PANE));
            check_whole(top_layout_fit(lines, 80, rows, TOP_LOG_FULL));
        }
    }
}
END_TEST

START_TEST(the_smallest_screen_shows_two_helpers)
{
    struct top_layout layout = top_layout_fit(5, 20, 100, TOP_LOG_PANE);
    check_whole(layout);
    ck_assert_uint_eq(layout.table_lines, 2);
    ck_assert_uint_eq(layout.log_lines, 0);
}
END_TEST

START_TEST(smaller_screens_show_a_hint_only)
{
    ck_assert(!top_layout_fit(4, 80, 1, TOP_LOG_PANE).fits);
    ck_assert(!top_layout_fit(24, 19, 1, TOP_LOG_PANE).fits);
    ck_assert_uint_eq(top_layout_fit(4, 80, 1, TOP_LOG_PANE).log_lines, 0);
}
END_TEST

START_TEST(many_helpers_leave_two_fifths_to_the_log)
{
    struct top_layout layout = top_layout_fit(53, 80, 1000, TOP_LOG_PANE);
    ck_assert_uint_eq(layout.table_lines, 30);
    ck_assert_uint_eq(layout.log_lines, 19); // and the separator
}
END_TEST

START_TEST(few_helpers_leave_all_the_rest)
{
    struct top_layout layout = top_layout_fit(53, 80, 6, TOP_LOG_PANE);
    ck_assert_uint_eq(layout.table_lines, 6);
}
END_TEST

Suite *top_layout_suite(void)
{
    Suite *suite = suite_create("top_layout");
    TCase *layouts = tcase_create("layouts");
    tcase_add_test(layouts, every_size_is_filled);
    tcase_add_test(layouts, the_smallest_screen_shows_two_helpers);
    tcase_add_test(layouts, smaller_screens_show_a_hint_only);
    tcase_add_test(layouts, many_helpers_leave_two_fifths_to_the_log);
    tcase_add_test(layouts, few_helpers_leave_all_the_rest);
    suite_add_tcase(suite, layouts);
    return suite;
}
