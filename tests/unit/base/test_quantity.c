// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/memory.h"
#include "base/quantity.h"

#include <stdlib.h>
#include <string.h>

static bool refused_by(bool (*parse)(const char *, double *), const char *text)
{
    double value = 42;
    return !parse(text, &value) && value == 42;
}

static double duration(const char *text)
{
    double seconds = -1;
    ck_assert_msg(text_parse_duration(text, &seconds), "refused: %s", text);
    return seconds;
}

static uint64_t size(const char *text)
{
    uint64_t bytes = 1;
    ck_assert_msg(text_parse_size(text, &bytes), "refused: %s", text);
    return bytes;
}

static char *formatted_duration(double seconds)
{
    struct buffer out = {0};
    text_format_duration(&out, seconds);
    return buffer_take(&out);
}

START_TEST(reads_integers_up_to_the_limits)
{
    int64_t value = 7;
    ck_assert(text_parse_integer("-12", &value) && value == -12);
    ck_assert(text_parse_integer("+12", &value) && value == 12);
    ck_assert(text_parse_integer("007", &value) && value == 7);
    ck_assert(text_parse_integer("9223372036854775807", &value) && value == INT64_MAX);
    ck_assert(text_parse_integer("-9223372036854775808", &value) && value == INT64_MIN);
}
END_TEST

START_TEST(refuses_what_is_no_integer)
{
    static const char *const wrong[] = {
        "",
        "+",
        "-",
        "--5",
        "+-5",
        " 5",
        "5 ",
        "5x",
        "0x10",
        "1e5",
        "1.0",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999999",
    };
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        int64_t value = 42;
        ck_assert_msg(!text_parse_integer(wrong[i], &value), "accepted: %s", wrong[i]);
        ck_assert_int_eq(value, 42);
    }
}
END_TEST

START_TEST(reads_octal_modes)
{
    unsigned value = 0;
    ck_assert(text_parse_octal("022", &value) && value == 022);
    ck_assert(text_parse_octal("0o22", &value) && value == 022);
    ck_assert(text_parse_octal("0027", &value) && value == 027);
    ck_assert(text_parse_octal("37777777777", &value) && value == UINT32_MAX);
    ck_assert(!text_parse_octal("40000000000", &value));
    ck_assert(!text_parse_octal("0o", &value));
    ck_assert(!text_parse_octal("", &value));
    ck_assert(!text_parse_octal("08", &value));
    ck_assert(!text_parse_octal("-22", &value));
    ck_assert_uint_eq(value, UINT32_MAX);
}
END_TEST

START_TEST(reads_decimals)
{
    double value;
    ck_assert(text_parse_decimal("2", &value) && value == 2);
    ck_assert(text_parse_decimal("1.5", &value) && value == 1.5);
    ck_assert(text_parse_decimal("-0.25", &value) && value == -0.25);
    ck_assert(text_parse_decimal("0.1", &value) && value == 0.1);
}
END_TEST

START_TEST(refuses_decimals_of_other_kinds)
{
    static const char *const wrong[] = {"",   "+",  "--5", "1e5",  "inf", "nan", "0x10", "1,5",
                                        "1.", ".5", ".",   "1.5s", " 1",  "1 ",  "1.2.3"};
    for (size_t i = 0; i < LENGTH(wrong); i++)
        ck_assert_msg(refused_by(text_parse_decimal, wrong[i]), "accepted: %s", wrong[i]);

    char huge[401];
    memset(huge, '9', 400);
    huge[400] = '\0';
    ck_assert(refused_by(text_parse_decimal, huge));
}
END_TEST

START_TEST(formats_decimals_with_the_fewest_digits)
{
    static const char *const rows[] = {"0", "1", "2.5", "0.1", "-1.5", "100", "0.333", "1e300"};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        double number = strtod(rows[i], NULL), again = -1;
        struct buffer out = {0};
        text_format_decimal(&out, number);
        memory_auto char *text = buffer_take(&out);
        if (number < 1e9)
            ck_assert_str_eq(text, rows[i]);
        ck_assert(text_parse_decimal(text, &again));
        ck_assert_double_eq(again, number);
    }
}
END_TEST

START_TEST(reads_fractions)
{
    double value;
    ck_assert(text_parse_fraction("10%", &value) && value == 0.1);
    ck_assert(text_parse_fraction("0.1", &value) && value == 0.1);
    ck_assert(text_parse_fraction("12.5%", &value) && value == 0.125);
    ck_assert(text_parse_fraction("0", &value) && value == 0);
    static const char *const wrong[] = {"", "%", "-10%", "+1", "1e1%", "10 %", "10%%", "nan"};
    for (size_t i = 0; i < LENGTH(wrong); i++)
        ck_assert_msg(refused_by(text_parse_fraction, wrong[i]), "accepted: %s", wrong[i]);
}
END_TEST

