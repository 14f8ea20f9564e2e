// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/memory.h"
#include "control/feed.h"

#include <string.h>

static const int64_t ten = INT64_C(1795255200123000); // 2026-11-21T10:00:00.123Z

struct client {
    struct feed_reader reader; // the first member
    unsigned wakes;
    uint64_t behind; // as it was told that it stalled
    struct buffer got;
};

static struct feed *feed;
static struct client client;

static void on_wake(struct feed_reader *reader)
{
    ((struct client *)reader)->wakes++;
}

static void on_stalled(struct feed_reader *reader, uint64_t behind)
{
    ((struct client *)reader)->behind = behind;
    feed_leave(reader);
}

static void client_init(struct client *one)
{
    *one = (struct client){.reader = {.wake = on_wake, .stalled = on_stalled}};
}

static void client_finish(struct client *one)
{
    feed_leave(&one->reader);
    buffer_finish(&one->got);
}

static void set_up(size_t events, size_t bytes)
{
    feed = feed_create(events, bytes);
    client_init(&client);
}

static void set_up_large(void)
{
    set_up(FEED_EVENTS, FEED_BYTES);
}

static void set_up_small(void)
{
    set_up(4, FEED_BYTES);
}

static void tear_down(void)
{
    client_finish(&client);
    feed_destroy(feed);
}

// Reads all there is, at most so many bytes at a time.
static void read_all(struct client *one, size_t room)
{
    char bytes[4096];
    for (size_t count; (count = feed_read(&one->reader, bytes, room)) > 0;) {
        ck_assert_uint_le(count, room);
        buffer_append(&one->got, bytes, count);
    }
}

// What was read since the last time.
static void expect_got(struct client *one, const char *expected)
{
    memory_auto char *text = buffer_take(&one->got);
    ck_assert_str_eq(text, expected);
}

static void expect(const char *expected)
{
    read_all(&client, 4096);
    expect_got(&client, expected);
}

static void add(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        feed_shutdown(feed, 0, "x");
}

// What events of add() look like, from one number to another.
static char *numbered(uint64_t from, uint64_t to)
{
    struct buffer text = {0};
    for (uint64_t number = from; number <= to; number++)
        buffer_printf(&text,
                      "id: %llu\nevent: shutdown\n"
                      "data: {\"time\":\"1970-01-01T00:00:00.000Z\",\"reason\":\"x\"}\n\n",
                      (unsigned long long)number);
    return buffer_take(&text);
}

static void expect_numbers(uint64_t from, uint64_t to)
{
    memory_auto char *text = numbered(from, to);
    expect(text);
}

START_TEST(a_change_of_state_is_told_with_all_of_it)
{
    feed_follow(feed, &client.reader);
    feed_state(feed, ten, "web", STATE_STARTING, STATE_RUNNING, 4711, "started");
    feed_state(feed, ten, "worker@1", STATE_RUNNING, STATE_BACKOFF, 0, NULL);
    expect("id: 1\nevent: state\ndata: {\"time\":\"2026-11-21T10:00:00.123Z\",\"helper\":\"web\","
           "\"from\":\"starting\",\"to\":\"running\",\"pid\":4711,\"reason\":\"started\"}\n\n"
           "id: 2\nevent: state\ndata: {\"time\":\"2026-11-21T10:00:00.123Z\","
           "\"helper\":\"worker@1\",\"from\":\"running\",\"to\":\"backoff\",\"pid\":null,"
           "\"reason\":null}\n\n");
}
END_TEST

START_TEST(readiness_drops_and_the_end_are_told)
{
    feed_follow(feed, &client.reader);
    feed_ready(feed, ten, "web", 4711, 0.3);
    feed_drops(feed, ten, "web", 12, "log");
    feed_shutdown(feed, ten, "terminated");
    expect("id: 1\nevent: ready\ndata: {\"time\":\"2026-11-21T10:00:00.123Z\",\"helper\":\"web\","
           "\"pid\":4711,\"after\":0.3}\n\n"
           "id: 2\nevent: drops\ndata: {\"time\":\"2026-11-21T10:00:00.123Z\",\"helper\":\"web\","
           "\"lines\":12,\"where\":\"log\"}\n\n"
           "id: 3\nevent: shutdown\ndata: {\"time\":\"2026-11-21T10:00:00.123Z\","
           "\"reason\":\"terminated\"}\n\n");
}
END_TEST

