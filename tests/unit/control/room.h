// SPDX-License-Identifier: MIT
// A control room at an abstract address, with a daemon that only notes what it is asked, and
// clients of it. For unit tests and for the fuzz target.
#pragma once

#include "control/control.h"

#include <ev.h>
#include <stdbool.h>

struct room {
    struct ev_loop *loop;
    struct control *control;
    struct config *config; // in force
    bool stopping;
    unsigned reopened, shut_down;
    struct reload_listener *reloads; // who asked for one last, or NULL
    bool reloads_dry;
};

extern struct room room;

void room_open(struct ev_loop *loop, struct router *router, struct supervisor *supervisor,
               struct config *config);
void room_close(void);

// A connection to it, non-blocking; the caller's.
int room_connect(void);

// Sends a request, "GET /v1 HTTP/1.1" and headers with CRLF behind each, and turns the loop until
// the answer ends with the connection. Heap text.
char *room_ask(const char *head);
