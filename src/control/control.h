// SPDX-License-Identifier: MIT
// The control room: what the outside may ask of a running helperd, and how it is told what happens.
#pragma once

#include "config/config.h"
#include "control/request.h"
#include "control/socket.h"
#include "output/router.h"
#include "supervise/apply.h"
#include "supervise/supervisor.h"

#include <stdbool.h>

struct control;
struct ev_loop;

// What only the daemon can do. It outlives the control room.
struct control_host {
    void *context;
    // Begins a reload, or a dry one, which only tells what it would do. The listener is told of its
    // end later, unless its link is taken out before.
    void (*reload)(void *context, bool dry, struct reload_listener *listener);
    size_t (*reopen)(void *context); // how many files
    void (*shutdown)(void *context, const char *reason);
    bool (*is_stopping)(void *context);
    struct config *(*config)(void *context); // in force
};

// Everything outlives it.
struct control_parts {
    struct ev_loop *loop;
    struct router *router;
    struct supervisor *supervisor;
    const struct control_host *host;
};

// Answers what comes through the sockets, which outlive it. NULL: it cannot, which was said.
struct control *control_create(const struct control_parts *parts,
                               const struct control_socket *socket);
void control_destroy(struct control *control);

// What happened, for those who wait and those who listen.
void control_note_transition(struct control *control, const struct transition *transition);
void control_note_change(struct control *control); // of helpers, at the end of a turn
void control_note_reload(struct control *control, bool good, const struct apply_report *report,
                         const struct strings *errors);
void control_note_shutdown(struct control *control, const char *reason);

// For the dispatcher: what the request may. ACCESS_NONE: it was refused.
enum access control_access(struct control *control, struct request *request);
