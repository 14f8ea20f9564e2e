// SPDX-License-Identifier: MIT
#include "supervise/machine.h"

#include "base/memory.h"

const char *const state_names[] = {
    [STATE_STOPPED] = "stopped",     [STATE_WAITING] = "waiting",   [STATE_STARTING] = "starting",
    [STATE_RUNNING] = "running",     [STATE_STOPPING] = "stopping", [STATE_BACKOFF] = "backoff",
    [STATE_COMPLETED] = "completed", [STATE_FAILED] = "failed",
};
_Static_assert(LENGTH(state_names) == STATE_COUNT, "a state has no name");

const char *const event_names[] = {
    [EVENT_WANT_UP] = "want up",
    [EVENT_WANT_DOWN] = "want down",
    [EVENT_RESTART] = "restart",
    [EVENT_RESET] = "reset",
    [EVENT_DEPENDENCIES_UP] = "dependencies up",
    [EVENT_LAUNCHED] = "launched",
    [EVENT_LAUNCH_ERROR] = "launch error",
    [EVENT_READY] = "ready",
    [EVENT_EXITED] = "exited",
    [EVENT_FINISHED] = "finished",
    [EVENT_TIMER] = "timer",
};
_Static_assert(LENGTH(event_names) == EVENT_COUNT, "an event has no name");

static struct step go(enum state next, enum action action)
{
    return (struct step){.next = next, .action = action};
}

static struct step rise(const struct facts *facts)
{
    if (!facts->dependencies_up)
        return go(STATE_WAITING, ACTION_NONE);
    return go(STATE_STARTING, ACTION_LAUNCH);
}

static bool stays_down(const struct facts *facts)
{
    switch (facts->restart) {
    case RESTART_ALWAYS:
        return false;
    case RESTART_ON_FAILURE:
        return facts->success;
    case RESTART_NEVER:
        return true;
    }
    return true;
}

static struct step fall(const struct facts *facts)
{
    if (!facts->wanted)
        return go(STATE_STOPPED, ACTION_NONE);
    if (facts->short_of_resources)
        return go(STATE_BACKOFF, ACTION_NONE);
    if (!facts->start_failed && stays_down(facts))
        return go(facts->success ? STATE_COMPLETED : STATE_FAILED, ACTION_NONE);
    return go(facts->limit_reached ? STATE_FAILED : STATE_BACKOFF, ACTION_NONE);
}

static struct step settle(const struct facts *facts)
{
    if (!facts->stop_asked)
        return fall(facts);
    return facts->wanted ? rise(facts) : go(STATE_STOPPED, ACTION_NONE);
}

// In the states without a process.
static struct step step_at_rest(enum state state, enum event event, const struct facts *facts)
{
    switch (event) {
    case EVENT_WANT_UP:
    case EVENT_RESTART:
        return rise(facts);
    case EVENT_WANT_DOWN:
    case EVENT_RESET:
        return go(STATE_STOPPED, ACTION_NONE);
    case EVENT_DEPENDENCIES_UP:
    case EVENT_LAUNCHED:
    case EVENT_LAUNCH_ERROR:
    case EVENT_READY:
    case EVENT_EXITED:
    case EVENT_FINISHED:
    case EVENT_TIMER:
    case EVENT_COUNT:
        break;
    }
    return go(state, ACTION_NONE);
}

static struct step step_waiting(enum event event, const struct facts *facts)
{
    if (event == EVENT_WANT_DOWN)
        return go(STATE_STOPPED, ACTION_NONE);
    if (event == EVENT_DEPENDENCIES_UP)
        return rise(facts);
    return go(STATE_WAITING, ACTION_NONE);
}

static struct step step_backoff(enum event event, const struct facts *facts)
{
    if (event == EVENT_TIMER)
        return rise(facts);
    if (event == EVENT_RESET) // its next start is what is wanted
        return go(STATE_BACKOFF, ACTION_NONE);
    return step_at_rest(STATE_BACKOFF, event, facts);
}

