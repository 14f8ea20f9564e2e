// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/fd.h"
#include "base/memory.h"
#include "output/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MIB = 1024 * 1024 };

static const struct record_source web = {
    .helper = "web", .prefix = "web", .kind = STREAM_STDOUT, .pid = 4711};

// Each test has a folder of its own and works in it.
static char *folder;

static void enter_folder(void)
{
    const char *parent = getenv("TMPDIR");
    folder = memory_format("%s/helperd-sink.XXXXXX", parent != NULL ? parent : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    umask(022);
    (void)signal(SIGPIPE, SIG_IGN); // as helperd itself does
    (void)signal(SIGXFSZ, SIG_IGN);
}

static void leave_folder(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    memory_auto char *command = memory_format("rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
    free(folder);
}

static void style(struct sink *sink)
{
    record_style_init(&sink->style, FORMAT_TEXT, LOG_TIME_NONE, false, false, 0);
}

static struct sink open_sink(const char *path)
{
    struct sink sink;
    const char *reason;
    ck_assert_int_eq(sink_init_file(&sink, path, &reason), 0);
    style(&sink);
    return sink;
}

static struct sink sink_of(int fd)
{
    struct sink sink;
    sink_init_standard(&sink, fd, "standard output");
    style(&sink);
    return sink;
}

static void expect_refusal(const char *path, int error, const char *text)
{
    struct sink sink;
    const char *reason;
    ck_assert_int_eq(sink_init_file(&sink, path, &reason), -error);
    if (text == NULL)
        ck_assert_ptr_null(reason);
    else
        ck_assert_str_eq(reason, text);
    ck_assert_int_eq(sink.fd, -1);
    sink_finish(&sink);
}

static void append(struct sink *sink, const char *text, size_t length)
{
    const struct record record = {
        .source = &web, .level = LEVEL_INFO, .text = text, .length = length};
    sink_append(sink, &record);
}

static void append_text(struct sink *sink, const char *text)
{
    append(sink, text, strlen(text));
}

static void append_number(struct sink *sink, unsigned number)
{
    memory_auto char *text = memory_format("line %u", number);
    append_text(sink, text);
}

static void append_large(struct sink *sink, char letter)
{
    memory_auto char *text = memory_new(MIB, 1);
    memset(text, letter, MIB);
    append(sink, text, MIB);
}

static size_t waiting(const struct sink *sink)
{
    return sink->queue.length - sink->queue_start;
}

static void expect_content(const char *path, const char *expected)
{
    char *text;
    size_t length;
    ck_assert_int_eq(fd_read_file(path, 64 * MIB, &text, &length), 0);
    ck_assert_str_eq(text, expected);
    ck_assert_uint_eq(length, strlen(expected));
    free(text);
}

// That the text is "info [web] line 0" and so on, each line whole and in its place.
static void expect_numbered(const char *text, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        memory_auto char *line = memory_format("info [web] line %u\n", i);
        if (strncmp(text, line, strlen(line)) != 0)
            ck_abort_msg("line %u is \"%.40s\"", i, text);
        text += strlen(line);
    }
    ck_assert_str_eq(text, "");
}

static void expect_numbered_file(const char *path, unsigned count)
{
    char *text;
    size_t length;
    ck_assert_int_eq(fd_read_file(path, 64 * MIB, &text, &length), 0);
    expect_numbered(text, count);
    free(text);
}

static void write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    fd_close(&fd);
}

static int reader_of(const char *fifo)
{
    int fd = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    return fd;
}

static char *read_all(int fd)
{
    struct buffer text = {0};
    ssize_t got;
    while ((got = read(fd, buffer_reserve(&text, 4096), 4096)) > 0)
        text.length += (size_t)got;
    ck_assert_int_eq(got, 0);
    return buffer_take(&text);
}

