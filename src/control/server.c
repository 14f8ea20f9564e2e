// SPDX-License-Identifier: MIT
#include "control/server.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/memory.h"
#include "control/server_inside.h"

#include <errno.h>
#include <ev.h>
#include <netdb.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

// What clients may take of us, all together.
enum {
    LISTENERS = 2,
    CONNECTIONS = 256,
    CONNECTIONS_KEPT = 64,         // of them, for root and ourselves: others can take but the rest
    DESCRIPTORS_KEPT = 32,         // that helpers find, whoever comes
    CONNECTION_MEMORY = 64 * 1024, // of each: a request that names some hundred helpers fits in
    ACCEPTED_AT_ONCE = 16,         // in a turn of the loop
    BODY_LIMIT = 64 * 1024,
    BODY_READ = 1024 * 1024, // to get to where the library lets us refuse it
};
static const unsigned idle_limit = 10;  // seconds without a byte, but for those who wait for us
static const double accept_pause = 0.2; // seconds after we could take nobody
static const double look_interval = 2;  // seconds between looks whether those who wait are there
static const double turn_limit = 0.005; // seconds of a turn, after which no request is begun in it

struct listener {
    struct server *server;
    ev_io io;
    bool remote;
    size_t count; // of its connections
};

struct server {
    struct ev_loop *loop;
    const struct server_handler *handler;
    struct MHD_Daemon *daemon;
    struct listener listeners[LISTENERS];
    size_t listener_count;
    struct list connections;
    size_t count, waiting;       // of the connections, those that are suspended
    struct connection *accepted; // being handed over
    bool short_told;
    bool ending;
    ev_io io;
    ev_timer timeout; // the library's
    ev_timer pause;
    ev_timer look;         // runs while somebody waits
    double began;          // clock_monotonic: of the library's work in this turn
    bool worked;           // and whether a request was handled in it
    struct list postponed; // request.link: those that are for the next turn
};

static void accept_from_all(struct server *server, bool may)
{
    for (size_t i = 0; i < server->listener_count; i++) {
        if (may)
            ev_io_start(server->loop, &server->listeners[i].io);
        else
            ev_io_stop(server->loop, &server->listeners[i].io);
    }
}

static void on_pause_over(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    accept_from_all(timer->data, true);
}

static void resume(struct connection *connection)
{
    connection->request->suspended = false;
    list_remove(&connection->request->link);
    connection->server->waiting--;
    MHD_resume_connection(connection->handle);
}

// What the library has to do, and when it wants to be asked again. Nothing but its own work changes
// that: who resumes or adds a connection feeds the event for it.
static void run(struct server *server)
{
    MHD_UNSIGNED_LONG_LONG milliseconds = 0;
    server->began = clock_monotonic();
    server->worked = false;
    MHD_run(server->daemon);
    bool again = !list_is_empty(&server->postponed); // which the library does not count
    LIST_EACH (struct request, request, &server->postponed, link)
        resume(request->connection);
    ev_timer_stop(server->loop, &server->timeout);
    if (!again && MHD_get_timeout(server->daemon, &milliseconds) != MHD_YES)
        return;
    ev_timer_set(&server->timeout, (double)milliseconds / 1000, 0);
    ev_timer_start(server->loop, &server->timeout);
}

static void on_timeout(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    run(timer->data);
}

static void on_io(struct ev_loop *loop, ev_io *io, int events)
{
    struct server *server = io->data;
    // The kernel had no room for the descriptor in its set, and libev stopped the watcher.
    if (events & EV_ERROR)
        ev_timer_again(loop, &server->look);
    run(server);
}

// The library does not see that a suspended client has left.
static bool is_gone(const struct connection *connection)
{
    // A local client that only ends its requests may still read; a remote one that has left looks
    // the same until something is sent.
    struct pollfd client = {
        .fd = connection->fd,
        .events = connection->remote ? POLLRDHUP : 0,
    };
    return poll(&client, 1, 0) > 0;
}

static void on_look(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)events;
    struct server *server = timer->data;
    LIST_EACH (struct connection, connection, &server->connections, link) {
        if (connection->request != NULL && connection->request->suspended && is_gone(connection)) {
            connection->request->gone = true;
            server_resume(connection);
        }
    }
    if (server->waiting == 0)
        ev_timer_stop(loop, timer);
    if (!ev_is_active(&server->io)) {
        ev_io_start(loop, &server->io);
        run(server);
    }
}

void server_suspend(struct connection *connection)
{
    struct server *server = connection->server;
    connection->request->suspended = true;
    MHD_suspend_connection(connection->handle);
    if (server->waiting++ == 0)
        ev_timer_again(server->loop, &server->look);
}

