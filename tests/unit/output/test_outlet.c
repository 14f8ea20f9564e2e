// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/fd.h"
#include "base/memory.h"
#include "writing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const struct record_source web = {
    .helper = "web", .prefix = "web", .kind = STREAM_STDOUT, .pid = 4711};

static struct record_style style;

static void start(void)
{
    start_writing();
    record_style_init(&style, FORMAT_RAW, LOG_TIME_NONE, false, false, 0);
}

// Returns whether the next is not to wait.
static bool put(struct outlet *outlet, const char *text, enum on_full on_full)
{
    const struct record record = {
        .source = &web, .level = LEVEL_INFO, .text = text, .length = strlen(text)};
    outlet_put(outlet, &record, on_full);
    return !outlet_is_full(outlet, on_full);
}

static bool put_line(struct outlet *outlet, unsigned number, enum on_full on_full)
{
    memory_auto char *text = memory_format("line %u", number);
    return put(outlet, text, on_full);
}

static size_t count_lines(const struct buffer *text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text->length; i++)
        lines += text->data[i] == '\n';
    return lines;
}

START_TEST(writes_in_its_own_style)
{
    struct sink *sink = open_file("log");
    struct record_style text;
    struct outlet plain, raw;
    record_style_init(&text, FORMAT_TEXT, LOG_TIME_NONE, false, false, 0);
    outlet_open(&plain, sink, &text, 0);
    outlet_open(&raw, sink, &style, 0);
    ck_assert_uint_eq(sink->users, 2);
    ck_assert(put(&plain, "one", ON_FULL_BLOCK));
    ck_assert(put(&raw, "two", ON_FULL_BLOCK));
    ck_assert_uint_eq(plain.queued, strlen("info [web] one\n"));
    ck_assert_uint_eq(raw.queued, strlen("two\n"));
    write_all(sink);
    expect_content("log", "info [web] one\ntwo\n");
    outlet_close(&plain);
    outlet_close(&raw);
    ck_assert_uint_eq(sink->users, 0);
    end_sink(sink);
}
END_TEST

START_TEST(one_that_leads_nowhere_is_never_full)
{
    struct outlet outlet = {0};
    ck_assert(!outlet_is_full(&outlet, ON_FULL_BLOCK));
    outlet_close(&outlet);
    ck_assert_ptr_null(outlet.sink);
}
END_TEST

START_TEST(what_a_closed_one_put_is_written)
{
    struct sink *sink = open_file("log");
    struct outlet outlet;
    outlet_open(&outlet, sink, &style, 0);
    ck_assert(put(&outlet, "its last words", ON_FULL_BLOCK));
    outlet_close(&outlet);
    memset(&outlet, 0xff, sizeof(outlet)); // as if it was another's memory now
    struct outlet after = outlet;
    write_all(sink);
    ck_assert_mem_eq(&outlet, &after, sizeof(outlet));
    expect_content("log", "its last words\n");
    end_sink(sink);
}
END_TEST

// A sink on a pipe, with so much room.
static struct sink *open_pipe(int *reader, int *writer, size_t limit)
{
    make_pipe(reader, writer);
    struct sink *sink = open_fd(*writer);
    sink->limit = limit;
    return sink;
}

static void end_pipe(struct sink *sink, int *reader, int *writer)
{
    end_sink(sink);
    fd_close(reader);
    fd_close(writer);
}

START_TEST(drops_what_finds_no_room_and_counts_it)
{
    int reader, writer;
    struct sink *sink = open_pipe(&reader, &writer, 20000);
    struct outlet outlet;
    outlet_open(&outlet, sink, &style, 0);
    unsigned count = 0;
    for (; count < 5000; count++) {
        ck_assert(put_line(&outlet, count, ON_FULL_DROP));
        if (count % 100 == 0)
            hand_over();
    }
    ck_assert_uint_gt(outlet.dropped, 0);
    ck_assert(!outlet_is_full(&outlet, ON_FULL_DROP)); // nobody waits
    struct buffer text = {0};
    read_all(sink, reader, &text);
    ck_assert_uint_eq(count_lines(&text) + outlet.dropped, count);
    ck_assert_uint_eq(outlet.queued, 0);

    uint64_t dropped = outlet.dropped;
    ck_assert(put(&outlet, "taken again", ON_FULL_DROP));
    read_all(sink, reader, &text);
    ck_assert_uint_eq(outlet.dropped, dropped);
    ck_assert_uint_eq(count_lines(&text) + dropped, count + 1);
    buffer_finish(&text);
    outlet_close(&outlet);
    end_pipe(sink, &reader, &writer);
}
END_TEST

