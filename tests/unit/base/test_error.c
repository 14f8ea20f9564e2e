// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

// A source over a static text.
static struct source source_of(char *name, char *text)
{
    return (struct source){.name = name, .text = text, .length = strlen(text)};
}

// What errors_print prints, and then ends the errors.
static char *printed(struct errors *errors)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    errors_print(errors, out);
    fclose(out);
    errors_finish(errors);
    return text;
}

static void assert_printed(struct errors *errors, const char *expected)
{
    memory_auto char *text = printed(errors);
    ck_assert_str_eq(text, expected);
}

// One error at a column of a one-line source.
static void assert_shown(char *line, unsigned column, unsigned length, const char *expected)
{
    struct source source = source_of("f", line);
    struct place place = {&source, 1, column, length};
    struct errors errors = {0};
    errors_add(&errors, place, "wrong");
    assert_printed(&errors, expected);
}

START_TEST(shows_place_message_and_underlined_line)
{
    struct source source = source_of("helperd.yaml", "helpers:\n"
                                                     "  vite:\n"
                                                     "    restrat: always\n");
    struct errors errors = {0};
    errors_add(&errors, (struct place){&source, 3, 5, 7},
               "helper \"%s\": unknown key \"%s\" (did you mean \"restart\"?)", "vite", "restrat");
    ck_assert_uint_eq(errors.count, 1);
    assert_printed(&errors, "helperd.yaml:3:5: error: helper \"vite\": unknown key \"restrat\" "
                            "(did you mean \"restart\"?)\n"
                            "    3 |     restrat: always\n"
                            "      |     ^~~~~~~\n");
}
END_TEST

START_TEST(bars_stand_below_each_other_for_any_line_number)
{
    static char text[200000];
    memset(text, '\n', sizeof(text) - 2);
    text[1233] = 'a'; // the lines above it are empty
    text[sizeof(text) - 2] = 'b';
    struct source source = source_of("f", text);
    struct errors errors = {0};
    errors_add(&errors, (struct place){&source, 1234, 1, 0}, "near");
    errors_add(&errors, (struct place){&source, 199998, 1, 0}, "far");
    assert_printed(&errors, "f:1234:1: error: near\n"
                            " 1234 | a\n"
                            "      | ^\n"
                            "f:199998:1: error: far\n"
                            "199998 | b\n"
                            "       | ^\n");
}
END_TEST

START_TEST(without_position_only_the_file_is_named)
{
    struct source source = source_of("helperd.yaml", "a: b\n");
    struct errors errors = {0};
    errors_add(&errors, (struct place){.source = &source}, "too large");
    assert_printed(&errors, "helperd.yaml: error: too large\n");
}
END_TEST

START_TEST(without_file_the_program_is_named)
{
    struct errors errors = {0};
    errors_add(&errors, (struct place){0}, "no configuration");
    assert_printed(&errors, "helperd: error: no configuration\n");
}
END_TEST

START_TEST(a_file_that_could_not_be_read_has_no_excerpt)
{
    struct source source = {.name = "gone.yaml"};
    struct errors errors = {0};
    errors_add(&errors, (struct place){&source, 2, 3, 1}, "gone");
    assert_printed(&errors, "gone.yaml:2:3: error: gone\n");
}
END_TEST

START_TEST(a_line_past_the_end_or_empty_is_not_shown)
{
    struct source source = source_of("f", "a: [\n\n");
    struct errors errors = {0};
    errors_add(&errors, (struct place){&source, 2, 1, 0}, "empty");
    errors_add(&errors, (struct place){&source, 3, 1, 0}, "at the end");
    errors_add(&errors, (struct place){&source, 9, 1, 0}, "beyond");
    assert_printed(&errors, "f:2:1: error: empty\n"
                            "f:3:1: error: at the end\n"
                            "f:9:1: error: beyond\n");
}
END_TEST

