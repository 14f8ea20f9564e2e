// SPDX-License-Identifier: MIT
// The secret and its file.
#include "../suites.h"
#include "output/writing.h"

#include "base/memory.h"
#include "control/token.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *load(void)
{
    char *reason;
    char *token = token_load("token", &reason);
    ck_assert_msg(token != NULL, "%s", reason);
    ck_assert_ptr_null(reason);
    return token;
}

static void refuse(const char *why)
{
    char *reason;
    ck_assert_ptr_null(token_load("token", &reason));
    memory_auto char *expected = memory_format("cannot use the token file token: %s", why);
    ck_assert_str_eq(reason, expected);
    free(reason);
}

static void write_private(const char *text)
{
    write_text("token", text);
    ck_assert_int_eq(chmod("token", 0600), 0);
}

static const char wrong_text[] =
    "it must hold 32 to 256 printable characters in one line (without it a new one is made)";

START_TEST(one_that_is_not_there_is_made)
{
    struct stat file;
    umask(0);
    memory_auto char *token = load();
    ck_assert_uint_eq(strlen(token), 64);
    ck_assert_uint_eq(strspn(token, "0123456789abcdef"), 64);
    ck_assert_int_eq(lstat("token", &file), 0);
    ck_assert_uint_eq(file.st_mode & 07777, 0600);
    memory_auto char *line = memory_format("%s\n", token);
    expect_content("token", line);
    memory_auto char *again = load();
    ck_assert_str_eq(again, token);
}
END_TEST

START_TEST(it_has_its_mode_whatever_the_mask)
{
    struct stat file;
    umask(0777);
    memory_auto char *token = load();
    ck_assert_int_eq(lstat("token", &file), 0);
    ck_assert_uint_eq(file.st_mode & 07777, 0600);
    umask(022);
}
END_TEST

START_TEST(each_is_another)
{
    memory_auto char *first = load();
    ck_assert_int_eq(unlink("token"), 0);
    memory_auto char *second = load();
    ck_assert_str_ne(first, second);
}
END_TEST

START_TEST(one_that_is_there_is_used)
{
    write_private("0123456789!\"#$%&/()=?-_.,abcdefg");
    memory_auto char *token = load();
    ck_assert_str_eq(token, "0123456789!\"#$%&/()=?-_.,abcdefg");
    write_private("0123456789!\"#$%&/()=?-_.,abcdefg\n");
    memory_auto char *same = load();
    ck_assert_str_eq(same, token);
    ck_assert_int_eq(chmod("token", 0400), 0);
    memory_auto char *read_only = load();
    ck_assert_str_eq(read_only, token);
}
END_TEST

START_TEST(its_text_has_limits)
{
    char text[260];
    memset(text, 'a', sizeof(text));
    text[256] = '\0';
    write_private(text);
    memory_auto char *token = load();
    ck_assert_uint_eq(strlen(token), 256);
    text[256] = 'a';
    text[257] = '\0';
    write_private(text);
    refuse(wrong_text);
    text[31] = '\0';
    write_private(text);
    refuse(wrong_text);
    write_private("");
    refuse(wrong_text);
    write_private("0123456789 0123456789 0123456789 0123456789");
    refuse(wrong_text);
    write_private("01234567890123456789012345678901\n\n");
    refuse(wrong_text);
    write_private("01234567890123456789012345678901\xc3\xbc");
    refuse(wrong_text);
}
END_TEST

START_TEST(others_may_have_no_access)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601, 0644};
    write_private("01234567890123456789012345678901");
    for (size_t i = 0; i < LENGTH(modes); i++) {
        ck_assert_int_eq(chmod("token", modes[i]), 0);
        refuse("others have access to it (its mode must be 0600)");
    }
    if (geteuid() != 0)
        return;
    ck_assert_int_eq(chmod("token", 0600), 0);
    ck_assert_int_eq(chown("token", 65534, (gid_t)-1), 0);
    refuse("it belongs to another user");
}
END_TEST

START_TEST(what_is_no_file_is_refused)
{
    write_text("target", "01234567890123456789012345678901");
    ck_assert_int_eq(chmod("target", 0600), 0);
    ck_assert_int_eq(symlink("target", "token"), 0);
    refuse("it is a symbolic link");
    ck_assert_int_eq(unlink("target"), 0);
    refuse("it is a symbolic link");
    expect_no_file("target");
    ck_assert_int_eq(unlink("token"), 0);
    ck_assert_int_eq(mkfifo("token", 0600), 0);
    refuse("it is no file");
    ck_assert_int_eq(unlink("token"), 0);
    write_private("01234567890123456789012345678901");
    ck_assert_int_eq(link("token", "second"), 0);
    refuse("it has more than one name (hard links)");
}
END_TEST

Suite *token_suite(void)
{
    Suite *suite = suite_create("token");
    TCase *tests = tcase_create("token");
    tcase_add_checked_fixture(tests, enter_folder, leave_folder);
    tcase_add_test(tests, one_that_is_not_there_is_made);
    tcase_add_test(tests, it_has_its_mode_whatever_the_mask);
    tcase_add_test(tests, each_is_another);
    tcase_add_test(tests, one_that_is_there_is_used);
    tcase_add_test(tests, its_text_has_limits);
    tcase_add_test(tests, others_may_have_no_access);
    tcase_add_test(tests, what_is_no_file_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