// Written and dropped make up what was put, however reading and putting come together.
START_TEST(drops_are_exact_while_somebody_reads)
{
    int reader, writer;
    struct sink *sink = open_pipe(&reader, &writer, 3000);
    struct outlet outlet;
    outlet_open(&outlet, sink, &style, 0);
    struct buffer text = {0};
    unsigned count = 0;
    for (unsigned round = 0; round < 200; round++) {
        for (unsigned i = 0; i < 100; i++)
            ck_assert(put_line(&outlet, count++, ON_FULL_DROP));
        hand_over();
        read_pipe(reader, &text, text.length + 200);
    }
    read_all(sink, reader, &text);
    ck_assert_uint_gt(outlet.dropped, 0);
    ck_assert_uint_eq(count_lines(&text) + outlet.dropped, count);
    buffer_finish(&text);
    outlet_close(&outlet);
    end_pipe(sink, &reader, &writer);
}
END_TEST

START_TEST(says_when_the_next_is_to_wait)
{
    int reader, writer;
    struct sink *sink = open_pipe(&reader, &writer, 20000);
    struct outlet outlet;
    outlet_open(&outlet, sink, &style, 0);
    unsigned count = 0;
    struct buffer text = {0};
    while (put_line(&outlet, count++, ON_FULL_BLOCK))
        ck_assert_uint_lt(count, 5000);
    ck_assert(outlet_is_full(&outlet, ON_FULL_BLOCK));
    (void)put_line(&outlet, count++, ON_FULL_BLOCK); // who does not ask is not dropped
    ck_assert_uint_eq(outlet.dropped, 0);
    read_all(sink, reader, &text);
    ck_assert(!outlet_is_full(&outlet, ON_FULL_BLOCK));
    buffer_append_char(&text, '\0');
    expect_numbers(text.data, 0, count);
    buffer_finish(&text);
    outlet_close(&outlet);
    end_pipe(sink, &reader, &writer);
}
END_TEST

START_TEST(nobody_waits_for_a_sink_that_fails)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    struct sink *sink = open_fd(full);
    sink->limit = 10000;
    struct outlet outlet;
    outlet_open(&outlet, sink, &style, 0);
    ck_assert(put_line(&outlet, 0, ON_FULL_BLOCK));
    await_failure(sink);
    unsigned count = 1;
    for (; count < 3000; count++)
        ck_assert(put_line(&outlet, count, count % 2 == 0 ? ON_FULL_BLOCK : ON_FULL_DROP));
    ck_assert(!outlet_is_full(&outlet, ON_FULL_BLOCK));
    ck_assert_uint_gt(sink->lost, 0);
    ck_assert_uint_eq(outlet.dropped, 0);
    ck_assert_uint_eq(sink_count_lines(sink) + sink->lost, count);
    size_t kept = sink_count_lines(sink);

    int log = open("log", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(dup2(log, full), full);
    sink_retry(sink);
    write_all(sink);
    ck_assert_int_eq(sink->failing, 0);
    memory_auto char *text = read_content("log");
    expect_numbers(text, 0, (unsigned)kept);
    outlet_close(&outlet);
    end_sink(sink);
    fd_close(&log);
    fd_close(&full);
}
END_TEST

START_TEST(who_waits_learns_that_the_sink_fails)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    struct sink *sink = open_fd(full);
    sink->limit = 100;
    struct outlet outlet;
    outlet_open(&outlet, sink, &style, 0);
    for (unsigned i = 0; put_line(&outlet, i, ON_FULL_BLOCK);)
        i++;
    ck_assert(outlet_is_full(&outlet, ON_FULL_BLOCK));
    await_failure(sink);
    ck_assert_int_eq(sink->failing, ENOSPC);
    ck_assert(!outlet_is_full(&outlet, ON_FULL_BLOCK));
    outlet_close(&outlet);
    end_sink(sink);
    fd_close(&full);
}
END_TEST

// What the loop knows of a failure may be old: a sink that works again drops nothing in block mode.
START_TEST(a_line_is_kept_once_the_sink_is_seen_to_work)
{
    int reader, writer;
    struct sink *sink = open_pipe(&reader, &writer, 20000);
    struct outlet outlet;
    outlet_open(&outlet, sink, &style, 0);
    unsigned count = 0;
    while (put_line(&outlet, count++, ON_FULL_BLOCK))
        ck_assert_uint_lt(count, 5000);
    sink->failing = ENOSPC;
    ck_assert(!put_line(&outlet, count++, ON_FULL_BLOCK));
    ck_assert_uint_eq(sink->lost + outlet.dropped, 0);
    struct buffer text = {0};
    read_all(sink, reader, &text);
    buffer_append_char(&text, '\0');
    expect_numbers(text.data, 0, count);
    buffer_finish(&text);
    outlet_close(&outlet);
    end_pipe(sink, &reader, &writer);
}
END_TEST

static void put_piece(struct outlet *outlet, const char *text, bool continued, bool partial)
{
    const struct record record = {.source = &web,
                                  .level = LEVEL_INFO,
                                  .text = text,
                                  .length = strlen(text),
                                  .continued = continued,
                                  .partial = partial};
    outlet_put(outlet, &record, ON_FULL_DROP);
}

// The first piece is taken, the second finds no room, the third would find some again.
static void put_cut_line(struct outlet *outlet)
{
    put_piece(outlet, "start", false, true);
    size_t limit = outlet->sink->limit;
    outlet->sink->limit = 0;
    put_piece(outlet, "middle", true, true);
    outlet->sink->limit = limit;
    put_piece(outlet, "more", true, true);
    put_piece(outlet, "end", true, false);
    put_piece(outlet, "next", false, false);
}

