// SPDX-License-Identifier: MIT
#include "room.h"

#include "base/fd.h"
#include "base/memory.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const double patience = 30; // seconds

struct room room;

static struct control_socket listening = CONTROL_SOCKET_NONE;
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static socklen_t address_length;

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "room: %s\n", what);
    abort();
}

static void on_reload(void *context, bool dry, struct reload_listener *listener)
{
    (void)context;
    room.reloads = listener;
    room.reloads_dry = dry;
}

static size_t on_reopen(void *context)
{
    (void)context;
    room.reopened++;
    return 1;
}

static void on_shutdown(void *context, const char *reason)
{
    (void)context;
    (void)reason;
    room.shut_down++;
}

static bool is_stopping(void *context)
{
    (void)context;
    return room.stopping;
}

static struct config *in_force(void *context)
{
    (void)context;
    return room.config;
}

static const struct control_host host = {
    .reload = on_reload,
    .reopen = on_reopen,
    .shutdown = on_shutdown,
    .is_stopping = is_stopping,
    .config = in_force,
};

// An abstract address: nothing is left of it.
static void listen_somewhere(void)
{
    snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "helperd-room-%d", (int)getpid());
    address_length =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(address.sun_path + 1));
    listening.local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    require(bind(listening.local, (struct sockaddr *)&address, address_length) == 0, "bind");
    require(listen(listening.local, SOMAXCONN) == 0, "listen");
}

void room_open(struct ev_loop *loop, struct router *router, struct supervisor *supervisor,
               struct config *config)
{
    if (listening.local < 0)
        listen_somewhere();
    room = (struct room){.loop = loop, .config = config};
    const struct control_parts parts = {
        .loop = loop, .router = router, .supervisor = supervisor, .host = &host};
    room.control = control_create(&parts, &listening);
    require(room.control != NULL, "no control room");
}

void room_close(void)
{
    control_destroy(room.control);
    room.control = NULL;
}

int room_connect(void)
{
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    require(connect(client, (struct sockaddr *)&address, address_length) == 0, "connect");
    return client;
}

static void on_patience_lost(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    fprintf(stderr, "room: no end of the answer to %s\n", (const char *)timer->data);
    abort();
}

struct answer {
    struct buffer text;
    bool over;
};

static void on_answer(struct ev_loop *loop, ev_io *io, int events)
{
    (void)loop;
    (void)events;
    struct answer *answer = io->data;
    ssize_t got = recv(io->fd, buffer_reserve(&answer->text, 4096), 4096, 0);
    if (got > 0)
        answer->text.length += (size_t)got;
    else
        answer->over = true;
}

char *room_ask(const char *head)
{
    int client = room_connect();
    memory_auto char *request =
        memory_format("%s\r\nHost: helperd\r\nConnection: close\r\n\r\n", head);
    require(send(client, request, strlen(request), MSG_NOSIGNAL) == (ssize_t)strlen(request),
            "send");
    struct answer answer = {0};
    ev_io readable;
    ev_io_init(&readable, on_answer, client, EV_READ);
    readable.data = &answer;
    ev_timer late;
    ev_timer_init(&late, on_patience_lost, patience, 0);
    late.data = request;
    ev_now_update(room.loop);
    ev_io_start(room.loop, &readable);
    ev_timer_start(room.loop, &late);
    while (!answer.over)
        ev_run(room.loop, EVRUN_ONCE);
    ev_io_stop(room.loop, &readable);
    ev_timer_stop(room.loop, &late);
    fd_close(&client);
    return buffer_take(&answer.text);
}
