// SPDX-License-Identifier: MIT
#include "../suites.h"

#include "client/show.h"

#include "base/memory.h"
#include "client/arguments.h"
#include "supervise/machine.h"

#include <stdlib.h>
#include <string.h>

static void check_age(double seconds, const char *expected)
{
    struct buffer out = {0};
    show_age(&out, seconds);
    memory_auto char *text = buffer_take(&out);
    ck_assert_str_eq(text, expected);
}

START_TEST(ages_are_short)
{
    check_age(0, "0s");
    check_age(-1, "0s");
    check_age(0.3124, "312ms");
    check_age(0.9996, "1s");
    check_age(4.21, "4.2s");
    check_age(42, "42s");
    check_age(59.96, "1m");
    check_age(200, "3m20s");
    check_age(3599.7, "1h");
    check_age(7500, "2h5m");
    check_age(86399, "1d");
    check_age(3 * 86400 + 4 * 3600 + 99, "3d4h");
}
END_TEST

static void check_size(double bytes, const char *expected)
{
    struct buffer out = {0};
    show_size(&out, bytes);
    memory_auto char *text = buffer_take(&out);
    ck_assert_str_eq(text, expected);
}

START_TEST(sizes_have_one_decimal)
{
    check_size(0, "0 B");
    check_size(1023, "1023 B");
    check_size(1024, "1.0 KiB");
    check_size(1048575, "1.0 MiB");
    check_size(12.3 * 1048576, "12.3 MiB");
    check_size(5e12, "4.5 TiB");
    check_size(5e16, "45474.7 TiB");
}
END_TEST

START_TEST(text_from_outside_is_harmless)
{
    struct buffer out = {0};
    show_text(&out, "a\033[2J\tb\xff\xe2\x80\xae\xc3\xa9");
    memory_auto char *text = buffer_take(&out);
    ck_assert_str_eq(text, "a\\x1b[2J\\x09b\\xff\\u202e\xc3\xa9");
}
END_TEST

START_TEST(json_is_the_same_in_other_characters)
{
    static const char *const json = "{\"a\":\"\xc2\x9b\xe2\x80\xae\xc3\xa9\xff\"}\n";
    struct screen terminal = {.is_terminal = true}, file = {0};
    struct buffer out = {0};
    show_json(&out, &terminal, json);
    memory_auto char *shown = buffer_take(&out);
    ck_assert_str_eq(shown, "{\"a\":\"\\u009b\\u202e\xc3\xa9\\ufffd\"}\n");
    show_json(&out, &file, json);
    memory_auto char *written = buffer_take(&out);
    ck_assert_str_eq(written, json);
}
END_TEST

START_TEST(every_state_has_a_colour_and_can_be_waited_for)
{
    for (size_t i = 0; i < STATE_COUNT; i++) {
        ck_assert_ptr_nonnull(state_color(state_names[i]));
        bool found = false;
        for (size_t k = 0; goal_words[k] != NULL; k++)
            found = found || strcmp(goal_words[k], state_names[i]) == 0;
        ck_assert_msg(found, "%s", state_names[i]);
    }
    ck_assert_ptr_null(state_color("unheard of"));
}
END_TEST

START_TEST(no_color_and_a_dumb_terminal_are_respected_unless_told)
{
    ck_assert(screen_find(COLORS_ALWAYS).colors);
    ck_assert(!screen_find(COLORS_NEVER).colors);
    setenv("NO_COLOR", "1", 1);
    ck_assert(!screen_find(COLORS_AUTO).colors);
    ck_assert(screen_find(COLORS_ALWAYS).colors);
}
END_TEST

Suite *show_suite(void)
{
    Suite *suite = suite_create("show");
    TCase *people = tcase_create("for people");
    tcase_add_test(people, ages_are_short);
    tcase_add_test(people, sizes_have_one_decimal);
    tcase_add_test(people, text_from_outside_is_harmless);
    tcase_add_test(people, json_is_the_same_in_other_characters);
    tcase_add_test(people, every_state_has_a_colour_and_can_be_waited_for);
    tcase_add_test(people, no_color_and_a_dumb_terminal_are_respected_unless_told);
    suite_add_tcase(suite, people);
    return suite;
}