START_TEST(a_line_that_was_cut_counts_once_and_is_not_glued_to_the_next)
{
    struct sink *sink = open_file("log");
    struct outlet outlet;
    outlet_open(&outlet, sink, &style, 0);
    put_cut_line(&outlet);
    ck_assert_uint_eq(outlet.dropped, 1);
    put_cut_line(&outlet);
    ck_assert_uint_eq(outlet.dropped, 2);
    outlet_close(&outlet);
    ck_assert_uint_eq(sink->lost, 2);
    write_all(sink);
    expect_content("log", "start\nnext\nstart\nnext\n");
    end_sink(sink);
}
END_TEST

START_TEST(the_other_stream_of_one_whose_line_was_cut_goes_on)
{
    static const struct record_source error = {
        .helper = "web", .prefix = "web", .kind = STREAM_STDERR, .pid = 4711};
    struct sink *sink = open_file("log");
    struct outlet outlet;
    outlet_open(&outlet, sink, &style, 0);
    put_piece(&outlet, "start", false, true);
    sink->limit = 0;
    put_piece(&outlet, "middle", true, true);
    sink->limit = 100000;
    const struct record other = {
        .source = &error, .text = "rest of it", .length = 10, .continued = true};
    outlet_put(&outlet, &other, ON_FULL_DROP);
    ck_assert_uint_eq(outlet.dropped, 1);
    write_all(sink);
    expect_content("log", "start\nrest of it\n");
    outlet_close(&outlet);
    end_sink(sink);
}
END_TEST

START_TEST(lines_that_come_together_are_dropped_and_counted_together)
{
    struct sink *sink = open_file("log");
    struct outlet outlet;
    outlet_open(&outlet, sink, &style, 0);
    ck_assert(put(&outlet, "one\n\ntwo\n", ON_FULL_DROP));
    size_t limit = sink->limit;
    sink->limit = 0;
    ck_assert(put(&outlet, "three\n\nfour\n", ON_FULL_DROP));
    ck_assert(put(&outlet, "five\nsix", ON_FULL_DROP));
    sink->limit = limit;
    ck_assert_uint_eq(outlet.dropped, 5);
    ck_assert(put(&outlet, "seven\n", ON_FULL_DROP));
    write_all(sink);
    expect_content("log", "one\n\ntwo\nseven\n");
    outlet_close(&outlet);
    end_sink(sink);
}
END_TEST

// To know whose the bytes are costs memory as well, and more where the lines are short.
START_TEST(short_lines_of_two_take_no_more_memory_than_the_queue_may)
{
    int reader, writer;
    struct sink *sink = open_pipe(&reader, &writer, 100000);
    struct outlet one, other;
    outlet_open(&one, sink, &style, 0);
    outlet_open(&other, sink, &style, 0);
    unsigned count = 0;
    for (; one.dropped == 0 && other.dropped == 0; count++) {
        ck_assert(put(&one, "", ON_FULL_DROP));
        ck_assert(put(&other, "", ON_FULL_DROP));
    }
    ck_assert_uint_le(sink->queued + sink->shares.count * sizeof(struct share), 100000 + 100);
    ck_assert_uint_gt(count, 1000);
    struct buffer text = {0};
    read_all(sink, reader, &text);
    buffer_finish(&text);
    outlet_close(&one);
    outlet_close(&other);
    end_pipe(sink, &reader, &writer);
}
END_TEST

Suite *outlet_suite(void)
{
    Suite *suite = suite_create("outlet");
    TCase *outlets = tcase_create("outlets");
    tcase_set_timeout(outlets, 30);
    tcase_add_checked_fixture(outlets, start, end_writing);
    tcase_add_test(outlets, writes_in_its_own_style);
    tcase_add_test(outlets, one_that_leads_nowhere_is_never_full);
    tcase_add_test(outlets, what_a_closed_one_put_is_written);
    tcase_add_test(outlets, drops_what_finds_no_room_and_counts_it);
    tcase_add_test(outlets, drops_are_exact_while_somebody_reads);
    tcase_add_test(outlets, says_when_the_next_is_to_wait);
    tcase_add_test(outlets, nobody_waits_for_a_sink_that_fails);
    tcase_add_test(outlets, who_waits_learns_that_the_sink_fails);
    tcase_add_test(outlets, a_line_is_kept_once_the_sink_is_seen_to_work);
    tcase_add_test(outlets, a_line_that_was_cut_counts_once_and_is_not_glued_to_the_next);
    tcase_add_test(outlets, the_other_stream_of_one_whose_line_was_cut_goes_on);
    tcase_add_test(outlets, lines_that_come_together_are_dropped_and_counted_together);
    tcase_add_test(outlets, short_lines_of_two_take_no_more_memory_than_the_queue_may);
    suite_add_tcase(suite, outlets);
    return suite;
}
