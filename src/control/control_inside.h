// SPDX-License-Identifier: MIT
// The inside of the control room. Private to it.
#pragma once

#include "base/list.h"
#include "control/control.h"
#include "control/feed.h"
#include "control/loop_delay.h"
#include "control/server.h"

#include <ev.h>

struct control {
    struct ev_loop *loop;
    struct router *router;
    struct supervisor *supervisor;
    const struct control_host *host;
    struct config *first_config; // held; who may come in is settled by it, as the socket is
    const struct control_socket *socket;
    struct server_handler handler;
    struct server *server;
    struct feed *feed;
    ev_timer beat;     // of the feed; runs while somebody follows it
    struct list waits; // wait.link
    struct loop_delay delay;
    double started; // clock_monotonic
    int64_t started_wall;
};

// Somebody came to follow the feed, or left it.
void control_watch_feed(struct control *control);
