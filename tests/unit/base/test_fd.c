// SPDX-License-Identifier: MIT
// Which file a descriptor leads to, and reading a whole one.
#include "../suites.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[32], path[64], renamed[64];

static void setup(void)
{
    snprintf(directory, sizeof(directory), "/tmp/helperd-fd-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof(path), "%s/file", directory);
    snprintf(renamed, sizeof(renamed), "%s/renamed", directory);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs("12345", file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void teardown(void)
{
    unlink(path);
    unlink(renamed);
    rmdir(directory);
}

static int open_again(void)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    return fd;
}

START_TEST(descriptors_of_one_file_are_the_same)
{
    int first = open_again(), second = open_again(), reader, writer;
    ck_assert_int_eq(fd_pipe(&reader, &writer), 0);
    ck_assert(fd_is_same(first, second));
    ck_assert(fd_is_same(reader, writer));
    ck_assert(!fd_is_same(first, reader));
    ck_assert(!fd_is_same(first, -1));
    ck_assert(!fd_is_same(-1, -1));
    fd_close(&first);
    fd_close(&second);
    fd_close(&reader);
    fd_close(&writer);
}
END_TEST

START_TEST(a_file_is_at_its_name_until_it_is_renamed)
{
    int fd = open_again();
    ck_assert(fd_is_at(fd, path));
    ck_assert_int_eq(rename(path, renamed), 0);
    ck_assert(!fd_is_at(fd, path));
    ck_assert_int_eq(symlink(renamed, path), 0);
    ck_assert(!fd_is_at(fd, path));
    ck_assert(fd_is_at(fd, renamed));
    fd_close(&fd);
}
END_TEST

START_TEST(a_fifo_is_told_from_other_files_also_through_a_link)
{
    ck_assert(!fd_path_is_fifo(path));
    ck_assert(!fd_path_is_fifo(renamed));
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(symlink(path, renamed), 0);
    ck_assert(fd_path_is_fifo(path));
    ck_assert(fd_path_is_fifo(renamed));
}
END_TEST

START_TEST(a_file_is_read_up_to_its_limit)
{
    char *text;
    size_t length;
    ck_assert_int_eq(fd_read_file(path, 5, &text, &length), 0);
    ck_assert_uint_eq(length, 5);
    ck_assert_str_eq(text, "12345");
    free(text);
    ck_assert_int_eq(fd_read_file(path, 4, &text, &length), -EFBIG);
    ck_assert_int_eq(fd_read_file(renamed, 4, &text, &length), -ENOENT);
}
END_TEST

Suite *fd_suite(void)
{
    Suite *suite = suite_create("fd");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, descriptors_of_one_file_are_the_same);
    tcase_add_test(tests, a_file_is_at_its_name_until_it_is_renamed);
    tcase_add_test(tests, a_fifo_is_told_from_other_files_also_through_a_link);
    tcase_add_test(tests, a_file_is_read_up_to_its_limit);
    suite_add_tcase(suite, tests);
    return suite;
}
