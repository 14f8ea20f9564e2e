// SPDX-License-Identifier: MIT
// What the tables promise.
#include "../suites.h"

#include "base/buffer.h"
#include "base/fd.h"
#include "base/memory.h"
#include "config/schema.h"
#include "config/value.h"
#include "config/yaml.h"

#include <stdlib.h>
#include <string.h>

typedef void check_row(const struct settings *settings, const struct setting *setting);

static void for_each_row(const struct settings *settings, check_row *check)
{
    for (size_t i = 0; i < settings->count; i++) {
        check(settings, &settings->rows[i]);
        if (settings->rows[i].nested != NULL)
            for_each_row(settings->rows[i].nested, check);
    }
}

static void for_all_rows(check_row *check)
{
    for_each_row(&top_settings, check);
    for_each_row(&helper_settings, check);
}

static void check_unique(const struct settings *settings, const struct setting *setting)
{
    ck_assert_msg(settings_find(settings, setting->name) == setting, "%s is there twice",
                  setting->name);
}

START_TEST(names_are_unique)
{
    for_all_rows(check_unique);
    for_each_row(&rule_settings, check_unique);
}
END_TEST

static void check_documented(const struct settings *settings, const struct setting *setting)
{
    (void)settings;
    ck_assert_msg(setting->text != NULL && strlen(setting->text) > 5, "%s has no text",
                  setting->name);
    ck_assert_msg(setting->text[strlen(setting->text) - 1] == '.', "%s: no sentence",
                  setting->name);
}

START_TEST(every_row_is_documented)
{
    for_all_rows(check_documented);
    for_each_row(&rule_settings, check_documented);
}
END_TEST

static void check_words(const struct settings *settings, const struct setting *setting)
{
    (void)settings;
    bool needs_words = setting->kind >= KIND_WORD && setting->kind <= KIND_STREAM;
    ck_assert_msg(!needs_words || setting->words != NULL, "%s has no words", setting->name);
    for (int i = 0; setting->words != NULL && setting->words[i] != NULL; i++) {
        ck_assert_int_eq(setting_word_value(setting, setting->words[i]), i);
        ck_assert(!setting_has_later_word(setting, setting->words[i]));
    }
}

static size_t count_words(const struct setting *setting)
{
    size_t count = 0;
    while (setting->words[count] != NULL)
        count++;
    return count;
}

static const struct setting *row(const struct settings *settings, const char *map, const char *name)
{
    if (map != NULL)
        settings = settings_find(settings, map)->nested;
    return settings_find(settings, name);
}

START_TEST(words_are_complete)
{
    for_all_rows(check_words);
    for_each_row(&rule_settings, check_words);
    ck_assert_uint_eq(count_words(row(&top_settings, "log", "format")), FORMAT_RAW);
    ck_assert_uint_eq(count_words(row(&top_settings, "log", "level")), LEVEL_COUNT);
    ck_assert_str_eq(setting_word(row(&top_settings, "log", "time"), LOG_TIME_NONE), "none");
    ck_assert_str_eq(setting_word(row(&helper_settings, NULL, "type"), TYPE_ONESHOT), "oneshot");
    ck_assert_str_eq(setting_word(row(&helper_settings, NULL, "restart"), RESTART_NEVER), "never");
    ck_assert_str_eq(setting_word(row(&helper_settings, NULL, "kill_mode"), KILL_PROCESS),
                     "process");
    ck_assert_str_eq(setting_word(row(&helper_settings, NULL, "stdin"), STDIN_INHERIT), "inherit");
    ck_assert_str_eq(setting_word(row(&helper_settings, NULL, "depends_on"), CONDITION_COMPLETED),
                     "completed");
    const struct setting *stream = row(&helper_settings, "log", "stdout");
    for (int level = 0; level < LEVEL_COUNT; level++) {
        ck_assert_str_eq(setting_level_words[level], level_names[level]);
        ck_assert_str_eq(setting_word(stream, level), level_names[level]);
    }
    ck_assert_str_eq(setting_word(stream, STREAM_WORD_DISCARD), "discard");
    ck_assert_str_eq(setting_word(stream, STREAM_WORD_INHERIT), "inherit");
    ck_assert_uint_eq(count_words(stream), STREAM_WORD_INHERIT + 1);
    const struct setting *joined = row(&helper_settings, "log", "stderr");
    ck_assert_str_eq(setting_word(joined, STREAM_WORD_STDOUT), "stdout");
    ck_assert_uint_eq(count_words(joined), STREAM_WORD_STDOUT + 1);
    const struct setting *format = row(&helper_settings, "log", "file_format");
    ck_assert_str_eq(setting_word(format, FORMAT_RAW), "raw");
    ck_assert_uint_eq(count_words(format), FORMAT_COUNT);
    ck_assert_str_eq(setting_word(row(&top_settings, "log", "on_full"), ON_FULL_DROP), "drop");
    ck_assert_str_eq(setting_word(row(&top_settings, "log", "target"), TARGET_WORD_AUTO), "auto");
}
END_TEST

