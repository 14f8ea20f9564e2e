// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/fd.h"
#include "base/log.h"
#include "base/memory.h"
#include "control/control_inside.h"
#include "fleet_room.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const char helpers[] =
    "defaults: {type: oneshot}\n"
    "helpers:\n"
    "  a: {command: [sh, -c, 'echo one of a; echo two of a; printf \"\\377\\n\"']}\n"
    "  b: {command: [sh, -c, 'echo one of b >&2']}\n";

static void set_up(void)
{
    fleet_room_open(helpers);
    fleet_await("a", STATE_COMPLETED);
    fleet_await("b", STATE_COMPLETED);
}

static char *body_of(const char *head)
{
    memory_auto char *answer = room_ask(head);
    ck_assert_msg(strncmp(answer, "HTTP/1.1 200 ", 13) == 0, "%s", answer);
    const char *body = strstr(answer, "\r\n\r\n");
    ck_assert_ptr_nonnull(body);
    return memory_copy(body + 4);
}

static size_t count(const char *text, const char *words)
{
    size_t found = 0;
    for (const char *at = text; (at = strstr(at, words)) != NULL; at += strlen(words))
        found++;
    return found;
}

START_TEST(only_the_lines_of_those_that_are_named)
{
    memory_auto char *of_a = body_of("GET /v1/helpers/a/logs HTTP/1.1");
    ck_assert_uint_eq(count(of_a, " info [a] "), 3);
    ck_assert_uint_eq(count(of_a, "[b]") + count(of_a, "[helperd]"), 0);
    // Twice is not more.
    memory_auto char *of_b = body_of("GET /v1/logs?helper=b&helper=b HTTP/1.1");
    ck_assert_uint_eq(count(of_b, " warning [b] one of b\n"), 1);
    ck_assert_uint_eq(count(of_b, "[a]") + count(of_b, "[helperd]"), 0);
    memory_auto char *own = body_of("GET /v1/logs?helper=helperd HTTP/1.1");
    ck_assert_uint_ge(count(own, "[helperd] a: "), 1);
    ck_assert_uint_eq(count(own, "[a]") + count(own, "[b]"), 0);
    memory_auto char *all = body_of("GET /v1/logs HTTP/1.1");
    ck_assert_uint_eq(count(all, " of a\n") + count(all, " of b\n"), 3);
    ck_assert_uint_ge(count(all, "[helperd] a: "), 1);
}
END_TEST

START_TEST(the_latest_lines_in_the_wished_for_format)
{
    memory_auto char *last = body_of("GET /v1/helpers/a/logs?lines=2 HTTP/1.1");
    ck_assert_uint_eq(count(last, "one of a") + 10 * count(last, "two of a"), 10);
    ck_assert_uint_eq(count(last, " info [a] "), 2);
    memory_auto char *none = body_of("GET /v1/helpers/a/logs?lines=0 HTTP/1.1");
    ck_assert_str_eq(none, "0\r\n\r\n"); // as chunks
    memory_auto char *json = body_of("GET /v1/helpers/a/logs?lines=1 HTTP/1.1\r\n"
                                     "Accept: application/x-ndjson");
    ck_assert_uint_eq(count(json, "\"helper\":\"a\""), 1);
    ck_assert_uint_eq(count(json, "\377"), 0);
    fleet_room_expect("GET /v1/logs?lines=-1 HTTP/1.1", 400, "no number of lines");
    fleet_room_expect("GET /v1/logs?format=xml HTTP/1.1", 400, "\\\"xml\\\"");
    fleet_room_expect("GET /v1/logs?helper=c HTTP/1.1", 404, "unknown_helper");
}
END_TEST

static int follow(void)
{
    static const char request[] =
        "GET /v1/logs?helper=helperd&lines=0&follow=1 HTTP/1.1\r\nHost: h\r\n\r\n";
    int client = room_connect();
    ck_assert_int_gt(send(client, request, strlen(request), MSG_NOSIGNAL), 0);
    while (list_is_empty(&fleet.router->taps))
        fleet_turn();
    return client;
}

static size_t receive(int client, struct buffer *text, size_t most)
{
    ssize_t got = recv(client, buffer_reserve(text, most), most, MSG_DONTWAIT);
    text->length += got > 0 ? (size_t)got : 0;
    return got > 0 ? (size_t)got : 0;
}

START_TEST(what_is_not_read_in_time_is_counted_where_it_is_missing)
{
    enum { LINES = 20000 };
    int client = follow();
    for (unsigned i = 0; i < LINES; i++)
        log_info("number %06u, and words that make the line as long as many are", i);
    struct buffer text = {0};
    log_info("the end");
    for (;;) {
        if (receive(client, &text, 65536) > 0)
            continue;
        buffer_append_char(&text, '\0');
        text.length--;
        // Once it reads again, what comes is not left out.
        if (strstr(text.data, "left out") != NULL)
            break;
        ev_run(fleet.loop, EVRUN_NOWAIT);
    }
    const char *notice = strstr(text.data, " warning [helperd] ");
    ck_assert_ptr_nonnull(notice);
    unsigned long long left_out = 0;
    ck_assert_int_eq(
        sscanf(notice, " warning [helperd] %llu lines were left out, since they", &left_out), 1);
    // What helperd says of its full log may be among them.
    size_t all = count(text.data, "number ") + count(text.data, "the end") + left_out;
    ck_assert_uint_ge(all, LINES + 1);
    ck_assert_uint_lt(all, LINES + 10);
    ck_assert_uint_gt(left_out, LINES / 10);
    buffer_finish(&text);
    fd_close(&client);
}
END_TEST

#ifdef __SANITIZE_ADDRESS__
size_t __sanitizer_get_current_allocated_bytes(void);

static size_t allocated(void)
{
    return __sanitizer_get_current_allocated_bytes();
}
#else
static size_t allocated(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}
#endif

START_TEST(a_client_that_is_always_a_little_behind_takes_no_more_and_more_memory)
{
    static char words[512];
    memset(words, 'x', sizeof(words) - 1);
    int client = follow();
    struct buffer text = {0};
    size_t read = 0, before = 0;
    for (unsigned round = 0; round < 2000; round++) {
        for (unsigned i = 0; i < 20; i++)
            log_info("%s", words);
        ev_run(fleet.loop, EVRUN_NOWAIT);
        read += receive(client, &text, 8192);
        text.length = 0;
        if (round == 200)
            before = allocated();
    }
    ck_assert_uint_gt(read, 2000 * 4096);
    // The queue of the log, whose writer may be late, and not the 14 MiB that were read since.
    ck_assert_uint_lt(allocated(), before + 10 * 1024 * 1024);
    buffer_finish(&text);
    fd_close(&client);
}
END_TEST

Suite *log_client_suite(void)
{
    Suite *suite = suite_create("log_client");
    TCase *clients = tcase_create("clients");
    tcase_set_timeout(clients, 30);
    tcase_add_checked_fixture(clients, set_up, fleet_room_close);
    tcase_add_test(clients, only_the_lines_of_those_that_are_named);
    tcase_add_test(clients, the_latest_lines_in_the_wished_for_format);
    tcase_add_test(clients, what_is_not_read_in_time_is_counted_where_it_is_missing);
    tcase_add_test(clients, a_client_that_is_always_a_little_behind_takes_no_more_and_more_memory);
    suite_add_tcase(suite, clients);
    return suite;
}