// Flushes while files can only grow to that size, as on a disk that is full in the middle of a
// write. No longer than that: check keeps its notes in a file, too.
static bool flush_into(struct sink *sink, rlim_t size)
{
    struct rlimit before;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit limit = before;
    limit.rlim_cur = size;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    bool written = sink_flush(sink);
    int result = setrlimit(RLIMIT_FSIZE, &before);
    ck_assert_int_eq(result, 0);
    return written;
}

START_TEST(creates_the_file_with_mode_0640)
{
    umask(0);
    struct sink sink = open_sink("log");
    struct stat file;
    ck_assert_int_eq(stat("log", &file), 0);
    ck_assert_uint_eq(file.st_mode & 07777, 0640);
    ck_assert_str_eq(sink.name, "log");
    sink_finish(&sink);
}
END_TEST

START_TEST(appends_to_what_is_there)
{
    write_text("log", "earlier\n");
    struct sink sink = open_sink("log");
    append_text(&sink, "later");
    ck_assert(sink_flush(&sink));
    sink_finish(&sink);
    expect_content("log", "earlier\ninfo [web] later\n");
}
END_TEST

START_TEST(appends_after_the_file_was_emptied_by_another)
{
    struct sink sink = open_sink("log");
    append_text(&sink, "first");
    ck_assert(sink_flush(&sink));
    ck_assert_int_eq(truncate("log", 0), 0);
    append_text(&sink, "second");
    ck_assert(sink_flush(&sink));
    sink_finish(&sink);
    expect_content("log", "info [web] second\n");
}
END_TEST

START_TEST(shares_a_file_with_another_writer)
{
    struct sink one = open_sink("log"), other = open_sink("log");
    append_text(&one, "a");
    ck_assert(sink_flush(&one));
    append_text(&other, "b");
    ck_assert(sink_flush(&other));
    append_text(&one, "c");
    ck_assert(sink_flush(&one));
    sink_finish(&one);
    sink_finish(&other);
    expect_content("log", "info [web] a\ninfo [web] b\ninfo [web] c\n");
}
END_TEST

START_TEST(opens_a_file_that_blocks_and_is_closed_on_exec)
{
    struct sink sink = open_sink("log");
    ck_assert_int_eq(fcntl(sink.fd, F_GETFL) & (O_APPEND | O_NONBLOCK | O_ACCMODE),
                     O_APPEND | O_WRONLY);
    ck_assert_int_eq(fcntl(sink.fd, F_GETFD), FD_CLOEXEC);
    sink_finish(&sink);
}
END_TEST

START_TEST(closes_its_file_and_can_be_finished_twice)
{
    struct sink sink = open_sink("log");
    int fd = sink.fd;
    append_text(&sink, "never written");
    sink_finish(&sink);
    ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
    sink_finish(&sink);
    ck_assert_int_eq(sink.fd, -1);
}
END_TEST

START_TEST(refuses_a_symbolic_link)
{
    write_text("target", "mine\n");
    ck_assert_int_eq(symlink("target", "log"), 0);
    expect_refusal("log", ELOOP, "it is a symbolic link");
    expect_content("target", "mine\n");
}
END_TEST

START_TEST(refuses_a_symbolic_link_to_nothing)
{
    ck_assert_int_eq(symlink("target", "log"), 0);
    expect_refusal("log", ELOOP, "it is a symbolic link");
    ck_assert_int_eq(access("target", F_OK), -1);
}
END_TEST

START_TEST(follows_symbolic_links_of_directories)
{
    ck_assert_int_eq(mkdir("logs", 0755), 0);
    ck_assert_int_eq(symlink("logs", "link"), 0);
    struct sink sink = open_sink("link/log");
    sink_finish(&sink);
    ck_assert_int_eq(access("logs/log", F_OK), 0);
}
END_TEST

START_TEST(refuses_a_file_with_a_second_name)
{
    write_text("target", "mine\n");
    ck_assert_int_eq(link("target", "log"), 0);
    expect_refusal("log", EPERM, "it has more than one name (hard links)");
    expect_content("target", "mine\n");
}
END_TEST

