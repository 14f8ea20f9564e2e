// SPDX-License-Identifier: MIT
// Which of the descriptors that systemd hands over is the control socket.
#include "../suites.h"

#include "control/activation.h"

enum { SELF = 4711 };

static int find(const char *pid, const char *count, const char *names, bool named)
{
    struct activation activation = {.pid = pid, .count = count, .names = names};
    bool found_by_name;
    int fd = activation_find(&activation, SELF, &found_by_name);
    ck_assert(found_by_name == named);
    return fd;
}

START_TEST(the_one_that_is_called_control)
{
    ck_assert_int_eq(find("4711", "1", "control", true), 3);
    ck_assert_int_eq(find("4711", "3", "web:control:db", true), 4);
    ck_assert_int_eq(find("4711", "3", "web:db:control", true), 5);
    ck_assert_int_eq(find("4711", "4", ":::control", true), 6);
    ck_assert_int_eq(find("4711", "2", "control:control", true), 3);
}
END_TEST

START_TEST(or_the_only_one)
{
    ck_assert_int_eq(find("4711", "1", NULL, false), 3);
    ck_assert_int_eq(find("4711", "1", "helperd.socket", false), 3);
    ck_assert_int_eq(find("4711", "1", "", false), 3);
    ck_assert_int_eq(find("4711", "2", NULL, false), -1);
    ck_assert_int_eq(find("4711", "2", "web:controls", false), -1);
    ck_assert_int_eq(find("4711", "2", "contro:l", false), -1);
}
END_TEST

START_TEST(a_name_without_a_descriptor_is_none)
{
    ck_assert_int_eq(find("4711", "2", "web:db:control", false), -1);
    ck_assert_int_eq(find("4711", "1", "web:control", false), 3);
}
END_TEST

START_TEST(what_is_for_another_process_or_broken_is_none)
{
    ck_assert_int_eq(find(NULL, "1", "control", false), -1);
    ck_assert_int_eq(find("4711", NULL, "control", false), -1);
    ck_assert_int_eq(find("4712", "1", "control", false), -1);
    ck_assert_int_eq(find("", "1", "control", false), -1);
    ck_assert_int_eq(find("4711x", "1", "control", false), -1);
    ck_assert_int_eq(find("4711", "0", "control", false), -1);
    ck_assert_int_eq(find("4711", "-1", "control", false), -1);
    ck_assert_int_eq(find("4711", "many", "control", false), -1);
    ck_assert_int_eq(find("4711", "2147483647", "control", false), -1);
}
END_TEST

Suite *activation_suite(void)
{
    Suite *suite = suite_create("activation");
    TCase *tests = tcase_create("activation");
    tcase_add_test(tests, the_one_that_is_called_control);
    tcase_add_test(tests, or_the_only_one);
    tcase_add_test(tests, a_name_without_a_descriptor_is_none);
    tcase_add_test(tests, what_is_for_another_process_or_broken_is_none);
    suite_add_tcase(suite, tests);
    return suite;
}
