// SPDX-License-Identifier: MIT
// What the kernel gives a process: processors, priorities, limits.
#include "../suites.h"
#include "loading.h"

#include <linux/ioprio.h>
#include <unistd.h>

// The configuration of the helper "a" with these settings.
static const struct helper_config *with(const char *settings)
{
    memory_auto char *text = memory_format("helpers: {a: {command: [x], %s}}\n", settings);
    load(text);
    return helper("a");
}

static void refuse_value(const char *settings, const char *expected)
{
    memory_auto char *text = memory_format("helpers: {a: {command: [x], %s}}\n", settings);
    load_as(text, "a.yaml", false);
    ck_assert_ptr_null(config);
    ck_assert_uint_eq(errors.count, 1);
    ck_assert_uint_eq(errors.items[0].line, 1);
    ck_assert_str_eq(errors.items[0].text, expected);
}

START_TEST(nothing_is_set_without_being_written)
{
    const struct helper_config *a = with("type: service");
    ck_assert_int_eq(a->nice, INTEGER_UNSET);
    ck_assert_int_eq(a->io_priority, INTEGER_UNSET);
    ck_assert_int_eq(a->oom_score_adj, INTEGER_UNSET);
    ck_assert_ptr_null(a->processors.mask);
    ck_assert(!a->identity.is_set && !a->capabilities.is_set && !a->no_new_privileges);
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        ck_assert(!a->limits[i].is_set);
}
END_TEST

START_TEST(numbers_have_their_range)
{
    ck_assert_int_eq(with("nice: -20")->nice, -20);
    ck_assert_int_eq(with("nice: 0")->nice, 0);
    ck_assert_int_eq(with("oom_score_adj: -1000")->oom_score_adj, -1000);
    refuse_value("nice: 20", "helper \"a\": \"nice\" must be from -20 to 19, not 20");
    refuse_value("nice: low", "helper \"a\": \"nice\" must be a whole number, not \"low\"");
    refuse_value("nice: null", "helper \"a\": \"nice\" must be a whole number, not \"null\"");
    refuse_value("oom_score_adj: 1001",
                 "helper \"a\": \"oom_score_adj\" must be from -1000 to 1000, not 1001");
}
END_TEST

START_TEST(io_priorities_are_classes_with_levels)
{
    ck_assert_int_eq(with("io_priority: idle")->io_priority,
                     IOPRIO_CLASS_IDLE << IOPRIO_CLASS_SHIFT);
    ck_assert_int_eq(with("io_priority: best-effort")->io_priority,
                     IOPRIO_CLASS_BE << IOPRIO_CLASS_SHIFT | 4);
    ck_assert_int_eq(with("io_priority: 'best-effort:7'")->io_priority,
                     IOPRIO_CLASS_BE << IOPRIO_CLASS_SHIFT | 7);
    ck_assert_int_eq(with("io_priority: 'realtime:0'")->io_priority,
                     IOPRIO_CLASS_RT << IOPRIO_CLASS_SHIFT);
    static const char *const bad[] = {"idle:1",       "best-effort:8", "best-effort:-1",
                                      "best-effort:", "realtime:x",    "fast"};
    for (size_t i = 0; i < LENGTH(bad); i++) {
        memory_auto char *setting = memory_format("io_priority: '%s'", bad[i]);
        memory_auto char *expected =
            memory_format("helper \"a\": \"io_priority\" must be idle, best-effort, best-effort:N, "
                          "realtime or realtime:N, with N from 0 to 7, not the text \"%s\"",
                          bad[i]);
        refuse_value(setting, expected);
    }
}
END_TEST

static void check_limit(const char *setting, enum limit index, uint64_t soft, uint64_t hard)
{
    memory_auto char *text = memory_format("limits: {%s}", setting);
    const struct limit_config *limit = &with(text)->limits[index];
    ck_assert(limit->is_set);
    ck_assert_uint_eq(limit->soft, soft);
    ck_assert_uint_eq(limit->hard, hard);
}

START_TEST(limits_are_one_value_or_two)
{
    check_limit("nofile: 1024", LIMIT_NOFILE, 1024, 1024);
    check_limit("nofile: 1024:4096", LIMIT_NOFILE, 1024, 4096);
    check_limit("nproc: 10:unlimited", LIMIT_NPROC, 10, UINT64_MAX);
    check_limit("core: 0", LIMIT_CORE, 0, 0);
    check_limit("core: unlimited", LIMIT_CORE, UINT64_MAX, UINT64_MAX);
    check_limit("as: 64MiB:1G", LIMIT_AS, 64 << 20, 1 << 30);
    check_limit("fsize: 512", LIMIT_FSIZE, 512, 512);
    check_limit("memlock: 64KiB", LIMIT_MEMLOCK, 64 << 10, 64 << 10);
    check_limit("stack: 1MiB", LIMIT_STACK, 1 << 20, 1 << 20);
    check_limit("cpu: 90:2m", LIMIT_CPU, 90, 120);
}
END_TEST

