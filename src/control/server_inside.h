// SPDX-License-Identifier: MIT
// The inside of the server: private to server.c and request.c, the only two that know the library.
#pragma once

#include "base/list.h"
#include "base/strings.h"
#include "control/server.h"

#include <microhttpd.h>

struct connection {
    struct list link;
    struct server *server;
    struct listener *listener; // it came from there
    struct MHD_Connection *handle;
    int fd; // the library's
    bool remote;
    char peer[64];
    struct request *request; // the one under way, or NULL
};

struct request {
    struct list link; // server.postponed
    struct connection *connection;
    char *method, *path;
    char *name;    // of the path; "" where there is none
    size_t body;   // bytes that came; nobody wants them
    bool handled;  // the handler was called
    bool deferred; // and answers later
    bool streaming;
    bool suspended; // it waits for us
    bool gone;      // the client is
    unsigned status;
    struct MHD_Response *response; // not handed over yet; or NULL
    struct strings headers;        // of the answer: NAME, VALUE, …
    const struct response_stream *stream;
    void (*leave)(void *owner); // of a deferred one
    void *owner;                // of the stream, or who is to answer
};

// Goes on with a connection that waited for us.
void server_resume(struct connection *connection);
void server_suspend(struct connection *connection);

// For the server: the library has all of a request, or wants more of an answer.
struct request *request_begin(struct connection *connection, const char *method, const char *path);
enum MHD_Result request_go_on(struct request *request);
void request_end(struct request *request);
