// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/fd.h"
#include "base/memory.h"
#include "output/route.h"
#include "output/router.h"
#include "writing.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct ev_loop *loop;
static struct router *router;
static int reader, writer; // the log's pipe
static struct helper_log_config settings;
static struct route route;

static const struct record_source out = {
    .helper = "web", .prefix = "web", .kind = STREAM_STDOUT, .pid = 4711};
static const struct record_source err = {
    .helper = "web", .prefix = "web", .kind = STREAM_STDERR, .pid = 4711};

static void configure(enum level level, enum on_full on_full)
{
    struct record_style style = router->style;
    const struct log_config config = {.queue = 64 << 10, .on_full = on_full, .level = level};
    router_configure(router, NULL, &style, &config);
}

static void start(void)
{
    enter_folder();
    make_pipe(&reader, &writer);
    loop = ev_loop_new(EVFLAG_AUTO);
    struct record_style style;
    record_style_init(&style, FORMAT_RAW, LOG_TIME_NONE, false, false, 0);
    const struct log_target target = {.fd = writer, .name = "the log", .file = {.fd = -1}};
    const struct log_config config = {.queue = 64 << 10, .level = LEVEL_INFO};
    router = router_create(loop, &target, &style, &config);
    settings = (struct helper_log_config){.file_format = FORMAT_RAW, .history = 10000};
    route_init(&route, router, "web", 0, &settings);
}

static void end(void)
{
    log_set_writer(NULL, NULL);
    route_finish(&route);
    router_destroy(router);
    ev_loop_destroy(loop);
    fd_close(&reader);
    fd_close(&writer);
    leave_folder();
}

static void put_record(struct record record, const struct record_source *source, const char *text)
{
    record.source = source;
    record.text = text;
    record.length = strlen(text);
    route_put(&route, &record);
}

static void put(enum level level, const char *text)
{
    put_record((struct record){.level = level}, &out, text);
}

static void put_many(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        put(LEVEL_INFO, "one of many\n");
}

static void expect_counts(const struct log_counts *counts, uint64_t lines, uint64_t bytes)
{
    ck_assert_uint_eq(counts->lines, lines);
    ck_assert_uint_eq(counts->bytes, bytes);
    ck_assert_uint_eq(counts->dropped, 0);
}

START_TEST(counts_what_is_said_in_lines_and_bytes)
{
    put(LEVEL_INFO, "one\n");
    put(LEVEL_INFO, "two\nthree\n\n");
    expect_counts(&route.counts, 4, 15);
    put_record((struct record){.level = LEVEL_ERROR, .unended = true}, &err, "last");
    expect_counts(&route.counts, 5, 19);
    expect_counts(&router->counts, 5, 19);
}
END_TEST

START_TEST(counts_lines_that_nobody_sees)
{
    configure(LEVEL_ERROR, ON_FULL_BLOCK);
    put(LEVEL_INFO, "one\ntwo\n");
    expect_counts(&route.counts, 2, 8);
}
END_TEST

START_TEST(counts_a_line_that_goes_to_two_places_once)
{
    settings.file = (char *)"copy";
    route_configure(&route, "web", &settings);
    put(LEVEL_INFO, "one\ntwo\n");
    expect_counts(&route.counts, 2, 8);
}
END_TEST

START_TEST(counts_a_line_that_comes_in_pieces_once)
{
    put_record((struct record){.level = LEVEL_INFO, .partial = true}, &out, "begins ");
    put_record((struct record){.level = LEVEL_INFO, .partial = true, .continued = true}, &out,
               "goes on ");
    put_record((struct record){.level = LEVEL_INFO, .continued = true}, &out, "ends\n");
    expect_counts(&route.counts, 1, 20);
}
END_TEST

START_TEST(what_was_said_counts_when_its_helper_is_gone)
{
    put(LEVEL_INFO, "one\n");
    route_finish(&route);
    route_init(&route, router, "other", 0, &settings);
    expect_counts(&route.counts, 0, 0);
    put(LEVEL_INFO, "two\n");
    expect_counts(&router->counts, 2, 8);
}
END_TEST

