// SPDX-License-Identifier: MIT
#include "../suites.h"
#include "loading.h"

#include "config/describe.h"
#include "config/settings.h"
#include "config/yaml.h"

static char *start; // the folder that the tests are run in

static void set_up_describe(void)
{
    start = getcwd(NULL, 0);
    set_up();
}

static void tear_down_describe(void)
{
    tear_down();
    free(start);
}

static char *described(void)
{
    struct buffer out = {0};
    ck_assert_ptr_nonnull(config);
    describe_config(config, &out);
    return buffer_take(&out);
}

static void check_equal(const struct strings *a, const struct strings *b)
{
    ck_assert_uint_eq(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        ck_assert_str_eq(a->items[i], b->items[i]);
}

static void check_equal_process(const struct helper_config *a, const struct helper_config *b)
{
    ck_assert_int_eq(a->identity.is_set, b->identity.is_set);
    ck_assert_uint_eq(a->identity.uid, b->identity.uid);
    ck_assert_uint_eq(a->identity.gid, b->identity.gid);
    ck_assert_uint_eq(a->identity.group_count, b->identity.group_count);
    ck_assert_int_eq(a->nice, b->nice);
    ck_assert_uint_eq(a->processors.size, b->processors.size);
    for (size_t i = 0; i < a->processors.size / sizeof(long); i++)
        ck_assert_uint_eq(a->processors.mask[i], b->processors.mask[i]);
    ck_assert_int_eq(a->io_priority, b->io_priority);
    ck_assert_int_eq(a->oom_score_adj, b->oom_score_adj);
    for (size_t i = 0; i < LIMIT_COUNT; i++) {
        ck_assert_int_eq(a->limits[i].is_set, b->limits[i].is_set);
        ck_assert_uint_eq(a->limits[i].soft, b->limits[i].soft);
        ck_assert_uint_eq(a->limits[i].hard, b->limits[i].hard);
    }
    ck_assert_int_eq(a->no_new_privileges, b->no_new_privileges);
    ck_assert_int_eq(a->capabilities.is_set, b->capabilities.is_set);
    ck_assert_uint_eq(a->capabilities.mask, b->capabilities.mask);
}

static void check_reads_back(const char *file, bool developer)
{
    load_file(file, developer);
    errors_print(&errors, stderr);
    memory_auto char *first_text = described();
    struct config *first = config;
    config = NULL;
    load_as(first_text, "described.yaml", false);
    errors_print(&errors, stderr);
    memory_auto char *second_text = described();
    const struct config *second = config;
    ck_assert_str_eq(first_text, second_text);
    ck_assert_uint_eq(first->helper_count, second->helper_count);
    ck_assert_int_eq(first->exit_with, second->exit_with);
    check_equal(&first->environment, &second->environment);
    for (size_t i = 0; i < first->helper_count; i++) {
        const struct helper_config *a = &first->helpers[i], *b = &second->helpers[i];
        ck_assert_str_eq(a->name, b->name);
        check_equal(&a->command.argv, &b->command.argv);
        check_equal(&a->stop_command.argv, &b->stop_command.argv);
        check_equal(&a->environment, &b->environment);
        check_equal(&a->labels, &b->labels);
        ck_assert_int_eq(a->command.shell, b->command.shell);
        ck_assert_int_eq(a->restart, b->restart);
        ck_assert_int_eq(a->umask, b->umask);
        check_equal_process(a, b);
        ck_assert_uint_eq(a->dependency_count, b->dependency_count);
        ck_assert_mem_eq(&a->backoff, &b->backoff, sizeof(a->backoff));
        ck_assert_mem_eq(&a->start_limit, &b->start_limit, sizeof(a->start_limit));
        ck_assert_uint_eq(a->start_retries, b->start_retries);
        ck_assert_str_eq(a->working_dir, b->working_dir);
    }
    config_release(first);
}

// What is printed briefly is the same configuration, in every value that can be printed.
static void check_brief_reads_back(void)
{
    struct buffer brief = {0};
    memory_auto char *whole = described();
    describe_config_briefly(config, &brief);
    memory_auto char *text = buffer_take(&brief);
    load_as(text, "brief.yaml", false);
    errors_print(&errors, stderr);
    memory_auto char *again = described();
    ck_assert_str_eq(whole, again);
    ck_assert_uint_lt(strlen(text), strlen(whole));
}

// Copies a file of the tests into the folder, without the lines that only root can have.
static void copy_example(const char *name)
{
    const char *top = getenv("TEST_SOURCE");
    memory_auto char *path =
        memory_format("%s/tests/unit/config/%s", top != NULL ? top : start, name);
    memory_auto char *text = NULL;
    size_t length;
    ck_assert_int_eq(fd_read_file(path, 1 << 20, &text, &length), 0);
    static const char *const keys[] = {
        "    user:", "    group:", "    groups:", "    capabilities:"};
    for (size_t i = 0; i < LENGTH(keys) && geteuid() != 0; i++) {
        char *line = strstr(text, keys[i]);
        if (line != NULL)
            line[0] = '#';
    }
    write_file(name, text);
}

START_TEST(every_setting_reads_back)
{
    copy_example("every-setting.env");
    copy_example("every-setting.yaml");
    check_reads_back("every-setting.yaml", false);
    check_reads_back("every-setting.yaml", true);
}
END_TEST

START_TEST(odd_texts_read_back)
{
    write_file(
        "a.yaml",
        "helpers:\n"
        "  'null': {command: [\"a\\tb\\\\\\\"c\", \"\\e[0m\\x7f\\u2028\\uFEFF\", 'é☃', '']}\n"
        "  'on': {command: ['$$$$', '$$${NONE}', '$', '$${', '}'], labels: {'a:b': '- x'}}\n"
        "  \"12\": {command: \"a\\n  # b\\n\", description: ' x '}\n"
        "  num: {command: [x], backoff: {factor: 1.1, jitter: 33.3%, initial: 1ms}}\n"
        "  rules: {command: [x], log: {rules: [{match: '\\$\\d+$', drop: true}]}}\n");
    setenv("NONE", "some", 1);
    check_reads_back("a.yaml", false);
    unsetenv("NONE");
}
END_TEST

START_TEST(keys_have_quotes_where_they_need_them)
{
    load("helpers:\n  web-1.a_b: {command: [a]}\n  'No': {command: [a]}\n  '1e3': {command: [a]}\n"
         "  w: {command: [a], instances: 1, labels: {'a:b': x, 'true': y, '-': z}}\n");
    memory_auto char *text = described();
    static const char *const keys[] = {
        "\n  web-1.a_b:\n",  "\n  \"No\":\n",      "\n  \"1e3\":\n",
        "\n      \"a:b\": ", "\n      \"true\": ", "\n      \"-\": "};
    for (size_t i = 0; i < LENGTH(keys); i++)
        ck_assert_msg(strstr(text, keys[i]) != NULL, "%s in %s", keys[i], text);
}
END_TEST

START_TEST(nothing_reads_back)
{
    write_file("a.yaml", "");
    check_reads_back("a.yaml", false);
}
END_TEST

START_TEST(instances_are_told_apart)
{
    load("helpers: {w: {command: [x, '${INSTANCE}'], instances: 2}}\n");
    memory_auto char *text = described();
    ck_assert_ptr_nonnull(strstr(text, "w@2:\n    command: [\"x\", \"2\"]\n"));
    ck_assert_ptr_nonnull(strstr(text, "INSTANCE: \"2\""));
    ck_assert_ptr_null(strstr(text, "instances"));
}
END_TEST

START_TEST(a_brief_one_reads_back_to_every_setting)
{
    copy_example("every-setting.env");
    copy_example("every-setting.yaml");
    load_file("every-setting.yaml", false);
    check_brief_reads_back();
}
END_TEST

START_TEST(every_example_is_the_same_briefly)
{
    static const char *const examples[] = {
        "demo.yaml",
        "helperd.yaml",
        "examples/dependencies.yaml",
        "examples/logging.yaml",
        "examples/workers.yaml",
        "examples/supervisord.conf",
        "examples/qgoda-site/_qgoda.yaml",
    };
    const char *top = getenv("TEST_SOURCE");
    for (size_t i = 0; i < LENGTH(examples); i++) {
        memory_auto char *path =
            memory_format("%s/conf/%s", top != NULL ? top : start, examples[i]);
        const char *name = strrchr(path, '/') + 1;
        memory_auto char *text = NULL;
        size_t length;
        ck_assert_int_eq(fd_read_file(path, 1 << 20, &text, &length), 0);
        load_as(text, name, false);
        errors_print(&errors, stderr);
        check_brief_reads_back();
    }
}
END_TEST

START_TEST(a_brief_one_says_no_default)
{
    struct buffer out = {0};
    load("helpers:\n  web: {command: [a, '$${x}'], restart: always}\n"
         "  job: {command: [b], type: oneshot, labels: {INSTANCE: x}}\n"
         "  try: {command: [c], type: oneshot, restart: on-failure}\n");
    describe_config_briefly(config, &out);
    memory_auto char *text = buffer_take(&out);
    memory_auto char *expected = memory_format("helpers:\n"
                                               "  web:\n"
                                               "    command: [\"a\", \"$${x}\"]\n"
                                               "    working_dir: \"%s\"\n"
                                               "  job:\n"
                                               "    command: [\"b\"]\n"
                                               "    working_dir: \"%s\"\n"
                                               "    type: oneshot\n"
                                               "    labels:\n"
                                               "      INSTANCE: \"x\"\n"
                                               "  try:\n"
                                               "    command: [\"c\"]\n"
                                               "    working_dir: \"%s\"\n"
                                               "    type: oneshot\n"
                                               "    restart: on-failure\n",
                                               folder, folder, folder);
    ck_assert_str_eq(text, expected);
    check_brief_reads_back();
}
END_TEST

static void check_manual(const char *section, const char *within, const struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->rows[i];
        memory_auto char *name = within != NULL ? memory_format("%s.%s", within, setting->name)
                                                : memory_copy(setting->name);
        memory_auto char *entry = memory_format(".TP\n.B %s\n", name);
        memory_auto char *listed = memory_format("\n%s,\n", name);
        memory_auto char *listed_last = memory_format("\n%s.\n", name);
        bool is_told = strstr(section, entry) != NULL;
        bool is_refused = strstr(section, listed) != NULL || strstr(section, listed_last) != NULL;
        ck_assert_msg(is_told == (setting->kind != KIND_LATER), "%s", name);
        ck_assert_msg(is_refused == (setting->kind == KIND_LATER), "%s", name);
        ck_assert_msg(!is_told || strstr(section, setting->text) != NULL ||
                          strpbrk(setting->text, "-\\") != NULL,
                      "%s has no text", name);
        if (setting->kind != KIND_LATER && setting->nested != NULL)
            check_manual(section, setting->name, setting->nested);
    }
}

