// SPDX-License-Identifier: MIT
// The settings of the control socket.
#include "../suites.h"
#include "loading.h"

#include "base/address.h"
#include "config/describe.h"
#include "config/diff.h"

static void load_with(const char *settings)
{
    memory_auto char *text = memory_format("{control: {%s}, helpers: {a: [x]}}\n", settings);
    load(text);
}

static void refuse_with(const char *settings, const char *expected)
{
    memory_auto char *text = memory_format("{control: {%s}, helpers: {a: [x]}}\n", settings);
    load_as(text, "a.yaml", false);
    ck_assert_ptr_null(config);
    ck_assert_uint_eq(errors.count, 1);
    ck_assert_str_eq(errors.items[0].text, expected);
}

START_TEST(without_any_it_is_the_usual_socket)
{
    static const char *const texts[] = {"helpers: {a: [x]}", "{control: , helpers: {a: [x]}}",
                                        "{control: {path: auto}, helpers: {a: [x]}}"};
    for (size_t i = 0; i < LENGTH(texts); i++) {
        load(texts[i]);
        ck_assert_ptr_null(config->control.path);
        ck_assert_int_eq(config->control.mode, -1);
        ck_assert_ptr_null(config->control.group.text);
        ck_assert_uint_eq(config->control.readers.count, 0);
        ck_assert_ptr_null(config->control.http.text);
    }
}
END_TEST

START_TEST(a_path_starts_at_the_file_and_none_is_no_path)
{
    load_with("path: run/a.sock");
    memory_auto char *expected = memory_format("%s/run/a.sock", folder);
    ck_assert_str_eq(config->control.path, expected);
    load_with("path: /run/b.sock");
    ck_assert_str_eq(config->control.path, "/run/b.sock");
    load_with("path: none");
    ck_assert_str_eq(config->control.path, "none");
    load_with("path: ./none");
    ck_assert_str_ne(config->control.path, "none");
    refuse_with("path: ''", "\"control.path\" must be \"auto\", \"none\" or a path, not an empty "
                            "one");
    refuse_with("path: [a]", "\"control.path\" must be \"auto\", \"none\" or a path, not a list");
}
END_TEST

START_TEST(a_mode_is_octal)
{
    load_with("mode: 0660");
    ck_assert_int_eq(config->control.mode, 0660);
    load_with("mode: '600'");
    ck_assert_int_eq(config->control.mode, 0600);
    load_with("mode: 0o666");
    ck_assert_int_eq(config->control.mode, 0666);
    load_with("mode: 0");
    ck_assert_int_eq(config->control.mode, 0);
    refuse_with("mode: 1777", "\"control.mode\" must be from 0 to 777, not 1777");
    refuse_with("mode: 680", "\"control.mode\" must be an octal number (like 022), not \"680\"");
    refuse_with("mode: rw", "\"control.mode\" must be an octal number (like 022), not \"rw\"");
}
END_TEST

START_TEST(a_group_is_looked_up)
{
    load_with("group: root");
    ck_assert_str_eq(config->control.group.text, "root");
    ck_assert(config->control.group.is_group);
    ck_assert_uint_eq(config->control.group.id, 0);
    load_with("group: 4711");
    ck_assert_uint_eq(config->control.group.id, 4711);
    load_as("control:\n  group: rooot\nhelpers: {a: [x]}\n", "a.yaml", false);
    check_errors("a.yaml", "2:10: \"control.group\": there is no group \"rooot\" (did you mean "
                           "\"root\"?)\n");
}
END_TEST

START_TEST(readers_are_users_and_groups)
{
    load_with("readers: [root, \"@root\", 4711, \"@4712\"]");
    const struct accounts_config *readers = &config->control.readers;
    static const struct {
        uint32_t id;
        bool is_group;
    } expected[] = {{0, false}, {0, true}, {4711, false}, {4712, true}};
    ck_assert_uint_eq(readers->count, LENGTH(expected));
    for (size_t i = 0; i < LENGTH(expected); i++) {
        ck_assert_uint_eq(readers->items[i].id, expected[i].id);
        ck_assert(readers->items[i].is_group == expected[i].is_group);
    }
    load_with("readers: []");
    ck_assert_uint_eq(config->control.readers.count, 0);
}
END_TEST

START_TEST(readers_who_are_unknown_are_refused)
{
    refuse_with("readers: [rooot]",
                "\"control.readers\": there is no user \"rooot\" (did you mean \"root\"?)");
    refuse_with("readers: [root, '@rooot']",
                "\"control.readers\": there is no group \"rooot\" (did you mean \"root\"?)");
    refuse_with("readers: ['@']", "\"control.readers\" must be a list of users and groups (like "
                                  "[web, \"@staff\"]), not the text \"@\"");
    refuse_with("readers: root", "\"control.readers\" must be a list of users and groups (like "
                                 "[web, \"@staff\"]), not \"root\"");
    refuse_with("readers: [[root]]", "\"control.readers\" must be a list of users and groups (like "
                                     "[web, \"@staff\"]), not a list");
    refuse_with("readers: ['@4294967295']", "\"control.readers\": the number of a group is from 0 "
                                            "to 4294967294, not 4294967295");
}
END_TEST

