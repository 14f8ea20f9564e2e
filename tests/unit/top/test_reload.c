// SPDX-License-Identifier: MIT
// Who asked for a reload, or for a dry run, hears what came of it.
#include "suites.h"

#include "../supervise/fleet.h"
#include "base/memory.h"
#include "reload.h"
#include "supervise/command.h"

#include <stdlib.h>
#include <string.h>

// One who asked, and what was told.
struct asker {
    struct reload_listener listener;
    unsigned told, turn; // the how manieth it was
    bool good;
    size_t added, same, errors, warnings;
    char *first_error;
};

static struct reload reload;
static unsigned told;
static unsigned reloads; // that were no dry runs
static unsigned ended;   // of them, those that no other one followed
static bool ended_well;

static void on_told(struct reload_listener *listener, bool good, const struct apply_report *report,
                    const struct strings *errors, const struct strings *warnings)
{
    struct asker *asker = LIST_ITEM(struct asker, listener, listener);
    asker->told++;
    asker->turn = ++told;
    asker->good = good;
    asker->added = report->added.count;
    asker->same = report->same;
    asker->errors = errors->count;
    asker->warnings = warnings->count;
    asker->first_error = memory_copy(errors->count > 0 ? errors->items[0] : NULL);
}

static void on_ended(void *owner, bool good, const struct apply_report *report,
                     const struct strings *errors, bool last)
{
    (void)owner;
    (void)report;
    ck_assert_int_eq(errors->count > 0, !good);
    reloads++;
    ended += last;
    ended_well = good;
}

static void begin(const char *yaml)
{
    fleet_begin(yaml);
    reload = (struct reload){.config = config_hold(fleet.config)};
    reload_init(&reload, fleet.loop, &fleet.options, fleet.router, fleet.supervisor, on_ended,
                NULL);
}

static void end(void)
{
    reload_finish(&reload);
    fleet_end();
}

static void ask(struct asker *asker, bool dry)
{
    *asker = (struct asker){.listener = {.ended = on_told}};
    list_init(&asker->listener.link);
    reload_begin(&reload, dry, &asker->listener);
    ck_assert_uint_eq(asker->told, 0); // never from within
}

static const struct asker *awaited;

static bool has_heard(void)
{
    return awaited->told > 0;
}

static void await(const struct asker *asker)
{
    awaited = asker;
    fleet_await_that(has_heard);
    ck_assert_uint_eq(asker->told, 1);
}

static size_t count_helpers(void)
{
    struct helpers all = supervisor_all(fleet.supervisor);
    size_t count = all.count;
    helpers_finish(&all);
    return count;
}

static const char one[] = "helpers:\n  a: {command: [sleep, '1000']}\n";
static const char two[] = "helpers:\n"
                          "  a: {command: [sleep, '1000']}\n"
                          "  b: {command: [sleep, '1000']}\n";
static const char bad[] = "helpers:\n  a: {comand: [sleep, '1000']}\n";

START_TEST(tells_what_was_done)
{
    begin(one);
    fleet_write(two);
    struct asker asker;
    ask(&asker, false);
    await(&asker);
    ck_assert(asker.good);
    ck_assert_uint_eq(asker.added, 1);
    ck_assert_uint_eq(asker.same, 1);
    ck_assert_uint_eq(asker.errors, 0);
    ck_assert_uint_eq(count_helpers(), 2);
    ck_assert_uint_eq(ended, 1);
    ck_assert(ended_well);
    end();
}
END_TEST

START_TEST(tells_what_is_wrong_in_the_words_of_the_log)
{
    begin(one);
    fleet_write(bad);
    struct asker asker;
    ask(&asker, false);
    await(&asker);
    ck_assert(!asker.good);
    ck_assert_uint_eq(asker.added, 0);
    ck_assert_uint_eq(asker.errors, 2);
    ck_assert_str_eq(asker.first_error, "helperd.yaml:2:3: error: helper \"a\": \"command\" is "
                                        "required");
    free(asker.first_error);
    ck_assert_uint_eq(count_helpers(), 1);
    ck_assert_uint_eq(ended, 1);
    ck_assert(!ended_well);
    end();
}
END_TEST

