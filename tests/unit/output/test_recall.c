// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/fd.h"
#include "base/memory.h"
#include "base/text.h"
#include "output/recall.h"
#include "writing.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 1000 }; // helpers

static struct ev_loop *loop;
static struct router *router;
static int nowhere;
static struct helper_log_config settings;
static struct route web, worker;
static struct record_style style;
static struct recall *recall;

static void start(void)
{
    enter_folder();
    nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    loop = ev_loop_new(EVFLAG_AUTO);
    record_style_init(&style, FORMAT_TEXT, LOG_TIME_NONE, false, false, 0);
    const struct log_target target = {.fd = nowhere, .name = "nowhere", .file = {.fd = -1}};
    const struct log_config config = {.queue = 1 << 20, .level = LEVEL_INFO};
    router = router_create(loop, &target, &style, &config);
    settings = (struct helper_log_config){.file_format = FORMAT_RAW, .history = 1000};
    route_init(&web, router, "web", 3, &settings);
    route_init(&worker, router, "worker", 1, &settings);
}

static void end(void)
{
    recall_destroy(recall);
    route_finish(&web);
    route_finish(&worker);
    router_destroy(router);
    ev_loop_destroy(loop);
    fd_close(&nowhere);
    leave_folder();
}

static void put_record(struct route *route, struct record record, const char *text)
{
    const struct record_source source = {
        .helper = route->helper, .prefix = route->helper, .kind = STREAM_STDOUT, .pid = 4711};
    if (record.source == NULL)
        record.source = &source;
    record.text = text;
    record.length = strlen(text);
    route_put(route, &record);
}

static void put(struct route *route, const char *text)
{
    put_record(route, (struct record){.level = LEVEL_INFO}, text);
}

static void say(const char *text)
{
    router_write_own(router, LEVEL_INFO, text);
}

// Of both helpers and helperd.
static void begin(size_t lines, bool follows)
{
    struct route *routes[] = {&web, &worker};
    const struct recall_request request = {
        .routes = routes, .count = 2, .own = true, .lines = lines, .follows = follows};
    recall_destroy(recall);
    recall = recall_create(router, &request);
}

// What comes next, and whether there is more behind it.
static void expect_piece(size_t bytes, const char *expected, bool more)
{
    struct buffer out = {0};
    ck_assert(recall_read(recall, &style, &out, bytes) == more);
    memory_auto char *text = buffer_take(&out);
    ck_assert_str_eq(text, expected);
}

static void expect_rest(const char *expected)
{
    expect_piece(SIZE_MAX / 2, expected, false);
}

static void expect_last(size_t lines, const char *expected)
{
    begin(lines, false);
    expect_rest(expected);
}

START_TEST(of_nothing_there_is_nothing)
{
    expect_last(RECALL_ALL, "");
    expect_last(10, "");
    recall_destroy(recall);
    recall = recall_create(router, &(struct recall_request){.lines = RECALL_ALL});
    expect_rest("");
    ck_assert_uint_eq(recall_take_missed(recall), 0);
}
END_TEST

START_TEST(gives_the_lines_of_all_in_order)
{
    put(&web, "one\n");
    put(&worker, "two\nthree\n");
    say("four");
    put(&web, "five\n");
    put(&worker, "six\n");
    put(&worker, "seven\n");
    expect_last(RECALL_ALL, "info [web] one\n"
                            "info [worker] two\n"
                            "info [worker] three\n"
                            "info [helperd] four\n"
                            "info [web] five\n"
                            "info [worker] six\n"
                            "info [worker] seven\n");
}
END_TEST

START_TEST(gives_only_what_is_asked_for)
{
    struct route *routes[] = {&worker};
    put(&web, "one\n");
    put(&worker, "two\n");
    say("three");
    recall = recall_create(
        router, &(struct recall_request){.routes = routes, .count = 1, .lines = RECALL_ALL});
    expect_rest("info [worker] two\n");
    recall_destroy(recall);
    recall = recall_create(router, &(struct recall_request){.own = true, .lines = 5});
    expect_rest("info [helperd] three\n");
}
END_TEST

