// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/fd.h"
#include "base/memory.h"
#include "writing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_path(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    return fd;
}

static void retry(struct sink *sink)
{
    sink_retry(sink);
    write_all(sink);
    ck_assert_int_eq(sink->failing, 0);
}

static void reopen(struct sink *sink)
{
    sink_reopen(sink);
    write_all(sink);
}

static void log_line(struct sink *sink, const char *line)
{
    put_text(sink, NULL, line);
    write_all(sink);
}

START_TEST(opens_its_file_before_the_first_line)
{
    struct sink *sink = open_file("log");
    expect_content("log", "");
    log_line(sink, "one\n");
    expect_content("log", "one\n");
    end_sink(sink);
}
END_TEST

START_TEST(opens_its_file_for_the_first_line)
{
    struct list changed;
    list_init(&changed);
    struct sink *sink = sink_create_file(&writers, &changed, "log", NULL);
    put_text(sink, NULL, "one\n");
    expect_no_file("log");
    sink_hand_over(sink);
    write_all(sink);
    expect_content("log", "one\n");
    end_sink(sink);
}
END_TEST

START_TEST(takes_a_file_that_was_opened)
{
    struct list changed;
    struct log_file file;
    const char *reason;
    list_init(&changed);
    ck_assert_int_eq(log_file_open(&file, "log", &reason), 0);
    int fd = file.fd;
    struct sink *sink = sink_create_file(&writers, &changed, "log", &file);
    put_text(sink, NULL, "one\n");
    sink_hand_over(sink);
    write_all(sink);
    ck_assert_int_eq(sink->file.fd, fd);
    end_sink(sink);
    ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
    expect_content("log", "one\n");
}
END_TEST

START_TEST(keeps_what_a_full_disk_does_not_take)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    struct sink *sink = open_fd(full);
    struct outlet outlet = {.sink = sink};
    for (unsigned i = 0; i < 1000; i++) {
        put_number(sink, &outlet, i);
        if (i % 100 == 0)
            await_failure(sink);
    }
    size_t queued = sink->queued;
    ck_assert_int_eq(sink->failing, ENOSPC);
    ck_assert_uint_eq(sink_count_lines(sink), 1000);
    sink_retry(sink);
    await_rest(sink);
    ck_assert_int_eq(sink->failing, ENOSPC);
    ck_assert_uint_eq(sink->queued, queued);
    ck_assert_uint_eq(outlet.queued, queued);

    int log = open_path("log");
    ck_assert_int_eq(dup2(log, full), full);
    retry(sink);
    ck_assert_uint_eq(outlet.queued, 0);
    memory_auto char *text = read_content("log");
    expect_numbers(text, 0, 1000);
    end_sink(sink);
    fd_close(&full);
    fd_close(&log);
}
END_TEST

START_TEST(fails_when_nobody_reads_any_more)
{
    int reader, writer;
    make_pipe(&reader, &writer);
    struct sink *sink = open_fd(writer);
    fd_close(&reader);
    put_text(sink, NULL, "to nobody\n");
    await_failure(sink);
    ck_assert_int_eq(sink->failing, EPIPE);
    ck_assert_uint_eq(sink_count_lines(sink), 1);
    end_sink(sink);
    fd_close(&writer);
}
END_TEST

START_TEST(what_waits_behind_a_failure_is_kept_in_order)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    struct sink *sink = open_fd(full);
    unsigned count = 0;
    for (; sink->queued < 2 << 20; count++) { // so much that chunks fill up
        put_number(sink, NULL, count);
        if (count == 0)
            await_failure(sink);
    }
    hand_over();
    ck_assert_int_eq(sink->failing, ENOSPC);
    int log = open_path("log");
    ck_assert_int_eq(dup2(log, full), full);
    retry(sink);
    memory_auto char *text = read_content("log");
    expect_numbers(text, 0, count);
    end_sink(sink);
    fd_close(&full);
    fd_close(&log);
}
END_TEST

START_TEST(fails_no_more_as_soon_as_a_reader_takes_a_little)
{
    int reader, writer, full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    make_pipe(&reader, &writer);
    struct sink *sink = open_fd(full);
    for (unsigned i = 0; i < 100000; i++)
        put_number(sink, NULL, i); // the first chunk is much more than the pipe takes
    await_failure(sink);
    ck_assert_int_eq(dup2(writer, full), full);
    sink_retry(sink);
    while (sink->failing != 0) // nobody has read anything yet
        await_news();
    ck_assert(is_busy(sink));
    ck_assert_uint_gt(sink_count_lines(sink), 90000);
    struct buffer text = {0};
    read_all(sink, reader, &text);
    buffer_append_char(&text, '\0');
    expect_numbers(text.data, 0, 100000);
    buffer_finish(&text);
    end_sink(sink);
    fd_close(&full);
    fd_close(&reader);
    fd_close(&writer);
}
END_TEST