static const char others_write[] = "its directory can be written to by others";

static void make_directory(const char *path, mode_t mode)
{
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(chmod(path, mode), 0);
}

START_TEST(refuses_a_directory_that_others_can_write_to)
{
    make_directory("open", 0777);
    expect_refusal("open/log", EPERM, others_write);
    ck_assert_int_eq(chmod("open", 0702), 0);
    expect_refusal("open/log", EPERM, others_write);
}
END_TEST

START_TEST(accepts_such_a_directory_when_it_is_sticky)
{
    make_directory("sticky", 01777);
    struct sink sink = open_sink("sticky/log");
    sink_finish(&sink);
}
END_TEST

START_TEST(accepts_a_directory_that_its_own_group_can_write_to)
{
    make_directory("group", 0770);
    struct sink sink = open_sink("group/log");
    sink_finish(&sink);
}
END_TEST

// Only root can give a directory to a group that it is not in.
START_TEST(refuses_a_directory_that_a_foreign_group_can_write_to)
{
    make_directory("group", 0770);
    ck_assert_int_eq(chown("group", (uid_t)-1, getegid() + 12345), 0);
    ck_assert_int_eq(chmod("group", 0770), 0);
    expect_refusal("group/log", EPERM, others_write);
    ck_assert_int_eq(chmod("group", 0750), 0);
    struct sink sink = open_sink("group/log");
    sink_finish(&sink);
}
END_TEST

START_TEST(refuses_what_is_no_file)
{
    ck_assert_int_eq(mkdir("log", 0755), 0);
    expect_refusal("log", EISDIR, NULL);
}
END_TEST

START_TEST(refuses_a_missing_directory)
{
    expect_refusal("missing/log", ENOENT, NULL);
}
END_TEST

START_TEST(writes_to_a_device)
{
    struct sink sink = open_sink("/dev/null");
    append_text(&sink, "gone");
    ck_assert(sink_flush(&sink));
    ck_assert_int_eq(sink.error, 0);
    sink_finish(&sink);
}
END_TEST

START_TEST(writes_to_a_fifo_with_a_reader)
{
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    int reader = reader_of("fifo");
    struct sink sink = open_sink("fifo");
    ck_assert_int_eq(fcntl(sink.fd, F_GETFL) & O_NONBLOCK, 0);
    append_text(&sink, "through the pipe");
    ck_assert(sink_flush(&sink));
    sink_finish(&sink);
    memory_auto char *text = read_all(reader);
    ck_assert_str_eq(text, "info [web] through the pipe\n");
    fd_close(&reader);
}
END_TEST

START_TEST(does_not_wait_for_the_reader_of_a_fifo)
{
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    expect_refusal("fifo", ENXIO, "nobody reads from this FIFO");
}
END_TEST

START_TEST(takes_dev_stdout_and_dev_stderr_for_its_own_descriptors)
{
    struct sink out = open_sink("/dev/stdout"), err = open_sink("/dev/stderr");
    ck_assert_int_eq(out.fd, STDOUT_FILENO);
    ck_assert_int_eq(err.fd, STDERR_FILENO);
    ck_assert_str_eq(out.name, "/dev/stdout");
    sink_finish(&out);
    sink_finish(&err);
    ck_assert_int_ge(fcntl(STDOUT_FILENO, F_GETFD), 0);
    ck_assert_int_ge(fcntl(STDERR_FILENO, F_GETFD), 0);
}
END_TEST

START_TEST(leaves_a_borrowed_descriptor_open)
{
    int reader, writer;
    ck_assert_int_eq(fd_pipe(&reader, &writer), 0);
    struct sink sink = sink_of(writer);
    append_text(&sink, "one");
    ck_assert(sink_flush(&sink));
    sink_finish(&sink);
    ck_assert_int_eq(fcntl(writer, F_GETFD), FD_CLOEXEC);
    fd_close(&writer);
    fd_close(&reader);
}
END_TEST

