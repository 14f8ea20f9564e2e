// SPDX-License-Identifier: MIT
#include "suites.h"

#include "client/top_commands.h"
#include "client/top_keys.h"

#include <stdlib.h>
#include <string.h>

static struct top top;

static void take_two(void)
{
    json_t *answer = json_pack("{s:[{s:s,s:s},{s:s,s:s}]}", "helpers", "name", "web", "state",
                               "running", "name", "db", "state", "failed");
    ck_assert(top_model_take(&top.model, answer, 0, 0));
    json_decref(answer);
    top.layout = top_layout_fit(24, 80, 2, TOP_LOG_PANE);
    top_model_resize(&top.model, top.layout.table_lines);
}

static void finish(void)
{
    top_finish(&top);
    memset(&top, 0, sizeof(top));
}

static void press(const char *keys)
{
    for (; *keys != '\0'; keys++)
        top_take_key(&top, *keys, 0);
}

static void check_footer(const char *expected)
{
    char *footer = top_footer(&top);
    ck_assert_str_eq(footer, expected);
    free(footer);
}

START_TEST(every_command_has_a_key_and_no_key_has_two)
{
    for (size_t i = DO_NOTHING + 1; i < DO_COUNT; i++) {
        ck_assert_int_ne(top_key_rows[i].keys[0], 0);
        for (size_t j = 0; j < 2 && top_key_rows[i].keys[j] != 0; j++)
            ck_assert_uint_eq(top_keys_find(top_key_rows[i].keys[j]), i);
    }
    ck_assert_int_eq(top_keys_find(0), DO_NOTHING);
    ck_assert_int_eq(top_keys_find(TOP_KEY_OTHER), DO_NOTHING);
}
END_TEST

START_TEST(the_help_names_every_letter)
{
    const char *shown = NULL;
    for (size_t i = DO_NOTHING + 1; i < DO_COUNT; i++) {
        const struct top_key_row *row = &top_key_rows[i];
        shown = row->shown != NULL ? row->shown : shown;
        ck_assert((row->shown == NULL) == (row->text == NULL));
        for (size_t j = 0; j < 2; j++) {
            if (row->keys[j] > ' ' && row->keys[j] < 0x7f)
                ck_assert_ptr_nonnull(strchr(shown, row->keys[j]));
        }
    }
}
END_TEST

START_TEST(moves_the_selection)
{
    ck_assert_str_eq(top_helper(&top), "web");
    press("j");
    ck_assert_str_eq(top_helper(&top), "db");
    press("k");
    ck_assert_str_eq(top_helper(&top), "web");
    press("G");
    ck_assert_str_eq(top_helper(&top), "db");
}
END_TEST

START_TEST(asks_before_it_stops)
{
    press("x");
    check_footer("stop web? y or n");
    press("q"); // anything but y
    ck_assert(!top.over);
    ck_assert_int_eq(top.mode, TOP_BROWSING);
    ck_assert_ptr_null(top.feed.action.stream);
    press("r");
    check_footer("restart web? y or n");
}
END_TEST

START_TEST(asks_for_the_helper_that_was_meant)
{
    press("x");
    json_t *answer = json_pack("{s:[{s:s}]}", "helpers", "name", "db");
    ck_assert(top_model_take(&top.model, answer, 1, 1));
    json_decref(answer);
    ck_assert_str_eq(top_helper(&top), "db");
    check_footer("stop web? y or n");
}
END_TEST

START_TEST(filters_while_it_is_typed)
{
    press("/d");
    check_footer("/d_  (Enter: done, Esc: all)");
    ck_assert_uint_eq(top.model.shown_count, 1);
    press("q");
    ck_assert_uint_eq(top.model.shown_count, 0);
    top_take_key(&top, TOP_KEY_BACKSPACE, 0);
    ck_assert_uint_eq(top.model.shown_count, 1);
    top_take_key(&top, TOP_KEY_ENTER, 0);
    ck_assert_int_eq(top.mode, TOP_BROWSING);
    ck_assert_uint_eq(top.model.shown_count, 1);
    top_take_key(&top, TOP_KEY_ESCAPE, 0);
    ck_assert_uint_eq(top.model.shown_count, 2);
}
END_TEST

START_TEST(the_filter_takes_any_character_and_not_without_end)
{
    press("/");
    top_take_key(&top, 0xe9, 0);
    top_take_key(&top, 0x65e5, 0);
    top_take_key(&top, 0x1f600, 0);
    top_take_key(&top, TOP_KEY_UP, 0);
    ck_assert_str_eq(top.model.filter, "\u00e9\u65e5\U0001f600");
    top_take_key(&top, TOP_KEY_BACKSPACE, 0);
    ck_assert_str_eq(top.model.filter, "\u00e9\u65e5");
    for (size_t i = 0; i < 1000; i++)
        press("x");
    ck_assert_uint_lt(strlen(top.model.filter), 100);
}
END_TEST

START_TEST(the_full_log_is_of_the_helper_it_was_opened_for)
{
    press("f");
    ck_assert_int_eq(top_log_wanted(&top), TOP_LOG_FULL);
    press("jj"); // lines of the log
    json_t *answer = json_pack("{s:[{s:s}]}", "helpers", "name", "db");
    ck_assert(top_model_take(&top.model, answer, 1, 1));
    json_decref(answer);
    ck_assert_str_eq(top_helper(&top), "web");
    top_take_key(&top, TOP_KEY_ESCAPE, 0);
    ck_assert_str_eq(top_helper(&top), "db");
    ck_assert_int_ne(top_log_wanted(&top), TOP_LOG_FULL);
}
END_TEST

START_TEST(any_key_ends_the_help)
{
    press("?");
    ck_assert_int_eq(top.mode, TOP_HELPING);
    press("q");
    ck_assert_int_eq(top.mode, TOP_BROWSING);
    ck_assert(!top.over);
    press("q");
    ck_assert(top.over);
}
END_TEST

START_TEST(a_message_stays_until_a_key)
{
    top_say(&top, strdup("web: stopping"), 0);
    check_footer("web: stopping");
    press("k");
    ck_assert_ptr_null(top.message);
}
END_TEST

Suite *top_commands_suite(void)
{
    Suite *suite = suite_create("top_commands");
    TCase *keys = tcase_create("keys");
    tcase_add_checked_fixture(keys, take_two, finish);
    tcase_add_test(keys, every_command_has_a_key_and_no_key_has_two);
    tcase_add_test(keys, the_help_names_every_letter);
    tcase_add_test(keys, moves_the_selection);
    tcase_add_test(keys, asks_before_it_stops);
    tcase_add_test(keys, asks_for_the_helper_that_was_meant);
    tcase_add_test(keys, filters_while_it_is_typed);
    tcase_add_test(keys, the_filter_takes_any_character_and_not_without_end);
    tcase_add_test(keys, the_full_log_is_of_the_helper_it_was_opened_for);
    tcase_add_test(keys, any_key_ends_the_help);
    tcase_add_test(keys, a_message_stays_until_a_key);
    suite_add_tcase(suite, keys);
    return suite;
}
