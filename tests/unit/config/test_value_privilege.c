// SPDX-License-Identifier: MIT
// Users, groups, capabilities: who is meant, and whether helperd may. As root some tests become an
// ordinary user for themselves; each runs in a process of its own.
#include "../suites.h"
#include "loading.h"

#include "config/capability.h"

#include <grp.h>
#include <linux/capability.h>

enum { NOBODY = 65534, NO_ACCOUNT = 3999999999U };

static void load_with(const char *settings)
{
    memory_auto char *text = memory_format("helpers: {a: {command: [x], %s}}\n", settings);
    load(text);
}

static const struct identity *identity_with(const char *settings)
{
    load_with(settings);
    return &helper("a")->identity;
}

static void refuse_with(const char *settings, const char *expected)
{
    memory_auto char *text = memory_format("helpers: {a: {command: [x], %s}}\n", settings);
    load_as(text, "a.yaml", false);
    ck_assert_ptr_null(config);
    ck_assert_uint_eq(errors.count, 1);
    ck_assert_str_eq(errors.items[0].text, expected);
}

// Goes on as an ordinary user, whose folder it is then.
static void leave_root(void)
{
    if (geteuid() != 0)
        return;
    ck_assert_int_eq(chown(folder, NOBODY, NOBODY), 0);
    memory_auto char *inner = memory_format("%s/conf.d", folder);
    ck_assert_int_eq(chown(inner, NOBODY, NOBODY), 0);
    ck_assert_int_eq(setgroups(0, NULL), 0);
    ck_assert_int_eq(setresgid(NOBODY, NOBODY, NOBODY), 0);
    ck_assert_int_eq(setresuid(NOBODY, NOBODY, NOBODY), 0);
}

START_TEST(who_is_unknown_is_refused)
{
    refuse_with("user: rooot", "helper \"a\": \"user\": there is no user \"rooot\" (did you mean "
                               "\"root\"?)");
    refuse_with("user: 0day", "helper \"a\": \"user\": there is no user \"0day\"");
    refuse_with("group: no such group",
                "helper \"a\": \"group\": there is no group \"no such group\"");
    refuse_with("groups: [root, rooot]", "helper \"a\": \"groups\": there is no group \"rooot\" "
                                         "(did you mean \"root\"?)");
}
END_TEST

START_TEST(what_is_no_account_is_refused)
{
    refuse_with("user: ''", "helper \"a\": \"user\" must be the name or number of a user, not the "
                            "text \"\"");
    refuse_with("user: null",
                "helper \"a\": \"user\" must be the name or number of a user, not \"null\"");
    refuse_with("user: [root]",
                "helper \"a\": \"user\" must be the name or number of a user, not a list");
    refuse_with("user: -1", "helper \"a\": \"user\": the number of a user is from 0 to "
                            "4294967294, not -1");
    refuse_with("user: 4294967295", "helper \"a\": \"user\": the number of a user is from 0 to "
                                    "4294967294, not 4294967295");
    refuse_with("group: 4294967296", "helper \"a\": \"group\": the number of a group is from 0 to "
                                     "4294967294, not 4294967296");
    refuse_with("user: 99999999999999999999999",
                "helper \"a\": \"user\": the number of a user is from 0 to 4294967294, not "
                "99999999999999999999999");
    refuse_with("groups: root", "helper \"a\": \"groups\" must be a list of groups, not \"root\"");
    refuse_with("groups: [[1]]", "helper \"a\": \"groups\" must be a list of groups, not a list");
}
END_TEST

START_TEST(a_number_without_an_account_needs_a_group)
{
    if (geteuid() != 0)
        return;
    refuse_with("user: 3999999999", "helper \"a\": \"user\": no account has the number "
                                    "3999999999, so \"group\" is needed");
    const struct identity *identity = identity_with("user: 3999999999, group: 3999999998");
    ck_assert(identity->is_set);
    ck_assert_uint_eq(identity->uid, NO_ACCOUNT);
    ck_assert_uint_eq(identity->gid, NO_ACCOUNT - 1);
    ck_assert_uint_eq(identity->group_count, 0);
}
END_TEST

START_TEST(root_may_name_anybody)
{
    if (geteuid() != 0)
        return;
    const struct identity *identity = identity_with("user: nobody");
    ck_assert(identity->is_set);
    ck_assert_uint_eq(identity->uid, NOBODY);
    ck_assert_uint_ne(identity->gid, 0);
    identity = identity_with("user: '65534', group: 1, groups: [2, 3]");
    ck_assert_uint_eq(identity->uid, NOBODY);
    ck_assert_uint_eq(identity->gid, 1);
    ck_assert(identity->sets_groups);
    ck_assert_uint_eq(identity->group_count, 2);
    ck_assert_uint_eq(identity->groups[1], 3);
    identity = identity_with("group: 1");
    ck_assert_uint_eq(identity->uid, 0);
    ck_assert_uint_eq(identity->gid, 1);
    ck_assert(identity->is_set && !identity->sets_groups);
}
END_TEST