// A file that could be opened again may be on the same full disk.
START_TEST(works_no_more_than_before_when_it_was_only_opened_again)
{
    ck_assert_int_eq(mkfifo("log", 0600), 0);
    int reader = open("log", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct sink *sink = open_file("log");
    fd_close(&reader);
    put_text(sink, NULL, "one\n");
    await_failure(sink);
    ck_assert_int_eq(sink->failing, EPIPE);
    reader = open("log", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    int other = open("log", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    while (write(other, "xxxxxxx\n", 8) > 0) // until it takes no more
        continue;
    sink_reopen(sink);
    await_news();
    ck_assert_int_eq(sink->failing, EPIPE);
    ck_assert(is_busy(sink));
    struct buffer text = {0};
    read_all(sink, reader, &text);
    ck_assert_int_eq(sink->failing, 0);
    buffer_finish(&text);
    fd_close(&other);
    fd_close(&reader);
    end_sink(sink);
}
END_TEST

START_TEST(what_waits_in_a_closed_one_is_not_written_later)
{
    struct sink *sink = open_file("/dev/full");
    struct outlet outlet = {.sink = sink};
    put_text(sink, &outlet, "one\n");
    await_failure(sink);
    put_text(sink, &outlet, "two\n"); // waits in the loop's hands
    sink_close(sink);
    ck_assert_uint_eq(outlet.queued, 0);
    ck_assert_uint_eq(sink_count_lines(sink), 0);
    write_all(sink);
    ck_assert_int_eq(sink->failing, 0);
    ck_assert(!sink_is_open(sink));
    ck_assert_int_eq(sink->file.fd, -1);
    end_sink(sink);
}
END_TEST

START_TEST(one_that_is_closed_can_be_opened_again)
{
    struct sink *sink = open_file("log");
    log_line(sink, "one\n");
    ck_assert_int_eq(unlink("log"), 0);
    sink_close(sink);
    sink_reopen(sink); // the writer may have closed it or not
    log_line(sink, "two\n");
    ck_assert(sink_is_open(sink));
    expect_content("log", "two\n");
    end_sink(sink);
}
END_TEST

START_TEST(one_that_fails_is_tried_again_only_when_asked)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    struct sink *sink = open_fd(full);
    put_text(sink, NULL, "one\n");
    await_failure(sink);
    int log = open_path("log");
    ck_assert_int_eq(dup2(log, full), full);
    put_text(sink, NULL, "two\n");
    hand_over();
    ck_assert(!is_busy(sink));
    expect_content("log", "");
    retry(sink);
    expect_content("log", "one\ntwo\n");
    end_sink(sink);
    fd_close(&full);
    fd_close(&log);
}
END_TEST

START_TEST(goes_on_in_the_middle_of_a_line)
{
    struct sink *sink = open_file("log");
    for (unsigned i = 0; i < 100; i++)
        put_number(sink, NULL, i);
    size_t length = sink->queued;
    for (rlim_t size = 7; size < length; size += 7)
        fail_at_size(sink, size);
    put_number(sink, NULL, 100);
    retry(sink);
    memory_auto char *text = read_content("log");
    expect_numbers(text, 0, 101);
    end_sink(sink);
}
END_TEST

START_TEST(lines_in_part_written_are_counted_as_waiting)
{
    struct sink *sink = open_file("log");
    for (unsigned i = 0; i < 10; i++)
        put_text(sink, NULL, "ten bytes\n");
    fail_at_size(sink, 25);
    ck_assert_uint_eq(sink_count_lines(sink), 8);
    retry(sink);
    end_sink(sink);
}
END_TEST

START_TEST(opens_the_file_once_its_directory_is_there)
{
    struct sink *sink = open_file("missing/log");
    ck_assert_int_eq(sink->failing, ENOENT);
    ck_assert_ptr_null(sink->failing_reason);
    put_text(sink, NULL, "one\n");
    put_text(sink, NULL, "two\n");
    hand_over();
    ck_assert_int_eq(mkdir("missing", 0700), 0);
    retry(sink);
    expect_content("missing/log", "one\ntwo\n");
    end_sink(sink);
}
END_TEST

START_TEST(tells_why_a_file_is_refused)
{
    ck_assert_int_eq(symlink("target", "log"), 0);
    struct sink *sink = open_file("log");
    ck_assert_int_eq(sink->failing, ELOOP);
    ck_assert_str_eq(sink->failing_reason, "it is a symbolic link");
    ck_assert_int_eq(unlink("log"), 0);
    retry(sink);
    ck_assert_ptr_null(sink->failing_reason);
    end_sink(sink);
}
END_TEST

START_TEST(reopens_what_was_renamed)
{
    struct sink *sink = open_file("log");
    log_line(sink, "one\n");
    ck_assert_int_eq(rename("log", "log.old"), 0);
    log_line(sink, "two\n");
    reopen(sink);
    log_line(sink, "three\n");
    expect_content("log.old", "one\ntwo\n");
    expect_content("log", "three\n");
    end_sink(sink);
}
END_TEST

START_TEST(goes_on_with_the_old_file_while_it_cannot_be_reopened)
{
    ck_assert_int_eq(mkdir("logs", 0700), 0);
    struct sink *sink = open_file("logs/log");
    ck_assert_int_eq(rename("logs", "old"), 0);
    reopen(sink);
    ck_assert_int_eq(sink->trouble, ENOENT);
    ck_assert_int_eq(sink->failing, 0);
    log_line(sink, "one\n");
    expect_content("old/log", "one\n");
    ck_assert_int_eq(sink->trouble, ENOENT);

    ck_assert_int_eq(mkdir("logs", 0700), 0);
    reopen(sink);
    ck_assert_int_eq(sink->trouble, 0);
    log_line(sink, "two\n");
    expect_content("logs/log", "two\n");
    end_sink(sink);
}
END_TEST

START_TEST(a_line_half_written_goes_whole_into_the_new_file)
{
    struct sink *sink = open_file("log");
    put_text(sink, NULL, "first line\nsecond line\nthird line\n");
    fail_at_size(sink, 17);
    ck_assert_int_eq(rename("log", "log.old"), 0);
    reopen(sink);
    ck_assert_int_eq(sink->failing, 0);
    expect_content("log.old", "first line\nsecond");
    expect_content("log", "second line\nthird line\n");
    end_sink(sink);
}
END_TEST

START_TEST(a_line_half_written_goes_on_where_the_same_file_is_opened_again)
{
    struct sink *sink = open_file("log");
    put_text(sink, NULL, "first line\nsecond line\nthird line\n");
    fail_at_size(sink, 17);
    reopen(sink);
    expect_content("log", "first line\nsecond line\nthird line\n");
    end_sink(sink);
}
END_TEST

START_TEST(a_line_half_written_goes_on_where_no_other_file_can_be_opened)
{
    ck_assert_int_eq(mkdir("logs", 0700), 0);
    struct sink *sink = open_file("logs/log");
    put_text(sink, NULL, "first line\nsecond line\nthird line\n");
    fail_at_size(sink, 17);
    ck_assert_int_eq(rename("logs", "old"), 0);
    reopen(sink);
    ck_assert_int_eq(sink->trouble, ENOENT);
    expect_content("old/log", "first line\nsecond line\nthird line\n");
    end_sink(sink);
}
END_TEST

static struct sink *open_rotated(size_t max_size, unsigned max_files)
{
    struct sink *sink = open_file("log");
    sink_set_rotation(sink, max_size, max_files);
    return sink;
}

START_TEST(rotates_before_the_line_that_does_not_fit)
{
    struct sink *sink = open_rotated(20, 3);
    log_line(sink, "ten bytes\n");
    log_line(sink, "ten bytes\n"); // just fits
    expect_no_file("log.1");
    log_line(sink, "\n");
    expect_content("log.1", "ten bytes\nten bytes\n");
    expect_content("log", "\n");
    log_line(sink, "ten bytes\nten bytes\nten bytes\n");
    expect_content("log.2", "ten bytes\nten bytes\n");
    expect_content("log.1", "\nten bytes\n");
    expect_content("log", "ten bytes\nten bytes\n");
    end_sink(sink);
}
END_TEST

START_TEST(rotation_splits_no_line_and_loses_none)
{
    struct sink *sink = open_rotated(100, 200);
    for (unsigned i = 0; i < 1000; i++) {
        put_number(sink, NULL, i);
        if (i % 37 == 0)
            hand_over();
    }
    write_all(sink);
    struct buffer all = {0};
    for (unsigned number = 200; number > 0; number--) {
        memory_auto char *path = memory_format("log.%u", number);
        if (access(path, F_OK) < 0)
            continue;
        memory_auto char *text = read_content(path);
        ck_assert_uint_le(strlen(text), 100);
        ck_assert_uint_gt(strlen(text), 100 - strlen("line 999\n"));
        ck_assert_int_eq(text[strlen(text) - 1], '\n');
        buffer_append_text(&all, text);
    }
    memory_auto char *last = read_content("log");
    buffer_append(&all, last, strlen(last) + 1);
    expect_numbers(all.data, 0, 1000);
    buffer_finish(&all);
    end_sink(sink);
}
END_TEST

START_TEST(what_was_in_the_file_before_counts)
{
    write_text("log", "from before\n");
    struct sink *sink = open_rotated(20, 1);
    log_line(sink, "ten bytes\n");
    expect_content("log.1", "from before\n");
    expect_content("log", "ten bytes\n");
    end_sink(sink);
}
END_TEST

START_TEST(a_line_above_the_limit_has_a_file_of_its_own)
{
    struct sink *sink = open_rotated(10, 3);
    log_line(sink, "one\n");
    log_line(sink, "a line of more than ten bytes\ntwo\n");
    expect_content("log.2", "one\n");
    expect_content("log.1", "a line of more than ten bytes\n");
    expect_content("log", "two\n");
    end_sink(sink);
}
END_TEST

START_TEST(a_line_above_the_limit_is_not_split_when_the_disk_is_full)
{
    struct sink *sink = open_rotated(10, 3);
    put_text(sink, NULL, "a line of more than ten bytes\ntwo\n");
    fail_at_size(sink, 12);
    retry(sink);
    expect_content("log.1", "a line of more than ten bytes\n");
    expect_content("log", "two\n");
    end_sink(sink);
}
END_TEST

START_TEST(other_sizes_hold_from_the_next_line_on)
{
    struct sink *sink = open_file("log");
    log_line(sink, "ten bytes\nten bytes\n");
    sink_set_rotation(sink, 10, 2);
    log_line(sink, "three\n");
    expect_content("log.1", "ten bytes\nten bytes\n");
    sink_set_rotation(sink, 0, 2);
    log_line(sink, "ten bytes\nten bytes\n");
    expect_content("log", "three\nten bytes\nten bytes\n");
    end_sink(sink);
}
END_TEST

START_TEST(without_files_to_keep_it_begins_anew)
{
    struct sink *sink = open_rotated(20, 0);
    log_line(sink, "ten bytes\nten bytes\n");
    log_line(sink, "three\n");
    expect_content("log", "three\n");
    expect_no_file("log.1");
    end_sink(sink);
}
END_TEST

START_TEST(a_device_is_never_rotated)
{
    struct sink *sink = open_file("/dev/null");
    sink_set_rotation(sink, 1, 1);
    log_line(sink, "ten bytes\nten bytes\n");
    ck_assert_int_eq(sink->failing, 0);
    ck_assert_int_eq(sink->trouble, 0);
    expect_no_file("/dev/null.1");
    end_sink(sink);
}
END_TEST

START_TEST(a_fifo_is_never_rotated)
{
    ck_assert_int_eq(mkfifo("log", 0600), 0);
    int reader = open("log", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct sink *sink = open_rotated(10, 1);
    struct buffer text = {0};
    put_text(sink, NULL, "ten bytes\nten bytes\n");
    read_all(sink, reader, &text);
    ck_assert_uint_eq(text.length, 20);
    expect_no_file("log.1");
    buffer_finish(&text);
    end_sink(sink);
    fd_close(&reader);
}
END_TEST

START_TEST(a_rotation_that_fails_loses_no_line)
{
    struct sink *sink = open_rotated(20, 1);
    ck_assert_int_eq(mkdir("log.1", 0700), 0);
    log_line(sink, "ten bytes\nten bytes\n");
    ck_assert_int_eq(sink->trouble, 0);
    put_text(sink, NULL, "three\n");
    hand_over();
    while (sink->trouble == 0)
        await_news();
    ck_assert_int_eq(sink->trouble, EISDIR);
    ck_assert_int_eq(sink->failing, 0);
    log_line(sink, "four\n");
    expect_content("log", "ten bytes\nten bytes\nthree\nfour\n");

    ck_assert_int_eq(rmdir("log.1"), 0);
    log_line(sink, "five\n");
    ck_assert_int_eq(sink->trouble, 0);
    expect_content("log.1", "ten bytes\nten bytes\nthree\nfour\n");
    expect_content("log", "five\n");
    end_sink(sink);
}
END_TEST

START_TEST(a_file_put_in_its_place_may_already_be_at_the_limit)
{
    struct sink *sink = open_rotated(20, 3);
    log_line(sink, "ten bytes\nten bytes\n");
    ck_assert_int_eq(rename("log", "log.old"), 0);
    write_text("log", "somebody else's, and large\n");
    put_text(sink, NULL, "three\n");
    hand_over();
    while (!sink_is_idle(sink)) {
        await_news();
        ck_assert_int_eq(sink->failing, 0);
    }
    expect_content("log.old", "ten bytes\nten bytes\n");
    expect_content("log.1", "somebody else's, and large\n");
    expect_content("log", "three\n");
    end_sink(sink);
}
END_TEST

Suite *sink_write_suite(void)
{
    Suite *suite = suite_create("sink_write");
    TCase *opening = tcase_create("opening");
    tcase_set_timeout(opening, 30);
    tcase_add_checked_fixture(opening, start_writing, end_writing);
    tcase_add_test(opening, opens_its_file_before_the_first_line);
    tcase_add_test(opening, opens_its_file_for_the_first_line);
    tcase_add_test(opening, takes_a_file_that_was_opened);
    tcase_add_test(opening, opens_the_file_once_its_directory_is_there);
    tcase_add_test(opening, tells_why_a_file_is_refused);
    tcase_add_test(opening, reopens_what_was_renamed);
    tcase_add_test(opening, goes_on_with_the_old_file_while_it_cannot_be_reopened);
    suite_add_tcase(suite, opening);

    TCase *failing = tcase_create("failing");
    tcase_set_timeout(failing, 30);
    tcase_add_checked_fixture(failing, start_writing, end_writing);
    tcase_add_test(failing, keeps_what_a_full_disk_does_not_take);
    tcase_add_test(failing, fails_when_nobody_reads_any_more);
    tcase_add_test(failing, what_waits_behind_a_failure_is_kept_in_order);
    tcase_add_test(failing, fails_no_more_as_soon_as_a_reader_takes_a_little);
    tcase_add_test(failing, works_no_more_than_before_when_it_was_only_opened_again);
    tcase_add_test(failing, what_waits_in_a_closed_one_is_not_written_later);
    tcase_add_test(failing, one_that_is_closed_can_be_opened_again);
    tcase_add_test(failing, one_that_fails_is_tried_again_only_when_asked);
    tcase_add_test(failing, goes_on_in_the_middle_of_a_line);
    tcase_add_test(failing, lines_in_part_written_are_counted_as_waiting);
    tcase_add_test(failing, a_line_half_written_goes_whole_into_the_new_file);
    tcase_add_test(failing, a_line_half_written_goes_on_where_the_same_file_is_opened_again);
    tcase_add_test(failing, a_line_half_written_goes_on_where_no_other_file_can_be_opened);
    suite_add_tcase(suite, failing);

    TCase *rotating = tcase_create("rotating");
    tcase_set_timeout(rotating, 30);
    tcase_add_checked_fixture(rotating, start_writing, end_writing);
    tcase_add_test(rotating, rotates_before_the_line_that_does_not_fit);
    tcase_add_test(rotating, rotation_splits_no_line_and_loses_none);
    tcase_add_test(rotating, what_was_in_the_file_before_counts);
    tcase_add_test(rotating, a_line_above_the_limit_has_a_file_of_its_own);
    tcase_add_test(rotating, a_line_above_the_limit_is_not_split_when_the_disk_is_full);
    tcase_add_test(rotating, other_sizes_hold_from_the_next_line_on);
    tcase_add_test(rotating, without_files_to_keep_it_begins_anew);
    tcase_add_test(rotating, a_device_is_never_rotated);
    tcase_add_test(rotating, a_fifo_is_never_rotated);
    tcase_add_test(rotating, a_rotation_that_fails_loses_no_line);
    tcase_add_test(rotating, a_file_put_in_its_place_may_already_be_at_the_limit);
    suite_add_tcase(suite, rotating);
    return suite;
}
