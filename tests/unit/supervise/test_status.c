// SPDX-License-Identifier: MIT
// What others may see of a helper: its run, its latest ends, and what was counted.
#include "suites.h"

#include "base/clock.h"
#include "fleet.h"
#include "supervise/apply.h"
#include "supervise/command.h"
#include "supervise/status.h"
#include "supervise/tally.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

static struct helper_status status_of(const char *name)
{
    struct helper_status status;
    helper_status(fleet_helper(name), &status);
    return status;
}

static uint64_t starts_awaited;

static bool has_started_so_often(void)
{
    return fleet_helper("web")->starts >= starts_awaited;
}

START_TEST(shows_a_run)
{
    fleet_begin("helpers:\n  web: {command: [sleep, '1000']}\n");
    fleet_await("web", STATE_RUNNING);
    struct helper_status status = status_of("web");
    ck_assert_str_eq(status.name, "web");
    ck_assert_str_eq(status.base, "web");
    ck_assert_int_eq(status.state, STATE_RUNNING);
    ck_assert(status.wanted && status.ready);
    ck_assert_str_eq(status.reason, "started");
    ck_assert_int_eq(status.pid, fleet_helper("web")->run->pid);
    ck_assert(status.uptime >= 0 && status.uptime < 60);
    ck_assert(status.cpu >= 0 && status.cpu < 60);
    ck_assert_uint_ge(status.memory, 1000);
    ck_assert_int_le(status.since, clock_wall());
    ck_assert_int_gt(status.since, clock_wall() - 60 * 1000 * 1000);
    ck_assert_uint_eq(status.starts, 1);
    ck_assert_uint_eq(status.restarts, 0);
    ck_assert_ptr_null(status.last_exit);
    ck_assert(status.next_start < 0 && status.stop_time_left < 0);
    fleet_end();
}
END_TEST

START_TEST(shows_what_is_at_rest_without_a_run)
{
    fleet_begin("helpers:\n  web: {command: [sleep, '1000'], autostart: false}\n");
    struct helper_status status = status_of("web");
    ck_assert_int_eq(status.state, STATE_STOPPED);
    ck_assert(!status.wanted && !status.ready);
    ck_assert_str_eq(status.reason, "not started yet");
    ck_assert_int_eq(status.pid, 0);
    ck_assert(status.uptime < 0 && status.cpu < 0);
    ck_assert_uint_eq(status.memory, 0);
    ck_assert_uint_eq(status.starts, 0);
    fleet_end();
}
END_TEST

START_TEST(shows_how_long_is_to_be_waited)
{
    fleet_begin("helpers:\n"
                "  bad: {command: ['false'], backoff: {initial: 1000s, max: 1000s, jitter: 0%}}\n"
                "  deaf: {command: 'trap \"\" TERM; while :; do sleep 0.02; done', "
                "stop_timeout: 500s}\n");
    fleet_await("bad", STATE_BACKOFF);
    struct helper_status status = status_of("bad");
    ck_assert(status.next_start > 900 && status.next_start <= 1000);
    ck_assert_uint_eq(status.failures, 1);
    ck_assert(status.stop_time_left < 0);
    fleet_await("deaf", STATE_RUNNING);
    supervisor_stop_helper(fleet.supervisor, fleet_helper("deaf"));
    status = status_of("deaf");
    ck_assert(status.stop_time_left > 400 && status.stop_time_left <= 500);
    ck_assert(status.next_start < 0);
    supervisor_shutdown(fleet.supervisor, "the test is over");
    supervisor_kill_all(fleet.supervisor);
    fleet_end();
}
END_TEST

START_TEST(keeps_the_latest_ends_newest_first)
{
    fleet_begin("helpers:\n"
                "  web: {command: 'n=$(cat n || echo 0); echo $((n + 1)) >n; exit $n', "
                "backoff: {initial: 0}}\n");
    starts_awaited = 8;
    fleet_await_that(has_started_so_often);
    supervisor_stop_helper(fleet.supervisor, fleet_helper("web"));
    fleet_await("web", STATE_STOPPED);
    const struct helper *helper = fleet_helper("web");
    int newest = helper_exit_at(helper, 0)->status.signal != 0;
    for (size_t i = 0; i < EXITS_KEPT; i++)
        ck_assert_ptr_nonnull(helper_exit_at(helper, i));
    ck_assert_ptr_null(helper_exit_at(helper, EXITS_KEPT));
    for (size_t i = (size_t)newest; i + 1 < EXITS_KEPT; i++) {
        const struct helper_exit *exit = helper_exit_at(helper, i),
                                 *before = helper_exit_at(helper, i + 1);
        ck_assert_int_eq(exit->status.code, before->status.code + 1);
        ck_assert_int_ge(exit->time, before->time);
        ck_assert(!exit->success && !exit->could_not_start);
        ck_assert(exit->ran >= 0 && exit->ran < 60 && exit->cpu > 0 && exit->cpu < 60);
    }
    struct helper_status status = status_of("web");
    ck_assert_ptr_eq(status.last_exit, helper_exit_at(helper, 0));
    ck_assert_uint_ge(status.starts, 8);
    ck_assert_uint_eq(status.restarts, status.starts - 1);
    fleet_end();
}
END_TEST

