// SPDX-License-Identifier: MIT
#include "../suites.h"

#include "client/event_lines.h"
#include "client/event_stream.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct buffer seen;

static void on_event(void *context, const char *kind, const char *data)
{
    (void)context;
    buffer_printf(&seen, "[%s|%s]", kind, data);
}

static struct event_stream stream;

static void set_up(void)
{
    stream = (struct event_stream){.on_event = on_event};
}

static void tear_down(void)
{
    event_stream_finish(&stream);
    buffer_finish(&seen);
}

static void take(const char *text)
{
    ck_assert(event_stream_take(&stream, text, strlen(text)));
}

static void expect(const char *expected)
{
    memory_auto char *all = buffer_take(&seen);
    ck_assert_str_eq(all, expected);
}

START_TEST(an_event_ends_with_an_empty_line)
{
    take("id: 42\nevent: state\ndata: {\"a\":1}\n");
    expect("");
    take("\n");
    expect("[state|{\"a\":1}]");
}
END_TEST

START_TEST(comments_and_empty_events_are_none)
{
    take(":\n\n: alive\n\nevent: state\n\n");
    expect("");
    take("data: x\n\n");
    expect("[message|x]"); // the kind before it was not its own
}
END_TEST

START_TEST(lines_may_come_in_any_pieces_and_end_as_in_http)
{
    static const char text[] = "event:ready\r\ndata: one\r\ndata: two\r\n\r\n";
    for (size_t i = 0; i < strlen(text); i++)
        ck_assert(event_stream_take(&stream, text + i, 1));
    expect("[ready|one\ntwo]");
}
END_TEST

static void check_line(const char *kind, const char *data, const char *expected)
{
    struct buffer out = {0};
    struct screen screen = {0};
    event_lines_write(&out, &screen, kind, data, 1e9);
    memory_auto char *text = buffer_take(&out);
    ck_assert_str_eq(text, expected);
}

START_TEST(events_are_lines_for_people)
{
    setenv("TZ", "UTC", 1);
    tzset();
    check_line("state",
               "{\"time\":\"2001-09-09T01:00:00.123Z\",\"helper\":\"web\",\"from\":\"starting\","
               "\"to\":\"running\",\"pid\":4711,\"reason\":\"started\"}",
               "01:00:00 web: running (was starting, pid 4711): started\n");
    check_line(
        "state",
        "{\"time\":\"2001-09-08T01:00:00.000Z\",\"helper\":\"w\\u001b\",\"from\":\"running\","
        "\"to\":\"stopped\",\"pid\":null,\"reason\":null}",
        "2001-09-08 01:00:00 w\\x1b: stopped (was running)\n");
    check_line("ready", "{\"time\":null,\"helper\":\"web\",\"after\":0.3}",
               "01:46:40 web: ready after 300 ms\n");
    check_line("ready", "{\"time\":null,\"helper\":\"web\",\"after\":0.0}",
               "01:46:40 web: ready\n");
    check_line("drops", "{\"helper\":\"web\",\"lines\":1,\"where\":\"log\"}",
               "01:46:40 web: 1 line dropped from log\n");
    check_line("drops", "{\"helper\":\"web\",\"lines\":12,\"where\":\"log\"}",
               "01:46:40 web: 12 lines dropped from log\n");
    check_line("lost", "{\"from\":43,\"to\":99}", "01:46:40 helperd: events 43 to 99 are lost\n");
    check_line("shutdown", "{\"reason\":\"SIGTERM\"}", "01:46:40 helperd: shutdown: SIGTERM\n");
    check_line("reload",
               "{\"good\":true,\"report\":{\"added\":{\"count\":3,\"names\":[\"a\",\"b\"]},"
               "\"same\":2}}",
               "01:46:40 helperd: reload: 3 added (a, b and 1 more), 2 the same\n");
    check_line("reload", "{\"good\":false,\"errors\":[\"a.yaml:1: error: no\"]}",
               "01:46:40 helperd: reload: refused\n  a.yaml:1: error: no\n");
    check_line("news", "{\"x\":1}", "01:46:40 helperd: news {\"x\":1}\n");
    check_line("state", "no JSON\n", "01:46:40 helperd:  (was )\n");
}
END_TEST

static void check_report(const char *json, bool dry, const char *expected)
{
    struct buffer out = {0};
    json_t *report = json_loads(json, 0, NULL);
    event_lines_write_report(&out, report, dry);
    json_decref(report);
    memory_auto char *text = buffer_take(&out);
    ck_assert_str_eq(text, expected);
}

START_TEST(a_report_says_what_was_or_would_be_done)
{
    static const char *const json =
        "{\"added\":{\"count\":1,\"names\":[\"cache\"]},\"removed\":{\"count\":0,\"names\":[]},"
        "\"restarted\":{\"count\":2,\"names\":[\"web\",\"api\"]},"
        "\"changed\":{\"count\":0,\"names\":[]},\"same\":12}";
    check_report(json, false, "added: cache\nrestarted: web, api\nthe same: 12\n");
    check_report(json, true, "would be added: cache\nwould be restarted: web, api\nthe same: 12\n");
    check_report("{\"same\":3}", false, "nothing has changed\n");
    check_report("{\"same\":3}", true, "nothing would be changed\n");
}
END_TEST

Suite *event_stream_suite(void)
{
    Suite *suite = suite_create("event_stream");
    TCase *bytes = tcase_create("bytes");
    tcase_add_checked_fixture(bytes, set_up, tear_down);
    tcase_add_test(bytes, an_event_ends_with_an_empty_line);
    tcase_add_test(bytes, comments_and_empty_events_are_none);
    tcase_add_test(bytes, lines_may_come_in_any_pieces_and_end_as_in_http);
    suite_add_tcase(suite, bytes);
    TCase *lines = tcase_create("lines");
    tcase_add_test(lines, events_are_lines_for_people);
    tcase_add_test(lines, a_report_says_what_was_or_would_be_done);
    suite_add_tcase(suite, lines);
    return suite;
}
