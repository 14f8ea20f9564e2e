// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/fd.h"
#include "base/memory.h"
#include "output/log_file.h"
#include "writing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct log_file open_log(const char *path)
{
    struct log_file file;
    const char *reason;
    ck_assert_int_eq(log_file_open(&file, path, &reason), 0);
    ck_assert_ptr_null(reason);
    return file;
}

static void append(struct log_file *file, const char *text)
{
    ssize_t length = (ssize_t)strlen(text);
    ck_assert_int_eq(write(file->fd, text, strlen(text)), length);
    file->size += length;
}

static void rotate(struct log_file *file, unsigned kept)
{
    const char *reason;
    ck_assert_int_eq(log_file_rotate(file, "log", kept, &reason), 0);
    ck_assert_ptr_null(reason);
}

static void expect_refusal(const char *path, int error, const char *text)
{
    struct log_file file;
    const char *reason;
    ck_assert_int_eq(log_file_open(&file, path, &reason), -error);
    if (text == NULL)
        ck_assert_ptr_null(reason);
    else
        ck_assert_str_eq(reason, text);
    ck_assert_int_eq(file.fd, -1);
    log_file_close(&file);
}

static void make_directory(const char *path, mode_t mode)
{
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(chmod(path, mode), 0);
}

START_TEST(creates_the_file_with_mode_0640)
{
    umask(0);
    struct log_file log = open_log("log");
    struct stat file;
    ck_assert_int_eq(stat("log", &file), 0);
    ck_assert_uint_eq(file.st_mode & 07777, 0640);
    ck_assert(log.regular);
    ck_assert_int_eq(log.size, 0);
    log_file_close(&log);
}
END_TEST

START_TEST(appends_to_what_is_there)
{
    write_text("log", "earlier\n");
    struct log_file log = open_log("log");
    ck_assert_int_eq(log.size, 8);
    append(&log, "later\n");
    log_file_close(&log);
    expect_content("log", "earlier\nlater\n");
}
END_TEST

START_TEST(appends_after_the_file_was_emptied_by_another)
{
    struct log_file log = open_log("log");
    append(&log, "first\n");
    ck_assert_int_eq(truncate("log", 0), 0);
    append(&log, "second\n");
    log_file_close(&log);
    expect_content("log", "second\n");
}
END_TEST

START_TEST(shares_a_file_with_another_writer)
{
    struct log_file one = open_log("log"), other = open_log("log");
    append(&one, "a\n");
    append(&other, "b\n");
    append(&one, "c\n");
    log_file_close(&one);
    log_file_close(&other);
    expect_content("log", "a\nb\nc\n");
}
END_TEST

START_TEST(opens_a_file_that_blocks_and_is_closed_on_exec)
{
    struct log_file log = open_log("log");
    ck_assert_int_eq(fcntl(log.fd, F_GETFL) & (O_APPEND | O_NONBLOCK | O_ACCMODE),
                     O_APPEND | O_WRONLY);
    ck_assert_int_eq(fcntl(log.fd, F_GETFD), FD_CLOEXEC);
    log_file_close(&log);
}
END_TEST

START_TEST(can_be_closed_twice)
{
    struct log_file log = open_log("log");
    int fd = log.fd;
    log_file_close(&log);
    ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
    log_file_close(&log);
    ck_assert_int_eq(log.fd, -1);
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
    expect_no_file("target");
}
END_TEST

START_TEST(follows_symbolic_links_of_directories)
{
    ck_assert_int_eq(mkdir("logs", 0755), 0);
    ck_assert_int_eq(symlink("logs", "link"), 0);
    struct log_file log = open_log("link/log");
    log_file_close(&log);
    expect_content("logs/log", "");
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

static const char others_write[] = "its directory can be written to by everybody";

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
    struct log_file log = open_log("sticky/log");
    log_file_close(&log);
}
END_TEST

START_TEST(accepts_a_directory_that_its_own_group_can_write_to)
{
    make_directory("group", 0770);
    struct log_file log = open_log("group/log");
    log_file_close(&log);
}
END_TEST

