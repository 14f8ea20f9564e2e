// SPDX-License-Identifier: MIT
#include "../suites.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "config/ini.h"

#include <stdlib.h>
#include <string.h>

static struct document *document;
static struct node *sections;
static struct errors errors;

static void set_up(void)
{
    document = document_create();
    sections = document_map(document, (struct place){0});
}

static void tear_down(void)
{
    document_destroy(document);
    errors_finish(&errors);
}

static void read_bytes(const char *bytes, size_t length)
{
    const struct source *source = document_add_source(document, "a.conf", bytes, length);
    ini_read(document, sections, source, &errors);
}

// Everything that was read: "[section] key=value|key=value\n", newlines in values as "/".
static void expect(const char *text, const char *expected)
{
    struct buffer out = {0};
    read_bytes(text, strlen(text));
    for (size_t i = 0; i < sections->pair_count; i++) {
        const struct pair *section = &sections->pairs[i];
        buffer_printf(&out, "[%s]", section->key->text);
        for (size_t j = 0; j < section->value->pair_count; j++) {
            const struct pair *pair = &section->value->pairs[j];
            buffer_printf(&out, "%s%s=", j > 0 ? "|" : " ", pair->key->text);
            for (const char *c = pair->value->text; *c != '\0'; c++)
                buffer_append_char(&out, *c == '\n' ? '/' : *c);
        }
        buffer_append_char(&out, '\n');
    }
    memory_auto char *found = buffer_take(&out);
    ck_assert_str_eq(found, expected);
    ck_assert_uint_eq(errors.count, 0);
}

static void expect_error(const char *text, size_t length, unsigned line, unsigned column,
                         const char *message)
{
    read_bytes(text, length);
    ck_assert_uint_ge(errors.kept, 1);
    ck_assert_str_eq(errors.items[0].text, message);
    ck_assert_uint_eq(errors.items[0].line, line);
    ck_assert_uint_eq(errors.items[0].column, column);
}

static const char neither[] = "neither a section ([name]) nor a key with a value (key = value)";

START_TEST(keys_and_values)
{
    expect("[a]\nx=1\n Y Z : 2 = 3\nempty=\n[b]\n[c:d]  \nx = 4", "[a] x=1/Y Z : 2 = 3|empty=\n"
                                                                  "[b]\n[c:d] x=4\n");
}
END_TEST

START_TEST(both_delimiters)
{
    expect("[a]\nx: 1=2\ny=1:2\nz :3\n", "[a] x=1=2|y=1:2|z=3\n");
}
END_TEST

START_TEST(keys_are_lower_case_sections_are_not)
{
    expect("[Ab]\nKeY=Value\n[ab]\n", "[Ab] key=Value\n[ab]\n");
}
END_TEST

START_TEST(comments)
{
    expect("; x\n# y\n  ; z=1\n[a] ; b\nx=1 ; c\ny=1;2#3\nz=;4\nv = ;5\nw=1 # 6\n",
           "[a] x=1|y=1;2#3|z=;4|v=|w=1\n");
}
END_TEST

START_TEST(comment_signs_are_looked_for_by_turns)
{
    // The first # is none; the second is not looked at once the ; was found.
    expect("[a]\nx=1#2 #3 ;4\n", "[a] x=1#2 #3\n");
}
END_TEST

START_TEST(values_go_on_in_lines_that_are_indented_deeper)
{
    expect("[a]\nx=1\n  2 ; c\n\n  3=4\n  # c\n\n\ny=\n\t5\n  z=6\n z=7\n",
           "[a] x=1/2//3=4|y=/5/z=6/z=7\n");
}
END_TEST

START_TEST(indented_keys_are_keys)
{
    expect("[a]\n  x=1\n  y=2\n   z=3\n w=4\n  [b]\n[b]\n   v=5\n", "[a] x=1|y=2/z=3|w=4/[b]\n"
                                                                    "[b] v=5\n");
}
END_TEST

