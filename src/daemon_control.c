// SPDX-License-Identifier: MIT
// What only the daemon can do for the control room.
#include "daemon_inside.h"

static void ask_for_reload(void *context, bool dry, struct reload_listener *listener)
{
    daemon_reload(context, dry, listener);
}

static size_t ask_to_reopen(void *context)
{
    return daemon_reopen(context);
}

static void ask_to_end(void *context, const char *reason)
{
    daemon_shut_down(context, reason);
}

static bool is_stopping(void *context)
{
    const struct daemon *daemon = context;
    return daemon->stopping;
}

static struct config *config_in_force(void *context)
{
    const struct daemon *daemon = context;
    return daemon->reload.config;
}

bool daemon_open_control(struct daemon *daemon)
{
    control_socket_settle(daemon->socket);
    if (daemon->socket->local < 0 && daemon->socket->http < 0)
        return true;
    daemon->host = (struct control_host){
        .context = daemon,
        .reload = ask_for_reload,
        .reopen = ask_to_reopen,
        .shutdown = ask_to_end,
        .is_stopping = is_stopping,
        .config = config_in_force,
    };
    const struct control_parts parts = {
        .loop = daemon->loop,
        .router = daemon->router,
        .supervisor = daemon->supervisor,
        .host = &daemon->host,
    };
    daemon->control = control_create(&parts, daemon->socket);
    return daemon->control != NULL;
}
