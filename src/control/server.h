// SPDX-License-Identifier: MIT
// HTTP/1.1 inside our loop: accepts connections, bounds them in number, memory and time, and hands
// each request to one function. Nobody waits for a client: what cannot be sent now is sent when the
// client reads, and one that does not read for a while is closed.
#pragma once

#include "control/request.h"

#include <stdbool.h>
#include <stddef.h>

struct ev_loop;
struct server;

struct server_handler {
    void *context;
    // Answers the request, or sees to it that it is answered.
    void (*handle)(void *context, struct request *request);
};

// The handler outlives the server. NULL: errno says why not.
struct server *server_create(struct ev_loop *loop, const struct server_handler *handler);
// Ends all that is under way: who was to answer is told that the clients are gone.
void server_destroy(struct server *server);

// Accepts from a listening socket that is non-blocking and not ours to close; at most two.
void server_listen(struct server *server, int fd, bool remote);

size_t server_connections(const struct server *server);
