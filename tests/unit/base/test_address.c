// SPDX-License-Identifier: MIT
// Addresses with ports as people write them.
#include "../suites.h"

#include "base/address.h"
#include "base/memory.h"

#include <string.h>
#include <sys/un.h>

// What is read, as it is written; NULL: it is not read.
static char *read_back(const char *text)
{
    struct sockaddr_storage address;
    struct buffer out = {0};
    if (!address_parse(text, &address))
        return NULL;
    address_write(&out, &address);
    return buffer_take(&out);
}

static void check_read(const char *text, const char *expected)
{
    memory_auto char *found = read_back(text);
    ck_assert_ptr_nonnull(found);
    ck_assert_str_eq(found, expected);
}

START_TEST(reads_an_address_and_a_port)
{
    check_read("127.0.0.1:8080", "127.0.0.1:8080");
    check_read("0.0.0.0:1", "0.0.0.0:1");
    check_read("255.255.255.255:65535", "255.255.255.255:65535");
    check_read("10.0.0.1:0", "10.0.0.1:0");
    check_read("[::1]:8080", "[::1]:8080");
    check_read("[0:0:0:0:0:0:0:1]:80", "[::1]:80");
    check_read("[::]:80", "[::]:80");
    check_read("[2001:DB8::5]:443", "[2001:db8::5]:443");
    check_read("localhost:8080", "127.0.0.1:8080");
}
END_TEST

START_TEST(takes_nothing_else)
{
    static const char *const wrong[] = {
        "",
        ":",
        ":80",
        "8080",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "127.0.0.1:+1",
        "127.0.0.1: 80",
        "127.0.0.1:80 ",
        "127.0.0.1:http",
        "127.0.0.1:80:80",
        "127.0.1:80",
        "127.0.0.256:80",
        " 127.0.0.1:80",
        "example.org:80",
        "localhost",
        "::1:80",
        "[::1]",
        "[::1]80",
        "[::1:80",
        "[::1]x:80",
        "[127.0.0.1]:80",
        "[fe80::1%lo]:80",
        "[]:80",
        "*:80",
        "http://127.0.0.1:80",
        "99999999999999999999:1",
        "127.0.0.1:99999999999999999999",
    };
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
        ck_assert_msg(!address_parse(wrong[i], &address), "\"%s\" is read", wrong[i]);
        ck_assert_int_eq(address.ss_family, AF_UNSPEC);
    }
}
END_TEST

static bool is_loopback(const char *text)
{
    struct sockaddr_storage address;
    ck_assert(address_parse(text, &address));
    return address_is_loopback(&address);
}

START_TEST(knows_what_only_this_machine_reaches)
{
    ck_assert(is_loopback("127.0.0.1:1"));
    ck_assert(is_loopback("127.255.0.9:1"));
    ck_assert(is_loopback("localhost:1"));
    ck_assert(is_loopback("[::1]:1"));
    ck_assert(!is_loopback("0.0.0.0:1"));
    ck_assert(!is_loopback("128.0.0.1:1"));
    ck_assert(!is_loopback("[::]:1"));
    ck_assert(!is_loopback("[::ffff:127.0.0.1]:1"));
    ck_assert(!is_loopback("[fe80::1]:1"));
}
END_TEST

START_TEST(tells_port_and_size)
{
    struct sockaddr_storage address;
    ck_assert(address_parse("127.0.0.1:258", &address));
    ck_assert_uint_eq(address_port(&address), 258);
    ck_assert_uint_lt(address_size(&address), sizeof(address));
    ck_assert(address_parse("[::1]:513", &address));
    ck_assert_uint_eq(address_port(&address), 513);
}
END_TEST

START_TEST(writes_nothing_of_other_families)
{
    struct sockaddr_storage address = {.ss_family = AF_UNIX};
    struct buffer out = {0};
    address_write(&out, &address);
    address_write_host(&out, &address);
    ck_assert_uint_eq(out.length, 0);
    ck_assert_uint_eq(address_port(&address), 0);
    ck_assert(!address_is_loopback(&address));
    buffer_finish(&out);
}
END_TEST

Suite *address_suite(void)
{
    Suite *suite = suite_create("address");
    TCase *tests = tcase_create("address");
    tcase_add_test(tests, reads_an_address_and_a_port);
    tcase_add_test(tests, takes_nothing_else);
    tcase_add_test(tests, knows_what_only_this_machine_reaches);
    tcase_add_test(tests, tells_port_and_size);
    tcase_add_test(tests, writes_nothing_of_other_families);
    suite_add_tcase(suite, tests);
    return suite;
}
