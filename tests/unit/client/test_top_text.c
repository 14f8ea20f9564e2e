// SPDX-License-Identifier: MIT
#include "suites.h"

#include "client/top_text.h"

#include <locale.h>
#include <string.h>
#include <wchar.h>

static void use_utf8(void)
{
    ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
}

// What fits into so many cells is this text, and is so wide.
static void check_bytes(const char *bytes, size_t length, size_t room, const wchar_t *shown,
                        size_t cells)
{
    struct top_text text = top_text_fit(bytes, length, room);
    ck_assert_int_eq(wcscmp(text.characters, shown), 0);
    ck_assert_uint_eq(text.count, wcslen(shown));
    ck_assert_uint_eq(text.cells, cells);
    ck_assert_uint_le(text.taken, length);
    top_text_finish(&text);
}

static void check(const char *bytes, size_t room, const wchar_t *shown, size_t cells)
{
    check_bytes(bytes, strlen(bytes), room, shown, cells);
}

START_TEST(plain_text_is_cut_at_the_width)
{
    check("web", 10, L"web", 3);
    check("web", 3, L"web", 3);
    check("web", 2, L"we", 2);
    check("web", 0, L"", 0);
    check("", 5, L"", 0);
}
END_TEST

START_TEST(a_wide_character_takes_two_cells_and_is_never_halved)
{
    check("日本", 4, L"日本", 4);
    check("日本", 3, L"日", 2);
    check("a日", 2, L"a", 1);
}
END_TEST

START_TEST(control_characters_are_written_as_text)
{
    check("\x1b[2J", 20, L"\\x1b[2J", 7);
    check("a\rb\x7f", 20, L"a\\x0db\\x7f", 10);
    check("\xc2\x9b", 20, L"\\x9b", 4); // CSI in one character
    check_bytes("a\0b", 3, 20, L"a\\x00b", 6);
}
END_TEST

START_TEST(an_escape_is_never_halved)
{
    check("ab\x1b", 5, L"ab", 2);
    check("ab\x1b", 6, L"ab\\x1b", 6);
}
END_TEST

START_TEST(marks_of_direction_are_written_as_text)
{
    check("a\u202e\u2066z", 20, L"a\\u202e\\u2066z", 14);
}
END_TEST

START_TEST(bytes_that_are_no_utf8_are_written_as_text)
{
    check("\xff\xe6z", 20, L"\\xff\\xe6z", 9);
}
END_TEST

START_TEST(a_tab_reaches_the_next_eighth_cell)
{
    check("a\tb", 20, L"a       b", 9);
    check("12345678\tb", 20, L"12345678        b", 17);
    check("a\tb", 7, L"a", 1);
}
END_TEST

START_TEST(marks_stay_with_their_character)
{
    check("e\u0301x", 2, L"e\u0301x", 2);
    check("\u0301x", 5, L"x", 1); // there is nothing to carry it
}
END_TEST

START_TEST(a_character_carries_only_a_few_marks)
{
    check("e\u0301\u0302\u0303\u0304\u0305x", 5, L"e\u0301\u0302\u0303x", 2);
}
END_TEST

START_TEST(what_terminals_do_not_agree_on_is_left_out)
{
    check("a\u200db\ufe0fc\ufeff", 5, L"abc", 3);
}
END_TEST

START_TEST(says_how_many_bytes_it_took)
{
    struct top_text text = top_text_fit("日本", strlen("日本"), 3);
    ck_assert_uint_eq(text.taken, strlen("日"));
    top_text_finish(&text);
}
END_TEST

START_TEST(what_the_locale_cannot_show_becomes_a_question_mark)
{
    ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C"));
    check("a日b", 9, L"a?b", 3);
    check("wait…", 9, L"wait...", 7);
}
END_TEST

START_TEST(measures_a_whole_text)
{
    ck_assert_uint_eq(top_text_cells(""), 0);
    ck_assert_uint_eq(top_text_cells("web"), 3);
    ck_assert_uint_eq(top_text_cells("日\x1b"), 6);
}
END_TEST

Suite *top_text_suite(void)
{
    Suite *suite = suite_create("top_text");
    TCase *texts = tcase_create("texts");
    tcase_add_checked_fixture(texts, use_utf8, NULL);
    tcase_add_test(texts, plain_text_is_cut_at_the_width);
    tcase_add_test(texts, a_wide_character_takes_two_cells_and_is_never_halved);
    tcase_add_test(texts, control_characters_are_written_as_text);
    tcase_add_test(texts, an_escape_is_never_halved);
    tcase_add_test(texts, marks_of_direction_are_written_as_text);
    tcase_add_test(texts, bytes_that_are_no_utf8_are_written_as_text);
    tcase_add_test(texts, a_tab_reaches_the_next_eighth_cell);
    tcase_add_test(texts, marks_stay_with_their_character);
    tcase_add_test(texts, a_character_carries_only_a_few_marks);
    tcase_add_test(texts, what_terminals_do_not_agree_on_is_left_out);
    tcase_add_test(texts, says_how_many_bytes_it_took);
    tcase_add_test(texts, what_the_locale_cannot_show_becomes_a_question_mark);
    tcase_add_test(texts, measures_a_whole_text);
    suite_add_tcase(suite, texts);
    return suite;
}