START_TEST(writes_nothing_before_it_is_flushed)
{
    struct sink sink = open_sink("log");
    append_text(&sink, "one");
    append_text(&sink, "two");
    expect_content("log", "");
    ck_assert(sink_flush(&sink));
    expect_content("log", "info [web] one\ninfo [web] two\n");
    ck_assert_uint_eq(sink.queue.length, 0);
    sink_finish(&sink);
}
END_TEST

START_TEST(flushing_nothing_is_no_failure)
{
    struct sink sink = open_sink("/dev/full");
    ck_assert(sink_flush(&sink));
    ck_assert_int_eq(sink.error, 0);
    sink_finish(&sink);
}
END_TEST

START_TEST(writes_in_between_when_much_is_appended)
{
    struct sink sink = open_sink("log");
    for (unsigned i = 0; i < 64; i++) {
        append_large(&sink, 'x');
        ck_assert_uint_lt(waiting(&sink), MIB);
    }
    ck_assert_uint_eq(sink.dropped, 0);
    sink_finish(&sink);
}
END_TEST

START_TEST(gives_back_the_memory_of_a_long_queue)
{
    int bad = open("/dev/full", O_WRONLY | O_CLOEXEC);
    int good = open("/dev/null", O_WRONLY | O_CLOEXEC);
    struct sink sink = sink_of(bad);
    for (unsigned i = 0; i < 4; i++)
        append_large(&sink, 'x');
    ck_assert_uint_ge(sink.queue.capacity, 4 * MIB);
    ck_assert_int_eq(dup2(good, bad), bad);
    ck_assert(sink_flush(&sink));
    ck_assert_uint_le(sink.queue.capacity, MIB);
    sink_finish(&sink);
    fd_close(&bad);
    fd_close(&good);
}
END_TEST

START_TEST(keeps_what_a_full_disk_does_not_take)
{
    struct sink sink = open_sink("/dev/full");
    append_text(&sink, "one");
    size_t length = waiting(&sink);
    ck_assert(!sink_flush(&sink));
    ck_assert_int_eq(sink.error, ENOSPC);
    ck_assert_uint_eq(waiting(&sink), length);
    append_text(&sink, "two");
    ck_assert(!sink_flush(&sink));
    ck_assert_uint_eq(waiting(&sink), 2 * length); // both lines are of one length
    ck_assert_uint_eq(sink.dropped, 0);
    sink_finish(&sink);
}
END_TEST

START_TEST(counts_what_does_not_fit_into_the_queue)
{
    struct sink sink = open_sink("/dev/full");
    append_text(&sink, "before");
    ck_assert(!sink_flush(&sink));
    for (unsigned i = 0; i < 20; i++)
        append_large(&sink, 'x');
    ck_assert_uint_eq(sink.dropped, 13); // seven with their prefixes fit into 8 MiB
    ck_assert_uint_le(waiting(&sink), SINK_QUEUE_LIMIT);
    append_text(&sink, "a short one has its place");
    ck_assert_uint_eq(sink.dropped, 13);
    sink_finish(&sink);
}
END_TEST