// As /var/log has in some places; only root can give a directory to a group that it is not in.
START_TEST(accepts_a_directory_that_a_foreign_group_can_write_to)
{
    make_directory("group", 0770);
    ck_assert_int_eq(chown("group", (uid_t)-1, getegid() + 12345), 0);
    ck_assert_int_eq(chmod("group", 0775), 0);
    struct log_file log = open_log("group/log");
    log_file_close(&log);
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

START_TEST(opens_a_device_that_has_no_size)
{
    struct log_file log = open_log("/dev/null");
    ck_assert(!log.regular);
    log_file_close(&log);
}
END_TEST

START_TEST(opens_a_fifo_with_a_reader)
{
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    int reader = open("fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct log_file log = open_log("fifo");
    ck_assert_int_eq(fcntl(log.fd, F_GETFL) & O_NONBLOCK, 0);
    ck_assert(!log.regular);
    append(&log, "through\n");
    char text[20];
    ck_assert_int_eq(read(reader, text, sizeof(text)), 8);
    log_file_close(&log);
    fd_close(&reader);
}
END_TEST

START_TEST(does_not_wait_for_the_reader_of_a_fifo)
{
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    expect_refusal("fifo", ENXIO, "nobody reads from this FIFO");
}
END_TEST

START_TEST(shifts_the_files_and_begins_anew)
{
    struct log_file log = open_log("log");
    static const char *const texts[] = {"a\n", "bb\n", "ccc\n", "dddd\n"};
    for (size_t i = 0; i < LENGTH(texts); i++) {
        append(&log, texts[i]);
        rotate(&log, 3);
        ck_assert_int_eq(log.size, 0);
    }
    append(&log, "now\n");
    expect_content("log", "now\n");
    expect_content("log.1", "dddd\n");
    expect_content("log.2", "ccc\n");
    expect_content("log.3", "bb\n");
    expect_no_file("log.4");
    log_file_close(&log);
}
END_TEST

START_TEST(the_new_file_is_opened_as_safely)
{
    umask(0);
    struct log_file log = open_log("log");
    rotate(&log, 1);
    struct stat file;
    ck_assert_int_eq(stat("log", &file), 0);
    ck_assert_uint_eq(file.st_mode & 07777, 0640);
    ck_assert_int_eq(fcntl(log.fd, F_GETFD), FD_CLOEXEC);
    log_file_close(&log);
}
END_TEST

START_TEST(gaps_between_the_numbers_do_no_harm)
{
    struct log_file log = open_log("log");
    write_text("log.2", "two\n");
    append(&log, "now\n");
    rotate(&log, 5);
    expect_content("log.1", "now\n");
    expect_no_file("log.2");
    expect_content("log.3", "two\n");
    log_file_close(&log);
}
END_TEST

START_TEST(a_symbolic_link_among_the_numbers_is_renamed_not_followed)
{
    struct log_file log = open_log("log");
    write_text("target", "mine\n");
    ck_assert_int_eq(symlink("target", "log.1"), 0);
    append(&log, "now\n");
    rotate(&log, 1);
    expect_content("log.1", "now\n");
    expect_content("target", "mine\n");
    log_file_close(&log);
}
END_TEST

START_TEST(with_none_to_keep_the_file_is_emptied)
{
    struct log_file log = open_log("log");
    append(&log, "gone\n");
    rotate(&log, 0);
    ck_assert_int_eq(log.size, 0);
    append(&log, "kept\n");
    expect_content("log", "kept\n");
    expect_no_file("log.1");
    log_file_close(&log);
}
END_TEST

START_TEST(what_somebody_else_renamed_is_only_opened_again)
{
    struct log_file log = open_log("log");
    append(&log, "first\n");
    write_text("log.1", "one\n");
    ck_assert_int_eq(rename("log", "log.old"), 0);
    rotate(&log, 2);
    append(&log, "second\n");
    expect_content("log.old", "first\n");
    expect_content("log.1", "one\n");
    expect_no_file("log.2");
    expect_content("log", "second\n");

    write_text("other", "other\n");
    ck_assert_int_eq(rename("other", "log"), 0);
    rotate(&log, 0);
    ck_assert_int_eq(log.size, 6);
    expect_content("log", "other\n");
    log_file_close(&log);
}
END_TEST

// That a rotation fails, and that lines go on to the file that is open.
static void expect_failure(struct log_file *log, unsigned kept, int error, const char *text)
{
    const char *reason;
    int fd = log->fd;
    off_t size = log->size;
    ck_assert_int_eq(log_file_rotate(log, "log", kept, &reason), -error);
    if (text == NULL)
        ck_assert_ptr_null(reason);
    else
        ck_assert_str_eq(reason, text);
    ck_assert_int_eq(log->fd, fd);
    ck_assert_int_eq(log->size, size);
    append(log, "more\n");
}

START_TEST(a_directory_in_the_way_leaves_the_file_open)
{
    struct log_file log = open_log("log");
    append(&log, "first\n");
    make_directory("log.1", 0755);
    expect_failure(&log, 1, EISDIR, NULL);
    expect_content("log", "first\nmore\n");
    ck_assert_int_eq(rmdir("log.1"), 0);
    rotate(&log, 1);
    expect_content("log.1", "first\nmore\n");
    expect_content("log", "");
    log_file_close(&log);
}
END_TEST

START_TEST(a_directory_that_takes_no_names_leaves_the_file_open)
{
    struct log_file log = open_log("log");
    append(&log, "first\n");
    ck_assert_int_eq(chmod(".", 0555), 0);
    uid_t user = geteuid();
    if (user == 0) // who may write wherever it likes
        ck_assert_int_eq(seteuid(65534), 0);
    expect_failure(&log, 3, EACCES, NULL);
    ck_assert_int_eq(seteuid(user), 0);
    ck_assert_int_eq(chmod(".", 0700), 0);
    expect_content("log", "first\nmore\n");
    log_file_close(&log);
}
END_TEST

START_TEST(a_new_file_that_is_refused_leaves_the_old_one_in_its_place)
{
    struct log_file log = open_log("log");
    append(&log, "first\n");
    write_text("log.1", "one\n");
    ck_assert_int_eq(chmod(".", 0777), 0); // since it was opened
    expect_failure(&log, 5, EPERM, others_write);
    expect_content("log", "first\nmore\n");
    ck_assert_int_eq(chmod(".", 0700), 0);
    rotate(&log, 5);
    expect_content("log.1", "first\nmore\n");
    log_file_close(&log);
}
END_TEST

START_TEST(rotations_that_fail_lose_no_older_file)
{
    struct log_file log = open_log("log");
    append(&log, "first\n");
    write_text("log.1", "one\n");
    write_text("log.2", "two\n");
    ck_assert_int_eq(chmod(".", 0777), 0);
    for (int i = 0; i < 4; i++)
        expect_failure(&log, 3, EPERM, others_write);
    expect_content("log.1", "one\n");
    expect_content("log.2", "two\n");
    expect_no_file("log.3");
    log_file_close(&log);
}
END_TEST

// In a sticky directory only the owner renames a file; it takes root to make another's.
START_TEST(a_rotation_that_stops_halfway_is_taken_back)
{
    struct log_file log = open_log("log");
    append(&log, "first\n");
    write_text("log.1", "one\n");
    write_text("log.2", "two\n");
    ck_assert_int_eq(chown("log.2", 65534, (gid_t)-1), 0);
    ck_assert_int_eq(chmod(".", 01777), 0);
    ck_assert_int_eq(seteuid(65534), 0);
    expect_failure(&log, 5, EPERM, NULL);
    expect_failure(&log, 5, EPERM, NULL);
    ck_assert_int_eq(seteuid(0), 0);
    expect_content("log", "first\nmore\nmore\n");
    expect_content("log.1", "one\n");
    expect_content("log.2", "two\n");
    expect_no_file("log.3");
    log_file_close(&log);
}
END_TEST

START_TEST(reopening_that_fails_keeps_the_open_file)
{
    make_directory("logs", 0755);
    struct log_file log = open_log("logs/log");
    const char *reason;
    int fd = log.fd;
    ck_assert_int_eq(rename("logs", "older"), 0);
    ck_assert_int_eq(log_file_reopen(&log, "logs/log", &reason), -ENOENT);
    ck_assert_int_eq(log.fd, fd);
    append(&log, "more\n");
    expect_content("older/log", "more\n");
    log_file_close(&log);
}
END_TEST

START_TEST(reopening_follows_the_path)
{
    struct log_file log = open_log("log");
    const char *reason;
    append(&log, "first\n");
    int fd = log.fd;
    ck_assert_int_eq(rename("log", "log.old"), 0);
    ck_assert_int_eq(log_file_reopen(&log, "log", &reason), 0);
    ck_assert_int_ne(log.fd, fd);
    ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
    append(&log, "second\n");
    expect_content("log.old", "first\n");
    expect_content("log", "second\n");
    log_file_close(&log);
}
END_TEST

static void expect_room(off_t size, size_t limit, const char *text, size_t expected)
{
    const struct log_file file = {.fd = -1, .regular = true, .size = size};
    ck_assert_uint_eq(log_file_room(&file, limit, text, strlen(text)), expected);
}

START_TEST(a_device_has_room_for_all)
{
    const struct log_file file = {.fd = -1, .regular = false, .size = 1000};
    ck_assert_uint_eq(log_file_room(&file, 10, "some lines\n", 11), 11);
}
END_TEST

START_TEST(room_ends_at_the_end_of_a_line)
{
    expect_room(0, 100, "aa\nbb\ncc\n", 9);
    expect_room(0, 9, "aa\nbb\ncc\n", 9);
    expect_room(0, 8, "aa\nbb\ncc\n", 6);
    expect_room(0, 6, "aa\nbb\ncc\n", 6);
    expect_room(0, 5, "aa\nbb\ncc\n", 3);
    expect_room(4, 8, "aa\nbb\ncc\n", 3);
    expect_room(5, 8, "aa\nbb\ncc\n", 3);
    expect_room(6, 8, "aa\nbb\ncc\n", 0);
}
END_TEST

START_TEST(a_file_at_its_limit_has_no_room)
{
    expect_room(8, 8, "a\n", 0);
    expect_room(9, 8, "a\n", 0);
    expect_room(8, 8, "\n", 0);
    expect_room(7, 8, "\n", 1);
}
END_TEST

START_TEST(an_empty_file_takes_one_line_of_any_size)
{
    expect_room(0, 5, "1234567\nab\n", 8);
    expect_room(0, 1, "ab\n", 3);
    expect_room(1, 5, "1234567\nab\n", 0);
    expect_room(0, 5, "123456789", 9); // no end of a line in it
}
END_TEST

static void add_opening(Suite *suite)
{
    TCase *opening = tcase_create("opening");
    tcase_add_checked_fixture(opening, enter_folder, leave_folder);
    tcase_add_test(opening, creates_the_file_with_mode_0640);
    tcase_add_test(opening, appends_to_what_is_there);
    tcase_add_test(opening, appends_after_the_file_was_emptied_by_another);
    tcase_add_test(opening, shares_a_file_with_another_writer);
    tcase_add_test(opening, opens_a_file_that_blocks_and_is_closed_on_exec);
    tcase_add_test(opening, can_be_closed_twice);
    tcase_add_test(opening, refuses_a_symbolic_link);
    tcase_add_test(opening, refuses_a_symbolic_link_to_nothing);
    tcase_add_test(opening, follows_symbolic_links_of_directories);
    tcase_add_test(opening, refuses_a_file_with_a_second_name);
    tcase_add_test(opening, refuses_a_directory_that_others_can_write_to);
    tcase_add_test(opening, accepts_such_a_directory_when_it_is_sticky);
    tcase_add_test(opening, accepts_a_directory_that_its_own_group_can_write_to);
    if (geteuid() == 0)
        tcase_add_test(opening, accepts_a_directory_that_a_foreign_group_can_write_to);
    tcase_add_test(opening, refuses_what_is_no_file);
    tcase_add_test(opening, refuses_a_missing_directory);
    tcase_add_test(opening, opens_a_device_that_has_no_size);
    tcase_add_test(opening, opens_a_fifo_with_a_reader);
    tcase_add_test(opening, does_not_wait_for_the_reader_of_a_fifo);
    tcase_add_test(opening, reopening_that_fails_keeps_the_open_file);
    tcase_add_test(opening, reopening_follows_the_path);
    suite_add_tcase(suite, opening);
}

static void add_rotating(Suite *suite)
{
    TCase *rotating = tcase_create("rotating");
    tcase_add_checked_fixture(rotating, enter_folder, leave_folder);
    tcase_add_test(rotating, shifts_the_files_and_begins_anew);
    tcase_add_test(rotating, the_new_file_is_opened_as_safely);
    tcase_add_test(rotating, gaps_between_the_numbers_do_no_harm);
    tcase_add_test(rotating, a_symbolic_link_among_the_numbers_is_renamed_not_followed);
    tcase_add_test(rotating, with_none_to_keep_the_file_is_emptied);
    tcase_add_test(rotating, what_somebody_else_renamed_is_only_opened_again);
    tcase_add_test(rotating, a_directory_in_the_way_leaves_the_file_open);
    tcase_add_test(rotating, a_directory_that_takes_no_names_leaves_the_file_open);
    tcase_add_test(rotating, a_new_file_that_is_refused_leaves_the_old_one_in_its_place);
    tcase_add_test(rotating, rotations_that_fail_lose_no_older_file);
    if (geteuid() == 0)
        tcase_add_test(rotating, a_rotation_that_stops_halfway_is_taken_back);
    suite_add_tcase(suite, rotating);
}

Suite *log_file_suite(void)
{
    Suite *suite = suite_create("log_file");
    add_opening(suite);
    add_rotating(suite);

    TCase *room = tcase_create("room");
    tcase_add_test(room, a_device_has_room_for_all);
    tcase_add_test(room, room_ends_at_the_end_of_a_line);
    tcase_add_test(room, a_file_at_its_limit_has_no_room);
    tcase_add_test(room, an_empty_file_takes_one_line_of_any_size);
    suite_add_tcase(suite, room);
    return suite;
}
