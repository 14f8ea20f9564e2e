// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/fd.h"
#include "base/memory.h"
#include "control/control_inside.h"
#include "fleet_room.h"
#include "supervise/apply.h"
#include "supervise/command.h"

#include <string.h>
#include <sys/socket.h>

static const char helpers[] = "defaults: {autostart: false, command: [sleep, '1000']}\n"
                              "helpers:\n"
                              "  web: {}\n"
                              "  w: {instances: 2}\n"
                              "  bad: {command: ['false'], restart: never}\n"
                              "  after: {depends_on: {bad: completed}}\n";

static void set_up(void)
{
    fleet_room_open(helpers);
}

START_TEST(answers_once_all_are_there)
{
    fleet_room_expect("POST /v1/helpers/web/start?wait=ready HTTP/1.1", 200,
                      "\"state\":\"running\"");
    fleet_expect("web", STATE_RUNNING);
    fleet_room_expect("POST /v1/helpers/w/start?wait=running HTTP/1.1", 200, "\"name\":\"w@2\"");
    fleet_expect("w@1", STATE_RUNNING);
    fleet_expect("w@2", STATE_RUNNING);
    fleet_room_expect("POST /v1/helpers/w/stop?wait=ended HTTP/1.1", 200, "\"name\":\"w@2\"");
    fleet_expect("w@1", STATE_STOPPED);
    fleet_expect("w@2", STATE_STOPPED);
    // What is there already is answered at once, and one helper as one object.
    fleet_room_expect("GET /v1/helpers/web?wait=running HTTP/1.1", 200,
                      "\r\n\r\n{\"name\":\"web\"");
}
END_TEST

START_TEST(a_goal_that_cannot_come_any_more_is_told_at_once)
{
    fleet_room_expect("POST /v1/helpers/bad/start?wait=completed HTTP/1.1", 409,
                      "{\"error\":{\"code\":\"not_reached\",\"message\":\"bad: failed (exited with "
                      "status 1)\"},\"helpers\":[{\"name\":\"bad\"");
    fleet_room_expect("POST /v1/helpers/after/start?wait=ready&timeout=0 HTTP/1.1", 409,
                      "but it failed");
    fleet_room_expect("GET /v1/helpers/web?wait=running HTTP/1.1", 409, "web: stopped");
}
END_TEST

START_TEST(its_time_is_limited)
{
    fleet_room_expect("POST /v1/helpers/web/start?wait=completed&timeout=20ms HTTP/1.1", 504,
                      "{\"error\":{\"code\":\"timeout\",\"message\":\"not there in time; web: ");
    ck_assert(list_is_empty(&room.control->waits));
}
END_TEST

START_TEST(what_it_does_not_understand_does_nothing)
{
    fleet_room_expect("POST /v1/helpers/web/start?wait=happy HTTP/1.1", 400, "\\\"happy\\\"");
    fleet_room_expect("POST /v1/helpers/web/start?timeout=soon HTTP/1.1", 400, "\\\"soon\\\"");
    fleet_expect("web", STATE_STOPPED);
}
END_TEST

static void remove_web(void)
{
    struct config *config = fleet_read("helpers: {other: {command: [sleep, '1000']}}\n");
    struct apply_report report = {0};
    supervisor_apply(fleet.supervisor, config, &report);
    apply_report_finish(&report);
    config_release(fleet.config);
    room.config = fleet.config = config;
}

START_TEST(a_helper_that_a_reload_removes_meanwhile_is_not_there_any_more)
{
    supervisor_start_helper(fleet.supervisor, fleet_helper("web"));
    fleet_await("web", STATE_RUNNING);
    fleet_room_later(remove_web);
    fleet_room_expect("GET /v1/helpers/web?wait=completed HTTP/1.1", 409,
                      "no longer in the configuration\"},\"helpers\":[]}");
}
END_TEST

static size_t count_waits(void)
{
    size_t count = 0;
    for (const struct list *link = room.control->waits.next; link != &room.control->waits;
         link = link->next)
        count++;
    return count;
}

static int begin_wait(void)
{
    static const char request[] =
        "GET /v1/helpers/web?wait=completed&timeout=0 HTTP/1.1\r\nHost: h\r\n\r\n";
    supervisor_start_helper(fleet.supervisor, fleet_helper("web"));
    fleet_await("web", STATE_RUNNING);
    int client = room_connect();
    ck_assert_int_gt(send(client, request, strlen(request), MSG_NOSIGNAL), 0);
    for (size_t before = count_waits(); count_waits() == before;)
        fleet_turn();
    return client;
}

START_TEST(a_client_that_leaves_is_not_waited_for)
{
    int client = begin_wait();
    fd_close(&client);
    while (!list_is_empty(&room.control->waits) || server_connections(room.control->server) > 0)
        fleet_turn();
    fleet_expect("web", STATE_RUNNING);
}
END_TEST

START_TEST(the_end_of_the_room_ends_all_waits)
{
    int first = begin_wait(), second = begin_wait();
    room_close();
    char byte;
    ck_assert_int_eq(recv(first, &byte, 1, 0), 0);
    ck_assert_int_eq(recv(second, &byte, 1, 0), 0);
    fleet_turn();
    fd_close(&first);
    fd_close(&second);
}
END_TEST

Suite *wait_suite(void)
{
    Suite *suite = suite_create("wait");
    TCase *waits = tcase_create("waits");
    tcase_set_timeout(waits, 30);
    tcase_add_checked_fixture(waits, set_up, fleet_room_close);
    tcase_add_test(waits, answers_once_all_are_there);
    tcase_add_test(waits, a_goal_that_cannot_come_any_more_is_told_at_once);
    tcase_add_test(waits, its_time_is_limited);
    tcase_add_test(waits, what_it_does_not_understand_does_nothing);
    tcase_add_test(waits, a_helper_that_a_reload_removes_meanwhile_is_not_there_any_more);
    tcase_add_test(waits, a_client_that_leaves_is_not_waited_for);
    tcase_add_test(waits, the_end_of_the_room_ends_all_waits);
    suite_add_tcase(suite, waits);
    return suite;
}
