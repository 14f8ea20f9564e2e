// SPDX-License-Identifier: MIT
// What a new configuration would do is what it does.
#include "suites.h"

#include "base/memory.h"
#include "fleet.h"
#include "supervise/apply.h"
#include "supervise/command.h"

#include <string.h>

static const char before[] = "defaults: {command: [sleep, '1000']}\n"
                             "helpers:\n"
                             "  same: {}\n"
                             "  gone: {}\n"
                             "  other: {command: [sleep, '1001']}\n"
                             "  text: {description: one}\n"
                             "  down: {autostart: false}\n";

static const char after[] = "defaults: {command: [sleep, '1000']}\n"
                            "helpers:\n"
                            "  new: {}\n"
                            "  text: {description: two}\n"
                            "  same: {}\n"
                            "  other: {command: [sleep, '1002']}\n"
                            "  down: {autostart: false, command: [sleep, '1003']}\n";

static void expect_changes(const struct changes *changes, const char *names)
{
    struct buffer found = {0};
    for (size_t i = 0; i < changes->names.count; i++)
        buffer_printf(&found, "%s ", changes->names.items[i]);
    memory_auto char *text = buffer_take(&found);
    ck_assert_str_eq(text, names);
    ck_assert_uint_eq(changes->count, changes->names.count);
}

static void expect_report(const struct apply_report *report)
{
    expect_changes(&report->added, "new ");
    expect_changes(&report->removed, "gone ");
    expect_changes(&report->restarted, "other ");
    expect_changes(&report->changed, "text down ");
    ck_assert_uint_eq(report->same, 1);
}

START_TEST(plans_what_it_does_and_changes_nothing_by_it)
{
    fleet_begin(before);
    fleet_await("text", STATE_RUNNING);
    fleet_await("other", STATE_RUNNING);
    pid_t other = fleet_helper("other")->pid;
    struct config *config = fleet_read(after);
    struct apply_report report = {0};
    supervisor_plan(fleet.supervisor, config, &report);
    expect_report(&report);
    apply_report_finish(&report);
    struct helpers all = supervisor_all(fleet.supervisor), found;
    ck_assert_uint_eq(all.count, 5);
    helpers_finish(&all);
    found = supervisor_find(fleet.supervisor, "new");
    ck_assert_uint_eq(found.count, 0);
    ck_assert_int_eq(fleet_helper("other")->pid, other);
    ck_assert_str_eq(fleet_helper("text")->config->description, "one");
    fleet_expect("gone", STATE_RUNNING);

    supervisor_apply(fleet.supervisor, config, &report);
    expect_report(&report);
    apply_report_finish(&report);
    config_release(config);
    fleet_await("new", STATE_RUNNING);
    fleet_await("other", STATE_RUNNING);
    ck_assert_int_ne(fleet_helper("other")->pid, other);
    ck_assert_str_eq(fleet_helper("text")->config->description, "two");
    found = supervisor_find(fleet.supervisor, "gone");
    ck_assert_uint_eq(found.count, 0);
    fleet_end();
}
END_TEST

static struct config *read_many(const char *letter)
{
    struct buffer text = {0};
    buffer_append_text(&text, "helpers:\n");
    for (int i = 0; i < 1500; i++)
        buffer_printf(&text, "  %s%d: {command: [sleep, '1'], autostart: false}\n", letter, i);
    memory_auto char *yaml = buffer_take(&text);
    return fleet_read(yaml);
}

START_TEST(names_only_so_many)
{
    fleet_begin("helpers:\n  one: {command: [sleep, '1000'], autostart: false}\n");
    struct config *config = read_many("h");
    struct apply_report report = {0};
    supervisor_plan(fleet.supervisor, config, &report);
    ck_assert_uint_eq(report.added.count, 1500);
    ck_assert_uint_eq(report.added.names.count, CHANGES_NAMED);
    ck_assert_uint_eq(report.removed.count, 1);
    apply_report_finish(&report);
    config_release(config);
    fleet_end();
}
END_TEST

// Settings that wait for the next run are there after a restart by hand, too.
START_TEST(a_restart_by_hand_takes_the_settings_that_wait)
{
    fleet_begin(
        "helpers:\n  web: {command: 'trap \"exit 0\" TERM; while :; do sleep 0.02; done'}\n");
    fleet_await("web", STATE_RUNNING);
    struct config *config = fleet_read("helpers:\n  web: {command: [sleep, '1000']}\n");
    struct apply_report report = {0};
    supervisor_apply(fleet.supervisor, config, &report);
    apply_report_finish(&report);
    config_release(config);
    ck_assert_ptr_nonnull(fleet_helper("web")->next_config);
    supervisor_stop_helper(fleet.supervisor, fleet_helper("web"));
    supervisor_restart_helper(fleet.supervisor, fleet_helper("web"));
    fleet_await("web", STATE_RUNNING);
    ck_assert_str_eq(fleet_helper("web")->config->command.argv.items[0], "sleep");
    ck_assert_ptr_null(fleet_helper("web")->next_config);
    fleet_end();
}
END_TEST

Suite *apply_suite(void)
{
    Suite *suite = suite_create("apply");
    TCase *changes = tcase_create("changes");
    tcase_set_timeout(changes, 30);
    tcase_add_test(changes, plans_what_it_does_and_changes_nothing_by_it);
    tcase_add_test(changes, names_only_so_many);
    tcase_add_test(changes, a_restart_by_hand_takes_the_settings_that_wait);
    suite_add_tcase(suite, changes);
    return suite;
}