START_TEST(writes_all_it_kept_once_the_sink_works_again)
{
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    struct sink sink = sink_of(fd);
    for (unsigned i = 0; i < 1000; i++) {
        append_number(&sink, i);
        if (i % 100 == 0)
            ck_assert(!sink_flush(&sink));
    }
    int file = open("log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ck_assert_int_eq(dup2(file, fd), fd);
    ck_assert(sink_flush(&sink));
    ck_assert_int_eq(sink.error, 0);
    ck_assert_uint_eq(sink.dropped, 0);
    expect_numbered_file("log", 1000);
    sink_finish(&sink);
    fd_close(&fd);
    fd_close(&file);
}
END_TEST

START_TEST(leaves_the_count_of_the_lost_to_who_reports_it)
{
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC), good = open("/dev/null", O_WRONLY);
    struct sink sink = sink_of(fd);
    for (unsigned i = 0; i < 10; i++)
        append_large(&sink, 'x');
    uint64_t dropped = sink.dropped;
    ck_assert_uint_gt(dropped, 0);
    ck_assert_int_eq(dup2(good, fd), fd);
    ck_assert(sink_flush(&sink));
    ck_assert_uint_eq(sink.dropped, dropped);
    append_text(&sink, "taken again");
    ck_assert(sink_flush(&sink));
    ck_assert_uint_eq(sink.dropped, dropped);
    sink_finish(&sink);
    fd_close(&fd);
    fd_close(&good);
}
END_TEST

START_TEST(fails_when_nobody_reads_any_more)
{
    int reader, writer;
    ck_assert_int_eq(fd_pipe(&reader, &writer), 0);
    struct sink sink = sink_of(writer);
    fd_close(&reader);
    append_text(&sink, "to nobody");
    ck_assert(!sink_flush(&sink));
    ck_assert_int_eq(sink.error, EPIPE);
    sink_finish(&sink);
    fd_close(&writer);
}
END_TEST

START_TEST(goes_on_in_the_middle_of_a_line)
{
    struct sink sink = open_sink("log");
    for (unsigned i = 0; i < 100; i++)
        append_number(&sink, i);
    size_t length = waiting(&sink);
    for (rlim_t size = 7; size < length; size += 7) {
        ck_assert(!flush_into(&sink, size));
        ck_assert_int_eq(sink.error, EFBIG);
        ck_assert_uint_eq(waiting(&sink), length - size);
    }
    append_number(&sink, 100);
    ck_assert(sink_flush(&sink));
    ck_assert_int_eq(sink.error, 0);
    sink_finish(&sink);
    expect_numbered_file("log", 101);
}
END_TEST

START_TEST(stays_within_bounds_while_a_full_disk_takes_a_little_now_and_then)
{
    struct sink sink = open_sink("log");
    append_text(&sink, "first");
    ck_assert(!flush_into(&sink, 0));
    for (rlim_t i = 1; i <= 48; i++) {
        append_large(&sink, 'x');
        ck_assert(!flush_into(&sink, i * MIB / 2));
        ck_assert_uint_le(waiting(&sink), SINK_QUEUE_LIMIT);
        ck_assert_uint_le(sink.queue.length, 2 * SINK_QUEUE_LIMIT);
    }
    ck_assert_uint_gt(sink.dropped, 0);
    sink_finish(&sink);
}
END_TEST

// Pipes take what they have room for.

enum { LINES = 20000 };

// Writes numbered lines into the pipe from a process of their own; its status says how it went.
static pid_t start_writer(int reader, int writer)
{
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid > 0)
        return pid;
    close(reader);
    struct sink sink = sink_of(writer);
    for (unsigned i = 0; i < LINES; i++)
        append_number(&sink, i);
    bool written = sink_flush(&sink) && sink.error == 0 && sink.dropped == 0;
    sink_finish(&sink);
    _exit(written ? 0 : 1);
}

static void expect_lines_through_pipe(bool nonblocking)
{
    int reader, writer;
    ck_assert_int_eq(fd_pipe(&reader, &writer), 0);
    // One page: far less than what waits, so that every write is cut short.
    ck_assert_int_gt(fcntl(writer, F_SETPIPE_SZ, 4096), 0);
    if (nonblocking)
        ck_assert_int_eq(fd_set_nonblocking(writer), 0);
    pid_t pid = start_writer(reader, writer);
    fd_close(&writer);
    memory_auto char *text = read_all(reader);
    fd_close(&reader);
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    expect_numbered(text, LINES);
}

START_TEST(writes_whole_lines_in_order_through_a_small_pipe)
{
    expect_lines_through_pipe(false);
}
END_TEST