START_TEST(tells_kinds_of_ends_apart)
{
    fleet_begin("defaults: {restart: never}\n"
                "helpers:\n"
                "  good: {command: ['true']}\n"
                "  bad: {command: [sh, -c, 'exit 3']}\n"
                "  killed: {command: [sh, -c, 'kill -9 $$$$']}\n"
                "  none: {command: [/nonexistent/program]}\n");
    fleet_await("good", STATE_COMPLETED);
    fleet_await("bad", STATE_FAILED);
    fleet_await("killed", STATE_FAILED);
    fleet_await("none", STATE_FAILED);
    static const char *const names[] = {"good", "bad", "killed", "none"};
    static const char *const reasons[] = {"exited with status 0", "exited with status 3",
                                          "killed by SIGKILL", "/nonexistent/program"};
    const struct totals *totals = supervisor_totals(fleet.supervisor);
    for (int kind = 0; kind < EXIT_KIND_COUNT; kind++) {
        const struct helper_exit *exit = status_of(names[kind]).last_exit;
        ck_assert_ptr_nonnull(exit);
        ck_assert_int_eq(exit_kind_of(exit), kind);
        ck_assert_msg(strstr(exit->reason, reasons[kind]) != NULL, "%s", exit->reason);
        ck_assert_uint_eq(totals->exits[kind], 1);
        ck_assert(exit_kind_names[kind][0] != '\0');
    }
    const struct helper_exit *none = status_of("none").last_exit;
    ck_assert(none->could_not_start && none->cpu <= 0 && none->ran <= 0);
    ck_assert_int_eq(none->status.code, 127);
    ck_assert_uint_eq(status_of("none").starts, 0);
    ck_assert_uint_eq(totals->starts, 3);
    ck_assert_uint_eq(totals->restarts, 0);
    fleet_end();
}
END_TEST

static bool is_one_less(void)
{
    struct helpers all = supervisor_all(fleet.supervisor);
    size_t count = all.count;
    helpers_finish(&all);
    return count == 1 && supervisor_count(fleet.supervisor, STATE_STOPPED) == 0;
}

START_TEST(counts_those_of_helpers_that_are_gone)
{
    fleet_begin("helpers:\n"
                "  stays: {command: [sleep, '1000']}\n"
                "  goes: {command: ['true'], type: oneshot}\n");
    fleet_await("goes", STATE_COMPLETED);
    fleet_await("stays", STATE_RUNNING);
    struct config *config = fleet_read("helpers:\n  stays: {command: [sleep, '1000']}\n");
    struct apply_report report = {0};
    supervisor_apply(fleet.supervisor, config, &report);
    apply_report_finish(&report);
    config_release(config);
    fleet_await_that(is_one_less);
    ck_assert_uint_eq(supervisor_totals(fleet.supervisor)->starts, 2);
    ck_assert_uint_eq(supervisor_totals(fleet.supervisor)->exits[EXIT_KIND_SUCCESS], 1);
    fleet_end();
}
END_TEST

static uint64_t own_peak(void)
{
    struct rusage usage;
    ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
    return (uint64_t)usage.ru_maxrss * 1024;
}

// 128 MiB, which is more than this program has.
START_TEST(tells_the_peak_of_memory_and_the_time_of_the_processor)
{
    fleet_begin("helpers:\n"
                "  big: {command: [dd, 'if=/dev/zero', 'of=/dev/null', 'bs=134217728', 'count=1'],"
                " type: oneshot, log: {stderr: discard}}\n"
                "  small: {command: ['true'], type: oneshot}\n");
    fleet_await("big", STATE_COMPLETED);
    fleet_await("small", STATE_COMPLETED);
    const struct helper_exit *big = status_of("big").last_exit;
    if (own_peak() < 128 * 1024 * 1024) // sanitizers may need more, and then it is not known
        ck_assert_uint_ge(big->memory, 128 * 1024 * 1024);
    ck_assert_uint_lt(big->memory, (uint64_t)1024 * 1024 * 1024);
    ck_assert(big->cpu > 0);
    ck_assert_uint_eq(status_of("small").last_exit->memory, 0); // not known
    fleet_end();
}
END_TEST

Suite *status_suite(void)
{
    Suite *suite = suite_create("status");
    TCase *status = tcase_create("status");
    tcase_set_timeout(status, 30);
    tcase_add_test(status, shows_a_run);
    tcase_add_test(status, shows_what_is_at_rest_without_a_run);
    tcase_add_test(status, shows_how_long_is_to_be_waited);
    tcase_add_test(status, keeps_the_latest_ends_newest_first);
    tcase_add_test(status, tells_kinds_of_ends_apart);
    tcase_add_test(status, counts_those_of_helpers_that_are_gone);
    tcase_add_test(status, tells_the_peak_of_memory_and_the_time_of_the_processor);
    suite_add_tcase(suite, status);
    return suite;
}