static void check_http(const char *text, const char *expected)
{
    struct buffer out = {0};
    memory_auto char *setting = memory_format("http: '%s'", text);
    load_with(setting);
    ck_assert_str_eq(config->control.http.text, text);
    address_write(&out, &config->control.http.address);
    memory_auto char *found = buffer_take(&out);
    ck_assert_str_eq(found, expected);
}

START_TEST(http_is_an_address_with_a_port)
{
    check_http("127.0.0.1:8080", "127.0.0.1:8080");
    check_http("localhost:8080", "127.0.0.1:8080");
    check_http("[::1]:8080", "[::1]:8080");
    ck_assert_uint_eq(errors.warnings, 0);
    refuse_with("http: 8080", "\"control.http\" must be an address and a port (like 127.0.0.1:8080 "
                              "or [::1]:8080), not \"8080\"");
    refuse_with("http: 'example.org:80'",
                "\"control.http\" must be an address and a port (like "
                "127.0.0.1:8080 or [::1]:8080), not the text \"example.org:80\"");
}
END_TEST

START_TEST(http_that_others_can_reach_is_warned_of)
{
    static const char *const addresses[] = {"0.0.0.0:80", "192.0.2.1:80", "[::]:80"};
    for (size_t i = 0; i < LENGTH(addresses); i++) {
        memory_auto char *text =
            memory_format("control:\n  http: '%s'\nhelpers: {a: [x]}\n", addresses[i]);
        memory_auto char *expected =
            memory_format("2:9: \"control.http\": %s can be reached from elsewhere, and what goes "
                          "over it is not encrypted, the token neither\n",
                          addresses[i]);
        load(text);
        ck_assert_uint_eq(errors.warnings, 1);
        check_errors("a.yaml", expected);
    }
}
END_TEST

// Which settings differ, with blanks between.
static char *changed(const char *before, const char *after)
{
    struct strings names = {0};
    struct buffer joined = {0};
    load_with(before);
    struct config *first = config_hold(config);
    load_with(after);
    diff_daemon(first, config, &names);
    for (size_t i = 0; i < names.count; i++)
        buffer_printf(&joined, "%s%s", i > 0 ? " " : "", names.items[i]);
    config_release(first);
    strings_finish(&names);
    return buffer_take(&joined);
}

static void check_changed(const char *before, const char *after, const char *expected)
{
    memory_auto char *there = changed(before, after);
    ck_assert_str_eq(there, expected);
    memory_auto char *back = changed(after, before);
    ck_assert_str_eq(back, expected);
    memory_auto char *same = changed(after, after);
    ck_assert_str_eq(same, "");
}

START_TEST(a_change_needs_another_helperd)
{
    check_changed("", "path: none", "control.path");
    check_changed("path: /a", "path: /b", "control.path");
    check_changed("", "mode: 0600", "control.mode");
    check_changed("group: 1", "group: 2", "control.group");
    check_changed("readers: [0]", "readers: ['@0']", "control.readers");
    check_changed("readers: [0]", "readers: [0, 1]", "control.readers");
    check_changed("", "http: '127.0.0.1:1'", "control.http");
    check_changed("http: '127.0.0.1:1'", "http: '127.0.0.1:2'", "control.http");
    check_changed("mode: 600, group: 1", "mode: 660, group: 0", "control.mode control.group");
    check_changed("mode: 600", "mode: 0600", "");
}
END_TEST

START_TEST(they_read_back)
{
    struct buffer out = {0};
    load_with("path: none, mode: 640, group: 5, readers: ['0', '@0'], http: 'localhost:80'");
    describe_config(config, &out);
    memory_auto char *text = buffer_take(&out);
    ck_assert_ptr_nonnull(strstr(text, "control:\n"
                                       "  path: \"none\"\n"
                                       "  mode: 0640\n"
                                       "  group: \"5\"\n"
                                       "  readers: [\"0\", \"@0\"]\n"
                                       "  http: \"localhost:80\"\n"));
    load("helpers: {a: [x]}");
    describe_config(config, &out);
    memory_auto char *usual = buffer_take(&out);
    ck_assert_ptr_nonnull(strstr(usual, "control:\n  path: auto\nshutdown:"));
}
END_TEST

Suite *control_settings_suite(void)
{
    Suite *suite = suite_create("control_settings");
    TCase *tests = tcase_create("control_settings");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, without_any_it_is_the_usual_socket);
    tcase_add_test(tests, a_path_starts_at_the_file_and_none_is_no_path);
    tcase_add_test(tests, a_mode_is_octal);
    tcase_add_test(tests, a_group_is_looked_up);
    tcase_add_test(tests, readers_are_users_and_groups);
    tcase_add_test(tests, readers_who_are_unknown_are_refused);
    tcase_add_test(tests, http_is_an_address_with_a_port);
    tcase_add_test(tests, http_that_others_can_reach_is_warned_of);
    tcase_add_test(tests, a_change_needs_another_helperd);
    tcase_add_test(tests, they_read_back);
    suite_add_tcase(suite, tests);
    return suite;
}