START_TEST(reads_durations_with_units)
{
    ck_assert_double_eq(duration("500ms"), 0.5);
    ck_assert_double_eq(duration("10s"), 10);
    ck_assert_double_eq(duration("5m"), 300);
    ck_assert_double_eq(duration("1h30m"), 5400);
    ck_assert_double_eq(duration("2d"), 172800);
    ck_assert_double_eq(duration("1.5s"), 1.5);
    ck_assert_double_eq(duration("1.5h"), 5400);
    ck_assert_double_eq(duration("3us"), 0.000003);
    ck_assert_double_eq(duration("1d2h3m4s5ms6us"), 93784.005006);
    ck_assert_double_eq(duration("36525d"), 3155760000);
}
END_TEST

START_TEST(a_bare_number_is_seconds)
{
    ck_assert_double_eq(duration("10"), 10);
    ck_assert_double_eq(duration("0"), 0);
    ck_assert_double_eq(duration("0.25"), 0.25);
}
END_TEST

START_TEST(one_time_in_many_writings_is_one_value)
{
    ck_assert_double_eq(duration("1005ms"), 1.005);
    ck_assert_double_eq(duration("1.005s"), 1.005);
    ck_assert_double_eq(duration("1.005"), 1.005);
    ck_assert_double_eq(duration("1s5ms"), 1.005);
    ck_assert_double_eq(duration("1005000us"), 1.005);
}
END_TEST

START_TEST(refuses_wrong_durations)
{
    static const char *const wrong[] = {
        "",
        "s",
        "ms",
        "-1s",
        "+1s",
        "-1",
        "+",
        "--5",
        "1e5",
        "inf",
        "nan",
        "0x10",
        "1,5s",
        "1.s",
        ".5s",
        "10 s",
        " 10s",
        "10s ",
        "10x",
        "30m1h",
        "1h1h",
        "5S",
        "1h30",
        "10ss",
        "36526d",
        "3155760001",
        "99999999999999999d",
        "18446744073709551617s",
    };
    for (size_t i = 0; i < LENGTH(wrong); i++)
        ck_assert_msg(refused_by(text_parse_duration, wrong[i]), "accepted: %s", wrong[i]);
}
END_TEST