START_TEST(a_reload_is_told_with_its_report_or_its_errors)
{
    feed_follow(feed, &client.reader);
    json_t *report = json_pack("{s:i}", "same", 12);
    json_t *errors = json_pack("[s, s]", "a.yaml:1:1: error: no", "a.yaml:2:1: error: \"no\"");
    feed_reload(feed, ten, true, report);
    feed_reload(feed, ten, false, errors);
    json_decref(report);
    json_decref(errors);
    expect("id: 1\nevent: reload\ndata: {\"time\":\"2026-11-21T10:00:00.123Z\",\"good\":true,"
           "\"report\":{\"same\":12}}\n\n"
           "id: 2\nevent: reload\ndata: {\"time\":\"2026-11-21T10:00:00.123Z\",\"good\":false,"
           "\"errors\":[\"a.yaml:1:1: error: no\",\"a.yaml:2:1: error: \\\"no\\\"\"]}\n\n");
}
END_TEST

START_TEST(bytes_that_are_no_utf8_and_newlines_break_no_event)
{
    feed_follow(feed, &client.reader);
    feed_state(feed, 0, "web", STATE_STARTING, STATE_FAILED, 0, "cannot execute \xff\n\nid: 9");
    expect("id: 1\nevent: state\ndata: {\"time\":\"1970-01-01T00:00:00.000Z\",\"helper\":\"web\","
           "\"from\":\"starting\",\"to\":\"failed\",\"pid\":null,"
           "\"reason\":\"cannot execute \xef\xbf\xbd\\n\\nid: 9\"}\n\n");
}
END_TEST

START_TEST(who_follows_gets_what_comes_from_now_on)
{
    add(3);
    feed_follow(feed, &client.reader);
    expect("");
    add(2);
    expect_numbers(4, 5);
    expect("");
    ck_assert_uint_eq(feed_count(feed), 5);
}
END_TEST

START_TEST(who_resumes_gets_what_came_since)
{
    add(10);
    feed_resume(feed, &client.reader, 7);
    expect_numbers(8, 10);
    add(1);
    expect_numbers(11, 11);
}
END_TEST

START_TEST(who_resumes_after_the_last_one_has_missed_nothing)
{
    add(10);
    feed_resume(feed, &client.reader, 10);
    expect("");
    add(1);
    expect_numbers(11, 11);
}
END_TEST

START_TEST(a_number_from_the_future_means_from_now_on)
{
    add(2);
    feed_resume(feed, &client.reader, UINT64_MAX);
    expect("");
    add(1);
    expect_numbers(3, 3);
}
END_TEST

START_TEST(what_is_no_longer_held_is_told_as_lost)
{
    add(10);
    feed_resume(feed, &client.reader, 2);
    memory_auto char *kept = numbered(7, 10);
    memory_auto char *all = memory_format("event: lost\ndata: {\"from\":3,\"to\":6}\n\n%s", kept);
    expect(all);
}
END_TEST

START_TEST(who_resumes_just_before_the_oldest_has_lost_nothing)
{
    add(10);
    feed_resume(feed, &client.reader, 6);
    expect_numbers(7, 10);
}
END_TEST

START_TEST(each_reader_gets_all_whatever_room_it_gives)
{
    for (size_t room = 1; room < 400; room += 1 + room / 5) {
        struct client other;
        client_init(&other);
        uint64_t before = feed_count(feed);
        feed_follow(feed, &other.reader);
        for (unsigned i = 0; i < 20; i++) {
            add(i % 4);
            read_all(&other, room);
        }
        memory_auto char *all = numbered(before + 1, feed_count(feed));
        expect_got(&other, all);
        client_finish(&other);
    }
}
END_TEST

START_TEST(an_event_that_was_begun_is_given_whole_though_the_ring_has_passed_it)
{
    char bytes[20];
    feed_follow(feed, &client.reader);
    add(2);
    ck_assert_uint_eq(feed_read(&client.reader, bytes, sizeof(bytes)), sizeof(bytes));
    buffer_append(&client.got, bytes, sizeof(bytes));
    add(4);
    memory_auto char *first = numbered(1, 1);
    memory_auto char *kept = numbered(3, 6);
    memory_auto char *all =
        memory_format("%sevent: lost\ndata: {\"from\":2,\"to\":2}\n\n%s", first, kept);
    expect(all);
}
END_TEST