// With a process that was not told to end.
static struct step step_up(enum state state, enum event event, const struct facts *facts)
{
    switch (event) {
    case EVENT_WANT_DOWN:
    case EVENT_RESTART:
        return go(STATE_STOPPING, ACTION_STOP);
    case EVENT_LAUNCHED:
        return go(facts->readiness == READINESS_NONE ? STATE_RUNNING : state, ACTION_NONE);
    case EVENT_READY:
        return go(STATE_RUNNING, ACTION_NONE);
    case EVENT_EXITED:
        return go(STATE_STOPPING, ACTION_END_LEFTOVERS);
    case EVENT_LAUNCH_ERROR:
    case EVENT_FINISHED:
        return fall(facts);
    case EVENT_TIMER:
        if (state == STATE_RUNNING)
            return go(STATE_RUNNING, ACTION_FORGET);
        if (facts->readiness == READINESS_AFTER)
            return go(STATE_RUNNING, ACTION_NONE);
        return go(STATE_STOPPING, ACTION_STOP);
    case EVENT_WANT_UP:
    case EVENT_RESET:
    case EVENT_DEPENDENCIES_UP:
    case EVENT_COUNT:
        break;
    }
    return go(state, ACTION_NONE);
}

static struct step step_stopping(enum event event, const struct facts *facts)
{
    switch (event) {
    case EVENT_LAUNCH_ERROR:
    case EVENT_FINISHED:
        return settle(facts);
    case EVENT_TIMER:
        return go(STATE_STOPPING, ACTION_KILL);
    case EVENT_EXITED:
        return go(STATE_STOPPING, ACTION_END_LEFTOVERS);
    case EVENT_WANT_UP:
    case EVENT_WANT_DOWN:
    case EVENT_RESTART:
    case EVENT_RESET:
    case EVENT_DEPENDENCIES_UP:
    case EVENT_LAUNCHED:
    case EVENT_READY:
    case EVENT_COUNT:
        break;
    }
    return go(STATE_STOPPING, ACTION_NONE);
}

struct step machine_step(enum state state, enum event event, const struct facts *facts)
{
    if (!machine_expects(state, event))
        return go(state, ACTION_NONE);
    switch (state) {
    case STATE_WAITING:
        return step_waiting(event, facts);
    case STATE_STARTING:
    case STATE_RUNNING:
        return step_up(state, event, facts);
    case STATE_STOPPING:
        return step_stopping(event, facts);
    case STATE_BACKOFF:
        return step_backoff(event, facts);
    case STATE_STOPPED:
    case STATE_COMPLETED:
    case STATE_FAILED:
    case STATE_COUNT:
        break;
    }
    return step_at_rest(state, event, facts);
}

bool machine_expects(enum state state, enum event event)
{
    switch (event) {
    case EVENT_WANT_UP:
    case EVENT_WANT_DOWN:
    case EVENT_RESTART:
    case EVENT_RESET:
        return true;
    case EVENT_DEPENDENCIES_UP:
        return state == STATE_WAITING;
    case EVENT_LAUNCHED:
    case EVENT_LAUNCH_ERROR:
        return state == STATE_STARTING || state == STATE_STOPPING;
    case EVENT_READY:
    case EVENT_EXITED:
    case EVENT_FINISHED:
        return state == STATE_STARTING || state == STATE_RUNNING || state == STATE_STOPPING;
    case EVENT_TIMER:
        return state == STATE_STARTING || state == STATE_RUNNING || state == STATE_STOPPING ||
               state == STATE_BACKOFF;
    case EVENT_COUNT:
        break;
    }
    return false;
}

bool state_is_active(enum state state)
{
    return state == STATE_STARTING || state == STATE_RUNNING || state == STATE_STOPPING ||
           state == STATE_BACKOFF;
}
