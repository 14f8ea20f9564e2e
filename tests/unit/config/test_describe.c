// SPDX-License-Identifier: MIT
#include "../suites.h"

#include "base/fd.h"
#include "base/memory.h"
#include "config/describe.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/helperd-describe-XXXXXX";
static char *path;

static void set_up(void)
{
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    path = memory_format("%s/helperd.yaml", folder);
}

static void tear_down(void)
{
    unlink(path);
    rmdir(folder);
    free(path);
}

static struct config *load(const char *file, bool developer)
{
    struct config_options options = {.developer = developer};
    struct errors errors = {0};
    struct config *config = config_load(file, &options, &errors);
    errors_print(&errors, stderr);
    ck_assert_ptr_nonnull(config);
    errors_finish(&errors);
    return config;
}

static void write_file(const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_eq(fd_write_all(fd, text, strlen(text)), 0);
    fd_close(&fd);
}

// The description of a configuration; it is put into the file as well.
static char *describe(const struct config *config)
{
    struct buffer out = {0};
    describe_config(config, &out);
    char *text = buffer_take(&out);
    write_file(text);
    return text;
}

static void check_reads_back(const char *file, bool developer)
{
    struct config *first = load(file, developer);
    memory_auto char *first_text = describe(first);
    struct config *second = load(path, false);
    memory_auto char *second_text = describe(second);
    ck_assert_str_eq(first_text, second_text);
    ck_assert_uint_eq(first->helper_count, second->helper_count);
    ck_assert(strings_equal(&first->environment, &second->environment));
    for (size_t i = 0; i < first->helper_count; i++) {
        const struct helper_config *a = &first->helpers[i], *b = &second->helpers[i];
        ck_assert_str_eq(a->name, b->name);
        ck_assert(strings_equal(&a->command.argv, &b->command.argv));
        ck_assert(strings_equal(&a->stop_command.argv, &b->stop_command.argv));
        ck_assert(strings_equal(&a->environment, &b->environment));
        ck_assert(strings_equal(&a->labels, &b->labels));
        ck_assert_int_eq(a->command.shell, b->command.shell);
        ck_assert_int_eq(a->restart, b->restart);
        ck_assert_int_eq(a->umask, b->umask);
        ck_assert_uint_eq(a->dependency_count, b->dependency_count);
        ck_assert_mem_eq(&a->backoff, &b->backoff, sizeof(a->backoff));
        ck_assert_mem_eq(&a->start_limit, &b->start_limit, sizeof(a->start_limit));
        ck_assert_str_eq(a->working_dir, b->working_dir);
    }
    config_destroy(first);
    config_destroy(second);
}

START_TEST(every_setting_reads_back)
{
    const char *top = getenv("TEST_SOURCE");
    memory_auto char *file =
        memory_format("%s/tests/unit/config/every-setting.yaml", top != NULL ? top : ".");
    check_reads_back(file, false);
    check_reads_back(file, true);
}
END_TEST

START_TEST(odd_texts_read_back)
{
    write_file(
        "helpers:\n"
        "  'null': {command: [\"a\\tb\\\\\\\"c\", \"\\e[0m\\x7f\\u2028\\uFEFF\", 'é☃', '']}\n"
        "  'on': {command: ['$$$$', '$$${NONE}', '$', '$${', '}'], labels: {'a:b': '- x'}}\n"
        "  \"12\": {command: \"a\\n  # b\\n\", description: ' x '}\n"
        "  num: {command: [x], backoff: {factor: 1.1, jitter: 33.3%, initial: 1ms}}\n"
        "  rules: {command: [x], log: {rules: [{match: '\\$\\d+$', drop: true}]}}\n");
    setenv("NONE", "some", 1);
    check_reads_back(path, false);
    unsetenv("NONE");
}
END_TEST

START_TEST(nothing_reads_back)
{
    write_file("");
    check_reads_back(path, false);
}
END_TEST

START_TEST(instances_are_told_apart)
{
    write_file("helpers: {w: {command: [x, '${INSTANCE}'], instances: 2}}\n");
    struct config *config = load(path, false);
    memory_auto char *text = describe(config);
    ck_assert_ptr_nonnull(strstr(text, "\"w@2\":\n    command: [\"x\", \"2\"]\n"));
    ck_assert_ptr_nonnull(strstr(text, "\"INSTANCE\": \"2\""));
    ck_assert_ptr_null(strstr(text, "instances"));
    config_destroy(config);
}
END_TEST

START_TEST(schema_has_what_is_read_and_nothing_else)
{
    struct buffer out = {0};
    describe_schema(&out);
    memory_auto char *text = buffer_take(&out);
    ck_assert_ptr_nonnull(strstr(text, "https://json-schema.org/draft/2020-12/schema"));
    ck_assert_ptr_nonnull(strstr(text, "\n\"stop_timeout\": {"));
    ck_assert_ptr_nonnull(strstr(text, "\n\"max_line\": {"));
    ck_assert_ptr_null(strstr(text, "\n\"watchdog\": {"));
    ck_assert_ptr_null(strstr(text, "\"journal\""));
}
END_TEST

START_TEST(manual_has_every_setting)
{
    struct buffer out = {0};
    describe_manual(&out);
    memory_auto char *text = buffer_take(&out);
    ck_assert_ptr_nonnull(strstr(text, ".B stop_timeout\n(a duration (like 10s); default 10s)\n"));
    ck_assert_ptr_nonnull(strstr(text, ".B backoff.jitter\n"));
    ck_assert_ptr_nonnull(strstr(text, "not supported yet by this version"));
    ck_assert_ptr_nonnull(strstr(text, "watchdog,\n"));
    ck_assert_ptr_null(strstr(text, ".B watchdog\n"));
}
END_TEST

Suite *describe_suite(void)
{
    Suite *suite = suite_create("describe");
    TCase *tests = tcase_create("describe");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, every_setting_reads_back);
    tcase_add_test(tests, odd_texts_read_back);
    tcase_add_test(tests, nothing_reads_back);
    tcase_add_test(tests, instances_are_told_apart);
    tcase_add_test(tests, schema_has_what_is_read_and_nothing_else);
    tcase_add_test(tests, manual_has_every_setting);
    suite_add_tcase(suite, tests);
    return suite;
}