START_TEST(counts_every_line_that_was_ever_dropped)
{
    log_set_writer(router_write_own, router);
    configure(LEVEL_INFO, ON_FULL_DROP);
    settings.stdout_file = (char *)"file";
    route_configure(&route, "web", &settings);
    put_many(20000);
    uint64_t dropped = route.outlets[ROUTE_STDOUT].dropped;
    ck_assert_uint_gt(dropped, 0);
    ck_assert_uint_eq(route.counts.dropped, dropped);
    ck_assert_uint_eq(route.counts.lines, 20000);
    ck_assert_uint_eq(sink_status(route.outlets[ROUTE_STDOUT].sink).dropped, dropped);

    settings.stdout_file = (char *)"other";
    route_configure(&route, "web", &settings);
    ck_assert_uint_eq(route.counts.dropped, dropped);
    settings.rate_limit = 1;
    while (route_admits_line(&route))
        ;
    ck_assert_uint_eq(route.counts.dropped, dropped + 1);
    ck_assert_uint_eq(router->counts.dropped, dropped + 1);
    ck_assert_uint_eq(route.counts.lines, 20000); // it was not admitted
}
END_TEST

START_TEST(counts_its_own_lines_apart)
{
    router_write_own(router, LEVEL_INFO, "hello");
    router_write_own(router, LEVEL_DEBUG, "not shown");
    expect_counts(&router->own_counts, 1, 5);
    expect_counts(&router->counts, 0, 0);
}
END_TEST

START_TEST(a_sink_says_what_waits_in_it)
{
    put(LEVEL_INFO, "one\n");
    struct sink_status status = sink_status(router->own.sink);
    ck_assert_str_eq(status.name, "standard error"); // what is not standard output is called so
    ck_assert_uint_eq(status.queued, 4);
    ck_assert_uint_eq(status.limit, 64 << 10);
    ck_assert_int_eq(status.failing, 0);
    ck_assert_uint_eq(status.dropped, 0);
    while (sink_status(router->own.sink).queued > 0)
        ev_run(loop, EVRUN_NOWAIT);
    ck_assert(sink_is_idle(router->own.sink));
}
END_TEST

START_TEST(numbers_tell_the_order_of_all_lines)
{
    struct history_reader helper, own;
    struct buffer room = {0};
    struct history_run run;
    put(LEVEL_INFO, "one\n");
    router_write_own(router, LEVEL_INFO, "two");
    put(LEVEL_INFO, "three\nfour\n");
    history_reader_init(&helper, &route.history);
    history_reader_init(&own, &router->own_history);
    ck_assert(history_reader_back(&helper));
    ck_assert(history_reader_back(&own));
    ck_assert_uint_eq(history_reader_number(&helper), 3);
    ck_assert_uint_eq(history_reader_number(&own), 2);
    ck_assert_uint_eq(router->number, 3);
    ck_assert(history_reader_read(&own, &run, &room));
    ck_assert_int_eq(run.kind, STREAM_OWN);
    ck_assert_mem_eq(run.record.text, "two", run.record.length);
    history_reader_finish(&helper);
    history_reader_finish(&own);
    buffer_finish(&room);
}
END_TEST

START_TEST(keeps_lines_that_nobody_sees)
{
    configure(LEVEL_ERROR, ON_FULL_BLOCK);
    put(LEVEL_DEBUG, "one\n");
    memory_auto char *text = history_last(&route.history, 10);
    ck_assert_str_eq(text, "one\n");
}
END_TEST

// Nobody reads the log's pipe, so its queue is full soon.
START_TEST(keeps_its_own_lines_that_the_log_does_not_take)
{
    for (unsigned i = 0; i < 20000; i++)
        router_write_own(router, LEVEL_INFO, "one of many");
    ck_assert_uint_gt(router->own.dropped, 0);
    router_write_own(router, LEVEL_INFO, "the last");
    router_write_own(router, LEVEL_DEBUG, "not shown");
    memory_auto char *text = history_last(&router->own_history, 1);
    ck_assert_str_eq(text, "the last\n");
}
END_TEST

// A tap that keeps what it is shown, as "HELPER: TEXT".
struct watcher {
    struct tap tap;
    struct buffer seen;
    unsigned left; // records until it takes itself out; 0: never
    uint64_t number;
};

static void watch(struct tap *tap, const struct record *record)
{
    struct watcher *watcher = LIST_ITEM(struct watcher, tap, tap);
    buffer_printf(&watcher->seen, "%s: %.*s", record->source->helper, (int)record->length,
                  record->text);
    watcher->number = router->number;
    if (watcher->left > 0 && --watcher->left == 0)
        list_remove(&tap->link);
}

