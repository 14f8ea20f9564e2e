// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/fd.h"
#include "base/memory.h"
#include "fleet_room.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char helpers[] = "defaults: {autostart: false, command: [sleep, '1000']}\n"
                              "helpers: {web: {}, w: {instances: 3}}\n";

static const char with_readers[] = "control: {readers: [65534]}\n"
                                   "helpers: {web: {command: [sleep, '1000']}}\n";

static void set_up(void)
{
    fleet_room_open(helpers);
}

START_TEST(a_path_that_is_none_is_not_found)
{
    static const char *const paths[] = {
        "/",
        "/v2",
        "/V1",
        "/v1/",
        "/v1/helpers/",
        "/v1/helpers//logs",
        "/v1/helpers/web/",
        "/v1/helpers/web/logs/x",
        "/v1/helpers/web%2Flogs/logs",
    };
    for (size_t i = 0; i < LENGTH(paths); i++) {
        memory_auto char *head = memory_format("GET %s HTTP/1.1", paths[i]);
        fleet_room_expect(head, 404, "{\"error\":{\"code\":\"not_found\",");
    }
}
END_TEST

START_TEST(another_method_is_refused_with_those_that_the_path_takes)
{
    fleet_room_expect("POST /v1/helpers HTTP/1.1", 405, "\r\nAllow: GET, HEAD\r\n");
    fleet_room_expect("DELETE /v1/helpers/web HTTP/1.1", 405, "\"code\":\"method_not_allowed\"");
    fleet_room_expect("GET /v1/helpers/web/start HTTP/1.1", 405, "\r\nAllow: POST\r\n");
    fleet_room_expect("HEAD /v1/helpers/web/start HTTP/1.1", 405, "\r\nAllow: POST\r\n");
}
END_TEST

