// SPDX-License-Identifier: MIT
// What a person asks of helpers, with real ones.
#include "suites.h"

#include "base/fd.h"
#include "fleet.h"
#include "supervise/command.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void start(const char *name)
{
    supervisor_start_helper(fleet.supervisor, fleet_helper(name));
}

static void stop(const char *name)
{
    supervisor_stop_helper(fleet.supervisor, fleet_helper(name));
}

static void restart(const char *name)
{
    supervisor_restart_helper(fleet.supervisor, fleet_helper(name));
}

static void reset(const char *name)
{
    supervisor_reset_helper(fleet.supervisor, fleet_helper(name));
}

static void expect_outcome(const char *name, int goal, enum outcome outcome)
{
    ck_assert_int_eq(helper_outcome(fleet_helper(name), goal), outcome);
}

static void expect_found(const char *name, const char *first, size_t count)
{
    struct helpers found = supervisor_find(fleet.supervisor, name);
    ck_assert_uint_eq(found.count, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_uint_eq(found.items[i]->index, found.items[0]->index + i);
    if (count > 0)
        ck_assert_str_eq(found.items[0]->config->name, first);
    helpers_finish(&found);
}

START_TEST(finds_a_helper_and_all_instances_of_a_base_name)
{
    fleet_begin("defaults: {autostart: false, command: [sleep, '1000']}\n"
                "helpers:\n"
                "  web: {}\n"
                "  w: {instances: 11}\n"
                "  a: {}\n"
                "  'x@1': {}\n");
    expect_found("web", "web", 1);
    expect_found("a", "a", 1);
    expect_found("w", "w@1", 11);
    expect_found("w@1", "w@1", 1);
    expect_found("w@11", "w@11", 1);
    expect_found("x@1", "x@1", 1);
    expect_found("x", NULL, 0); // another base
    expect_found("w@12", NULL, 0);
    expect_found("w@", NULL, 0);
    expect_found("we", NULL, 0);
    expect_found("", NULL, 0);
    struct helpers all = supervisor_all(fleet.supervisor);
    ck_assert_uint_eq(all.count, 14);
    ck_assert_str_eq(all.items[13]->config->name, "x@1");
    helpers_finish(&all);
    fleet_end();
}
END_TEST

START_TEST(start_starts_what_it_depends_on_as_far_as_that_is_stopped)
{
    fleet_begin("defaults: {autostart: false, command: [sleep, '1000']}\n"
                "helpers:\n"
                "  web: {depends_on: [api]}\n"
                "  api: {depends_on: [db]}\n"
                "  db: {}\n"
                "  other: {}\n");
    start("web");
    expect_outcome("web", GOAL_READY, OUTCOME_PENDING);
    fleet_await("web", STATE_RUNNING);
    expect_outcome("web", GOAL_READY, OUTCOME_REACHED);
    fleet_expect("api", STATE_RUNNING);
    fleet_expect("db", STATE_RUNNING);
    fleet_expect("other", STATE_STOPPED);
    ck_assert(fleet_was_told("web: waiting -> starting (all that it depends on is there)\n"));
    ck_assert(fleet_was_told("db: stopped -> starting (asked to start)\n"));
    fleet_end();
}
END_TEST

START_TEST(start_leaves_a_dependency_alone_that_failed_or_completed)
{
    fleet_begin("defaults: {command: [sleep, '1000']}\n"
                "helpers:\n"
                "  db: {command: ['false'], restart: never, ready: {after: 1000s}}\n"
                "  once: {command: ['true'], type: oneshot}\n"
                "  web: {autostart: false, depends_on: [db]}\n"
                "  far: {autostart: false, depends_on: [web]}\n"
                "  api: {autostart: false, depends_on: {once: started}}\n");
    fleet_await("db", STATE_FAILED);
    fleet_await("once", STATE_COMPLETED);
    start("far");
    start("api");
    fleet_await("api", STATE_RUNNING);
    fleet_expect("db", STATE_FAILED);
    ck_assert_uint_eq(fleet_helper("db")->starts, 1);
    ck_assert_uint_eq(fleet_helper("once")->starts, 1);
    fleet_expect("web", STATE_WAITING);
    expect_outcome("web", GOAL_READY, OUTCOME_HOPELESS);
    expect_outcome("far", GOAL_READY, OUTCOME_HOPELESS); // at some remove
    expect_outcome("far", STATE_WAITING, OUTCOME_REACHED);
    start("db"); // as long as that is under way there is hope
    expect_outcome("far", GOAL_READY, OUTCOME_PENDING);
    fleet_await("db", STATE_FAILED);
    fleet_turn();
    expect_outcome("far", GOAL_READY, OUTCOME_HOPELESS);
    fleet_end();
}
END_TEST

// a waits for b, which waits for c, which takes its time.
static const char chain[] = "defaults: {command: [sleep, '1000']}\n"
                            "helpers:\n"
                            "  a: {depends_on: [b]}\n"
                            "  b: {depends_on: [c]}\n"
                            "  c: {ready: {after: 1000s}}\n";

static bool c_has_process(void)
{
    return fleet_helper("c")->pid > 0;
}

START_TEST(stop_leaves_those_that_wait_waiting_with_the_reason)
{
    fleet_begin(chain);
    fleet_await_that(c_has_process);
    stop("c");
    expect_outcome("c", GOAL_READY, OUTCOME_HOPELESS);
    expect_outcome("c", GOAL_ENDED, OUTCOME_PENDING);
    fleet_await("c", STATE_STOPPED);
    fleet_turn();
    expect_outcome("c", GOAL_ENDED, OUTCOME_REACHED);
    fleet_expect("a", STATE_WAITING);
    fleet_expect("b", STATE_WAITING);
    fleet_expect_reason("c", "stopped by hand, killed by SIGTERM");
    fleet_expect_reason("b", "waiting for c to be ready, but it is stopped (stopped by hand, "
                             "killed by SIGTERM)");
    expect_outcome("a", GOAL_READY, OUTCOME_HOPELESS);
    ck_assert(fleet_was_told("c: starting -> stopping (stopped by hand)\n"));
    ck_assert(fleet_was_told("c: stopping -> stopped (stopped by hand, killed by SIGTERM)\n"));
    ck_assert_int_eq(fleet.told_pid, fleet_helper("c")->pid);
    ck_assert_int_gt(fleet.told_pid, 0);
    fleet_end();
}
END_TEST

START_TEST(start_reaches_through_those_that_wait)
{
    fleet_begin(chain);
    fleet_await_that(c_has_process);
    stop("c");
    fleet_await("c", STATE_STOPPED);
    start("a");
    fleet_expect("c", STATE_STARTING);
    expect_outcome("a", GOAL_READY, OUTCOME_PENDING);
    fleet_end();
}
END_TEST

START_TEST(stop_takes_back_what_has_no_process)
{
    fleet_begin("helpers:\n"
                "  slow: {command: [sleep, '1000'], ready: {after: 1000s}}\n"
                "  waits: {command: [sleep, '1000'], depends_on: [slow]}\n"
                "  again: {command: ['false'], backoff: {initial: 1000s, max: 1000s}}\n"
                "  gone: {command: ['false'], restart: never}\n");
    fleet_await("again", STATE_BACKOFF);
    fleet_await("gone", STATE_FAILED);
    stop("waits");
    fleet_expect("waits", STATE_STOPPED);
    fleet_expect_reason("waits", "stopped by hand");
    stop("again");
    fleet_expect("again", STATE_STOPPED);
    stop("gone");
    fleet_expect("gone", STATE_STOPPED);
    fleet_expect_reason("gone", "stopped by hand");
    fleet_end();
}
END_TEST

// Else nobody would ever hear that all starts were tried.
START_TEST(what_was_stopped_by_hand_is_not_waited_for)
{
    fleet_begin("helpers:\n"
                "  slow: {command: [sleep, '1000'], ready: {after: 1000s}}\n"
                "  waits: {command: [sleep, '1000'], depends_on: [slow]}\n");
    fleet_turn();
    ck_assert_uint_eq(fleet.settled, 0);
    stop("waits");
    fleet_await("slow", STATE_STARTING);
    for (int turns = 0; fleet.settled == 0; turns++) {
        fleet_turn();
        ck_assert_int_lt(turns, 6000);
    }
    fleet_end();
}
END_TEST

START_TEST(a_second_stop_changes_nothing)
{
    fleet_begin("helpers:\n  web: {command: [sleep, '1000']}\n");
    fleet_await("web", STATE_RUNNING);
    stop("web");
    stop("web");
    fleet_await("web", STATE_STOPPED);
    stop("web");
    fleet_expect_reason("web", "stopped by hand, killed by SIGTERM");
    fleet_end();
}
END_TEST

START_TEST(restart_replaces_the_process_and_nothing_else)
{
    fleet_begin("defaults: {command: [sleep, '1000']}\n"
                "helpers:\n"
                "  db: {}\n"
                "  web: {depends_on: [db]}\n"
                "  top: {depends_on: [web]}\n");
    fleet_await("top", STATE_RUNNING);
    pid_t web = fleet_helper("web")->pid, db = fleet_helper("db")->pid,
          top = fleet_helper("top")->pid;
    restart("web");
    fleet_expect("web", STATE_STOPPING);
    fleet_expect_reason("web", "restarted by hand");
    expect_outcome("web", GOAL_READY, OUTCOME_PENDING);
    fleet_await("web", STATE_RUNNING);
    ck_assert_int_ne(fleet_helper("web")->pid, web);
    ck_assert_int_eq(fleet_helper("db")->pid, db);
    ck_assert_int_eq(fleet_helper("top")->pid, top);
    ck_assert_uint_eq(fleet_helper("web")->starts, 2);
    ck_assert_uint_eq(fleet_helper("web")->restarts, 0);
    ck_assert_uint_eq(fleet_helper("web")->failures, 0);
    fleet_end();
}
END_TEST

START_TEST(restart_starts_what_is_at_rest_without_what_it_depends_on)
{
    fleet_begin("defaults: {command: [sleep, '1000'], autostart: false}\n"
                "helpers:\n"
                "  db: {}\n"
                "  web: {depends_on: [db]}\n"
                "  alone: {}\n");
    restart("alone");
    restart("web");
    fleet_await("alone", STATE_RUNNING);
    fleet_expect("web", STATE_WAITING);
    fleet_expect("db", STATE_STOPPED);
    start("db");
    fleet_await("web", STATE_RUNNING);
    fleet_end();
}
END_TEST

START_TEST(restart_of_what_is_being_stopped_brings_it_back)
{
    fleet_begin("helpers:\n  web: {command: [sleep, '1000']}\n");
    fleet_await("web", STATE_RUNNING);
    stop("web");
    restart("web");
    fleet_await("web", STATE_RUNNING);
    stop("web");
    start("web");
    fleet_expect("web", STATE_STOPPING);
    fleet_await("web", STATE_RUNNING);
    ck_assert_uint_eq(fleet_helper("web")->starts, 3);
    fleet_end();
}
END_TEST

START_TEST(reset_forgets_a_failure_and_starts_nothing)
{
    fleet_begin("helpers:\n"
                "  bad: {command: ['false'], start_limit: {burst: 2, interval: 1h}, "
                "backoff: {initial: 1ms}, ready: {after: 1000s}}\n"
                "  good: {command: ['true'], type: oneshot}\n"
                "  needs: {command: [sleep, '1000'], depends_on: [bad]}\n"
                "  again: {command: ['false'], backoff: {initial: 1000s, max: 1000s}}\n");
    fleet_await("bad", STATE_FAILED);
    fleet_await("good", STATE_COMPLETED);
    fleet_await("again", STATE_BACKOFF);
    ck_assert_uint_eq(fleet_helper("bad")->starts, 2);
    reset("bad");
    reset("good");
    reset("again");
    fleet_turn();
    fleet_expect("bad", STATE_STOPPED);
    fleet_expect_reason("bad", "reset by hand");
    fleet_expect("good", STATE_STOPPED);
    fleet_expect("again", STATE_BACKOFF);
    ck_assert_uint_eq(fleet_helper("again")->failures, 0);
    fleet_expect_reason("needs", "waiting for bad to be ready, but it is stopped (reset by hand)");
    ck_assert(fleet_was_told("bad: failed -> stopped (reset by hand)\n"));
    start("bad"); // its starts count anew
    fleet_await("bad", STATE_FAILED);
    ck_assert_uint_eq(fleet_helper("bad")->starts, 4);
    fleet_end();
}
END_TEST

// Its main process and another one of its group, which say what they got.
static const char pair[] =
    "helpers:\n"
    "  group:\n"
    "    command: |\n"
    "      trap 'echo main >>got' USR1\n"
    "      (trap 'echo other >>got' USR1; : >there; while :; do sleep 0.02; done) &\n"
    "      while :; do sleep 0.02; done\n"
    "  alone: {command: [sleep, '1000'], autostart: false}\n";

static bool is_there(void)
{
    return access("there", F_OK) == 0;
}

static bool both_got_it(void)
{
    char *text;
    size_t length;
    if (fd_read_file("got", 4096, &text, &length) < 0)
        return false;
    bool both = strstr(text, "main\n") != NULL && strstr(text, "other\n") != NULL;
    free(text);
    return both;
}

START_TEST(a_signal_reaches_the_whole_group_as_kill_mode_says)
{
    fleet_begin(pair);
    fleet_await("group", STATE_RUNNING);
    fleet_await_that(is_there);
    ck_assert(supervisor_signal_helper(fleet.supervisor, fleet_helper("group"), SIGUSR1));
    fleet_await_that(both_got_it);
    fleet_expect("group", STATE_RUNNING);
    fleet_end();
}
END_TEST

START_TEST(a_signal_needs_a_process)
{
    fleet_begin(pair);
    ck_assert(!supervisor_signal_helper(fleet.supervisor, fleet_helper("alone"), SIGHUP));
    stop("group"); // before it was launched
    ck_assert(!supervisor_signal_helper(fleet.supervisor, fleet_helper("group"), SIGHUP));
    fleet_await("group", STATE_STOPPED);
    ck_assert(!supervisor_signal_helper(fleet.supervisor, fleet_helper("group"), SIGHUP));
    fleet_end();
}
END_TEST

START_TEST(nothing_is_done_once_the_shutdown_has_begun)
{
    fleet_begin("helpers:\n"
                "  web: {command: [sleep, '1000']}\n"
                "  bad: {command: ['false'], restart: never}\n");
    fleet_await("web", STATE_RUNNING);
    fleet_await("bad", STATE_FAILED);
    supervisor_shutdown(fleet.supervisor, "the test is over");
    reset("bad");
    start("bad");
    restart("web");
    start("web");
    stop("web");
    fleet_await("web", STATE_STOPPED);
    fleet_expect_reason("web", "killed by SIGTERM");
    fleet_expect("bad", STATE_STOPPED);
    ck_assert_uint_eq(fleet_helper("web")->starts, 1);
    fleet_end();
}
END_TEST

START_TEST(the_end_of_the_main_helper_is_told_when_it_is_stopped_by_hand)
{
    fleet_begin("shutdown: {exit_with: web}\nhelpers:\n  web: {command: [sleep, '1000']}\n");
    fleet_await("web", STATE_RUNNING);
    stop("web");
    fleet_await("web", STATE_STOPPED);
    fleet_turn();
    ck_assert_uint_ge(fleet.exit_with, 1);
    fleet_end();
}
END_TEST

Suite *supervise_command_suite(void)
{
    Suite *suite = suite_create("supervise_command");
    TCase *commands = tcase_create("commands");
    tcase_set_timeout(commands, 30);
    tcase_add_test(commands, finds_a_helper_and_all_instances_of_a_base_name);
    tcase_add_test(commands, start_starts_what_it_depends_on_as_far_as_that_is_stopped);
    tcase_add_test(commands, start_leaves_a_dependency_alone_that_failed_or_completed);
    tcase_add_test(commands, stop_leaves_those_that_wait_waiting_with_the_reason);
    tcase_add_test(commands, start_reaches_through_those_that_wait);
    tcase_add_test(commands, stop_takes_back_what_has_no_process);
    tcase_add_test(commands, what_was_stopped_by_hand_is_not_waited_for);
    tcase_add_test(commands, a_second_stop_changes_nothing);
    tcase_add_test(commands, restart_replaces_the_process_and_nothing_else);
    tcase_add_test(commands, restart_starts_what_is_at_rest_without_what_it_depends_on);
    tcase_add_test(commands, restart_of_what_is_being_stopped_brings_it_back);
    tcase_add_test(commands, reset_forgets_a_failure_and_starts_nothing);
    tcase_add_test(commands, a_signal_reaches_the_whole_group_as_kill_mode_says);
    tcase_add_test(commands, a_signal_needs_a_process);
    tcase_add_test(commands, nothing_is_done_once_the_shutdown_has_begun);
    tcase_add_test(commands, the_end_of_the_main_helper_is_told_when_it_is_stopped_by_hand);
    suite_add_tcase(suite, commands);
    return suite;
}
