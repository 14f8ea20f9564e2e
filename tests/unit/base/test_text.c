// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/memory.h"
#include "base/text.h"

#include <signal.h>
#include <string.h>

static int signal_of(const char *text)
{
    int number = -1;
    ck_assert_msg(text_parse_signal(text, &number), "refused: %s", text);
    return number;
}

START_TEST(reads_booleans_in_three_cases_of_letters)
{
    static const char *const yes[] = {"true", "True", "TRUE", "yes", "Yes", "on", "ON"};
    static const char *const no[] = {"false", "False", "FALSE", "no", "No", "off", "OFF"};
    bool value;
    for (size_t i = 0; i < LENGTH(yes); i++) {
        value = false;
        ck_assert(text_parse_bool(yes[i], &value) && value);
        value = true;
        ck_assert(text_parse_bool(no[i], &value) && !value);
    }
    ck_assert(!text_parse_bool("tRUE", &value));
    ck_assert(!text_parse_bool("", &value));
    ck_assert(!text_parse_bool("1", &value));
    ck_assert(!text_parse_bool("true ", &value));
}
END_TEST

START_TEST(reads_signal_names_and_numbers)
{
    ck_assert_int_eq(signal_of("SIGTERM"), SIGTERM);
    ck_assert_int_eq(signal_of("TERM"), SIGTERM);
    ck_assert_int_eq(signal_of("sigterm"), SIGTERM);
    ck_assert_int_eq(signal_of("Hup"), SIGHUP);
    ck_assert_int_eq(signal_of("15"), SIGTERM);
    ck_assert_int_eq(signal_of("IOT"), SIGABRT);
    ck_assert_int_eq(signal_of("SIGCLD"), SIGCHLD);
    ck_assert_int_eq(signal_of("POLL"), SIGIO);
    ck_assert_int_eq(signal_of("RTMIN"), SIGRTMIN);
    ck_assert_int_eq(signal_of("SIGRTMIN+3"), SIGRTMIN + 3);
    ck_assert_int_eq(signal_of("rtmax-2"), SIGRTMAX - 2);
    ck_assert_int_eq(signal_of("RTMAX"), SIGRTMAX);
    ck_assert_int_eq(signal_of("64"), SIGRTMAX);
}
END_TEST

START_TEST(refuses_wrong_signals)
{
    static const char *const wrong[] = {
        "",        "SIG",        "0",        "65",
        "-1",      "+15",        "15x",      "TERMS",
        "TER",     "SIGSIGTERM", "RTMIN+",   "RTMIN-1",
        "RTMAX+1", "RTMIN+31",   "RTMIN+-1", "RTMIN+99999999999999999999",
        "RTMINX",  "TERM ",
    };
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        int number = 42;
        ck_assert_msg(!text_parse_signal(wrong[i], &number), "accepted: %s", wrong[i]);
        ck_assert_int_eq(number, 42);
    }
}
END_TEST

START_TEST(every_signal_name_reads_back)
{
    ck_assert_str_eq(text_signal_name(SIGTERM), "SIGTERM");
    ck_assert_str_eq(text_signal_name(SIGABRT), "SIGABRT");
    ck_assert_str_eq(text_signal_name(SIGCHLD), "SIGCHLD");
    ck_assert_str_eq(text_signal_name(SIGIO), "SIGIO");
    ck_assert_str_eq(text_signal_name(SIGRTMIN), "SIGRTMIN");
    ck_assert_str_eq(text_signal_name(SIGRTMIN + 3), "SIGRTMIN+3");
    ck_assert_str_eq(text_signal_name(0), "0");
    ck_assert_str_eq(text_signal_name(1000), "1000");
    for (int number = 1; number <= SIGRTMAX; number++)
        ck_assert_int_eq(signal_of(text_signal_name(number)), number);
    for (int number = 1; number <= SIGSYS; number++)
        ck_assert_msg(strncmp(text_signal_name(number), "SIG", 3) == 0, "%d has no name", number);
}
END_TEST

static const char *nearest(const char *word)
{
    static const char *const names[] = {"restart", "command", "log", "stop_timeout", "ready", "a"};
    return text_nearest(word, names, LENGTH(names));
}