START_TEST(of_what_is_there_twice_the_last_counts)
{
    expect("[a]\nx=1\n[b]\ny=2\n[a]\nX=3\nz=4\n", "[a] x=3|z=4\n[b] y=2\n");
    read_bytes("[b]\ny=5\n", 8);
    ck_assert_str_eq(node_get(node_get(sections, "b"), "y")->text, "5");
    ck_assert_uint_eq(node_get(node_get(sections, "b"), "y")->place.line, 2);
}
END_TEST

START_TEST(default_section_fills_in)
{
    expect("[DEFAULT]\nx=1\ny=2\n[a]\nx=3\n", "[DEFAULT] x=1|y=2\n[a] x=3\n");
    const struct node *a = node_get(sections, "a");
    ck_assert_str_eq(ini_pair(sections, a, "x")->value->text, "3");
    ck_assert_str_eq(ini_pair(sections, a, "y")->value->text, "2");
    ck_assert_ptr_null(ini_pair(sections, a, "z"));
}
END_TEST

START_TEST(header_ends_at_its_last_bracket)
{
    expect("[a]b]c\n x=1\n", "[a]b] x=1\n");
}
END_TEST

START_TEST(mark_and_line_ends_of_other_systems)
{
    expect("\xef\xbb\xbf[a]\r\nx=1\r\n  2\r\ny=3\r\n", "[a] x=1/2|y=3\n");
}
END_TEST

// Longer than any buffer of inih's, at every length around its own.
START_TEST(long_lines_stay_whole)
{
    for (size_t length = 180; length < 220; length++) {
        tear_down();
        errors = (struct errors){0};
        set_up();
        struct buffer text = {0};
        buffer_append_text(&text, "[a]\nk=");
        for (size_t i = 0; i < length; i++)
            buffer_append_char(&text, 'x');
        buffer_append_text(&text, "admin=yes\nnext=1\n");
        read_bytes(text.data, text.length);
        const struct node *section = node_get(sections, "a");
        ck_assert_uint_eq(errors.count, 0);
        ck_assert_uint_eq(section->pair_count, 2);
        ck_assert_uint_eq(node_get(section, "k")->length, length + strlen("admin=yes"));
        ck_assert_str_eq(node_get(section, "next")->text, "1");
        ck_assert_uint_eq(node_get(section, "next")->place.line, 3);
        buffer_finish(&text);
    }
}
END_TEST

START_TEST(long_comments_and_section_names_stay_whole)
{
    struct buffer text = {0};
    buffer_append_text(&text, "; ");
    for (size_t i = 0; i < 5000; i++)
        buffer_append_text(&text, "k=v ");
    buffer_append_text(&text, "\n[program:");
    for (size_t i = 0; i < 300; i++)
        buffer_append_char(&text, 'p');
    buffer_append_text(&text, "]\nx = ");
    for (size_t i = 0; i < 300; i++)
        buffer_append_char(&text, ' ');
    buffer_append_text(&text, "1\n");
    read_bytes(text.data, text.length);
    buffer_finish(&text);
    ck_assert_uint_eq(errors.count, 0);
    ck_assert_uint_eq(sections->pair_count, 1);
    ck_assert_uint_eq(strlen(sections->pairs[0].key->text), strlen("program:") + 300);
    ck_assert_str_eq(node_get(sections->pairs[0].value, "x")->text, "1");
}
END_TEST

START_TEST(places)
{
    static const char text[] = "[é]\n  ü = ö x ; c\n    more\n";
    read_bytes(text, strlen(text));
    const struct pair *pair = &node_get(sections, "é")->pairs[0];
    ck_assert_str_eq(pair->value->text, "ö x\nmore");
    ck_assert_uint_eq(pair->key->place.line, 2);
    ck_assert_uint_eq(pair->key->place.column, 3);
    ck_assert_uint_eq(pair->key->place.length, 1);
    ck_assert_uint_eq(pair->value->place.column, 7);
    ck_assert_uint_eq(pair->value->place.length, 3);
    ck_assert_uint_eq(sections->pairs[0].key->place.length, 3);
}
END_TEST

