// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/fd.h"
#include "base/memory.h"
#include "control/control_inside.h"
#include "fleet_room.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MOST = 256, MORE = MOST + 4 };

static int clients[MORE];

static void set_up(void)
{
    fleet_room_open("helpers: {web: {command: [sleep, '1000'], autostart: false}}\n");
}

static void ask(int client, const char *request)
{
    ck_assert_int_eq(send(client, request, strlen(request), MSG_NOSIGNAL),
                     (ssize_t)strlen(request));
}

// What has come by now, after some turns.
static char *hear(int client)
{
    struct buffer text = {0};
    for (int turn = 0; turn < 5; turn++) {
        fleet_turn();
        ssize_t got = recv(client, buffer_reserve(&text, 8192), 8192, MSG_DONTWAIT);
        text.length += got > 0 ? (size_t)got : 0;
    }
    return buffer_take(&text);
}

static void crowd(void)
{
    for (size_t i = 0; i < MORE; i++)
        clients[i] = room_connect();
    while (server_connections(room.control->server) < MOST)
        fleet_turn();
}

static void disperse(void)
{
    for (size_t i = 0; i < MORE; i++)
        fd_close(&clients[i]);
}

START_TEST(who_is_too_many_waits_until_another_one_has_left)
{
    crowd();
    ask(clients[MOST], "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
    memory_auto char *nothing = hear(clients[MOST]);
    ck_assert_str_eq(nothing, "");
    ck_assert_uint_eq(server_connections(room.control->server), MOST);
    fd_close(&clients[7]);
    memory_auto char *answer = hear(clients[MOST]);
    ck_assert_ptr_nonnull(strstr(answer, "\r\n\r\nok\n"));
    disperse();
}
END_TEST

START_TEST(a_room_that_is_full_can_be_closed)
{
    crowd();
    room_close();
    fleet_turn(); // nobody listens
    disperse();
}
END_TEST

START_TEST(requests_of_one_connection_are_answered_in_order)
{
    int client = room_connect();
    ask(client, "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"
                "POST /v1/helpers/web/start?wait=running HTTP/1.1\r\nHost: h\r\n\r\n"
                "GET /v2 HTTP/1.1\r\nHost: h\r\n\r\n");
    fleet_await("web", STATE_RUNNING);
    memory_auto char *answers = hear(client);
    const char *second = strstr(answers, "\"state\":\"running\"");
    ck_assert_ptr_nonnull(second);
    ck_assert_ptr_nonnull(strstr(second, "HTTP/1.1 404 "));
    fd_close(&client);
}
END_TEST

START_TEST(a_body_is_not_wanted)
{
    fleet_room_expect("POST /v1/reopen HTTP/1.1\r\nContent-Length: 65537", 413,
                      "\"code\":\"body_not_wanted\"");
    int client = room_connect();
    ask(client, "POST /v1/reopen HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}");
    memory_auto char *answer = hear(client);
    ck_assert_ptr_nonnull(strstr(answer, "HTTP/1.1 200 "));
    ck_assert_uint_eq(room.reopened, 1);
    fd_close(&client);
}
END_TEST

enum { SLOW = 8, SLOW_TIME = 20 }; // requests, and milliseconds

static unsigned handled, most_in_a_turn, in_this_turn;

static void handle_slowly(void *context, struct request *request)
{
    (void)context;
    usleep(SLOW_TIME * 1000);
    handled++;
    in_this_turn++;
    if (in_this_turn > most_in_a_turn)
        most_in_a_turn = in_this_turn;
    request_answer(request, 200, json_object());
}

static void on_woken(struct ev_loop *loop, ev_check *check, int events)
{
    (void)loop;
    (void)check;
    (void)events;
    in_this_turn = 0;
}

static bool are_all_handled(void)
{
    return handled == SLOW;
}

START_TEST(many_requests_at_once_do_not_hold_up_the_loop_for_the_time_of_all)
{
    const struct server_handler handler = {.handle = handle_slowly};
    struct server *server = server_create(fleet.loop, &handler);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ck_assert_int_eq(bind(listener, &(struct sockaddr){.sa_family = AF_UNIX}, sizeof(sa_family_t)),
                     0); // the kernel finds a name
    ck_assert_int_eq(listen(listener, SLOW), 0);
    struct sockaddr_un address;
    socklen_t length = sizeof(address);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    for (size_t i = 0; i < SLOW; i++) {
        clients[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        ck_assert_int_eq(connect(clients[i], (struct sockaddr *)&address, length), 0);
        ask(clients[i], "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    server_listen(server, listener, false);
    ev_check woken;
    ev_check_init(&woken, on_woken);
    ev_check_start(fleet.loop, &woken);
    fleet_await_that(are_all_handled);
    ck_assert_uint_le(most_in_a_turn, 2); // the library may be called twice
    for (size_t i = 0; i < SLOW; i++) {
        memory_auto char *answer = hear(clients[i]);
        ck_assert_ptr_nonnull(strstr(answer, "\r\n\r\n{}\n"));
        fd_close(&clients[i]);
    }
    ev_check_stop(fleet.loop, &woken);
    server_destroy(server);
    fd_close(&listener);
}
END_TEST

Suite *server_suite(void)
{
    Suite *suite = suite_create("server");
    TCase *limits = tcase_create("limits");
    tcase_set_timeout(limits, 30);
    tcase_add_checked_fixture(limits, set_up, fleet_room_close);
    tcase_add_test(limits, who_is_too_many_waits_until_another_one_has_left);
    tcase_add_test(limits, a_room_that_is_full_can_be_closed);
    tcase_add_test(limits, requests_of_one_connection_are_answered_in_order);
    tcase_add_test(limits, a_body_is_not_wanted);
    tcase_add_test(limits, many_requests_at_once_do_not_hold_up_the_loop_for_the_time_of_all);
    suite_add_tcase(suite, limits);
    return suite;
}
