// SPDX-License-Identifier: MIT
// The inside of the daemon: private to daemon.c and daemon_control.c.
#pragma once

#include "control/control.h"
#include "daemon.h"
#include "reload.h"
#include "signals.h"
#include "supervise/supervisor.h"
#include "systemd.h"

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

struct daemon {
    const struct options *options;
    struct detach *detach;
    const struct control_socket *socket;
    struct ev_loop *loop;
    struct router *router;
    struct supervisor *supervisor;
    struct supervisor_listener listener;
    struct launch_context launch;
    struct systemd systemd;
    struct control_host host;
    struct control *control; // NULL: nobody can ask us anything
    struct reload reload;    // and the config in force
    struct signals signals;
    ev_timer status;       // STATUS= at most once in its interval
    ev_timer patience;     // of the first process with the first starts
    ev_timer drained_late; // runs while the last lines are being written
    bool stopping;
    double deadline; // clock_monotonic: of the shutdown
    unsigned interrupts;
    bool ready;     // READY=1 was due once
    bool ready_due; // and did not go through yet
    bool refused;   // the last reload was
    int exit_status;
};

// Once; after that it does nothing.
void daemon_shut_down(struct daemon *daemon, const char *reason);
// The listener may be NULL.
void daemon_reload(struct daemon *daemon, bool dry, struct reload_listener *listener);
// How many files.
size_t daemon_reopen(struct daemon *daemon);

// Makes the control room where there is a socket. False: it cannot, which was said.
bool daemon_open_control(struct daemon *daemon);