static void add_watcher(struct watcher *watcher, unsigned left)
{
    *watcher = (struct watcher){.tap.put = watch, .left = left};
    router_add_tap(router, &watcher->tap);
}

static void expect_seen(struct watcher *watcher, const char *expected)
{
    memory_auto char *seen = buffer_take(&watcher->seen);
    ck_assert_str_eq(seen, expected);
}

START_TEST(a_tap_is_shown_all_lines_in_order)
{
    struct watcher watcher;
    settings.stderr_file = (char *)"errors";
    route_configure(&route, "web", &settings);
    put(LEVEL_INFO, "before\n");
    add_watcher(&watcher, 0);
    put(LEVEL_INFO, "one\n");
    put(LEVEL_DEBUG, "below the level\n");
    router_write_own(router, LEVEL_INFO, "own\n");
    router_write_own(router, LEVEL_DEBUG, "not shown\n");
    put_record((struct record){.level = LEVEL_ERROR}, &err, "to a file\n");
    ck_assert_uint_eq(watcher.number, router->number);
    list_remove(&watcher.tap.link);
    put(LEVEL_INFO, "after\n");
    expect_seen(&watcher, "web: one\nweb: below the level\nhelperd: own\nweb: to a file\n");
}
END_TEST

START_TEST(a_tap_may_take_itself_out)
{
    struct watcher first, second, third;
    add_watcher(&first, 0);
    add_watcher(&second, 1);
    add_watcher(&third, 2);
    put(LEVEL_INFO, "1\n");
    put(LEVEL_INFO, "2\n");
    put(LEVEL_INFO, "3\n");
    expect_seen(&first, "web: 1\nweb: 2\nweb: 3\n");
    expect_seen(&second, "web: 1\n");
    expect_seen(&third, "web: 1\nweb: 2\n");
    list_remove(&first.tap.link);
    ck_assert(list_is_empty(&router->taps));
}
END_TEST

START_TEST(a_tap_is_shown_what_the_log_does_not_take)
{
    struct watcher watcher;
    configure(LEVEL_INFO, ON_FULL_DROP);
    put_many(20000);
    ck_assert_uint_gt(route.outlets[ROUTE_LOG].dropped, 0);
    add_watcher(&watcher, 0);
    put(LEVEL_INFO, "dropped\n");
    for (unsigned i = 0; i < 20000; i++)
        router_write_own(router, LEVEL_INFO, "own\n");
    ck_assert_uint_gt(router->own.dropped, 0);
    memory_auto char *seen = buffer_take(&watcher.seen);
    ck_assert_ptr_eq(strstr(seen, "web: dropped\nhelperd: own\n"), seen);
    ck_assert_uint_eq(strlen(seen), strlen("web: dropped\n") + 20000 * strlen("helperd: own\n"));
    list_remove(&watcher.tap.link);
}
END_TEST

// What was told last.
static struct {
    unsigned count;
    char *helper, *where;
    uint64_t lines;
} told;

static void on_dropped(void *context, const char *helper, uint64_t lines, const char *where)
{
    ck_assert_ptr_eq(context, &told);
    free(told.helper);
    free(told.where);
    told.count++;
    told.helper = memory_copy(helper);
    told.lines = lines;
    told.where = memory_copy(where);
}

static void listen_to_drops(void)
{
    log_set_writer(router_write_own, router);
    router_set_drop_listener(router, (struct drop_listener){on_dropped, &told});
    configure(LEVEL_INFO, ON_FULL_DROP);
}

static void expect_told(const char *helper, uint64_t lines, const char *where)
{
    ck_assert_uint_eq(told.count, 1);
    ck_assert_pstr_eq(told.helper, helper);
    ck_assert_uint_eq(told.lines, lines);
    ck_assert_str_eq(told.where, where);
    free(told.helper);
    free(told.where);
    memset(&told, 0, sizeof(told));
    ck_assert(route_tell_dropped(&route)); // once is enough
    ck_assert_uint_eq(told.count, 0);
}