START_TEST(limits_of_the_wrong_unit_or_order_are_refused)
{
    refuse_value("limits: {nofile: 5:4}", "helper \"a\": \"limits.nofile\": the soft limit 5 is "
                                          "above the hard limit 4");
    refuse_value("limits: {as: 'unlimited:1G'}", "helper \"a\": \"limits.as\": the soft limit "
                                                 "unlimited is above the hard limit 1G");
    refuse_value("limits: {nofile: 1K}", "helper \"a\": \"limits.nofile\" must be a number, "
                                         "unlimited, or SOFT:HARD (like 1024:4096), not \"1K\"");
    refuse_value("limits: {nofile: -1}", "helper \"a\": \"limits.nofile\" must be a number, "
                                         "unlimited, or SOFT:HARD (like 1024:4096), not \"-1\"");
    refuse_value("limits: {stack: '1:2:3'}",
                 "helper \"a\": \"limits.stack\" must be a size, unlimited, or SOFT:HARD (like "
                 "64MiB:unlimited), not the text \"1:2:3\"");
    refuse_value("limits: {cpu: 500ms}",
                 "helper \"a\": \"limits.cpu\" must be whole seconds from 1, unlimited, or "
                 "SOFT:HARD (like 60s:2m), not \"500ms\"");
    refuse_value("limits: {files: 1}", "helper \"a\": limits: unknown key \"files\"");
    refuse_value("limits: [1]", "helper \"a\": \"limits\" must be a map, not a list");
}
END_TEST

START_TEST(limits_merge_with_the_defaults)
{
    load("defaults: {limits: {nofile: 10, core: 0}}\n"
         "helpers: {a: {command: [x], limits: {nofile: 20}}}\n");
    ck_assert_uint_eq(helper("a")->limits[LIMIT_NOFILE].hard, 20);
    ck_assert(helper("a")->limits[LIMIT_CORE].is_set);
}
END_TEST

START_TEST(processors_are_numbers_and_ranges)
{
    ck_assert_uint_eq(with("cpu_affinity: 0")->processors.mask[0], 1);
    ck_assert_uint_eq(with("cpu_affinity: '0,0'")->processors.mask[0], 1);
    ck_assert_uint_eq(with("cpu_affinity: [0, 0-0]")->processors.mask[0], 1);
    if (sysconf(_SC_NPROCESSORS_CONF) > 1) {
        ck_assert_uint_eq(with("cpu_affinity: 0-1")->processors.mask[0], 3);
        ck_assert_uint_eq(with("cpu_affinity: [1]")->processors.mask[0], 2);
    }
    static const char *const bad[] = {"",    "0,",  ",0",    "0-",  "-1",
                                      "1-0", "0 1", "0-1-2", "all", "99999999999999999999"};
    for (size_t i = 0; i < LENGTH(bad); i++) {
        memory_auto char *setting = memory_format("cpu_affinity: '%s'", bad[i]);
        memory_auto char *expected =
            memory_format("helper \"a\": \"cpu_affinity\" must be a list of processors and ranges "
                          "(like 0-3,5), not the text \"%s\"",
                          bad[i]);
        refuse_value(setting, expected);
    }
    refuse_value("cpu_affinity: []", "helper \"a\": \"cpu_affinity\" must be a list of processors "
                                     "and ranges (like 0-3,5), not a list");
}
END_TEST

START_TEST(processors_that_do_not_exist_are_refused)
{
    long count = sysconf(_SC_NPROCESSORS_CONF);
    memory_auto char *setting = memory_format("cpu_affinity: 0-%ld", count);
    memory_auto char *expected = memory_format(
        "helper \"a\": \"cpu_affinity\": there is no processor %ld (they are 0 to %ld)", count,
        count - 1);
    refuse_value(setting, expected);
}
END_TEST

Suite *value_process_suite(void)
{
    Suite *suite = suite_create("value_process");
    TCase *tests = tcase_create("value_process");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, nothing_is_set_without_being_written);
    tcase_add_test(tests, numbers_have_their_range);
    tcase_add_test(tests, io_priorities_are_classes_with_levels);
    tcase_add_test(tests, limits_are_one_value_or_two);
    tcase_add_test(tests, limits_of_the_wrong_unit_or_order_are_refused);
    tcase_add_test(tests, limits_merge_with_the_defaults);
    tcase_add_test(tests, processors_are_numbers_and_ranges);
    tcase_add_test(tests, processors_that_do_not_exist_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
