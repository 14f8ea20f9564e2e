// SPDX-License-Identifier: MIT
// A supervisor with real helpers in a loop of its own, for the tests of what is asked of it: each
// test has a folder of its own and works in it. Its log goes to the file "log" there.
#pragma once

#include "base/buffer.h"
#include "config/config.h"
#include "options.h"
#include "output/router.h"
#include "supervise/supervisor.h"

#include <check.h>
#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

struct fleet {
    struct ev_loop *loop;
    struct options options;
    struct router *router;
    struct supervisor *supervisor;
    struct config *config; // held
    struct buffer told;    // "web: stopped -> starting (asked to start)\n" for each transition
    pid_t told_pid;        // of the latest
    unsigned settled, ended, exit_with;
    // Who else is told, as the control room is; NULL: nobody.
    void (*also_changed)(void);
    void (*also_transition)(const struct transition *transition);
};

extern struct fleet fleet;

// Writes and reads "helperd.yaml" and starts what is to be started by itself.
void fleet_begin(const char *yaml);
// Ends all helpers as a shutdown does.
void fleet_end(void);

// The file read again, to be released; it must be good.
struct config *fleet_read(const char *yaml);
void fleet_write(const char *yaml);

// The helper of that name, which must be there.
struct helper *fleet_helper(const char *name);

// Turns the loop until the helper is in that state, or something else is so.
void fleet_await(const char *name, enum state state);
void fleet_await_that(bool (*is_so)(void));
// One turn, for what follows from what was asked.
void fleet_turn(void);

void fleet_expect(const char *name, enum state state);
void fleet_expect_reason(const char *name, const char *reason);
// Whether a transition was told in these words.
bool fleet_was_told(const char *words);