START_TEST(head_is_get_without_the_body)
{
    memory_auto char *answer = room_ask("HEAD /healthz HTTP/1.1");
    ck_assert_ptr_nonnull(strstr(answer, "HTTP/1.1 200 "));
    ck_assert_ptr_nonnull(strstr(answer, "\r\nContent-Length: 3\r\n"));
    ck_assert_str_eq(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
    // Also of what would go on for ever.
    fleet_room_expect("HEAD /v1/logs?follow=1 HTTP/1.1", 200, "text/plain");
    fleet_room_expect("HEAD /v1/events HTTP/1.1", 200, "text/event-stream");
}
END_TEST

START_TEST(a_parameter_that_the_route_does_not_know_is_refused)
{
    fleet_room_expect("GET /v1/helpers?nme=web HTTP/1.1", 400,
                      "unknown parameter \\\"nme\\\" (did you mean \\\"name\\\"?)");
    fleet_room_expect("POST /v1/reopen?x HTTP/1.1", 400, "unknown parameter \\\"x\\\"");
    ck_assert_uint_eq(room.reopened, 0);
    fleet_room_expect("POST /v1/reopen HTTP/1.1", 200, "{\"files\":1}\n");
    ck_assert_uint_eq(room.reopened, 1);
}
END_TEST

START_TEST(bytes_that_are_no_utf8_are_answered_as_json)
{
    fleet_room_expect("GET /v1/helpers/w%FFb HTTP/1.1", 404,
                      "there is no helper \\\"w\xef\xbf\xbd"
                      "b\\\"");
}
END_TEST

START_TEST(each_helper_is_listed_once_however_often_it_is_named)
{
    memory_auto char *answer =
        room_ask("GET /v1/helpers?name=w&name=web&name=w&name=w@2&name=web HTTP/1.1");
    size_t found = 0;
    for (const char *at = answer; (at = strstr(at, "\"name\":")) != NULL; at++)
        found++;
    ck_assert_uint_eq(found, 4);
    ck_assert(strstr(answer, "\"w@3\"") < strstr(answer, "\"web\"")); // as they were named
}
END_TEST

static void end_reload(void)
{
    const struct apply_report nothing = {0};
    char *line = (char *)"helperd is stopping; nothing was changed";
    const struct strings errors = {.items = &line, .count = 1}, none = {0};
    room.reloads->ended(room.reloads, false, &nothing, &errors, &none);
}

static void stop_during_reload(void)
{
    room.stopping = true;
    end_reload();
}

START_TEST(a_reload_that_is_refused_and_one_that_the_shutdown_ends_are_told_apart)
{
    fleet_room_later(end_reload);
    fleet_room_expect("POST /v1/reload HTTP/1.1", 422, "\"code\":\"configuration_refused\"");
    fleet_room_later(stop_during_reload);
    fleet_room_expect("POST /v1/reload HTTP/1.1", 409, "\"code\":\"conflict\"");
    fleet_room_expect("POST /v1/helpers/web/start HTTP/1.1", 409, "\"code\":\"conflict\"");
}
END_TEST

// As somebody else, whom the configuration lets look.
static void ask_as_reader(const char *head, int status)
{
    ck_assert_int_eq(seteuid(65534), 0);
    int client = room_connect();
    ck_assert_int_eq(seteuid(0), 0);
    memory_auto char *request = memory_format("%s\r\nHost: h\r\nConnection: close\r\n\r\n", head);
    ck_assert_int_gt(send(client, request, strlen(request), MSG_NOSIGNAL), 0);
    char answer[4096];
    ssize_t got;
    while ((got = recv(client, answer, sizeof(answer) - 1, MSG_DONTWAIT)) <= 0)
        fleet_turn();
    answer[got] = '\0';
    memory_auto char *begin = memory_format("HTTP/1.1 %d ", status);
    ck_assert_msg(strncmp(answer, begin, strlen(begin)) == 0, "%s: %s", head, answer);
    fd_close(&client);
}

START_TEST(readers_may_look_and_strangers_may_not)
{
    if (geteuid() != 0)
        return; // nobody else to be
    ask_as_reader("GET /v1/helpers HTTP/1.1", 403);
    // A change takes effect when helperd is started anew, as the reload says.
    struct config *before = fleet.config;
    room.config = fleet.config = fleet_read(with_readers);
    ask_as_reader("GET /v1/helpers HTTP/1.1", 403);
    room_close();
    room_open(fleet.loop, fleet.router, fleet.supervisor, fleet.config);
    config_release(before);
    ask_as_reader("GET /v1/helpers HTTP/1.1", 200);
    ask_as_reader("GET /v1/config HTTP/1.1", 403);
    ask_as_reader("POST /v1/shutdown HTTP/1.1", 403);
    ck_assert_uint_eq(room.shut_down, 0);
    fleet_room_expect("POST /v1/shutdown HTTP/1.1", 202, "{\"shutdown\":true}\n");
    ck_assert_uint_eq(room.shut_down, 1);
}
END_TEST

Suite *endpoint_suite(void)
{
    Suite *suite = suite_create("endpoint");
    TCase *dispatch = tcase_create("dispatch");
    tcase_add_checked_fixture(dispatch, set_up, fleet_room_close);
    tcase_add_test(dispatch, a_path_that_is_none_is_not_found);
    tcase_add_test(dispatch, another_method_is_refused_with_those_that_the_path_takes);
    tcase_add_test(dispatch, head_is_get_without_the_body);
    tcase_add_test(dispatch, a_parameter_that_the_route_does_not_know_is_refused);
    tcase_add_test(dispatch, bytes_that_are_no_utf8_are_answered_as_json);
    tcase_add_test(dispatch, each_helper_is_listed_once_however_often_it_is_named);
    tcase_add_test(dispatch,
                   a_reload_that_is_refused_and_one_that_the_shutdown_ends_are_told_apart);
    tcase_add_test(dispatch, readers_may_look_and_strangers_may_not);
    suite_add_tcase(suite, dispatch);
    return suite;
}
