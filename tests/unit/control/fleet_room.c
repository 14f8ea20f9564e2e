// SPDX-License-Identifier: MIT
#include "fleet_room.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static ev_timer later;
static void (*later_action)(void);

static void on_transition(const struct transition *transition)
{
    if (room.control != NULL)
        control_note_transition(room.control, transition);
}

static void on_changed(void)
{
    if (room.control != NULL)
        control_note_change(room.control);
}

void fleet_room_open(const char *yaml)
{
    fleet_begin(yaml);
    fleet.also_transition = on_transition;
    fleet.also_changed = on_changed;
    room_open(fleet.loop, fleet.router, fleet.supervisor, fleet.config);
}

void fleet_room_close(void)
{
    room_close();
    fleet_end();
}

void fleet_room_expect(const char *head, int status, const char *words)
{
    memory_auto char *answer = room_ask(head);
    memory_auto char *begin = memory_format("HTTP/1.1 %d ", status);
    ck_assert_msg(strncmp(answer, begin, strlen(begin)) == 0, "%s: not %d: %s", head, status,
                  answer);
    ck_assert_msg(strstr(answer, words) != NULL, "%s: no %s in %s", head, words, answer);
}

static void on_later(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)timer;
    (void)events;
    later_action();
}

void fleet_room_later(void (*action)(void))
{
    later_action = action;
    ev_timer_init(&later, on_later, 0.05, 0);
    ev_timer_start(room.loop, &later);
}
