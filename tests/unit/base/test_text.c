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

START_TEST(quotes_for_the_shell_only_what_needs_it)
{
    static const struct {
        const char *word, *quoted;
    } rows[] = {
        {"npm", "npm"},
        {"--port=80", "--port=80"},
        {"./a-b_c.d", "./a-b_c.d"},
        {"", "''"},
        {"a b", "'a b'"},
        {"it's", "'it'\\''s'"},
        {"$X", "'$X'"},
        {"A=b", "'A=b'"},
        {"~", "'~'"},
        {"\xc3\xa4", "'\xc3\xa4'"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct buffer out = {0};
        text_quote_shell(&out, rows[i].word);
        memory_auto char *text = buffer_take(&out);
        ck_assert_str_eq(text, rows[i].quoted);
        struct strings words = {0};
        ck_assert(text_split_quoted(text, &words));
        ck_assert_uint_eq(words.count, 1);
        ck_assert_str_eq(words.items[0], rows[i].word);
        strings_finish(&words);
    }
}
END_TEST

START_TEST(measures_utf8_characters)
{
    static const struct {
        const char *bytes;
        size_t length;
    } rows[] = {
        {"a", 1},
        {"\xc3\xa4", 2},
        {"\xe2\x82\xac", 3},
        {"\xf0\x9f\x98\x80", 4},
        {"\xf4\x8f\xbf\xbf", 4},
        {"\x80", 0},             // starts with a continuation byte
        {"\xc0\x80", 0},         // overlong
        {"\xe0\x80\x80", 0},     // overlong
        {"\xf0\x80\x80\x80", 0}, // overlong
        {"\xed\xa0\x80", 0},     // surrogate
        {"\xf4\x90\x80\x80", 0}, // past U+10FFFF
        {"\xf5\x80\x80\x80", 0},
        {"\xc3(", 0},
        {"\xe2\x82(", 0},
        {"\xff", 0},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        size_t length = strlen(rows[i].bytes);
        ck_assert_uint_eq(text_utf8_length(rows[i].bytes, length), rows[i].length);
        if (rows[i].length > 1) // cut short it is none
            ck_assert_uint_eq(text_utf8_length(rows[i].bytes, length - 1), 0);
    }
    ck_assert_uint_eq(text_utf8_length("", 0), 0);
    ck_assert_uint_eq(text_utf8_length("\0", 1), 1);
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
    tcase_add_test(words, quotes_for_the_shell_only_what_needs_it);
    tcase_add_test(words, measures_utf8_characters);
    suite_add_tcase(suite, words);

    return suite;
}
