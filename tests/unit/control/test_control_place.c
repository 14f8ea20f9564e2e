// SPDX-License-Identifier: MIT
// Where the socket is to be, and who wanted that.
#include "../suites.h"

#include "base/memory.h"
#include "control/place.h"

static const struct place_wishes as_root = {
    .directory = "/home/me",
    .runtime = "/run/user/1000",
    .root = true,
};
static const struct place_wishes as_user = {
    .directory = "/home/me",
    .runtime = "/run/user/1000",
};

static void check(const struct place_wishes *wishes, const char *path, bool asked_for)
{
    struct control_place place = control_place_find(wishes);
    if (path == NULL)
        ck_assert_ptr_null(place.path);
    else
        ck_assert_str_eq(place.path, path);
    ck_assert(place.asked_for == asked_for);
    ck_assert_ptr_null(place.missing);
    control_place_finish(&place);
    ck_assert_ptr_null(place.path);
}

START_TEST(the_usual_places)
{
    check(&as_root, "/run/helperd/helperd.sock", false);
    check(&as_user, "/run/user/1000/helperd.sock", false);
    struct place_wishes wishes = as_user;
    wishes.developer = true;
    check(&wishes, "/home/me/.helperd.sock", false);
    wishes.root = true;
    check(&wishes, "/home/me/.helperd.sock", false);
}
END_TEST

START_TEST(option_then_setting_then_variable)
{
    struct place_wishes wishes = as_root;
    wishes.variable = "/variable";
    check(&wishes, "/variable", true);
    wishes.setting = "/setting";
    check(&wishes, "/setting", true);
    wishes.option = "/option";
    check(&wishes, "/option", true);
    wishes.developer = true;
    check(&wishes, "/option", true);
}
END_TEST

START_TEST(none_is_none_wherever_it_stands)
{
    struct place_wishes wishes = as_root;
    wishes.variable = "none";
    check(&wishes, NULL, true);
    wishes.setting = "/setting";
    check(&wishes, "/setting", true);
    wishes.setting = "none";
    wishes.variable = "/variable";
    check(&wishes, NULL, true);
    wishes.option = "/option";
    check(&wishes, "/option", true);
    wishes.option = "none";
    check(&wishes, NULL, true);
    wishes.option = "./none";
    check(&wishes, "/home/me/none", true);
}
END_TEST

START_TEST(relative_ones_start_where_helperd_was_started)
{
    struct place_wishes wishes = as_user;
    wishes.variable = "run//./a.sock";
    check(&wishes, "/home/me/run/a.sock", true);
    wishes.option = "b.sock";
    check(&wishes, "/home/me/b.sock", true);
    wishes.option = "/run/c.sock/";
    check(&wishes, "/run/c.sock", true);
}
END_TEST

START_TEST(an_empty_variable_says_nothing)
{
    struct place_wishes wishes = as_root;
    wishes.variable = "";
    check(&wishes, "/run/helperd/helperd.sock", false);
}
END_TEST

START_TEST(a_user_without_a_directory_for_it_has_no_usual_place)
{
    static const char *const none[] = {NULL, "", "run"};
    for (size_t i = 0; i < LENGTH(none); i++) {
        struct place_wishes wishes = as_user;
        wishes.runtime = none[i];
        struct control_place place = control_place_find(&wishes);
        ck_assert_ptr_null(place.path);
        ck_assert_ptr_nonnull(place.missing);
        ck_assert(!place.asked_for);
        control_place_finish(&place);
        wishes.root = true;
        check(&wishes, "/run/helperd/helperd.sock", false);
    }
}
END_TEST

Suite *control_place_suite(void)
{
    Suite *suite = suite_create("control_place");
    TCase *tests = tcase_create("place");
    tcase_add_test(tests, the_usual_places);
    tcase_add_test(tests, option_then_setting_then_variable);
    tcase_add_test(tests, none_is_none_wherever_it_stands);
    tcase_add_test(tests, relative_ones_start_where_helperd_was_started);
    tcase_add_test(tests, an_empty_variable_says_nothing);
    tcase_add_test(tests, a_user_without_a_directory_for_it_has_no_usual_place);
    suite_add_tcase(suite, tests);
    return suite;
}