START_TEST(without_column_nothing_is_underlined)
{
    assert_shown("K=V", 0, 0, "f:1: error: wrong\n    1 | K=V\n");
}
END_TEST

START_TEST(a_column_behind_the_line_is_marked_behind_it)
{
    assert_shown("abc", 4, 0, "f:1:4: error: wrong\n    1 | abc\n      |    ^\n");
    assert_shown("abc", 99, 5, "f:1:99: error: wrong\n    1 | abc\n      |    ^\n");
}
END_TEST

START_TEST(underlines_no_further_than_the_line)
{
    assert_shown("abc\ndef", 2, 50, "f:1:2: error: wrong\n    1 | abc\n      |  ^~\n");
}
END_TEST

START_TEST(columns_count_characters)
{
    assert_shown("ü€😀: x", 4, 0, "f:1:4: error: wrong\n    1 | ü€😀: x\n      |    ^\n");
}
END_TEST

START_TEST(a_tab_is_shown_as_one_space)
{
    assert_shown("\ta\tb", 4, 1, "f:1:4: error: wrong\n    1 |  a b\n      |    ^\n");
}
END_TEST

START_TEST(byte_order_mark_and_carriage_return_are_left_out)
{
    assert_shown("\xef\xbb\xbf"
                 "ab\r\n",
                 2, 9, "f:1:2: error: wrong\n    1 | ab\n      |  ^\n");
}
END_TEST

START_TEST(what_acts_on_a_terminal_is_shown_as_text)
{
    assert_shown("a\x1b[2J\x9b\x7f\xc2\x9b!", 2, 1,
                 "f:1:2: error: wrong\n"
                 "    1 | a\\x1b[2J\\x9b\\x7f\\xc2\\x9b!\n"
                 "      |  ^~~~\n");
    assert_shown("\xe2\x80\xaeno\xe2\x81\xa6\xe2\x80\xa8\xd8\x9c", 2, 1,
                 "f:1:2: error: wrong\n"
                 "    1 | \\xe2\\x80\\xaeno\\xe2\\x81\\xa6\\xe2\\x80\\xa8\\xd8\\x9c\n"
                 "      |             ^\n");

    struct source source = source_of("\x1b]0;f", "x");
    struct errors errors = {0};
    errors_add(&errors, (struct place){.source = &source}, "unknown key \"%s\"", "a\n\tb\xff");
    assert_printed(&errors, "\\x1b]0;f: error: unknown key \"a\\x0a\\x09b\\xff\"\n");
}
END_TEST

START_TEST(a_nul_in_a_line_does_not_end_it)
{
    struct source source = {.name = "f", .text = "a\0b", .length = 3};
    struct errors errors = {0};
    errors_add(&errors, (struct place){&source, 1, 2, 1}, "wrong");
    assert_printed(&errors, "f:1:2: error: wrong\n    1 | a\\x00b\n      |  ^~~~\n");
}
END_TEST

// Checks the excerpt of a line of so many letters: where it is cut, and that its mark stands
// below the letter in the column.
static void assert_window(size_t letters, unsigned column, bool cut_before, bool cut_behind)
{
    memory_auto char *line = memory_new(letters + 1, 1);
    memset(line, 'x', letters);
    line[column - 1] = '!';
    struct source source = source_of("f", line);
    struct errors errors = {0};
    errors_add(&errors, (struct place){&source, 1, column, 1}, "wrong");
    const char *excerpt = errors.items[0].excerpt;
    size_t length = strlen(excerpt);
    size_t mark = strlen("…");
    ck_assert_int_eq(strncmp(excerpt, "…", mark) == 0, cut_before);
    ck_assert_int_eq(strcmp(excerpt + length - mark, "…") == 0, cut_behind);
    size_t cut = (cut_before ? mark : 0) + (cut_behind ? mark : 0);
    ck_assert_uint_eq(length - cut, letters < 100 ? letters : 100);
    size_t cells = strcspn(excerpt, "!") - (cut_before ? mark - 1 : 0);
    ck_assert_uint_eq(strspn(errors.items[0].marks, " "), cells);
    errors_finish(&errors);
}