START_TEST(bytes_are_bounded_but_the_latest_event_is_kept)
{
    feed_destroy(feed);
    feed = feed_create(1000, 100);
    char reason[600];
    memset(reason, 'x', sizeof(reason));
    reason[sizeof(reason) - 1] = '\0';
    for (unsigned i = 0; i < 50; i++)
        feed_state(feed, 0, "1234", STATE_STOPPED, STATE_WAITING, 0, "5678"); // 10 bytes each
    feed_resume(feed, &client.reader, 0);
    read_all(&client, 4096);
    memory_auto char *text = buffer_take(&client.got);
    ck_assert_ptr_nonnull(strstr(text, "{\"from\":1,\"to\":40}"));
    ck_assert_ptr_nonnull(strstr(text, "id: 41\n"));

    feed_state(feed, 0, "web", STATE_STOPPED, STATE_WAITING, 0, reason);
    read_all(&client, 4096);
    memory_auto char *large = buffer_take(&client.got);
    ck_assert_int_eq(strncmp(large, "id: 51\n", 7), 0);
    ck_assert_ptr_nonnull(strstr(large, reason));
    add(1);
    expect_numbers(52, 52);
}
END_TEST

START_TEST(a_reader_that_has_read_all_is_woken_once)
{
    feed_follow(feed, &client.reader);
    add(1);
    ck_assert_uint_eq(client.wakes, 0); // it has not asked yet
    expect_numbers(1, 1);
    add(3);
    ck_assert_uint_eq(client.wakes, 1);
    char byte;
    ck_assert_uint_eq(feed_read(&client.reader, &byte, 1), 1);
    add(3);
    ck_assert_uint_eq(client.wakes, 1); // it knows that there is more
    read_all(&client, 100);
    add(1);
    ck_assert_uint_eq(client.wakes, 2);
}
END_TEST

START_TEST(who_left_is_not_woken)
{
    feed_follow(feed, &client.reader);
    expect("");
    ck_assert(feed_has_readers(feed));
    feed_leave(&client.reader);
    feed_leave(&client.reader);
    ck_assert(!feed_has_readers(feed));
    add(1);
    feed_beat(feed);
    ck_assert_uint_eq(client.wakes, 0);
    expect("");
}
END_TEST

START_TEST(a_feed_that_ends_has_no_readers_any_more)
{
    feed_follow(feed, &client.reader);
    add(2);
    feed_destroy(feed);
    feed = NULL;
    ck_assert_ptr_null(client.reader.feed);
    expect("");
}
END_TEST

START_TEST(a_beat_gives_a_comment_to_who_has_read_all)
{
    feed_follow(feed, &client.reader);
    expect("");
    feed_beat(feed);
    ck_assert_uint_eq(client.wakes, 1);
    feed_beat(feed); // not yet read: one is enough
    expect(":\n\n");
    feed_beat(feed);
    add(1);
    memory_auto char *event = numbered(1, 1);
    memory_auto char *both = memory_format(":\n\n%s", event);
    expect(both);
}
END_TEST

START_TEST(a_beat_gives_no_comment_within_an_event)
{
    char byte;
    feed_follow(feed, &client.reader);
    add(1);
    ck_assert_uint_eq(feed_read(&client.reader, &byte, 1), 1);
    buffer_append(&client.got, &byte, 1);
    feed_beat(feed);
    expect_numbers(1, 1);
}
END_TEST

START_TEST(who_takes_nothing_while_the_ring_passes_it_is_stalled)
{
    feed_follow(feed, &client.reader);
    expect("");
    add(5);
    feed_beat(feed);
    ck_assert_uint_eq(client.behind, 0); // it took something just before that
    feed_beat(feed);
    ck_assert_uint_eq(client.behind, 5);
    ck_assert(!feed_has_readers(feed));
}
END_TEST

START_TEST(who_takes_nothing_while_the_ring_holds_it_all_is_not_stalled)
{
    feed_follow(feed, &client.reader);
    expect("");
    add(4);
    for (unsigned i = 0; i < 5; i++)
        feed_beat(feed);
    ck_assert_uint_eq(client.behind, 0);
    expect_numbers(1, 4);
}
END_TEST

START_TEST(who_takes_a_little_is_slow_and_not_stalled)
{
    char byte;
    feed_follow(feed, &client.reader);
    for (unsigned i = 0; i < 10; i++) {
        add(5);
        feed_beat(feed);
        ck_assert_uint_eq(feed_read(&client.reader, &byte, 1), 1);
    }
    ck_assert_uint_eq(client.behind, 0);
}
END_TEST

START_TEST(a_burst_past_who_reads_is_a_loss_and_no_reason_to_drop_it)
{
    feed_follow(feed, &client.reader);
    for (uint64_t i = 0; i < 3; i++) {
        feed_beat(feed);
        read_all(&client, 4096);
        buffer_finish(&client.got);
        add(10);
        memory_auto char *kept = numbered(i * 10 + 7, i * 10 + 10);
        memory_auto char *all = memory_format("event: lost\ndata: {\"from\":%d,\"to\":%d}\n\n%s",
                                              (int)i * 10 + 1, (int)i * 10 + 6, kept);
        expect(all);
    }
    ck_assert_uint_eq(client.behind, 0);
}
END_TEST

