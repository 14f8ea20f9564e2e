// SPDX-License-Identifier: MIT
#include "../suites.h"

#include "client/table.h"

#include "base/memory.h"

#include <locale.h>

static const struct column columns[] = {
    {.title = "NAME", .least = 4},
    {.title = "STATE"},
    {.title = "PID", .right = true, .spare = 1},
    {.title = "REASON", .least = 6, .spare = 0},
};

static struct table table;

static void set_up(void)
{
    ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
    table = (struct table){.columns = columns, .column_count = LENGTH(columns)};
}

static void tear_down(void)
{
    table_finish(&table);
}

static void add(const char *name, const char *state, const char *pid, const char *reason)
{
    table_add(&table, name, NULL);
    table_add(&table, state, color_good);
    table_add(&table, pid, NULL);
    table_add(&table, reason, NULL);
}

static void expect(size_t width, bool colors, const char *expected)
{
    struct screen screen = {.is_terminal = width > 0, .width = width, .colors = colors};
    struct buffer out = {0};
    table_write(&table, &screen, &out);
    memory_auto char *text = buffer_take(&out);
    ck_assert_str_eq(text, expected);
}

START_TEST(without_a_terminal_all_is_there)
{
    add("web", "running", "4711", "started");
    add("a-long-name", "failed", NULL, "exited with status 3");
    expect(0, false,
           "NAME         STATE     PID  REASON\n"
           "web          running  4711  started\n"
           "a-long-name  failed      -  exited with status 3\n");
}
END_TEST

START_TEST(the_last_columns_are_squeezed_first)
{
    add("a-long-name", "failed", NULL, "exited with status 3");
    expect(40, false,
           "NAME         STATE   PID  REASON\n"
           "a-long-name  failed    -  exited with s…\n");
    expect(28, false,
           "NAME     STATE   PID  REASON\n"
           "a-long…  failed    -  exite…\n");
}
END_TEST

START_TEST(what_is_spare_is_left_out_where_squeezing_is_not_enough)
{
    add("a-long-name", "failed", NULL, "exited with status 3");
    expect(22, false,
           "NAME    STATE   REASON\n"
           "a-lon…  failed  exite…\n");
}
END_TEST

START_TEST(a_terminal_of_one_cell_is_no_reason_to_hang)
{
    add("a-long-name", "failed", "1", "exited with status 3");
    expect(1, false,
           "NAME  STATE   REASON\n"
           "a-l…  failed  exite…\n");
}
END_TEST

START_TEST(wide_characters_take_two_cells)
{
    add("日本", "running", "1", "ok");
    add("web", "running", "2", "日本語日本語");
    expect(30, false,
           "NAME  STATE    PID  REASON\n"
           "日本  running    1  ok\n"
           "web   running    2  日本語日…\n");
}
END_TEST

START_TEST(nothing_in_it_acts_on_a_terminal)
{
    add("a\033[2J", "b\n", "\xff", "\xe2\x80\xae");
    expect(0, false,
           "NAME      STATE   PID  REASON\n"
           "a\\x1b[2J  b\\x0a  \\xff  \\u202e\n");
}
END_TEST

START_TEST(colours_take_no_cells)
{
    add("web", "running", "4711", "started");
    expect(0, true,
           "\033[2mNAME\033[0m  \033[2mSTATE\033[0m     \033[2mPID\033[0m  "
           "\033[2mREASON\033[0m\n"
           "web   \033[32mrunning\033[0m  4711  started\n");
}
END_TEST

Suite *table_suite(void)
{
    Suite *suite = suite_create("table");
    TCase *layout = tcase_create("layout");
    tcase_add_checked_fixture(layout, set_up, tear_down);
    tcase_add_test(layout, without_a_terminal_all_is_there);
    tcase_add_test(layout, the_last_columns_are_squeezed_first);
    tcase_add_test(layout, what_is_spare_is_left_out_where_squeezing_is_not_enough);
    tcase_add_test(layout, a_terminal_of_one_cell_is_no_reason_to_hang);
    tcase_add_test(layout, wide_characters_take_two_cells);
    tcase_add_test(layout, nothing_in_it_acts_on_a_terminal);
    tcase_add_test(layout, colours_take_no_cells);
    suite_add_tcase(suite, layout);
    return suite;
}
