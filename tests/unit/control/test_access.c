// SPDX-License-Identifier: MIT
// Who may do what, by what the kernel says of a peer and by what a request over TCP carries.
#include "../suites.h"

#include "base/address.h"
#include "base/fd.h"
#include "base/memory.h"
#include "control/access.h"

#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OWN = 1000, FRIEND = 1001, STRANGER = 1002, STAFF = 50, OPERATORS = 60 };

static const char secret[] = "0123456789abcdef0123456789abcdef";

static struct account_config readers[] = {
    {.text = "friend", .id = FRIEND},
    {.text = "@staff", .id = STAFF, .is_group = true},
};
static const struct control_config nobody_else = {.mode = -1};
static const struct control_config shared = {
    .mode = -1,
    .group = {.text = "operators", .id = OPERATORS, .is_group = true},
    .readers = {.is_set = true, .items = readers, .count = LENGTH(readers)},
};

static enum access access_of(uid_t uid, gid_t gid, const struct control_config *config)
{
    struct peer peer = {.pid = 1, .uid = uid, .gid = gid};
    return access_of_peer(&peer, OWN, config);
}

START_TEST(root_and_its_own_user_may_control)
{
    ck_assert_int_eq(access_of(0, 0, &nobody_else), ACCESS_CONTROL);
    ck_assert_int_eq(access_of(OWN, STAFF, &nobody_else), ACCESS_CONTROL);
    ck_assert_int_eq(access_of(FRIEND, OPERATORS, &nobody_else), ACCESS_NONE);
    ck_assert_int_eq(access_of(STRANGER, 0, &nobody_else), ACCESS_NONE);
}
END_TEST

START_TEST(members_of_the_group_may_control)
{
    ck_assert_int_eq(access_of(STRANGER, OPERATORS, &shared), ACCESS_CONTROL);
    ck_assert_int_eq(access_of(FRIEND, OPERATORS, &shared), ACCESS_CONTROL);
    ck_assert_int_eq(access_of(OPERATORS, 1, &shared), ACCESS_NONE); // the number of a user
}
END_TEST

START_TEST(readers_may_read)
{
    ck_assert_int_eq(access_of(FRIEND, 1, &shared), ACCESS_READ);
    ck_assert_int_eq(access_of(STRANGER, STAFF, &shared), ACCESS_READ);
    ck_assert_int_eq(access_of(STRANGER, FRIEND, &shared), ACCESS_NONE);
    ck_assert_int_eq(access_of(STAFF, 1, &shared), ACCESS_NONE);
    ck_assert_int_eq(access_of(STRANGER, 1, &shared), ACCESS_NONE);
}
END_TEST

START_TEST(supplementary_groups_count)
{
    gid_t groups[] = {7, STAFF, 8, OPERATORS};
    struct peer peer = {.uid = STRANGER, .gid = 1, .groups = groups, .group_count = 4};
    ck_assert_int_eq(access_of_peer(&peer, OWN, &shared), ACCESS_CONTROL);
    peer.group_count = 3;
    ck_assert_int_eq(access_of_peer(&peer, OWN, &shared), ACCESS_READ);
    peer.group_count = 1;
    ck_assert_int_eq(access_of_peer(&peer, OWN, &shared), ACCESS_NONE);
}
END_TEST

START_TEST(who_is_not_known_may_nothing)
{
    struct peer peer;
    int reader, writer;
    ck_assert_int_eq(fd_pipe(&reader, &writer), 0);
    ck_assert_int_lt(peer_init(&peer, reader), 0);
    ck_assert_int_eq(access_of_peer(&peer, OWN, &shared), ACCESS_NONE);
    ck_assert_int_eq(access_of_peer(&peer, (uid_t)-1, &shared), ACCESS_NONE);
    peer_finish(&peer);
    fd_close(&reader);
    fd_close(&writer);
}
END_TEST

