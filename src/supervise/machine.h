// SPDX-License-Identifier: MIT
// What a helper does next: state and event to state and action. Pure, without time or effects, so
// that a test can walk all of it.
//
// Beside the state stand what is wanted (wanted) and why things are as they are (a reason, kept
// by the helper). Three ways on are common to several states:
//
//     rise     dependencies there? starting (launch) : waiting
//     fall     not wanted? stopped : short of resources? backoff : policy says stay (no matter
//              after a failed start)? completed or failed : limit reached? failed : backoff
//     settle   stop asked for? (wanted? rise : stopped) : fall
#pragma once

#include "config/config.h"

#include <stdbool.h>

enum state {
    STATE_STOPPED,   // no process and none wanted
    STATE_WAITING,   // wanted; a dependency is not there yet
    STATE_STARTING,  // a start is under way, or readiness is not yet shown
    STATE_RUNNING,   // process runs and is ready
    STATE_STOPPING,  // told to end, not ended yet
    STATE_BACKOFF,   // ended; the next start is scheduled
    STATE_COMPLETED, // ended with success and will not be started again
    STATE_FAILED,    // given up on
    STATE_COUNT
};

enum event {
    EVENT_WANT_UP,
    EVENT_WANT_DOWN,
    EVENT_RESTART,
    EVENT_RESET, // what it came to is forgotten
    EVENT_DEPENDENCIES_UP,
    EVENT_LAUNCHED,     // the program was executed
    EVENT_LAUNCH_ERROR, // no process came of it
    EVENT_READY,        // its readiness test passed
    EVENT_EXITED,       // the main process ended, others of its group live
    EVENT_FINISHED,     // the run is over
    EVENT_TIMER,        // the one timer; its meaning follows from the state
    EVENT_COUNT
};

enum action {
    ACTION_NONE,
    ACTION_LAUNCH,        // start a run
    ACTION_STOP,          // stop signal or stop command
    ACTION_END_LEFTOVERS, // SIGTERM and SIGCONT to what is left of the group
    ACTION_KILL,          // SIGKILL
    ACTION_FORGET,        // it was up long enough: forget earlier failures
};

enum readiness {
    READINESS_NONE,  // ready as soon as the program was executed
    READINESS_AFTER, // ready when it stayed up so long: the timer says it
    READINESS_TEST,  // ready when a test passes; the timer says it is too late
};

struct facts {
    bool wanted;             // it should be up
    bool dependencies_up;    // all its conditions are met
    bool stop_asked;         // a person asked for the stop in progress, or what followed it
    bool success;            // the ended run counts as success
    bool short_of_resources; // the start failed for want of memory, processes, descriptors
    bool start_failed;       // it ended before it was ready, and start_retries counts that
    bool limit_reached;      // one more start would be more than start_limit or these allow
    enum restart_policy restart;
    enum readiness readiness;
};

struct step {
    enum state next;
    enum action action;
};

extern const char *const state_names[STATE_COUNT];
extern const char *const event_names[EVENT_COUNT];

struct step machine_step(enum state state, enum event event, const struct facts *facts);

// Whether the event can come in that state at all.
bool machine_expects(enum state state, enum event event);

// Whether a helper in this state has a process or is about to have one by itself.
bool state_is_active(enum state state);