START_TEST(a_dry_run_tells_and_changes_nothing)
{
    begin(one);
    fleet_write("log: {target: log2}\n"
                "helpers: {a: {command: [sleep, '1000']}, b: {command: [sleep, '1000']}}\n");
    fleet.options.log_file = NULL;
    struct asker asker;
    ask(&asker, true);
    await(&asker);
    ck_assert(asker.good);
    ck_assert_uint_eq(asker.added, 1);
    ck_assert_uint_eq(asker.same, 1);
    ck_assert_uint_eq(count_helpers(), 1);
    ck_assert_ptr_eq(reload.config, fleet.config);
    ck_assert_str_eq(fleet.router->own.sink->name, "log");
    ck_assert_uint_eq(ended, 0);
    end();
}
END_TEST

START_TEST(a_dry_run_tells_what_is_wrong)
{
    begin(one);
    fleet_write(bad);
    struct asker asker;
    ask(&asker, true);
    await(&asker);
    ck_assert(!asker.good);
    ck_assert_uint_eq(asker.errors, 2);
    free(asker.first_error);
    ck_assert_uint_eq(ended, 0);
    end();
}
END_TEST

START_TEST(what_is_asked_for_meanwhile_is_answered_by_the_next_one)
{
    begin(one);
    fleet_write(one);
    struct asker first, dry, second, third;
    ask(&first, false);
    ask(&dry, true);
    ask(&second, false);
    ask(&third, false);
    await(&dry);
    ck_assert_uint_eq(first.told + second.told + third.told, 3);
    ck_assert_uint_eq(first.turn, 1);
    ck_assert_uint_eq(second.turn, 2);
    ck_assert_uint_eq(third.turn, 3);
    ck_assert_uint_eq(dry.turn, 4);
    ck_assert_uint_eq(reloads, 2);
    ck_assert_uint_eq(ended, 1); // with nothing in between
    end();
}
END_TEST

START_TEST(who_leaves_is_told_nothing)
{
    begin(one);
    struct asker leaves, stays;
    ask(&leaves, false);
    ask(&stays, false);
    list_remove(&leaves.listener.link);
    await(&stays);
    ck_assert_uint_eq(leaves.told, 0);
    ck_assert(stays.good);
    end();
}
END_TEST

START_TEST(a_shutdown_tells_all_who_still_wait)
{
    begin(one);
    struct asker first, second, dry;
    ask(&first, false);
    ask(&second, false);
    ask(&dry, true);
    reload_cancel(&reload);
    ck_assert_uint_eq(first.told + second.told + dry.told, 3);
    ck_assert(!first.good && !second.good && !dry.good);
    ck_assert_str_eq(dry.first_error, "helperd is stopping; nothing was changed");
    free(first.first_error);
    free(second.first_error);
    free(dry.first_error);
    fleet_turn();
    ck_assert_uint_eq(ended, 0);
    end();
}
END_TEST

Suite *reload_suite(void)
{
    Suite *suite = suite_create("reload");
    TCase *askers = tcase_create("askers");
    tcase_set_timeout(askers, 30);
    tcase_add_test(askers, tells_what_was_done);
    tcase_add_test(askers, tells_what_is_wrong_in_the_words_of_the_log);
    tcase_add_test(askers, a_dry_run_tells_and_changes_nothing);
    tcase_add_test(askers, a_dry_run_tells_what_is_wrong);
    tcase_add_test(askers, what_is_asked_for_meanwhile_is_answered_by_the_next_one);
    tcase_add_test(askers, who_leaves_is_told_nothing);
    tcase_add_test(askers, a_shutdown_tells_all_who_still_wait);
    suite_add_tcase(suite, askers);
    return suite;
}