static void make_pair(int ends[2])
{
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
}

START_TEST(the_kernel_says_who_a_peer_is)
{
    struct peer peer;
    int ends[2];
    make_pair(ends);
    ck_assert_int_eq(peer_init(&peer, ends[0]), 0);
    ck_assert_int_eq(peer.pid, getpid());
    ck_assert_uint_eq(peer.uid, geteuid());
    ck_assert_uint_eq(peer.gid, getegid());
    ck_assert_int_eq((int)peer.group_count, getgroups(0, NULL));
    peer_finish(&peer);
    peer_finish(&peer);
    fd_close(&ends[0]);
    fd_close(&ends[1]);
}
END_TEST

START_TEST(however_many_groups_it_has)
{
    enum { MANY = 1000 };
    gid_t groups[MANY];
    struct peer peer;
    int ends[2];
    if (geteuid() != 0)
        return;
    for (gid_t i = 0; i < MANY; i++)
        groups[i] = i + 1;
    ck_assert_int_eq(setgroups(MANY, groups), 0);
    make_pair(ends);
    ck_assert_int_eq(peer_init(&peer, ends[1]), 0);
    ck_assert_uint_eq(peer.group_count, MANY);
    ck_assert_int_eq(memcmp(peer.groups, groups, sizeof(groups)), 0);
    peer_finish(&peer);
    fd_close(&ends[0]);
    fd_close(&ends[1]);
}
END_TEST

static bool host_fits(const char *host, const char *address)
{
    struct sockaddr_storage local;
    ck_assert(address_parse(address, &local));
    return access_host_fits(host, &local);
}

START_TEST(a_host_is_the_address_that_was_reached)
{
    ck_assert(host_fits("127.0.0.1:8080", "127.0.0.1:8080"));
    ck_assert(host_fits("localhost:8080", "127.0.0.1:8080"));
    ck_assert(host_fits("LocalHost:8080", "127.0.0.1:8080"));
    ck_assert(host_fits("[::1]:8080", "[::1]:8080"));
    ck_assert(host_fits("localhost:8080", "[::1]:8080"));
    ck_assert(host_fits("192.0.2.1:8080", "192.0.2.1:8080"));
    ck_assert(host_fits("127.0.0.1", "127.0.0.1:80"));
    ck_assert(host_fits("127.0.0.1:80", "127.0.0.1:80"));
    ck_assert(host_fits("[::1]", "[::1]:80"));
}
END_TEST

START_TEST(any_other_host_is_refused)
{
    static const char *const wrong[] = {
        "",
        ":8080",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:80",
        "127.0.0.1:8080 ",
        " 127.0.0.1:8080",
        "127.0.0.1:8080.evil.example",
        "127.0.0.1:08080",
        "127.0.0.1.evil.example:8080",
        "127.0.0.2:8080",
        "0.0.0.0:8080",
        "[::1]:8080",
        "localhost",
        "localhost.:8080",
        "localhost.evil.example:8080",
        "evil.example:8080",
        "me@127.0.0.1:8080",
        "helperd",
    };
    for (size_t i = 0; i < LENGTH(wrong); i++)
        ck_assert_msg(!host_fits(wrong[i], "127.0.0.1:8080"), "\"%s\" is taken", wrong[i]);
    ck_assert(!host_fits("localhost:8080", "192.0.2.1:8080"));
    ck_assert(!host_fits("127.0.0.1:8080", "192.0.2.1:8080"));
    ck_assert(!host_fits("127.0.0.1", "127.0.0.1:8080"));
    struct sockaddr_storage other = {.ss_family = AF_UNIX};
    ck_assert(!access_host_fits("", &other));
    ck_assert(!access_host_fits(":0", &other));
    ck_assert(!access_host_fits("localhost:0", &other));
}
END_TEST