// Empties the log's pipe until all was written to it.
static void read_log(void)
{
    char bytes[4096];
    ck_assert_int_eq(fd_set_nonblocking(reader), 0);
    while (!sink_is_idle(router->own.sink)) {
        (void)read(reader, bytes, sizeof(bytes));
        ev_run(loop, EVRUN_NOWAIT);
    }
}

START_TEST(drops_of_the_log_are_told)
{
    listen_to_drops();
    put_many(20000);
    uint64_t dropped = route.outlets[ROUTE_LOG].dropped;
    ck_assert_uint_gt(dropped, 0);
    ck_assert(!route_tell_dropped(&route)); // there is no room for the word
    ck_assert_uint_eq(told.count, 0);
    read_log();
    (void)route_tell_dropped(&route);
    expect_told("web", dropped, "log");
}
END_TEST

START_TEST(drops_of_a_file_are_told)
{
    listen_to_drops();
    settings.stdout_file = (char *)"file";
    route_configure(&route, "web", &settings);
    put_many(20000);
    uint64_t dropped = route.outlets[ROUTE_STDOUT].dropped;
    while (!route_tell_dropped(&route))
        ev_run(loop, EVRUN_NOWAIT);
    expect_told("web", dropped, "file");
}
END_TEST

START_TEST(lines_over_the_rate_are_told)
{
    listen_to_drops();
    settings.rate_limit = 1;
    while (route_admits_line(&route))
        ;
    ck_assert(route_tell_dropped(&route));
    expect_told("web", 1, "rate limit");
}
END_TEST

static bool is_told(void)
{
    return told.count > 0;
}

START_TEST(drops_of_one_that_is_gone_are_told)
{
    listen_to_drops();
    settings.stdout_file = (char *)"file";
    route_configure(&route, "web", &settings);
    put_many(20000);
    uint64_t dropped = route.outlets[ROUTE_STDOUT].dropped;
    settings.stdout_file = NULL;
    // Its word finds no room in the file's queue.
    route_configure(&route, "web", &settings);
    while (!is_told())
        ev_run(loop, EVRUN_ONCE);
    expect_told(NULL, dropped, "file");
}
END_TEST

Suite *route_suite(void)
{
    Suite *suite = suite_create("route");
    TCase *kept = tcase_create("kept");
    tcase_set_timeout(kept, 30);
    tcase_add_checked_fixture(kept, start, end);
    tcase_add_test(kept, numbers_tell_the_order_of_all_lines);
    tcase_add_test(kept, keeps_lines_that_nobody_sees);
    tcase_add_test(kept, keeps_its_own_lines_that_the_log_does_not_take);
    suite_add_tcase(suite, kept);

    TCase *taps = tcase_create("taps");
    tcase_set_timeout(taps, 30);
    tcase_add_checked_fixture(taps, start, end);
    tcase_add_test(taps, a_tap_is_shown_all_lines_in_order);
    tcase_add_test(taps, a_tap_may_take_itself_out);
    tcase_add_test(taps, a_tap_is_shown_what_the_log_does_not_take);
    suite_add_tcase(suite, taps);

    TCase *drops = tcase_create("drops");
    tcase_set_timeout(drops, 30);
    tcase_add_checked_fixture(drops, start, end);
    tcase_add_test(drops, drops_of_the_log_are_told);
    tcase_add_test(drops, drops_of_a_file_are_told);
    tcase_add_test(drops, lines_over_the_rate_are_told);
    tcase_add_test(drops, drops_of_one_that_is_gone_are_told);
    suite_add_tcase(suite, drops);

    TCase *counters = tcase_create("counters");
    tcase_set_timeout(counters, 30);
    tcase_add_checked_fixture(counters, start, end);
    tcase_add_test(counters, counts_what_is_said_in_lines_and_bytes);
    tcase_add_test(counters, counts_lines_that_nobody_sees);
    tcase_add_test(counters, counts_a_line_that_goes_to_two_places_once);
    tcase_add_test(counters, counts_a_line_that_comes_in_pieces_once);
    tcase_add_test(counters, what_was_said_counts_when_its_helper_is_gone);
    tcase_add_test(counters, counts_every_line_that_was_ever_dropped);
    tcase_add_test(counters, counts_its_own_lines_apart);
    tcase_add_test(counters, a_sink_says_what_waits_in_it);
    suite_add_tcase(suite, counters);
    return suite;
}