START_TEST(waits_for_a_pipe_that_somebody_made_nonblocking)
{
    expect_lines_through_pipe(true);
}
END_TEST

static void add_files(Suite *suite)
{
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, enter_folder, leave_folder);
    tcase_add_test(files, creates_the_file_with_mode_0640);
    tcase_add_test(files, appends_to_what_is_there);
    tcase_add_test(files, appends_after_the_file_was_emptied_by_another);
    tcase_add_test(files, shares_a_file_with_another_writer);
    tcase_add_test(files, opens_a_file_that_blocks_and_is_closed_on_exec);
    tcase_add_test(files, closes_its_file_and_can_be_finished_twice);
    tcase_add_test(files, refuses_a_symbolic_link);
    tcase_add_test(files, refuses_a_symbolic_link_to_nothing);
    tcase_add_test(files, follows_symbolic_links_of_directories);
    tcase_add_test(files, refuses_a_file_with_a_second_name);
    tcase_add_test(files, refuses_a_directory_that_others_can_write_to);
    tcase_add_test(files, accepts_such_a_directory_when_it_is_sticky);
    tcase_add_test(files, accepts_a_directory_that_its_own_group_can_write_to);
    if (geteuid() == 0)
        tcase_add_test(files, refuses_a_directory_that_a_foreign_group_can_write_to);
    tcase_add_test(files, refuses_what_is_no_file);
    tcase_add_test(files, refuses_a_missing_directory);
    suite_add_tcase(suite, files);
}

static void add_others(Suite *suite)
{
    TCase *others = tcase_create("devices, FIFOs, descriptors");
    tcase_add_checked_fixture(others, enter_folder, leave_folder);
    tcase_add_test(others, writes_to_a_device);
    tcase_add_test(others, writes_to_a_fifo_with_a_reader);
    tcase_add_test(others, does_not_wait_for_the_reader_of_a_fifo);
    tcase_add_test(others, takes_dev_stdout_and_dev_stderr_for_its_own_descriptors);
    tcase_add_test(others, leaves_a_borrowed_descriptor_open);
    suite_add_tcase(suite, others);
}

static void add_queue(Suite *suite)
{
    TCase *queue = tcase_create("queue");
    tcase_add_checked_fixture(queue, enter_folder, leave_folder);
    tcase_add_test(queue, writes_nothing_before_it_is_flushed);
    tcase_add_test(queue, flushing_nothing_is_no_failure);
    tcase_add_test(queue, writes_in_between_when_much_is_appended);
    tcase_add_test(queue, gives_back_the_memory_of_a_long_queue);
    tcase_add_test(queue, writes_whole_lines_in_order_through_a_small_pipe);
    tcase_add_test(queue, waits_for_a_pipe_that_somebody_made_nonblocking);
    suite_add_tcase(suite, queue);
}

static void add_failing(Suite *suite)
{
    TCase *failing = tcase_create("failing");
    tcase_add_checked_fixture(failing, enter_folder, leave_folder);
    tcase_add_test(failing, keeps_what_a_full_disk_does_not_take);
    tcase_add_test(failing, counts_what_does_not_fit_into_the_queue);
    tcase_add_test(failing, writes_all_it_kept_once_the_sink_works_again);
    tcase_add_test(failing, leaves_the_count_of_the_lost_to_who_reports_it);
    tcase_add_test(failing, fails_when_nobody_reads_any_more);
    tcase_add_test(failing, goes_on_in_the_middle_of_a_line);
    tcase_add_test(failing, stays_within_bounds_while_a_full_disk_takes_a_little_now_and_then);
    suite_add_tcase(suite, failing);
}

Suite *sink_suite(void)
{
    Suite *suite = suite_create("sink");
    add_files(suite);
    add_others(suite);
    add_queue(suite);
    add_failing(suite);
    return suite;
}