START_TEST(lines_that_are_nothing)
{
    expect_error("[a]\nx=1\n  \nword ; =\n[b\n", 23, 4, 1, neither);
    ck_assert_uint_eq(errors.count, 2);
    ck_assert_uint_eq(errors.items[1].line, 5);
}
END_TEST

START_TEST(key_without_a_name)
{
    expect_error("[a]\n = 1\n", 9, 2, 2, neither);
}
END_TEST

START_TEST(empty_header_is_none)
{
    expect_error("[a]\n[]\n", 7, 2, 1, neither);
}
END_TEST

START_TEST(key_before_any_section)
{
    expect_error("\n; x\nx=1\ny=2\n", 13, 3, 1, "there is no section before it ([name])");
    ck_assert_uint_eq(errors.count, 1);
}
END_TEST

START_TEST(nul_bytes_are_refused)
{
    expect_error("[a]\nx=1\0admin=1\n", 16, 2, 4, "a NUL byte is not allowed here");
    ck_assert_uint_eq(sections->pair_count, 0);
}
END_TEST

START_TEST(bytes_that_are_no_utf8_are_refused)
{
    expect_error("[a]\n; \xff\n", 8, 2, 3, "byte \\xff is not UTF-8");
}
END_TEST

START_TEST(values_are_limited)
{
    struct buffer text = {0};
    buffer_append_text(&text, "[a]\n");
    for (size_t i = 0; i < DOCUMENT_NODE_LIMIT / 2 + 10; i++)
        buffer_append_text(&text, "k=\n");
    read_bytes(text.data, text.length);
    buffer_finish(&text);
    ck_assert_uint_eq(errors.count, 1);
    ck_assert_str_eq(errors.items[0].text, "more than 500000 sections and keys");
}
END_TEST

START_TEST(nothing_is_read_as_nothing)
{
    expect("", "");
    expect("\n\n  ; x", "");
}
END_TEST

START_TEST(a_byte_order_mark_in_a_key_stays)
{
    expect("[a]\n\xef\xbb\xbfk=v\n", "[a] \xef\xbb\xbfk=v\n");
}
END_TEST

Suite *ini_suite(void)
{
    Suite *suite = suite_create("ini");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, keys_and_values);
    tcase_add_test(all, a_byte_order_mark_in_a_key_stays);
    tcase_add_test(all, both_delimiters);
    tcase_add_test(all, keys_are_lower_case_sections_are_not);
    tcase_add_test(all, comments);
    tcase_add_test(all, comment_signs_are_looked_for_by_turns);
    tcase_add_test(all, values_go_on_in_lines_that_are_indented_deeper);
    tcase_add_test(all, indented_keys_are_keys);
    tcase_add_test(all, of_what_is_there_twice_the_last_counts);
    tcase_add_test(all, default_section_fills_in);
    tcase_add_test(all, header_ends_at_its_last_bracket);
    tcase_add_test(all, mark_and_line_ends_of_other_systems);
    tcase_add_test(all, long_lines_stay_whole);
    tcase_add_test(all, long_comments_and_section_names_stay_whole);
    tcase_add_test(all, places);
    tcase_add_test(all, lines_that_are_nothing);
    tcase_add_test(all, key_without_a_name);
    tcase_add_test(all, empty_header_is_none);
    tcase_add_test(all, key_before_any_section);
    tcase_add_test(all, nul_bytes_are_refused);
    tcase_add_test(all, bytes_that_are_no_utf8_are_refused);
    tcase_add_test(all, values_are_limited);
    tcase_add_test(all, nothing_is_read_as_nothing);
    suite_add_tcase(suite, all);
    return suite;
}