void server_resume(struct connection *connection)
{
    if (!connection->request->suspended)
        return;
    resume(connection);
    ev_feed_event(connection->server->loop, &connection->server->io, EV_READ);
}

static void on_connection(void *context, struct MHD_Connection *handle, void **own,
                          enum MHD_ConnectionNotificationCode what)
{
    struct server *server = context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        struct connection *connection = server->accepted;
        server->accepted = NULL;
        connection->handle = handle;
        *own = connection;
        list_append(&server->connections, &connection->link);
        connection->listener->count++;
        server->count++;
        return;
    }
    struct connection *connection = *own;
    struct listener *listener = connection->listener;
    list_remove(&connection->link);
    free(connection);
    server->count--;
    if (listener->count-- == CONNECTIONS && !server->ending && !ev_is_active(&server->pause))
        ev_io_start(server->loop, &listener->io);
}

static void refuse_body(struct request *request)
{
    request->handled = true;
    request_refuse(request, 413, "body_not_wanted",
                   "the body has more than %d bytes, and none is wanted", BODY_LIMIT);
}

// Whether the headers say it. A client that sends more than it said is the library's.
static bool has_long_body(struct MHD_Connection *handle)
{
    const char *length =
        MHD_lookup_connection_value(handle, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return length != NULL && strtoull(length, NULL, 10) > BODY_LIMIT;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *handle, const char *path,
                                  const char *method, const char *version, const char *body,
                                  size_t *length, void **own)
{
    (void)version;
    (void)body;
    struct server *server = context;
    struct request *request = *own;
    if (request == NULL) {
        struct connection *connection =
            MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
        *own = request = request_begin(connection, method, path);
        if (!has_long_body(handle))
            return MHD_YES; // the body, if any, comes next
        refuse_body(request);
        return request_go_on(request);
    }
    if (*length > 0) {
        request->body += *length;
        *length = 0;
        return request->body <= BODY_READ ? MHD_YES : MHD_NO;
    }
    if (!request->handled && server->worked && clock_monotonic() - server->began > turn_limit) {
        server_suspend(request->connection);
        list_append(&server->postponed, &request->link);
        return MHD_YES;
    }
    if (!request->handled && request->body > BODY_LIMIT) {
        refuse_body(request); // it came in chunks
    } else if (!request->handled) {
        request->handled = server->worked = true;
        server->handler->handle(server->handler->context, request);
    }
    return request_go_on(request);
}

static void on_completed(void *context, struct MHD_Connection *handle, void **own,
                         enum MHD_RequestTerminationCode how)
{
    (void)context;
    (void)handle;
    struct request *request = *own;
    if (request == NULL)
        return;
    if (how == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED && request->streaming)
        log_warning("control: %s does not read what it asked for (%s), connection closed",
                    request->connection->peer, request->path);
    request_end(request);
    *own = NULL;
}

static void on_message(void *context, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void on_message(void *context, const char *format, va_list arguments)
{
    (void)context;
    char *text;
    if (vasprintf(&text, format, arguments) < 0)
        return;
    text[strcspn(text, "\n")] = '\0';
    log_debug("control: libmicrohttpd: %s", text);
    free(text);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// As the library does it, but that "%00" stays as it is: what stands behind a NUL would be lost,
// and something else meant than was said.
static size_t unescape(void *context, struct MHD_Connection *handle, char *text)
{
    (void)context;
    (void)handle;
    char *to = text;
    for (const char *from = text; *from != '\0'; to++) {
        int high = from[0] == '%' ? hex_digit(from[1]) : -1;
        int low = high >= 0 ? hex_digit(from[2]) : -1;
        if (low >= 0 && (high | low) != 0) {
            *to = (char)(high << 4 | low);
            from += 3;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
    return (size_t)(to - text);
}

// Says who it is, and whether that is root or our own user.
static bool name_peer(struct connection *connection, const struct sockaddr_storage *address,
                      socklen_t length)
{
    struct ucred peer;
    socklen_t peer_length = sizeof(peer);
    char host[sizeof(connection->peer)];
    if (!connection->remote &&
        getsockopt(connection->fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_length) == 0) {
        snprintf(connection->peer, sizeof(connection->peer), "pid %d (uid %u)", (int)peer.pid,
                 (unsigned)peer.uid);
        return peer.uid == 0 || peer.uid == geteuid();
    }
    if (getnameinfo((const struct sockaddr *)address, length, host, sizeof(host), NULL, 0,
                    NI_NUMERICHOST) != 0)
        strcpy(host, "somebody");
    snprintf(connection->peer, sizeof(connection->peer), "%s", host);
    return false;
}

static void take_connection(struct listener *listener, int fd,
                            const struct sockaddr_storage *address, socklen_t length)
{
    struct server *server = listener->server;
    struct connection *connection = memory_new(1, sizeof(*connection));
    *connection = (struct connection){
        .server = server,
        .listener = listener,
        .fd = fd,
        .remote = listener->remote,
    };
    list_init(&connection->link);
    if (!name_peer(connection, address, length) &&
        listener->count >= CONNECTIONS - CONNECTIONS_KEPT) {
        log_debug("control: no more connections for %s", connection->peer);
        fd_close(&fd);
        free(connection);
        return;
    }
    server->accepted = connection;
    // It closes the descriptor if it does not want it.
    (void)MHD_add_connection(server->daemon, fd, (const struct sockaddr *)address, length);
    if (server->accepted != NULL) {
        log_debug("control: no room for %s", connection->peer);
        free(server->accepted);
        server->accepted = NULL;
    }
    ev_feed_event(server->loop, &server->io, EV_READ);
}

// Want of descriptors or memory: the one who waits is still there when that is over.
static void pause_accepting(struct server *server, int error)
{
    if (!server->short_told)
        log_warning("control: cannot take a connection: %s; trying again every %g s",
                    strerror(error), accept_pause);
    server->short_told = true;
    accept_from_all(server, false);
    ev_timer_set(&server->pause, accept_pause, 0);
    ev_timer_start(server->loop, &server->pause);
}

// A start of a helper needs some at once, and clients could take the last of them.
static bool leaves_enough(int fd)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return true;
    const rlim_t kept =
        limit.rlim_cur / 8 < DESCRIPTORS_KEPT ? limit.rlim_cur / 8 : DESCRIPTORS_KEPT;
    return (rlim_t)fd < limit.rlim_cur - kept;
}

static void on_client(struct ev_loop *loop, ev_io *io, int events)
{
    (void)loop;
    struct listener *listener = io->data;
    struct server *server = listener->server;
    if (events & EV_ERROR) { // no room to watch it
        pause_accepting(server, ENOMEM);
        return;
    }
    for (int taken = 0; taken < ACCEPTED_AT_ONCE; taken++) {
        if (listener->count >= CONNECTIONS) {
            ev_io_stop(server->loop, io); // until one has left
            return;
        }
        struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
        socklen_t length = sizeof(address);
        int fd =
            accept4(io->fd, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0 && !leaves_enough(fd)) {
            fd_close(&fd);
            pause_accepting(server, EMFILE);
            return;
        }
        if (fd >= 0) {
            server->short_told = false;
            take_connection(listener, fd, &address, length);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
            pause_accepting(server, errno);
            return;
        } else if (errno != EINTR && errno != ECONNABORTED) {
            return;
        }
    }
}

static void init_watchers(struct server *server, int fd)
{
    ev_io_init(&server->io, on_io, fd, EV_READ);
    server->io.data = server;
    ev_io_start(server->loop, &server->io);
    ev_timer_init(&server->timeout, on_timeout, 0, 0);
    server->timeout.data = server;
    ev_timer_init(&server->pause, on_pause_over, 0, 0);
    server->pause.data = server;
    ev_timer_init(&server->look, on_look, 0, look_interval);
    server->look.data = server;
}

struct server *server_create(struct ev_loop *loop, const struct server_handler *handler)
{
    struct server *server = memory_new(1, sizeof(*server));
    *server = (struct server){.loop = loop, .handler = handler};
    list_init(&server->connections);
    list_init(&server->postponed);
    errno = 0;
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0,
        NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_message, NULL,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)(LISTENERS * CONNECTIONS),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, idle_limit, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
        server, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_UNESCAPE_CALLBACK,
        unescape, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
        MHD_OPTION_END);
    if (server->daemon == NULL) {
        free(server);
        return NULL;
    }
    init_watchers(server, MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd);
    return server;
}

void server_listen(struct server *server, int fd, bool remote)
{
    struct listener *listener = &server->listeners[server->listener_count++];
    *listener = (struct listener){.server = server, .remote = remote};
    ev_io_init(&listener->io, on_client, fd, EV_READ);
    listener->io.data = listener;
    ev_io_start(server->loop, &listener->io);
}

void server_destroy(struct server *server)
{
    if (server == NULL)
        return;
    server->ending = true;
    accept_from_all(server, false);
    LIST_EACH (struct connection, connection, &server->connections, link) {
        if (connection->request != NULL) {
            connection->request->gone = true;
            server_resume(connection);
        }
    }
    MHD_stop_daemon(server->daemon);
    ev_io_stop(server->loop, &server->io);
    ev_timer_stop(server->loop, &server->timeout);
    ev_timer_stop(server->loop, &server->pause);
    ev_timer_stop(server->loop, &server->look);
    free(server);
}

size_t server_connections(const struct server *server)
{
    return server->count;
}