START_TEST(of_a_long_line_a_window_is_shown)
{
    assert_window(100, 100, false, false);
    assert_window(101, 1, false, true);
    assert_window(101, 101, true, false);
    assert_window(5000, 20, false, true);
    assert_window(5000, 2500, true, true);
    assert_window(5000, 5000, true, false);
}
END_TEST

START_TEST(a_line_of_megabytes_is_not_looked_through)
{
    size_t length = 2 * 1024 * 1024;
    memory_auto char *line = memory_new(length + 1, 1);
    memset(line, 'x', length);
    assert_shown(line, 2000000, 1, "f:1:2000000: error: wrong\n");
}
END_TEST

START_TEST(a_very_long_message_is_cut_at_a_character)
{
    memory_auto char *text = memory_new(9001, 1);
    for (size_t i = 0; i < 9000; i += 3)
        memcpy(text + i, "€", 3);
    struct errors errors = {0};
    errors_add(&errors, (struct place){0}, "%s", text);
    ck_assert_uint_eq(strlen(errors.items[0].text), 4095 + strlen("…"));
    ck_assert_mem_eq(errors.items[0].text, text, 4095);
    errors_finish(&errors);
}
END_TEST

START_TEST(errors_outlive_their_source)
{
    struct source source = {.name = memory_copy("f"), .text = memory_copy("abc"), .length = 3};
    struct errors errors = {0};
    errors_add(&errors, (struct place){&source, 1, 2, 1}, "wrong");
    free(source.name);
    free(source.text);
    assert_printed(&errors, "f:1:2: error: wrong\n    1 | abc\n      |  ^\n");
}
END_TEST

START_TEST(warnings_say_so_and_are_no_errors)
{
    struct errors errors = {0};
    errors_add_warning(&errors, (struct place){0}, "old key");
    ck_assert_uint_eq(errors.count, 0);
    ck_assert_uint_eq(errors.warnings, 1);
    assert_printed(&errors, "helperd: warning: old key\n");
}
END_TEST

static void note_line(void *context, bool warning, const char *line)
{
    buffer_printf(context, "%s|%s\n", warning ? "W" : "E", line);
}

START_TEST(says_each_in_one_line)
{
    char text[] = "one\ntwo\n";
    struct source a = source_of("a", text);
    struct errors errors = {0};
    struct buffer said = {0};
    errors_add(&errors, (struct place){&a, 2, 1, 3}, "of two\nlines");
    errors_add_warning(&errors, (struct place){&a, 1, 1, 0}, "and odd");
    for (int i = 0; i < ERRORS_KEPT; i++)
        errors_add(&errors, (struct place){&a, 9, 1, 0}, "more");
    errors_say(&errors, note_line, &said);
    memory_auto char *lines = buffer_take(&said);
    ck_assert_ptr_eq(strstr(lines, "E|a:2:1: error: of two\\x0alines\nE|a:9:1: error: more\n"),
                     lines);
    ck_assert_ptr_nonnull(strstr(lines, "\nE|… and 1 more error\nW|… and 1 more warning\n"));
    errors_finish(&errors);
}
END_TEST

START_TEST(prints_by_file_line_and_column)
{
    struct source a = {.name = "a"}, b = {.name = "b"}, a_again = {.name = "a"};
    struct errors errors = {0};
    errors_add(&errors, (struct place){&b, 9, 1, 0}, "1");
    errors_add(&errors, (struct place){&a, 2, 7, 0}, "2");
    errors_add(&errors, (struct place){&a_again, 2, 3, 0}, "3");
    errors_add(&errors, (struct place){&b, 1, 1, 0}, "4");
    errors_add(&errors, (struct place){&a, 2, 3, 0}, "5");
    errors_add(&errors, (struct place){.source = &b}, "6");
    errors_add(&errors, (struct place){0}, "7");
    assert_printed(&errors, "b: error: 6\n"
                            "b:1:1: error: 4\n"
                            "b:9:1: error: 1\n"
                            "a:2:3: error: 3\n"
                            "a:2:3: error: 5\n"
                            "a:2:7: error: 2\n"
                            "helperd: error: 7\n");
}
END_TEST