START_TEST(formats_durations_in_units)
{
    static const struct {
        double seconds;
        const char *text;
    } rows[] = {
        {0, "0s"},        {0.2, "200ms"},         {10, "10s"},
        {5400, "1h30m"},  {90061, "1d1h1m1s"},    {0.000001, "1us"},
        {1.005, "1s5ms"}, {3155760000, "36525d"}, {1e-7, "0.0000001"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        memory_auto char *text = formatted_duration(rows[i].seconds);
        ck_assert_str_eq(text, rows[i].text);
    }
}
END_TEST

START_TEST(every_formatted_duration_reads_back_to_the_same_double)
{
    static const char *const texts[] = {
        "0.1",          "0.3",      "1.7",           "0.1234567",          "100.0000003",
        "1.1us",        "0.3333us", "0.7ms",         "3155759999.9",       "86399.999999",
        "0.0000000001", "1.000001", "123456.789012", "3155759999.9999999",
    };
    for (size_t i = 0; i < LENGTH(texts); i++) {
        double seconds = duration(texts[i]);
        memory_auto char *text = formatted_duration(seconds);
        ck_assert_msg(duration(text) == seconds, "%s became %s", texts[i], text);
    }
    srand48(1);
    for (int i = 0; i < 20000; i++) {
        double scale = (double[]){1e-12, 1e-6, 1, 1000, 3e9}[i % 5];
        double seconds = drand48() * scale;
        memory_auto char *text = formatted_duration(seconds);
        ck_assert_msg(duration(text) == seconds, "%.17g became %s", seconds, text);
    }
}
END_TEST

START_TEST(formats_behind_what_the_buffer_holds)
{
    struct buffer out = {0};
    buffer_append_text(&out, "timeout: ");
    text_format_duration(&out, 90);
    memory_auto char *text = buffer_take(&out);
    ck_assert_str_eq(text, "timeout: 1m30s");
}
END_TEST

START_TEST(describes_durations_for_people)
{
    static const struct {
        double seconds;
        const char *text;
    } rows[] = {
        {-1, "0 ms"},    {0.312, "312 ms"},         {0.9996, "1 s"},  {4.2, "4.2 s"},
        {10, "10 s"},    {59.94, "59.9 s"},         {59.97, "1 min"}, {200, "3 min 20 s"},
        {3599.6, "1 h"}, {7500, "2 h 5 min"},       {86399, "1 d"},   {273600, "3 d 4 h"},
        {180, "3 min"},  {1e300, "11574074 d 2 h"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct buffer out = {0};
        text_describe_duration(&out, rows[i].seconds);
        memory_auto char *text = buffer_take(&out);
        ck_assert_str_eq(text, rows[i].text);
    }
}
END_TEST

START_TEST(reads_sizes)
{
    ck_assert_uint_eq(size("64KiB"), 65536);
    ck_assert_uint_eq(size("10MiB"), 10485760);
    ck_assert_uint_eq(size("1G"), 1073741824);
    ck_assert_uint_eq(size("1Gi"), 1073741824);
    ck_assert_uint_eq(size("2TiB"), 2199023255552);
    ck_assert_uint_eq(size("512K"), 524288);
    ck_assert_uint_eq(size("100kB"), 100000);
    ck_assert_uint_eq(size("3MB"), 3000000);
    ck_assert_uint_eq(size("3GB"), 3000000000);
    ck_assert_uint_eq(size("1TB"), 1000000000000);
    ck_assert_uint_eq(size("4096"), 4096);
    ck_assert_uint_eq(size("7B"), 7);
    ck_assert_uint_eq(size("9223372036854775807"), INT64_MAX);
}
END_TEST

START_TEST(size_units_may_be_in_any_case)
{
    ck_assert_uint_eq(size("1kib"), 1024);
    ck_assert_uint_eq(size("1KIB"), 1024);
    ck_assert_uint_eq(size("1k"), 1024);
    ck_assert_uint_eq(size("1m"), 1048576);
    ck_assert_uint_eq(size("1mb"), 1000000);
    ck_assert_uint_eq(size("1KB"), 1000);
}
END_TEST

START_TEST(refuses_wrong_sizes)
{
    static const char *const wrong[] = {
        "",         "K",         "-1",  "+1",     "--5",   "1e5", "0x10",   "inf",
        "1.5G",     "64 K",      " 64", "64Kib ", "64KB2", "1P",  "64Ki B", "9223372036854775808",
        "8388608T", "9223373TB",
    };
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        uint64_t bytes = 42;
        ck_assert_msg(!text_parse_size(wrong[i], &bytes), "accepted: %s", wrong[i]);
        ck_assert_uint_eq(bytes, 42);
    }
}
END_TEST

START_TEST(formats_sizes_that_read_back)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {
        {0, "0"},
        {1, "1"},
        {65536, "64KiB"},
        {8388608, "8MiB"},
        {1000, "1kB"},
        {100000, "100kB"},
        {1536, "1536"},
        {1ULL << 40, "1TiB"},
        {1025024, "1001KiB"},
        {INT64_MAX, "9223372036854775807"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct buffer out = {0};
        text_format_size(&out, rows[i].bytes);
        memory_auto char *text = buffer_take(&out);
        ck_assert_str_eq(text, rows[i].text);
        ck_assert_uint_eq(size(text), rows[i].bytes);
    }
}
END_TEST

Suite *quantity_suite(void)
{
    Suite *suite = suite_create("quantity");

    TCase *numbers = tcase_create("numbers");
    tcase_add_test(numbers, reads_integers_up_to_the_limits);
    tcase_add_test(numbers, refuses_what_is_no_integer);
    tcase_add_test(numbers, reads_octal_modes);
    tcase_add_test(numbers, reads_decimals);
    tcase_add_test(numbers, refuses_decimals_of_other_kinds);
    tcase_add_test(numbers, formats_decimals_with_the_fewest_digits);
    tcase_add_test(numbers, reads_fractions);
    suite_add_tcase(suite, numbers);

    TCase *durations = tcase_create("durations");
    tcase_add_test(durations, reads_durations_with_units);
    tcase_add_test(durations, a_bare_number_is_seconds);
    tcase_add_test(durations, one_time_in_many_writings_is_one_value);
    tcase_add_test(durations, refuses_wrong_durations);
    tcase_add_test(durations, formats_durations_in_units);
    tcase_add_test(durations, every_formatted_duration_reads_back_to_the_same_double);
    tcase_add_test(durations, formats_behind_what_the_buffer_holds);
    tcase_add_test(durations, describes_durations_for_people);
    suite_add_tcase(suite, durations);

    TCase *sizes = tcase_create("sizes");
    tcase_add_test(sizes, reads_sizes);
    tcase_add_test(sizes, size_units_may_be_in_any_case);
    tcase_add_test(sizes, refuses_wrong_sizes);
    tcase_add_test(sizes, formats_sizes_that_read_back);
    suite_add_tcase(suite, sizes);

    return suite;
}