START_TEST(words_of_a_stream_come_back)
{
    for (int word = 0; word <= STREAM_WORD_STDOUT; word++) {
        struct stream_config stream = setting_stream_of_word(word);
        ck_assert_int_eq(setting_word_of_stream(&stream), word);
    }
    ck_assert_int_eq(setting_stream_of_word(LEVEL_ERROR).mode, STREAM_LOG);
    ck_assert_int_eq(setting_stream_of_word(STREAM_WORD_DISCARD).mode, STREAM_DISCARD);
    ck_assert_int_eq(setting_stream_of_word(STREAM_WORD_STDOUT).mode, STREAM_JOIN);
}
END_TEST

static void check_fallbacks(bool developer)
{
    struct document *document = document_create();
    struct errors errors = {0};
    size_t budget = 1000000;
    struct reading reading = {.errors = &errors, .cwd = "/", .budget = &budget};
    struct config config = {0};
    struct helper_config helper = {0};
    struct node *top = schema_fallbacks(document, &top_settings, developer, &errors);
    struct node *own = schema_fallbacks(document, &helper_settings, developer, &errors);
    schema_fill(&reading, &top_settings, top, NULL, false, &config);
    schema_fill(&reading, &top_settings, top, NULL, true, &config);
    schema_fill(&reading, &helper_settings, own, NULL, false, &helper);
    schema_fill(&reading, &helper_settings, own, NULL, true, &helper);
    errors_print(&errors, stderr);
    ck_assert_uint_eq(errors.count, 0);
    ck_assert_int_eq(helper.restart, developer ? RESTART_ON_FAILURE : RESTART_ALWAYS);
    ck_assert_int_eq(helper.stdin_mode, developer ? STDIN_HOLD : STDIN_NULL);
    ck_assert_int_eq(config.log.time, developer ? LOG_TIME_LOCAL : LOG_TIME_UTC);
    ck_assert_int_eq(helper.stop_signal, SIGTERM);
    ck_assert_double_eq_tol(helper.backoff.initial, 0.2, 1e-9);
    ck_assert_double_eq_tol(helper.backoff.jitter, 0.1, 1e-9);
    ck_assert_double_eq_tol(config.shutdown_timeout, 30, 1e-9);
    ck_assert_uint_eq(helper.success_count, 1);
    ck_assert_int_eq(helper.log.stderr_stream.level, LEVEL_WARNING);
    ck_assert_uint_eq(helper.log.max_line, 16 * 1024);
    schema_free(&top_settings, &config);
    schema_free(&helper_settings, &helper);
    errors_finish(&errors);
    document_destroy(document);
}

START_TEST(every_fallback_is_read)
{
    check_fallbacks(false);
    check_fallbacks(true);
}
END_TEST