START_TEST(finds_the_nearest_name)
{
    ck_assert_str_eq(nearest("restrat"), "restart");
    ck_assert_str_eq(nearest("comand"), "command");
    ck_assert_str_eq(nearest("stop-timout"), "stop_timeout");
    ck_assert_str_eq(nearest("lgo"), "log");
    ck_assert_str_eq(nearest("COMMAND"), "command");
}
END_TEST

START_TEST(finds_no_name_where_none_is_near)
{
    ck_assert_ptr_null(nearest("foo"));
    ck_assert_ptr_null(nearest("x"));
    ck_assert_ptr_null(nearest(""));
    ck_assert_ptr_null(nearest("environment"));
    ck_assert_ptr_null(text_nearest("log", NULL, 0));

    char word[201];
    memset(word, 'a', 200);
    word[200] = '\0';
    ck_assert_ptr_null(nearest(word));
    const char *candidates[] = {word};
    ck_assert_ptr_null(text_nearest("aaa", candidates, 1));
}
END_TEST

static char *joined(const struct strings *words)
{
    struct buffer out = {0};
    for (size_t i = 0; i < words->count; i++)
        buffer_printf(&out, "[%s]", words->items[i]);
    return buffer_take(&out);
}

START_TEST(splits_as_sh_does)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"", ""},
        {"  \t\n ", ""},
        {" a  b\tc\nd ", "[a][b][c][d]"},
        {"'a b' \"c d\"", "[a b][c d]"},
        {"a'b'\"c\"d", "[abcd]"},
        {"'' \"\"", "[][]"},
        {"a\\ b \\'", "[a b][']"},
        {"'a\\b' \"a\\b\"", "[a\\b][a\\b]"},
        {"\"\\\" \\\\ \\$ \\`\"", "[\" \\ $ `]"},
        {"'\"' \"'\"", "[\"][']"},
        {"$HOME # no comment", "[$HOME][#][no][comment]"},
        {"a \\\n b\\\nc \"d\\\ne\"", "[a][bc][de]"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct strings words = {0};
        ck_assert(text_split_quoted(rows[i].text, &words));
        memory_auto char *text = joined(&words);
        ck_assert_str_eq(text, rows[i].words);
        strings_finish(&words);
    }
}
END_TEST

START_TEST(refuses_open_quotes_and_keeps_the_words_it_got)
{
    static const char *const wrong[] = {"a 'b", "a \"b", "a \\", "\"\\\"", "a\"b\\"};
    struct strings words = {0};
    strings_append(&words, "first");
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        ck_assert_msg(!text_split_quoted(wrong[i], &words), "accepted: %s", wrong[i]);
        ck_assert_uint_eq(words.count, 1);
    }
    strings_finish(&words);
}
END_TEST

START_TEST(splits_at_blanks_without_quotes)
{
    struct strings words = {0};
    text_split_blanks(" a 'b\tc'\n", &words);
    memory_auto char *text = joined(&words);
    ck_assert_str_eq(text, "[a]['b][c']");
    strings_finish(&words);
}
END_TEST

static struct character first(const char *bytes)
{
    return text_first_character(bytes, strlen(bytes));
}

START_TEST(takes_characters_apart)
{
    static const struct {
        const char *bytes;
        uint32_t code;
        size_t length;
    } rows[] = {
        {"a", 'a', 1},
        {"\x7f", 0x7f, 1},
        {"\xc2\x80", 0x80, 2},
        {"\xc3\xa4", 0xe4, 2},
        {"\xe2\x82\xac", 0x20ac, 3},
        {"\xee\x80\x80", 0xe000, 3},
        {"\xf0\x9f\x98\x80", 0x1f600, 4},
        {"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct character character = first(rows[i].bytes);
        ck_assert(character.valid);
        ck_assert_uint_eq(character.code, rows[i].code);
        ck_assert_uint_eq(character.length, rows[i].length);
        if (rows[i].length > 1) // cut short it is none
            ck_assert(!text_first_character(rows[i].bytes, rows[i].length - 1).valid);
    }
    ck_assert_uint_eq(text_first_character("", 0).length, 0);
    ck_assert(text_first_character("\0", 1).valid);
}
END_TEST

START_TEST(what_is_no_utf8_is_a_byte)
{
    static const char *const wrong[] = {
        "\x80",             // starts with a continuation byte
        "\xc0\x80",         // overlong
        "\xe0\x80\x80",     // overlong
        "\xf0\x80\x80\x80", // overlong
        "\xed\xa0\x80",     // surrogate
        "\xf4\x90\x80\x80", // past U+10FFFF
        "\xf5\x80\x80\x80",
        "\xc3(",
        "\xe2\x82(",
        "\xff",
    };
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        struct character character = first(wrong[i]);
        ck_assert(!character.valid);
        ck_assert_uint_eq(character.code, (unsigned char)wrong[i][0]);
        ck_assert_uint_eq(character.length, 1);
        ck_assert(!text_is_utf8(wrong[i], strlen(wrong[i])));
    }
    ck_assert(text_is_utf8("", 0));
    ck_assert(text_is_utf8("a\0é☃", 7));
    ck_assert(!text_is_utf8("é☃", 4));
}
END_TEST