START_TEST(manual_has_every_setting)
{
    struct buffer out = {0};
    describe_manual(&out);
    memory_auto char *text = buffer_take(&out);
    char *helper_section = strstr(text, ".SH SETTINGS OF A HELPER\n");
    ck_assert_ptr_nonnull(helper_section);
    ck_assert_ptr_nonnull(strstr(helper_section,
                                 ".B stop_timeout\n(a duration (like 10s), from 0s to 1d; "
                                 "default 10s; reload: in place)\n"));
    ck_assert_ptr_nonnull(strstr(helper_section, ".B nice\n(a whole number, from \\-20 to 19; "));
    ck_assert_ptr_nonnull(strstr(helper_section, ".B instances\n(from 1 to 10000; default 1)\n"));
    ck_assert_ptr_nonnull(strstr(helper_section, ".B working_dir\n(a path; reload: restart)\n"));
    ck_assert_ptr_nonnull(strstr(helper_section, ".B env_file\n(reload: restart)\n"));
    ck_assert_ptr_nonnull(strstr(helper_section, "not supported yet by this version"));
    check_manual(helper_section, NULL, &helper_settings);
    *helper_section = '\0';
    ck_assert_ptr_nonnull(strstr(text, ".SH TOP LEVEL\n"));
    check_manual(text, NULL, &top_settings);
}
END_TEST

