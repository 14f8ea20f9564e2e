// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/buffer.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

START_TEST(zeroed_it_is_empty_and_can_be_finished)
{
    struct buffer buffer = {0};
    buffer_finish(&buffer);
    ck_assert_ptr_null(buffer.data);
    ck_assert_uint_eq(buffer.length, 0);
}
END_TEST

START_TEST(appends_bytes_of_any_value)
{
    struct buffer buffer = {0};
    buffer_append(&buffer, "a\0b", 3);
    buffer_append_char(&buffer, '\n');
    buffer_append_text(&buffer, "text");
    buffer_append(&buffer, NULL, 0);
    ck_assert_uint_eq(buffer.length, 8);
    ck_assert_mem_eq(buffer.data, "a\0b\ntext", 8);
    buffer_finish(&buffer);
}
END_TEST

START_TEST(grows_and_keeps_what_it_holds)
{
    struct buffer buffer = {0};
    for (int i = 0; i < 100000; i++)
        buffer_append_char(&buffer, (char)(i % 251));
    ck_assert_uint_eq(buffer.length, 100000);
    ck_assert(buffer.capacity >= buffer.length);
    for (int i = 0; i < 100000; i++)
        ck_assert_int_eq(buffer.data[i], (char)(i % 251));
    buffer_finish(&buffer);
}
END_TEST

START_TEST(reserve_gives_room_behind_the_bytes)
{
    struct buffer buffer = {0};
    buffer_append_text(&buffer, "one");
    char *room = buffer_reserve(&buffer, 1000);
    ck_assert_ptr_eq(room, buffer.data + 3);
    ck_assert_uint_eq(buffer.length, 3);
    memset(room, 'x', 1000);
    buffer.length += 1000;
    ck_assert_mem_eq(buffer.data, "onex", 4);
    buffer_finish(&buffer);
}
END_TEST

START_TEST(printf_appends_without_a_final_nul)
{
    struct buffer buffer = {0};
    buffer_append_text(&buffer, "> ");
    buffer_printf(&buffer, "%s %d", "pid", 4711);
    buffer_printf(&buffer, "%s", "");
    ck_assert_uint_eq(buffer.length, 10);
    ck_assert_mem_eq(buffer.data, "> pid 4711", 10);
    buffer_finish(&buffer);
}
END_TEST

START_TEST(printf_takes_long_texts)
{
    struct buffer buffer = {0};
    buffer_printf(&buffer, "%*d", 5000, 7);
    ck_assert_uint_eq(buffer.length, 5000);
    ck_assert_int_eq(buffer.data[0], ' ');
    ck_assert_int_eq(buffer.data[4999], '7');
    buffer_finish(&buffer);
}
END_TEST

START_TEST(consume_drops_from_the_front)
{
    struct buffer buffer = {0};
    buffer_append_text(&buffer, "abcdef");
    buffer_consume(&buffer, 2);
    ck_assert_uint_eq(buffer.length, 4);
    ck_assert_mem_eq(buffer.data, "cdef", 4);
    buffer_consume(&buffer, 4);
    ck_assert_uint_eq(buffer.length, 0);
    buffer_finish(&buffer);
}
END_TEST

START_TEST(take_hands_over_a_text_and_empties_the_buffer)
{
    struct buffer buffer = {0};
    buffer_append_text(&buffer, "text");
    memory_auto char *text = buffer_take(&buffer);
    ck_assert_str_eq(text, "text");
    ck_assert_ptr_null(buffer.data);
    ck_assert_uint_eq(buffer.length, 0);
    ck_assert_uint_eq(buffer.capacity, 0);
}
END_TEST

START_TEST(take_of_an_empty_buffer_is_an_empty_text)
{
    struct buffer buffer = {0};
    memory_auto char *text = buffer_take(&buffer);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(there_is_a_place_for_no_bytes_too)
{
    struct buffer buffer = {0};
    ck_assert_ptr_nonnull(buffer_reserve(&buffer, 0));
    buffer_finish(&buffer);
}
END_TEST

Suite *buffer_suite(void)
{
    Suite *suite = suite_create("buffer");
    TCase *bytes = tcase_create("bytes");
    tcase_add_test(bytes, zeroed_it_is_empty_and_can_be_finished);
    tcase_add_test(bytes, appends_bytes_of_any_value);
    tcase_add_test(bytes, grows_and_keeps_what_it_holds);
    tcase_add_test(bytes, reserve_gives_room_behind_the_bytes);
    tcase_add_test(bytes, printf_appends_without_a_final_nul);
    tcase_add_test(bytes, printf_takes_long_texts);
    tcase_add_test(bytes, consume_drops_from_the_front);
    tcase_add_test(bytes, take_hands_over_a_text_and_empties_the_buffer);
    tcase_add_test(bytes, take_of_an_empty_buffer_is_an_empty_text);
    tcase_add_test(bytes, there_is_a_place_for_no_bytes_too);
    suite_add_tcase(suite, bytes);
    return suite;
}