START_TEST(the_latest_are_counted_over_all)
{
    put(&web, "one\n");
    put(&worker, "two\nthree\nfour\n");
    say("five");
    put(&web, "six\n");
    expect_last(0, "");
    expect_last(1, "info [web] six\n");
    expect_last(2, "info [helperd] five\ninfo [web] six\n");
    expect_last(3, "info [worker] four\ninfo [helperd] five\ninfo [web] six\n");
    expect_last(4, "info [worker] three\ninfo [worker] four\ninfo [helperd] five\n"
                   "info [web] six\n");
    expect_last(6, "info [web] one\ninfo [worker] two\ninfo [worker] three\ninfo [worker] four\n"
                   "info [helperd] five\ninfo [web] six\n");
    expect_last(7, "info [web] one\ninfo [worker] two\ninfo [worker] three\ninfo [worker] four\n"
                   "info [helperd] five\ninfo [web] six\n");
}
END_TEST

START_TEST(says_all_of_a_line_that_was_said_with_it)
{
    const struct record_source err = {
        .helper = "web", .prefix = "web", .kind = STREAM_STDERR, .pid = 42};
    const int64_t time = 1795255200123456; // 2026-11-21 10:00:00
    put_record(&web, (struct record){.source = &err, .level = LEVEL_ERROR, .time = time}, "one\n");
    put_record(&web, (struct record){.level = LEVEL_INFO, .time = time, .partial = true}, "two");
    put_record(&web,
               (struct record){
                   .level = LEVEL_INFO, .time = time + 1000, .continued = true, .unended = true},
               "three");
    record_style_init(&style, FORMAT_JSON, LOG_TIME_UTC, false, false, 0);
    expect_last(RECALL_ALL,
                "{\"ts\":\"2026-11-21T10:00:00.123Z\",\"level\":\"error\",\"helper\":\"web\","
                "\"stream\":\"stderr\",\"pid\":42,\"msg\":\"one\"}\n"
                "{\"ts\":\"2026-11-21T10:00:00.123Z\",\"level\":\"info\",\"helper\":\"web\","
                "\"stream\":\"stdout\",\"pid\":4711,\"msg\":\"two\",\"partial\":true}\n"
                "{\"ts\":\"2026-11-21T10:00:00.124Z\",\"level\":\"info\",\"helper\":\"web\","
                "\"stream\":\"stdout\",\"pid\":4711,\"msg\":\"three\"}\n");
}
END_TEST

START_TEST(shows_names_and_colors_as_the_log_does)
{
    settings.prefix = (char *)"site";
    put(&web, "one\n");
    expect_last(RECALL_ALL, "info [site] one\n");
    const struct record_source source = {
        .helper = "web", .prefix = "site", .kind = STREAM_STDOUT, .color = 3};
    const struct record record = {
        .source = &source, .level = LEVEL_INFO, .text = "one\n", .length = 4};
    struct buffer shown = {0};
    record_style_init(&style, FORMAT_DEV, LOG_TIME_NONE, true, true, 8);
    record_render(&record, &style, &shown);
    memory_auto char *expected = buffer_take(&shown);
    expect_last(RECALL_ALL, expected);
}
END_TEST

START_TEST(is_read_piece_by_piece)
{
    put(&web, "one\ntwo\n");
    put(&worker, "three\n");
    put(&web, "four\n");
    begin(RECALL_ALL, false);
    expect_piece(0, "", true);
    expect_piece(1, "info [web] one\ninfo [web] two\n", true);
    expect_piece(21, "info [worker] three\ninfo [web] four\n", false);
    expect_piece(1, "", false);
}
END_TEST

START_TEST(ends_with_what_was_there_at_its_beginning)
{
    put(&web, "one\n");
    begin(RECALL_ALL, false);
    put(&web, "two\n");
    put(&worker, "three\n");
    expect_rest("info [web] one\n");
}
END_TEST

START_TEST(one_that_follows_goes_on_with_what_comes)
{
    put(&web, "one\n");
    put(&worker, "two\n");
    begin(1, true);
    put(&web, "three\n");
    expect_piece(1, "info [worker] two\n", true);
    put(&worker, "four\n");
    put(&web, "five\n");
    say("six");
    expect_rest("info [web] three\ninfo [worker] four\ninfo [web] five\ninfo [helperd] six\n");
    expect_rest("");
    put(&web, "seven\n");
    expect_rest("info [web] seven\n");
}
END_TEST

static void put_many(struct route *route, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        put(route, "one of many\n");
}

START_TEST(counts_what_was_forgotten_before_it_was_read)
{
    put(&web, "one\n");
    put(&web, "two\nthree\n");
    put(&worker, "four\n");
    begin(RECALL_ALL, false);
    expect_piece(1, "info [web] one\n", true);
    put_many(&web, 100);
    ck_assert_uint_eq(recall_take_missed(recall), 2);
    ck_assert_uint_eq(recall_take_missed(recall), 0);
    expect_rest("info [worker] four\n");
    put_many(&web, 100); // which it is not to read
    ck_assert_uint_eq(recall_take_missed(recall), 0);
}
END_TEST