START_TEST(one_that_stalls_is_nothing_to_the_others)
{
    struct client others[3];
    for (size_t i = 0; i < LENGTH(others); i++) {
        client_init(&others[i]);
        feed_follow(feed, &others[i].reader);
    }
    for (unsigned i = 0; i < 30; i++) {
        add(2);
        read_all(&others[0], 4096);
        read_all(&others[2], 1);
        feed_beat(feed);
    }
    ck_assert_uint_gt(others[1].behind, 0);
    memory_auto char *all = numbered(1, 60);
    memory_auto char *without_comments = NULL;
    struct buffer text = {0};
    memory_auto char *got = buffer_take(&others[0].got);
    char *rest = got;
    for (char *part; (part = strsep(&rest, "\n")) != NULL;) {
        if (strcmp(part, ":") == 0)
            strsep(&rest, "\n");
        else if (rest != NULL)
            buffer_printf(&text, "%s\n", part);
    }
    without_comments = buffer_take(&text);
    ck_assert_str_eq(without_comments, all);
    for (size_t i = 0; i < LENGTH(others); i++)
        client_finish(&others[i]);
}
END_TEST

START_TEST(last_event_ids_are_numbers)
{
    uint64_t number = 0;
    ck_assert(feed_parse_number("42", &number));
    ck_assert_uint_eq(number, 42);
    ck_assert(feed_parse_number("0", &number));
    ck_assert_uint_eq(number, 0);
    static const char *const none[] = {"",  " 1", "1 ",  "-1",   "+1",
                                       "x", "4x", "1.5", "0x10", "99999999999999999999"};
    for (size_t i = 0; i < LENGTH(none); i++)
        ck_assert_msg(!feed_parse_number(none[i], &number), "\"%s\"", none[i]);
    ck_assert_uint_eq(number, 0);
}
END_TEST

Suite *feed_suite(void)
{
    Suite *suite = suite_create("feed");
    TCase *events = tcase_create("events");
    tcase_add_checked_fixture(events, set_up_large, tear_down);
    tcase_add_test(events, a_change_of_state_is_told_with_all_of_it);
    tcase_add_test(events, readiness_drops_and_the_end_are_told);
    tcase_add_test(events, a_reload_is_told_with_its_report_or_its_errors);
    tcase_add_test(events, bytes_that_are_no_utf8_and_newlines_break_no_event);
    tcase_add_test(events, bytes_are_bounded_but_the_latest_event_is_kept);
    tcase_add_test(events, last_event_ids_are_numbers);
    suite_add_tcase(suite, events);

    TCase *readers = tcase_create("readers");
    tcase_add_checked_fixture(readers, set_up_large, tear_down);
    tcase_add_test(readers, who_follows_gets_what_comes_from_now_on);
    tcase_add_test(readers, who_resumes_gets_what_came_since);
    tcase_add_test(readers, who_resumes_after_the_last_one_has_missed_nothing);
    tcase_add_test(readers, a_number_from_the_future_means_from_now_on);
    tcase_add_test(readers, each_reader_gets_all_whatever_room_it_gives);
    tcase_add_test(readers, a_reader_that_has_read_all_is_woken_once);
    tcase_add_test(readers, who_left_is_not_woken);
    tcase_add_test(readers, a_feed_that_ends_has_no_readers_any_more);
    tcase_add_test(readers, a_beat_gives_a_comment_to_who_has_read_all);
    tcase_add_test(readers, a_beat_gives_no_comment_within_an_event);
    suite_add_tcase(suite, readers);

    TCase *ring = tcase_create("small_ring");
    tcase_add_checked_fixture(ring, set_up_small, tear_down);
    tcase_add_test(ring, what_is_no_longer_held_is_told_as_lost);
    tcase_add_test(ring, who_resumes_just_before_the_oldest_has_lost_nothing);
    tcase_add_test(ring, each_reader_gets_all_whatever_room_it_gives);
    tcase_add_test(ring, an_event_that_was_begun_is_given_whole_though_the_ring_has_passed_it);
    tcase_add_test(ring, who_takes_nothing_while_the_ring_passes_it_is_stalled);
    tcase_add_test(ring, who_takes_nothing_while_the_ring_holds_it_all_is_not_stalled);
    tcase_add_test(ring, who_takes_a_little_is_slow_and_not_stalled);
    tcase_add_test(ring, a_burst_past_who_reads_is_a_loss_and_no_reason_to_drop_it);
    tcase_add_test(ring, one_that_stalls_is_nothing_to_the_others);
    suite_add_tcase(suite, ring);
    return suite;
}