static void check_schema(const struct node *map, const struct settings *settings)
{
    const struct node *properties = node_get(map, "properties");
    size_t alive = 0;
    ck_assert_ptr_nonnull(properties);
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->rows[i];
        const struct node *property = node_get(properties, setting->name);
        ck_assert_msg((property != NULL) == (setting->kind != KIND_LATER), "%s.%s", settings->name,
                      setting->name);
        if (property == NULL)
            continue;
        alive++;
        ck_assert_str_eq(node_get(property, "description")->text, setting->text);
        if (setting->kind == KIND_MAP)
            check_schema(property, setting->nested);
    }
    ck_assert_uint_eq(properties->pair_count, alive);
    ck_assert_str_eq(node_get(map, "additionalProperties")->text, "false");
}

START_TEST(schema_has_what_is_read_and_nothing_else)
{
    struct buffer out = {0};
    describe_schema(&out);
    memory_auto char *text = buffer_take(&out);
    ck_assert_ptr_nonnull(strstr(text, "https://json-schema.org/draft/2020-12/schema"));
    ck_assert_ptr_null(strstr(text, "\"journal\""));
    struct document *document = document_create();
    struct node *root =
        yaml_read(document, document_add_source(document, "schema", text, strlen(text)), &errors);
    errors_print(&errors, stderr);
    ck_assert_uint_eq(errors.count, 0);
    const struct node *definitions = node_get(root, "$defs");
    check_schema(root, &top_settings);
    check_schema(node_get(definitions, "defaults"), &helper_settings);
    check_schema(node_get(definitions, "rule"), &rule_settings);
    document_destroy(document);
}
END_TEST

Suite *describe_suite(void)
{
    Suite *suite = suite_create("describe");
    TCase *tests = tcase_create("describe");
    tcase_add_checked_fixture(tests, set_up_describe, tear_down_describe);
    tcase_add_test(tests, every_setting_reads_back);
    tcase_add_test(tests, odd_texts_read_back);
    tcase_add_test(tests, nothing_reads_back);
    tcase_add_test(tests, keys_have_quotes_where_they_need_them);
    tcase_add_test(tests, instances_are_told_apart);
    tcase_add_test(tests, a_brief_one_reads_back_to_every_setting);
    tcase_add_test(tests, every_example_is_the_same_briefly);
    tcase_add_test(tests, a_brief_one_says_no_default);
    tcase_add_test(tests, schema_has_what_is_read_and_nothing_else);
    tcase_add_test(tests, manual_has_every_setting);
    suite_add_tcase(suite, tests);
    return suite;
}