START_TEST(the_groups_of_the_user_replace_those_of_root)
{
    if (geteuid() != 0)
        return;
    const gid_t own[] = {7};
    ck_assert_int_eq(setgroups(1, own), 0);
    ck_assert(identity_with("user: nobody")->sets_groups);
    ck_assert(identity_with("groups: []")->sets_groups);
    ck_assert_uint_eq(helper("a")->identity.group_count, 0);
    ck_assert(!identity_with("groups: [7]")->is_set);
    ck_assert(!identity_with("group: 1")->sets_groups);
}
END_TEST

START_TEST(without_root_nobody_else_can_be_named)
{
    leave_root();
    refuse_with("user: root",
                "helper \"a\": \"user\": to run as \"root\" helperd needs root (CAP_SETUID)");
    refuse_with("user: 1, group: 1",
                "helper \"a\": \"user\": to run as \"1\" helperd needs root (CAP_SETUID)");
    refuse_with("group: 3999999999", "helper \"a\": \"group\": to run as \"3999999999\" helperd "
                                     "needs root (CAP_SETGID)");
    refuse_with("groups: [3999999999]", "helper \"a\": \"groups\": to change groups helperd needs "
                                        "root (CAP_SETGID)");
}
END_TEST

START_TEST(ones_own_name_needs_no_right)
{
    leave_root();
    memory_auto char *user = memory_format("user: %u", (unsigned)getuid());
    ck_assert(!identity_with(user)->is_set);
    ck_assert_uint_eq(helper("a")->user.id, getuid());
    memory_auto char *both =
        memory_format("user: %u, group: %u", (unsigned)getuid(), (unsigned)getgid());
    ck_assert(!identity_with(both)->is_set);
    memory_auto char *group = memory_format("group: %u", (unsigned)getgid());
    ck_assert(!identity_with(group)->is_set);
}
END_TEST

START_TEST(capabilities_are_names_in_any_form)
{
    if (capability_own().permitted >> CAP_CHOWN == 0)
        return;
    load_with("capabilities: [chown, CAP_NET_BIND_SERVICE, Cap_Kill, KILL]");
    const struct capabilities_config *capabilities = &helper("a")->capabilities;
    ck_assert(capabilities->is_set);
    ck_assert_uint_eq(capabilities->mask,
                      1U << CAP_CHOWN | 1U << CAP_NET_BIND_SERVICE | 1U << CAP_KILL);
    load_with("capabilities: []");
    ck_assert(helper("a")->capabilities.is_set);
    ck_assert_uint_eq(helper("a")->capabilities.mask, 0);
}
END_TEST

START_TEST(what_is_no_capability_is_refused)
{
    refuse_with("capabilities: [net_bind_servce]",
                "helper \"a\": \"capabilities\": there is no capability \"net_bind_servce\" (did "
                "you mean \"NET_BIND_SERVICE\"?)");
    refuse_with("capabilities: [everything]", "helper \"a\": \"capabilities\": there is no "
                                              "capability \"everything\"");
    refuse_with("capabilities: ['']", "helper \"a\": \"capabilities\": there is no capability "
                                      "\"\"");
    refuse_with("capabilities: chown", "helper \"a\": \"capabilities\" must be a list of "
                                       "capabilities (like [NET_BIND_SERVICE]), not \"chown\"");
    refuse_with("capabilities: null",
                "helper \"a\": \"capabilities\" must be a list of capabilities "
                "(like [NET_BIND_SERVICE]), not \"null\"");
}
END_TEST

START_TEST(what_helperd_does_not_have_it_cannot_give)
{
    leave_root();
    if (capability_own().permitted != 0 || capability_own().bounding == 0)
        return;
    refuse_with("capabilities: [CHOWN]", "helper \"a\": \"capabilities\": helperd itself does not "
                                         "have CAP_CHOWN");
    refuse_with("capabilities: []", "helper \"a\": \"capabilities\": to take the others away "
                                    "helperd needs root (CAP_SETPCAP)");
}
END_TEST

Suite *value_privilege_suite(void)
{
    Suite *suite = suite_create("value_privilege");
    TCase *tests = tcase_create("value_privilege");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, who_is_unknown_is_refused);
    tcase_add_test(tests, what_is_no_account_is_refused);
    tcase_add_test(tests, a_number_without_an_account_needs_a_group);
    tcase_add_test(tests, root_may_name_anybody);
    tcase_add_test(tests, the_groups_of_the_user_replace_those_of_root);
    tcase_add_test(tests, without_root_nobody_else_can_be_named);
    tcase_add_test(tests, ones_own_name_needs_no_right);
    tcase_add_test(tests, capabilities_are_names_in_any_form);
    tcase_add_test(tests, what_is_no_capability_is_refused);
    tcase_add_test(tests, what_helperd_does_not_have_it_cannot_give);
    suite_add_tcase(suite, tests);
    return suite;
}