START_TEST(one_that_follows_counts_all_that_it_missed)
{
    begin(RECALL_ALL, true);
    put_many(&web, 100);
    uint64_t missed = recall_take_missed(recall);
    struct buffer out = {0};
    ck_assert(!recall_read(recall, &style, &out, SIZE_MAX / 2));
    ck_assert_uint_gt(missed, 0);
    ck_assert_uint_eq(missed + text_count_newlines(out.data, out.length), 100);
    buffer_finish(&out);
}
END_TEST

START_TEST(a_helper_that_goes_leaves_the_others)
{
    put(&web, "one\n");
    put(&worker, "two\n");
    put(&web, "three\n");
    begin(RECALL_ALL, true);
    expect_piece(1, "info [web] one\n", true);
    route_finish(&web);
    expect_rest("info [worker] two\n");
    put(&worker, "four\n");
    expect_rest("info [worker] four\n");
    route_init(&web, router, "web", 3, &settings); // another one
    put(&web, "five\n");
    expect_rest("");
}
END_TEST

START_TEST(a_thousand_helpers_are_told_in_order)
{
    struct route *routes = memory_new(MANY, sizeof(*routes));
    struct route **list = memory_new(MANY, sizeof(struct route *));
    struct buffer all = {0}, names = {0};
    for (unsigned i = 0; i < MANY; i++) {
        buffer_printf(&names, "h%03u%c", i, '\0');
        list[i] = &routes[i];
    }
    for (unsigned i = 0; i < MANY; i++)
        route_init(&routes[i], router, names.data + 5 * i, 0, &settings);
    unsigned seed = 1;
    for (unsigned i = 0; i < 5 * MANY; i++) {
        seed = seed * 1103515245 + 12345;
        unsigned helper = (seed >> 16) % MANY;
        memory_auto char *text = memory_format("line %u\n", i);
        put(&routes[helper], text);
        buffer_printf(&all, "info [h%03u] %s", helper, text);
    }
    buffer_append_char(&all, '\0');
    const struct recall_request request = {
        .routes = list, .count = MANY, .own = true, .lines = RECALL_ALL};
    recall = recall_create(router, &request);
    expect_rest(all.data);
    const struct recall_request last = {.routes = list, .count = MANY, .own = true, .lines = 1234};
    recall_destroy(recall);
    recall = recall_create(router, &last);
    memory_auto char *from = memory_format("line %u\n", 5 * MANY - 1234);
    const char *first = strstr(all.data, from);
    expect_rest(first - strlen("info [h000] "));

    for (unsigned i = 0; i < MANY; i++)
        route_finish(&routes[i]);
    buffer_finish(&all);
    buffer_finish(&names);
    free(routes);
    free(list);
}
END_TEST

Suite *recall_suite(void)
{
    Suite *suite = suite_create("recall");
    TCase *lines = tcase_create("lines");
    tcase_set_timeout(lines, 30);
    tcase_add_checked_fixture(lines, start, end);
    tcase_add_test(lines, of_nothing_there_is_nothing);
    tcase_add_test(lines, gives_the_lines_of_all_in_order);
    tcase_add_test(lines, gives_only_what_is_asked_for);
    tcase_add_test(lines, the_latest_are_counted_over_all);
    tcase_add_test(lines, says_all_of_a_line_that_was_said_with_it);
    tcase_add_test(lines, shows_names_and_colors_as_the_log_does);
    tcase_add_test(lines, a_thousand_helpers_are_told_in_order);
    suite_add_tcase(suite, lines);

    TCase *pieces = tcase_create("pieces");
    tcase_set_timeout(pieces, 30);
    tcase_add_checked_fixture(pieces, start, end);
    tcase_add_test(pieces, is_read_piece_by_piece);
    tcase_add_test(pieces, ends_with_what_was_there_at_its_beginning);
    tcase_add_test(pieces, one_that_follows_goes_on_with_what_comes);
    tcase_add_test(pieces, counts_what_was_forgotten_before_it_was_read);
    tcase_add_test(pieces, one_that_follows_counts_all_that_it_missed);
    tcase_add_test(pieces, a_helper_that_goes_leaves_the_others);
    suite_add_tcase(suite, pieces);
    return suite;
}
