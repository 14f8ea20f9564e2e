// SPDX-License-Identifier: MIT
// What a changed file means for a helper that runs under the earlier one.
#include "../suites.h"
#include "loading.h"

#include "config/diff.h"
#include "config/settings.h"

#include <unistd.h>

// Loads two texts and compares their helper "web".
static enum difference diff(const char *before, const char *after)
{
    load(before);
    struct config *first = config_hold(config);
    load(after);
    const struct helper_config *web = &first->helpers[config_find(first, "web")];
    enum difference difference = diff_helpers(web, helper("web"));
    config_release(first);
    return difference;
}

// The same for two bodies of the helper "web".
static enum difference diff_bodies(const char *before, const char *after)
{
    memory_auto char *first =
        memory_format("helpers: {web: {%s}, db: [a], once: {command: [a], type: oneshot}}", before);
    memory_auto char *second =
        memory_format("helpers: {web: {%s}, db: [a], once: {command: [a], type: oneshot}}", after);
    return diff(first, second);
}

// A value of each setting that is not what the helper below has.
static const struct {
    const char *name, *value;
} others[] = {
    {"command", "[serve, --fast]"},
    {"shell", "true"},
    {"working_dir", "/usr"},
    {"environment", "{A: b}"},
    {"inherit_environment", "[PATH]"},
    {"umask", "077"},
    {"type", "oneshot"},
    {"autostart", "false"},
    {"restart", "never"},
    {"success_exit_codes", "[0, 3]"},
    {"backoff.initial", "1s"},
    {"backoff.factor", "3"},
    {"backoff.max", "1m"},
    {"backoff.jitter", "5%"},
    {"backoff.reset_after", "1s"},
    {"start_limit.burst", "3"},
    {"start_limit.interval", "1s"},
    {"start_retries", "3"},
    {"critical", "true"},
    {"stop_signal", "INT"},
    {"stop_timeout", "1s"},
    {"stop_command", "[stop]"},
    {"kill_mode", "process"},
    {"depends_on", "[db]"},
    {"ready.after", "1s"},
    {"stdin", "hold"},
    {"log.stdout", "discard"},
    {"log.stderr", "inherit"},
    {"log.prefix", "site"},
    {"log.max_line", "1KiB"},
    {"log.parse_priority", "true"},
    {"log.rules", "[{match: x, drop: true}]"},
    {"log.file", "a.log"},
    {"log.stdout_file", "b.log"},
    {"log.stderr_file", "c.log"},
    {"log.file_format", "raw"},
    {"log.max_size", "1MiB"},
    {"log.max_files", "3"},
    {"log.rate_limit", "100"},
    {"log.history", "1KiB"},
    {"user", "daemon"},
    {"group", "daemon"},
    {"groups", "[]"},
    {"nice", "3"},
    {"cpu_affinity", "0"},
    {"io_priority", "idle"},
    {"oom_score_adj", "100"},
    {"limits.nofile", "100"},
    {"limits.nproc", "100"},
    {"limits.core", "1MiB"},
    {"limits.as", "1GiB"},
    {"limits.fsize", "1GiB"},
    {"limits.memlock", "1MiB"},
    {"limits.stack", "1MiB"},
    {"limits.cpu", "1m"},
    {"no_new_privileges", "true"},
    {"capabilities", "[]"},
    {"description", "a site"},
    {"labels", "{a: b}"},
};

static bool is_alive(const struct setting *setting)
{
    return setting->kind != KIND_LATER && setting->kind != KIND_OUTSIDE;
}

static const char *other_value(const char *name)
{
    for (size_t i = 0; i < LENGTH(others); i++) {
        if (strcmp(others[i].name, name) == 0)
            return others[i].value;
    }
    ck_abort_msg("%s: no other value of it to compare with", name);
    return NULL;
}

static bool needs_root(enum setting_kind kind)
{
    return kind == KIND_USER || kind == KIND_GROUP || kind == KIND_GROUPS ||
           kind == KIND_CAPABILITIES;
}

static void check_setting(const struct setting *setting, const char *within)
{
    if (needs_root(setting->kind) && geteuid() != 0)
        return;
    memory_auto char *name =
        memory_format("%s%s%s", within, *within != '\0' ? "." : "", setting->name);
    const char *value = other_value(name);
    bool of_command = strcmp(name, "command") == 0;
    bool nested = *within != '\0';
    memory_auto char *after =
        memory_format("%s%s%s%s: %s%s", of_command ? "" : "command: serve, ", within,
                      nested ? ": {" : "", setting->name, value, nested ? "}" : "");
    enum difference expected =
        setting->reach == REACH_RESTART ? DIFFERENCE_RESTART : DIFFERENCE_LIVE;
    ck_assert_int_ne(setting->reach, REACH_DAEMON);
    ck_assert_msg(diff_bodies("command: serve", after) == expected, "%s: its reach is not seen",
                  name);
    ck_assert_msg(diff_bodies(after, after) == DIFFERENCE_NONE, "%s: differs from itself", name);
}

