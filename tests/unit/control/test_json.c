// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/memory.h"
#include "control/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

// Takes over the value.
static void expect(json_t *json, const char *expected)
{
    struct buffer out = {0};
    json_append(&out, json);
    memory_auto char *text = buffer_take(&out);
    ck_assert_str_eq(text, expected);
    json_decref(json);
}

START_TEST(texts_are_strings_and_no_text_is_null)
{
    expect(json_text("web"), "\"web\"");
    expect(json_text(""), "\"\"");
    expect(json_text(NULL), "null");
    expect(json_text("a\"b\\c\n\x01"), "\"a\\\"b\\\\c\\n\\u0001\"");
    expect(json_text("Grüße, 漢 😀"), "\"Grüße, 漢 😀\"");
}
END_TEST

START_TEST(each_byte_that_is_no_utf8_becomes_a_replacement_character)
{
    expect(json_text("a\xff"
                     "b"),
           "\"a\xef\xbf\xbd"
           "b\"");
    expect(json_text("\xc3"), "\"\xef\xbf\xbd\"");                                 // cut off
    expect(json_text("\xc0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");                 // too long
    expect(json_text("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""); // surrogate
    expect(json_text("ü\xfc"), "\"ü\xef\xbf\xbd\"");
}
END_TEST

START_TEST(bytes_may_be_a_text_without_an_end)
{
    expect(json_text_of("abc", 2), "\"ab\"");
    expect(json_text_of("a\0b", 3), "\"a\\u0000b\"");
    expect(json_text_of("ü", 1), "\"\xef\xbf\xbd\"");
    expect(json_text_of("", 0), "\"\"");
}
END_TEST

START_TEST(paths_are_absolute)
{
    memory_auto char *here = getcwd(NULL, 0);
    memory_auto char *expected = memory_format("\"%s/conf/helperd.yaml\"", here);
    expect(json_path("conf/./helperd.yaml"), expected);
    expect(json_path("/etc/helperd.yaml"), "\"/etc/helperd.yaml\"");
    expect(json_path(NULL), "null");
}
END_TEST

START_TEST(a_failure_has_a_code_and_a_message)
{
    expect(json_failure("bad_request", "no \xff"),
           "{\"error\":{\"code\":\"bad_request\",\"message\":\"no \xef\xbf\xbd\"}}");
}
END_TEST

START_TEST(times_are_utc_with_milliseconds)
{
    expect(json_time(0), "\"1970-01-01T00:00:00.000Z\"");
    expect(json_time(INT64_C(1795255200123999)), "\"2026-11-21T10:00:00.123Z\"");
    expect(json_time(INT64_C(951827696007000)), "\"2000-02-29T12:34:56.007Z\"");
}
END_TEST

START_TEST(seconds_are_numbers_with_a_point_and_none_are_null)
{
    expect(json_seconds(0.3), "0.3");
    expect(json_seconds(12), "12.0");
    expect(json_seconds(12.3456), "12.346");
    expect(json_seconds(0), "0.0");
    expect(json_seconds(-1), "null");
    expect(json_seconds(86400 * 365.25 * 100 + 0.125), "3155760000.125");
}
END_TEST

Suite *json_suite(void)
{
    Suite *suite = suite_create("json");
    TCase *values = tcase_create("values");
    tcase_add_test(values, texts_are_strings_and_no_text_is_null);
    tcase_add_test(values, each_byte_that_is_no_utf8_becomes_a_replacement_character);
    tcase_add_test(values, times_are_utc_with_milliseconds);
    tcase_add_test(values, seconds_are_numbers_with_a_point_and_none_are_null);
    tcase_add_test(values, bytes_may_be_a_text_without_an_end);
    tcase_add_test(values, paths_are_absolute);
    tcase_add_test(values, a_failure_has_a_code_and_a_message);
    suite_add_tcase(suite, values);
    return suite;
}
