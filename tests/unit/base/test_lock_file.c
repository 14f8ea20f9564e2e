// SPDX-License-Identifier: MIT
// The lock decides, whatever is in the file.
#include "../suites.h"
#include "output/writing.h"

#include "base/fd.h"
#include "base/lock_file.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int take(void)
{
    int fd;
    pid_t holder;
    const char *reason;
    ck_assert_int_eq(lock_file_take("lock", 0600, &fd, &holder, &reason), 0);
    ck_assert_int_ge(fd, 0);
    return fd;
}

static void check_refusal(int error, const char *expected)
{
    int fd;
    pid_t holder;
    const char *reason;
    ck_assert_int_eq(lock_file_take("lock", 0600, &fd, &holder, &reason), -error);
    ck_assert_str_eq(reason, expected);
    ck_assert_int_eq(fd, -1);
}

static pid_t check_held(void)
{
    int fd;
    pid_t holder;
    const char *reason;
    ck_assert_int_eq(lock_file_take("lock", 0600, &fd, &holder, &reason), -EWOULDBLOCK);
    ck_assert_int_eq(fd, -1);
    return holder;
}

START_TEST(is_held_by_one)
{
    int fd = take();
    ck_assert_int_eq(check_held(), 0);
    ck_assert_int_eq(lock_file_write(fd), 0);
    ck_assert_int_eq(check_held(), getpid());
    memory_auto char *expected = memory_format("%ld\n", (long)getpid());
    expect_content("lock", expected);
    ck_assert_int_eq(lock_file_remove(&fd, "lock"), 0);
    ck_assert_int_eq(fd, -1);
    expect_no_file("lock");
}
END_TEST

START_TEST(is_made_with_its_mode)
{
    struct stat file;
    int fd = take();
    ck_assert_int_eq(fstat(fd, &file), 0);
    ck_assert_uint_eq(file.st_mode & 07777, 0600);
    fd_close(&fd);
}
END_TEST

START_TEST(one_that_is_left_over_is_taken)
{
    write_text("lock", "1\n");
    int fd = take();
    ck_assert_int_eq(lock_file_write(fd), 0);
    ck_assert_int_eq(check_held(), getpid());
    fd_close(&fd);
    fd = take();
    fd_close(&fd);
}
END_TEST

START_TEST(a_longer_text_is_replaced_whole)
{
    write_text("lock", "2147483647\n\n\n\n\n");
    int fd = take();
    ck_assert_int_eq(lock_file_write(fd), 0);
    memory_auto char *expected = memory_format("%ld\n", (long)getpid());
    expect_content("lock", expected);
    fd_close(&fd);
}
END_TEST

START_TEST(another_file_of_that_name_is_not_removed)
{
    int fd = take();
    ck_assert_int_eq(rename("lock", "away"), 0);
    write_text("lock", "");
    ck_assert_int_eq(lock_file_remove(&fd, "lock"), 0);
    expect_content("lock", "");
    expect_content("away", "");
}
END_TEST

START_TEST(without_one_there_is_nothing_to_remove)
{
    int fd = -1;
    write_text("lock", "");
    ck_assert_int_eq(lock_file_remove(&fd, "lock"), 0);
    ck_assert_int_eq(lock_file_remove(&fd, NULL), 0);
    expect_content("lock", "");
}
END_TEST

START_TEST(what_is_no_lock_file_is_left_alone)
{
    write_text("target", "mine\n");
    ck_assert_int_eq(symlink("target", "lock"), 0);
    check_refusal(ELOOP, "it is a symbolic link");
    ck_assert_int_eq(unlink("lock"), 0);
    ck_assert_int_eq(link("target", "lock"), 0);
    check_refusal(EPERM, "it has more than one name (hard links)");
    ck_assert_int_eq(unlink("target"), 0);
    check_refusal(EINVAL, "it holds something else than a pid");
    expect_content("lock", "mine\n");
    write_text("lock", "99999999999\n");
    check_refusal(EINVAL, "it holds something else than a pid");
    ck_assert_int_eq(unlink("lock"), 0);
    ck_assert_int_eq(mkfifo("lock", 0600), 0);
    check_refusal(EINVAL, "it is no file");
    ck_assert_int_eq(unlink("lock"), 0);
    ck_assert_int_eq(mkdir("lock", 0700), 0);
    check_refusal(EISDIR, "Is a directory");
}
END_TEST

Suite *lock_file_suite(void)
{
    Suite *suite = suite_create("lock_file");
    TCase *tests = tcase_create("lock_file");
    tcase_add_checked_fixture(tests, enter_folder, leave_folder);
    tcase_add_test(tests, is_held_by_one);
    tcase_add_test(tests, is_made_with_its_mode);
    tcase_add_test(tests, one_that_is_left_over_is_taken);
    tcase_add_test(tests, a_longer_text_is_replaced_whole);
    tcase_add_test(tests, another_file_of_that_name_is_not_removed);
    tcase_add_test(tests, without_one_there_is_nothing_to_remove);
    tcase_add_test(tests, what_is_no_lock_file_is_left_alone);
    suite_add_tcase(suite, tests);
    return suite;
}