START_TEST(the_token_must_be_the_whole_secret)
{
    ck_assert(access_token_fits("Bearer 0123456789abcdef0123456789abcdef", secret));
    ck_assert(access_token_fits("bearer  0123456789abcdef0123456789abcdef", secret));
    ck_assert(!access_token_fits("Bearer 0123456789abcdef0123456789abcde", secret));
    ck_assert(!access_token_fits("Bearer 0123456789abcdef0123456789abcdef0", secret));
    ck_assert(!access_token_fits("Bearer 1123456789abcdef0123456789abcdef", secret));
    ck_assert(!access_token_fits("Bearer 0123456789abcdef0123456789abcdeF", secret));
    ck_assert(!access_token_fits("Bearer 0123456789abcdef0123456789abcdef ", secret));
    ck_assert(!access_token_fits("Bearer0123456789abcdef0123456789abcdef", secret));
    ck_assert(!access_token_fits("Basic 0123456789abcdef0123456789abcdef", secret));
    ck_assert(!access_token_fits("0123456789abcdef0123456789abcdef", secret));
    ck_assert(!access_token_fits("Bearer ", secret));
    ck_assert(!access_token_fits("Bearer", secret));
    ck_assert(!access_token_fits("", secret));
    ck_assert(!access_token_fits("Bearer ", ""));
}
END_TEST

static enum verdict verdict(const char *host, const char *origin, const char *authorization)
{
    struct sockaddr_storage local;
    struct claim claim = {.host = host, .origin = origin, .authorization = authorization};
    const char *reason;
    ck_assert(address_parse("127.0.0.1:8080", &local));
    enum verdict verdict = access_of_claim(&claim, &local, secret, &reason);
    ck_assert((reason == NULL) == (verdict == VERDICT_CONTROL));
    return verdict;
}

START_TEST(over_tcp_all_three_must_be_right)
{
    const char *good = "Bearer 0123456789abcdef0123456789abcdef";
    ck_assert_int_eq(verdict("127.0.0.1:8080", NULL, good), VERDICT_CONTROL);
    ck_assert_int_eq(verdict("localhost:8080", NULL, good), VERDICT_CONTROL);
    ck_assert_int_eq(verdict(NULL, NULL, good), VERDICT_FORBIDDEN);
    ck_assert_int_eq(verdict("evil.example:8080", NULL, good), VERDICT_FORBIDDEN);
    ck_assert_int_eq(verdict("127.0.0.1:8080", "http://127.0.0.1:8080", good), VERDICT_FORBIDDEN);
    ck_assert_int_eq(verdict("127.0.0.1:8080", "null", good), VERDICT_FORBIDDEN);
    ck_assert_int_eq(verdict("127.0.0.1:8080", "", good), VERDICT_FORBIDDEN);
    ck_assert_int_eq(verdict("127.0.0.1:8080", NULL, NULL), VERDICT_UNAUTHORIZED);
    ck_assert_int_eq(verdict("127.0.0.1:8080", NULL, "Bearer wrong"), VERDICT_UNAUTHORIZED);
}
END_TEST

Suite *access_suite(void)
{
    Suite *suite = suite_create("access");
    TCase *tests = tcase_create("access");
    tcase_add_test(tests, root_and_its_own_user_may_control);
    tcase_add_test(tests, members_of_the_group_may_control);
    tcase_add_test(tests, readers_may_read);
    tcase_add_test(tests, supplementary_groups_count);
    tcase_add_test(tests, who_is_not_known_may_nothing);
    tcase_add_test(tests, the_kernel_says_who_a_peer_is);
    tcase_add_test(tests, however_many_groups_it_has);
    tcase_add_test(tests, a_host_is_the_address_that_was_reached);
    tcase_add_test(tests, any_other_host_is_refused);
    tcase_add_test(tests, the_token_must_be_the_whole_secret);
    tcase_add_test(tests, over_tcp_all_three_must_be_right);
    suite_add_tcase(suite, tests);
    return suite;
}