static void check_table(const struct settings *settings, const char *within)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->rows[i];
        if (setting->kind == KIND_MAP)
            check_table(setting->nested, setting->name);
        else if (is_alive(setting))
            check_setting(setting, within);
    }
}

START_TEST(sees_the_change_of_every_setting)
{
    check_table(&helper_settings, "");
}
END_TEST

START_TEST(sees_what_comes_from_elsewhere)
{
    write_file("one.env", "A=1\n");
    ck_assert_int_eq(diff("helpers: {web: {command: [a], env_file: one.env}}",
                          "helpers: {web: {command: [a], environment: {A: 1}}}"),
                     DIFFERENCE_NONE);
    load("helpers: {web: {command: [a], env_file: one.env}}");
    struct config *first = config_hold(config);
    write_file("one.env", "A=2\n");
    load("helpers: {web: {command: [a], env_file: one.env}}");
    ck_assert_int_eq(diff_helpers(&first->helpers[0], helper("web")), DIFFERENCE_RESTART);
    config_release(first);
    ck_assert_int_eq(diff("{defaults: {stop_timeout: 1s}, helpers: {web: [a]}}",
                          "{defaults: {stop_timeout: 2s}, helpers: {web: [a]}}"),
                     DIFFERENCE_LIVE);
}
END_TEST

START_TEST(the_environment_of_the_top_level_reaches_every_helper)
{
    ck_assert_int_eq(diff("helpers: {web: [a]}", "{environment: {A: b}, helpers: {web: [a]}}"),
                     DIFFERENCE_RESTART);
    ck_assert_int_eq(diff("helpers: {web: [a]}", "{log: {level: error}, helpers: {web: [a]}}"),
                     DIFFERENCE_NONE);
}
END_TEST

START_TEST(the_order_of_variables_is_no_change)
{
    ck_assert_int_eq(diff_bodies("command: [a], environment: {A: 1, B: 2, C: 3}",
                                 "command: [a], environment: {C: 3, A: 1, B: 2}"),
                     DIFFERENCE_NONE);
    ck_assert_int_eq(diff_bodies("command: [a], environment: {A: 1, B: 2}",
                                 "command: [a], environment: {A: 2, B: 1}"),
                     DIFFERENCE_RESTART);
    ck_assert_int_eq(
        diff_bodies("command: [a], environment: {A: 1, B: 2}", "command: [a], environment: {A: 1}"),
        DIFFERENCE_RESTART);
}
END_TEST

START_TEST(what_is_written_otherwise_is_the_same)
{
    ck_assert_int_eq(diff_bodies("command: [a, b]", "command: a b"), DIFFERENCE_NONE);
    ck_assert_int_eq(diff_bodies("command: [a], stop_timeout: 60s, log: {max_line: 16384}",
                                 "command: [a], stop_timeout: 1m"),
                     DIFFERENCE_NONE);
    ck_assert_int_eq(diff_bodies("command: [a, b]", "command: [a b]"), DIFFERENCE_RESTART);
    ck_assert_int_eq(diff_bodies("command: \"a;\"", "command: [/bin/sh, -c, \"a;\"]"),
                     DIFFERENCE_RESTART);
}
END_TEST

START_TEST(dependencies_are_compared_by_name)
{
    ck_assert_int_eq(diff("helpers: {web: {command: [a], depends_on: [db]}, db: [a]}",
                          "helpers: {other: [a], web: {command: [a], depends_on: [db]}, db: [a]}"),
                     DIFFERENCE_NONE);
    ck_assert_int_eq(diff("helpers: {web: {command: [a], depends_on: [db]}, db: [a], dc: [a]}",
                          "helpers: {web: {command: [a], depends_on: [dc]}, db: [a], dc: [a]}"),
                     DIFFERENCE_LIVE);
    ck_assert_int_eq(
        diff_bodies("command: [a], depends_on: [db]", "command: [a], depends_on: {db: started}"),
        DIFFERENCE_LIVE);
}
END_TEST

START_TEST(only_another_kind_of_stream_needs_another_run)
{
    ck_assert_int_eq(diff_bodies("command: [a]", "command: [a], log: {stdout: error}"),
                     DIFFERENCE_LIVE);
    ck_assert_int_eq(
        diff_bodies("command: [a], log: {stdout: discard}", "command: [a], log: {stdout: inherit}"),
        DIFFERENCE_RESTART);
    ck_assert_int_eq(diff_bodies("command: [a], log: {stderr: discard}", "command: [a]"),
                     DIFFERENCE_RESTART);
}
END_TEST