// Adds so many and returns the last line printed.
static char *last_line(struct errors *errors, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        errors_add(errors, (struct place){0}, "%u", i);
    memory_auto char *text = printed(errors);
    text[strlen(text) - 1] = '\0';
    return memory_copy(strrchr(text, '\n') + 1);
}

START_TEST(what_is_not_kept_is_counted)
{
    static const struct {
        unsigned count;
        const char *last;
    } table[] = {
        {ERRORS_KEPT, "helperd: error: 99"},
        {ERRORS_KEPT + 1, "… and 1 more error"},
        {ERRORS_KEPT + 23, "… and 23 more errors"},
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct errors errors = {0};
        memory_auto char *last = last_line(&errors, table[i].count);
        ck_assert_str_eq(last, table[i].last);
    }
}
END_TEST

START_TEST(no_error_hides_behind_warnings)
{
    struct errors errors = {0};
    for (unsigned i = 0; i < ERRORS_KEPT + 5; i++)
        errors_add_warning(&errors, (struct place){0}, "old");
    errors_add(&errors, (struct place){0}, "wrong");
    memory_auto char *text = printed(&errors);
    ck_assert_ptr_nonnull(strstr(text, "helperd: error: wrong\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n… and 6 more warnings\n"));
    ck_assert_ptr_null(strstr(text, "more error"));
}
END_TEST

Suite *error_suite(void)
{
    Suite *suite = suite_create("error");

    TCase *form = tcase_create("form");
    tcase_add_test(form, shows_place_message_and_underlined_line);
    tcase_add_test(form, bars_stand_below_each_other_for_any_line_number);
    tcase_add_test(form, without_position_only_the_file_is_named);
    tcase_add_test(form, without_file_the_program_is_named);
    tcase_add_test(form, warnings_say_so_and_are_no_errors);
    suite_add_tcase(suite, form);

    TCase *excerpt = tcase_create("excerpt");
    tcase_add_test(excerpt, a_file_that_could_not_be_read_has_no_excerpt);
    tcase_add_test(excerpt, a_line_past_the_end_or_empty_is_not_shown);
    tcase_add_test(excerpt, without_column_nothing_is_underlined);
    tcase_add_test(excerpt, a_column_behind_the_line_is_marked_behind_it);
    tcase_add_test(excerpt, underlines_no_further_than_the_line);
    tcase_add_test(excerpt, columns_count_characters);
    tcase_add_test(excerpt, a_tab_is_shown_as_one_space);
    tcase_add_test(excerpt, byte_order_mark_and_carriage_return_are_left_out);
    tcase_add_test(excerpt, what_acts_on_a_terminal_is_shown_as_text);
    tcase_add_test(excerpt, a_nul_in_a_line_does_not_end_it);
    tcase_add_test(excerpt, of_a_long_line_a_window_is_shown);
    tcase_add_test(excerpt, a_line_of_megabytes_is_not_looked_through);
    suite_add_tcase(suite, excerpt);

    TCase *collection = tcase_create("collection");
    tcase_add_test(collection, errors_outlive_their_source);
    tcase_add_test(collection, a_very_long_message_is_cut_at_a_character);
    tcase_add_test(collection, prints_by_file_line_and_column);
    tcase_add_test(collection, says_each_in_one_line);
    tcase_add_test(collection, what_is_not_kept_is_counted);
    tcase_add_test(collection, no_error_hides_behind_warnings);
    suite_add_tcase(suite, collection);

    return suite;
}
