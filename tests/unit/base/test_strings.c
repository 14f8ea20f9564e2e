// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/memory.h"
#include "base/strings.h"

#include <stdlib.h>

START_TEST(zeroed_it_is_empty_and_can_be_finished)
{
    struct strings strings = {0};
    strings_finish(&strings);
    ck_assert_ptr_null(strings.items);
    ck_assert_uint_eq(strings.count, 0);
    ck_assert(!strings_contain(&strings, ""));
}
END_TEST

START_TEST(null_always_follows_the_last_item)
{
    struct strings strings = {0};
    for (size_t i = 0; i < 100; i++) {
        memory_auto char *text = memory_format("%zu", i);
        strings_append(&strings, text);
        ck_assert_uint_eq(strings.count, i + 1);
        ck_assert_str_eq(strings.items[i], text);
        ck_assert_ptr_null(strings.items[i + 1]);
    }
    ck_assert_str_eq(strings.items[0], "0");
    strings_finish(&strings);
}
END_TEST

START_TEST(append_copies_and_append_owned_takes)
{
    struct strings strings = {0};
    char text[] = "one";
    char *owned = memory_copy("two");
    strings_append(&strings, text);
    strings_append_owned(&strings, owned);
    text[0] = 'X';
    ck_assert_str_eq(strings.items[0], "one");
    ck_assert_ptr_eq(strings.items[1], owned);
    strings_finish(&strings);
}
END_TEST

START_TEST(append_all_copies_every_item_in_order)
{
    struct strings a = {0}, b = {0};
    strings_append(&a, "one");
    strings_append(&b, "two");
    strings_append(&b, "three");
    strings_append_all(&a, &b);
    strings_finish(&b);
    ck_assert_uint_eq(a.count, 3);
    ck_assert_str_eq(a.items[1], "two");
    ck_assert_str_eq(a.items[2], "three");
    strings_finish(&a);
}
END_TEST

START_TEST(contains_only_whole_items)
{
    struct strings strings = {0};
    strings_append(&strings, "one");
    ck_assert(strings_contain(&strings, "one"));
    ck_assert(!strings_contain(&strings, "on"));
    ck_assert(!strings_contain(&strings, "ones"));
    strings_finish(&strings);
}
END_TEST

START_TEST(a_variable_set_again_is_replaced_in_its_place)
{
    struct strings strings = {0};
    strings_set_variable(&strings, "PATH", "/bin");
    strings_set_variable(&strings, "HOME", "/root");
    strings_set_variable(&strings, "PATH", "/usr/bin");
    ck_assert_uint_eq(strings.count, 2);
    ck_assert_str_eq(strings.items[0], "PATH=/usr/bin");
    ck_assert_str_eq(strings_variable(&strings, "PATH"), "/usr/bin");
    ck_assert_str_eq(strings_variable(&strings, "HOME"), "/root");
    strings_finish(&strings);
}
END_TEST

START_TEST(a_variable_is_found_by_its_whole_name)
{
    struct strings strings = {0};
    strings_set_variable(&strings, "PATHS", "no");
    strings_set_variable(&strings, "EMPTY", "");
    ck_assert_ptr_null(strings_variable(&strings, "PATH"));
    ck_assert_ptr_null(strings_variable(&strings, "PATHSX"));
    ck_assert_str_eq(strings_variable(&strings, "EMPTY"), "");
    strings_set_variable(&strings, "EQUAL", "a=b");
    ck_assert_str_eq(strings_variable(&strings, "EQUAL"), "a=b");
    strings_finish(&strings);
}
END_TEST

START_TEST(all_variables_of_a_list_replace_those_that_are_there)
{
    struct strings strings = {0}, others = {0};
    strings_set_variable(&strings, "PATH", "/bin");
    strings_set_variable(&strings, "HOME", "/root");
    strings_set_variable(&others, "HOME", "/a=b");
    strings_set_variable(&others, "NEW", "");
    strings_set_all(&strings, &others);
    strings_finish(&others);
    ck_assert_uint_eq(strings.count, 3);
    ck_assert_str_eq(strings.items[0], "PATH=/bin");
    ck_assert_str_eq(strings.items[1], "HOME=/a=b");
    ck_assert_str_eq(strings.items[2], "NEW=");
    strings_finish(&strings);
}
END_TEST

START_TEST(a_name_is_no_other_that_begins_with_it)
{
    struct strings strings = {0}, others = {0};
    strings_set_variable(&strings, "AB", "1");
    strings_set_variable(&strings, "A-", "2"); // a character before "="
    strings_set_variable(&strings, "A", "3");
    strings_set_variable(&others, "A", "4");
    strings_set_variable(&others, "A-B", "5");
    strings_set_variable(&others, "AB", "6");
    strings_set_all(&strings, &others);
    strings_finish(&others);
    ck_assert_uint_eq(strings.count, 4);
    ck_assert_str_eq(strings.items[0], "AB=6");
    ck_assert_str_eq(strings.items[1], "A-=2");
    ck_assert_str_eq(strings.items[2], "A=4");
    ck_assert_str_eq(strings.items[3], "A-B=5");
    strings_finish(&strings);
}
END_TEST

START_TEST(repeated_names_are_all_but_the_first)
{
    static const char *const entries[] = {"B=1", "A=1", "B=1", "BA=", "A=2", "B="};
    static const bool expected[] = {false, false, true, false, true, true};
    struct strings strings = {0};
    for (size_t i = 0; i < LENGTH(entries); i++)
        strings_append(&strings, entries[i]);
    bool *repeated = strings_find_repeated(&strings);
    ck_assert_mem_eq(repeated, expected, sizeof(expected));
    free(repeated);
    strings_finish(&strings);
    free(strings_find_repeated(&strings));
}
END_TEST

// Each name looked up along the list would take 10^10 comparisons.
START_TEST(lists_of_many_names_are_merged_in_no_time)
{
    struct strings strings = {0}, others = {0};
    for (size_t i = 0; i < 100000; i++) {
        strings_append_owned(&strings, memory_format("%zu=a", i));
        strings_append_owned(&others, memory_format("%zu=b", 100000 - i));
    }
    strings_set_all(&strings, &others);
    strings_finish(&others);
    ck_assert_uint_eq(strings.count, 100001);
    ck_assert_str_eq(strings.items[0], "0=a");
    ck_assert_str_eq(strings.items[99999], "99999=b");
    ck_assert_str_eq(strings.items[100000], "100000=b");
    strings_finish(&strings);
}
END_TEST

Suite *strings_suite(void)
{
    Suite *suite = suite_create("strings");

    TCase *lists = tcase_create("lists");
    tcase_add_test(lists, zeroed_it_is_empty_and_can_be_finished);
    tcase_add_test(lists, null_always_follows_the_last_item);
    tcase_add_test(lists, append_copies_and_append_owned_takes);
    tcase_add_test(lists, append_all_copies_every_item_in_order);
    tcase_add_test(lists, contains_only_whole_items);
    suite_add_tcase(suite, lists);

    TCase *variables = tcase_create("variables");
    tcase_add_test(variables, a_variable_set_again_is_replaced_in_its_place);
    tcase_add_test(variables, a_variable_is_found_by_its_whole_name);
    tcase_add_test(variables, all_variables_of_a_list_replace_those_that_are_there);
    tcase_add_test(variables, a_name_is_no_other_that_begins_with_it);
    tcase_add_test(variables, repeated_names_are_all_but_the_first);
    tcase_add_test(variables, lists_of_many_names_are_merged_in_no_time);
    suite_add_tcase(suite, variables);

    return suite;
}