// Reads a text into a setting of a helper with a budget; returns what is left of it.
static size_t read_with_budget(const char *text, const char *name, size_t budget)
{
    struct document *document = document_create();
    struct errors errors = {0};
    struct strings variables = {0};
    strings_set_variable(&variables, "A", "a");
    strings_set_variable(&variables, "B", "b");
    const struct scope scope = {.variables = &variables};
    struct reading reading = {.errors = &errors, .cwd = "/", .scope = &scope, .budget = &budget};
    struct helper_config helper = {0};
    struct source *source = document_add_source(document, "text", text, strlen(text));
    value_read(&reading, settings_find(&helper_settings, name),
               yaml_read(document, source, &errors), &helper);
    ck_assert_uint_eq(errors.count, budget == 0);
    schema_free(&helper_settings, &helper);
    strings_finish(&variables);
    errors_finish(&errors);
    document_destroy(document);
    return budget;
}

START_TEST(all_that_a_value_takes_is_taken_from_the_budget)
{
    size_t a_name = read_with_budget("{a: b}", "labels", 10000);
    ck_assert_uint_lt(a_name, 10000);
    ck_assert_uint_lt(read_with_budget("{a: }", "labels", 10000), 10000);
    ck_assert_uint_lt(read_with_budget("{aa: b}", "labels", 10000), a_name);
    ck_assert_uint_eq(read_with_budget("{aaaaaaaaaa: }", "labels", 70), 0);

    // Each reference may look at two names.
    size_t one = read_with_budget("[x, '${A}${A}']", "command", 10000);
    size_t two = read_with_budget("[x, '${A}${A}${A}']", "command", 10000);
    ck_assert_uint_eq(one - two, 2 + 2 * strlen("${A}") + 1);
}
END_TEST

// Whether a setting stands anywhere in the example: in some helper, or at the top.
static bool occurs(const struct node *map, const struct settings *within,
                   const struct settings *settings, const char *name)
{
    if (within == settings)
        return node_get(map, name) != NULL;
    for (size_t i = 0; i < within->count; i++) {
        const struct setting *setting = &within->rows[i];
        const struct node *inner = node_get(map, setting->name);
        if (setting->nested != NULL && occurs(inner, setting->nested, settings, name))
            return true;
    }
    return false;
}

static struct node *example;

static void check_occurs(const struct settings *settings, const struct setting *setting)
{
    bool found = occurs(example, &top_settings, settings, setting->name) ||
                 occurs(node_get(example, "defaults"), &helper_settings, settings, setting->name);
    const struct node *helpers = node_get(example, "helpers");
    for (size_t i = 0; i < helpers->pair_count; i++)
        found = found || occurs(helpers->pairs[i].value, &helper_settings, settings, setting->name);
    ck_assert_msg(found == (setting->kind != KIND_LATER), "%s: every-setting.yaml %s it",
                  setting->name, found ? "has" : "lacks");
}

START_TEST(every_setting_occurs_in_the_example)
{
    const char *top = getenv("TEST_SOURCE");
    memory_auto char *path =
        memory_format("%s/tests/unit/config/every-setting.yaml", top != NULL ? top : ".");
    char *text = NULL;
    size_t length;
    ck_assert_int_eq(fd_read_file(path, DOCUMENT_TEXT_LIMIT, &text, &length), 0);
    struct document *document = document_create();
    struct errors errors = {0};
    example = yaml_read(document, document_add_source(document, path, text, length), &errors);
    ck_assert_ptr_nonnull(example);
    for_all_rows(check_occurs);
    free(text);
    errors_finish(&errors);
    document_destroy(document);
}
END_TEST

Suite *settings_suite(void)
{
    Suite *suite = suite_create("settings");
    TCase *tests = tcase_create("settings");
    tcase_add_test(tests, names_are_unique);
    tcase_add_test(tests, every_row_is_documented);
    tcase_add_test(tests, words_are_complete);
    tcase_add_test(tests, words_of_a_stream_come_back);
    tcase_add_test(tests, every_fallback_is_read);
    tcase_add_test(tests, all_that_a_value_takes_is_taken_from_the_budget);
    tcase_add_test(tests, every_setting_occurs_in_the_example);
    suite_add_tcase(suite, tests);
    return suite;
}
