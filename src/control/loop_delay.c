// SPDX-License-Identifier: MIT
#include "control/loop_delay.h"

#include "base/clock.h"

#include <stddef.h>

const struct loop_delay_bound loop_delay_bounds[] = {
    {0.0001, "0.0001"}, {0.0003, "0.0003"}, {0.001, "0.001"}, {0.003, "0.003"}, {0.01, "0.01"},
    {0.03, "0.03"},     {0.1, "0.1"},       {0.3, "0.3"},     {1, "1.0"},       {3, "3.0"},
};

void loop_delay_add(struct loop_delay *delay, double seconds)
{
    size_t i = 0;
    while (i < LOOP_DELAY_BOUNDS && seconds > loop_delay_bounds[i].seconds)
        i++;
    delay->turns[i]++;
    delay->sum += seconds;
    if (seconds > delay->longest)
        delay->longest = seconds;
}

static void on_woken(struct ev_loop *loop, ev_check *check, int events)
{
    (void)loop;
    (void)events;
    struct loop_delay *delay = check->data;
    delay->since = clock_monotonic();
}

static void on_done(struct ev_loop *loop, ev_prepare *prepare, int events)
{
    (void)loop;
    (void)events;
    struct loop_delay *delay = prepare->data;
    if (delay->since > 0)
        loop_delay_add(delay, clock_monotonic() - delay->since);
}

void loop_delay_begin(struct loop_delay *delay, struct ev_loop *loop)
{
    delay->loop = loop;
    delay->since = 0;
    // The first of all that a turn does, and the last: others work in these watchers, too.
    ev_check_init(&delay->woken, on_woken);
    ev_set_priority(&delay->woken, EV_MAXPRI);
    delay->woken.data = delay;
    ev_check_start(loop, &delay->woken);
    ev_prepare_init(&delay->done, on_done);
    ev_set_priority(&delay->done, EV_MINPRI);
    delay->done.data = delay;
    ev_prepare_start(loop, &delay->done);
    // They are no reason for the loop to go on.
    ev_unref(loop);
    ev_unref(loop);
}

void loop_delay_end(struct loop_delay *delay)
{
    if (delay->loop == NULL)
        return;
    ev_ref(delay->loop);
    ev_ref(delay->loop);
    ev_check_stop(delay->loop, &delay->woken);
    ev_prepare_stop(delay->loop, &delay->done);
    delay->loop = NULL;
}