START_TEST(counts_characters_and_stray_bytes)
{
    ck_assert_uint_eq(text_count_characters("", 0), 0);
    ck_assert_uint_eq(text_count_characters("aé☃", 6), 3);
    ck_assert_uint_eq(text_count_characters("a\xff\xe2\x82", 4), 4);
}
END_TEST

START_TEST(counts_newlines_wherever_they_are)
{
    char bytes[1000];
    for (size_t length = 0; length <= sizeof(bytes); length += 37) {
        memset(bytes, '\n', sizeof(bytes));
        ck_assert_uint_eq(text_count_newlines(bytes, length), length);
        memset(bytes, 'x', length);
        ck_assert_uint_eq(text_count_newlines(bytes, length), 0);
        for (size_t i = 0; i < length; i += 7)
            bytes[i] = '\n';
        ck_assert_uint_eq(text_count_newlines(bytes, length), (length + 6) / 7);
    }
    ck_assert_uint_eq(text_count_newlines(NULL, 0), 0);
}
END_TEST

START_TEST(tells_what_acts_on_a_terminal)
{
    static const char *const acting[] = {
        "\x1b",         "\t",           "\n",           "\x7f",
        "\xc2\x80",     "\xc2\x9f",     "\xd8\x9c",     "\xe2\x80\x8e",
        "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaa",
        "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9", "\xff",
    };
    static const char *const harmless[] = {
        " ",
        "~",
        "\xc2\xa0",
        "\xe2\x80\x8d", // joins the parts of an emoji
        "\xe2\x80\xa7",
        "\xe2\x80\xaf",
        "\xe2\x81\xa5",
        "\xe2\x81\xaa",
        "\xf0\x9f\x98\x80",
    };
    for (size_t i = 0; i < LENGTH(acting); i++)
        ck_assert_msg(text_acts_on_terminal(first(acting[i])), "row %zu", i);
    for (size_t i = 0; i < LENGTH(harmless); i++)
        ck_assert_msg(!text_acts_on_terminal(first(harmless[i])), "row %zu", i);
}
END_TEST

Suite *text_suite(void)
{
    Suite *suite = suite_create("text");

    TCase *names = tcase_create("names");
    tcase_add_test(names, reads_booleans_in_three_cases_of_letters);
    tcase_add_test(names, reads_signal_names_and_numbers);
    tcase_add_test(names, refuses_wrong_signals);
    tcase_add_test(names, every_signal_name_reads_back);
    tcase_add_test(names, finds_the_nearest_name);
    tcase_add_test(names, finds_no_name_where_none_is_near);
    suite_add_tcase(suite, names);

    TCase *words = tcase_create("words");
    tcase_add_test(words, splits_as_sh_does);
    tcase_add_test(words, refuses_open_quotes_and_keeps_the_words_it_got);
    tcase_add_test(words, splits_at_blanks_without_quotes);
    suite_add_tcase(suite, words);

    TCase *characters = tcase_create("characters");
    tcase_add_test(characters, takes_characters_apart);
    tcase_add_test(characters, what_is_no_utf8_is_a_byte);
    tcase_add_test(characters, counts_characters_and_stray_bytes);
    tcase_add_test(characters, counts_newlines_wherever_they_are);
    tcase_add_test(characters, tells_what_acts_on_a_terminal);
    suite_add_tcase(suite, characters);

    return suite;
}