START_TEST(rules_are_compared_one_by_one)
{
    ck_assert_int_eq(diff_bodies("command: [a], log: {rules: [{match: x, level: error}]}",
                                 "command: [a], log: {rules: [{match: x, level: info}]}"),
                     DIFFERENCE_LIVE);
    ck_assert_int_eq(diff_bodies("command: [a], log: {rules: [{match: x, level: error}]}",
                                 "command: [a], log: {rules: [{match: y, level: error}]}"),
                     DIFFERENCE_LIVE);
    ck_assert_int_eq(diff_bodies("command: [a], log: {rules: [{match: x, drop: true}]}",
                                 "command: [a], log: {rules: [{match: x, level: debug}]}"),
                     DIFFERENCE_LIVE);
}
END_TEST

START_TEST(a_config_lives_as_long_as_somebody_holds_it)
{
    load("helpers: {web: [a]}");
    struct config *first = config_hold(config);
    load("helpers: {web: [b]}");
    ck_assert_str_eq(first->helpers[0].command.argv.items[0], "a");
    ck_assert_ptr_eq(first->helpers[0].owner, first);
    config_release(first);
}
END_TEST

START_TEST(a_config_is_read_again_from_anywhere)
{
    write_file("conf.d/db.yaml", "helpers: {db: [a]}");
    write_file("one.env", "A=1\n");
    load("{include: [\"conf.d/*.yaml\"], helpers: {web: {command: [a], env_file: one.env}}}");
    ck_assert_int_eq(chdir("/"), 0);
    struct config *again = config_load_again(config, &errors);
    errors_print(&errors, stderr);
    ck_assert_ptr_nonnull(again);
    ck_assert_int_eq(diff_helpers(helper("web"), &again->helpers[0]), DIFFERENCE_NONE);
    ck_assert_str_eq(again->helpers[1].name, "db");
    ck_assert_str_eq(again->helpers[1].file, "conf.d/db.yaml");
    config_release(again);
}
END_TEST

START_TEST(a_fifo_is_not_read_again)
{
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    int writer = open("fifo", O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(writer, 0);
    write_file("a.env", "A=1\n");
    load("helpers: {web: {command: [a], env_file: a.env}}");
    write_file("a.yaml", "helpers: {web: {command: [a], env_file: fifo}}");
    ck_assert_ptr_null(config_load_again(config, &errors));
    memory_auto char *expected = memory_format(
        "1:41: helper \"web\": \"env_file\": cannot read \"%s/fifo\": it is a FIFO or "
        "a pipe, which cannot be read again\n",
        folder);
    check_errors("a.yaml", expected);
    fd_close(&writer);
}
END_TEST

START_TEST(an_empty_file_is_not_read_again)
{
    static const char *const empty[] = {"", "# nothing\n", "---\n", "~", "{}"};
    for (size_t i = 0; i < LENGTH(empty); i++) {
        load("helpers: {web: [a]}");
        write_file("a.yaml", empty[i]);
        ck_assert_ptr_null(config_load_again(config, &errors));
        check_errors("a.yaml", "0:0: is empty; \"helpers: {}\" would stop all helpers\n");
    }
    load("helpers: {web: [a]}");
    write_file("a.yaml", "helpers: {}");
    struct config *again = config_load_again(config, &errors);
    ck_assert_ptr_nonnull(again);
    ck_assert_uint_eq(again->helper_count, 0);
    config_release(again);
}
END_TEST

Suite *diff_suite(void)
{
    Suite *suite = suite_create("diff");
    TCase *tests = tcase_create("diff");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, sees_the_change_of_every_setting);
    tcase_add_test(tests, sees_what_comes_from_elsewhere);
    tcase_add_test(tests, the_environment_of_the_top_level_reaches_every_helper);
    tcase_add_test(tests, the_order_of_variables_is_no_change);
    tcase_add_test(tests, what_is_written_otherwise_is_the_same);
    tcase_add_test(tests, dependencies_are_compared_by_name);
    tcase_add_test(tests, only_another_kind_of_stream_needs_another_run);
    tcase_add_test(tests, rules_are_compared_one_by_one);
    tcase_add_test(tests, a_config_lives_as_long_as_somebody_holds_it);
    tcase_add_test(tests, a_config_is_read_again_from_anywhere);
    tcase_add_test(tests, a_fifo_is_not_read_again);
    tcase_add_test(tests, an_empty_file_is_not_read_again);
    suite_add_tcase(suite, tests);
    return suite;
}
