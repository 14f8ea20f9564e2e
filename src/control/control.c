// SPDX-License-Identifier: MIT
#include "control/control.h"

#include "base/clock.h"
#include "base/memory.h"
#include "control/control_inside.h"
#include "control/endpoint.h"
#include "control/report.h"
#include "control/wait.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The library would leave out what it has no memory for.
static void *allocate(size_t size)
{
    return memory_resize(NULL, size, 1);
}

static void on_request(void *context, struct request *request)
{
    endpoint_dispatch(context, request);
}

static void on_beat(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    struct control *control = timer->data;
    feed_beat(control->feed);
}

void control_watch_feed(struct control *control)
{
    if (!feed_has_readers(control->feed))
        ev_timer_stop(control->loop, &control->beat);
    else if (!ev_is_active(&control->beat))
        ev_timer_again(control->loop, &control->beat);
}

static void on_dropped(void *context, const char *helper, uint64_t lines, const char *where)
{
    struct control *control = context;
    feed_drops(control->feed, clock_wall(), helper, lines, where);
}

struct control *control_create(const struct control_parts *parts,
                               const struct control_socket *socket)
{
    struct control *control = memory_new(1, sizeof(*control));
    *control = (struct control){
        .loop = parts->loop,
        .router = parts->router,
        .supervisor = parts->supervisor,
        .host = parts->host,
        .first_config = config_hold(parts->host->config(parts->host->context)),
        .socket = socket,
        .handler = {.context = control, .handle = on_request},
        .started = clock_monotonic(),
        .started_wall = clock_wall(),
    };
    list_init(&control->waits);
    json_set_alloc_funcs(allocate, free);
    control->server = server_create(parts->loop, &control->handler);
    if (control->server == NULL) {
        log_error("control: cannot start to answer requests: %s", strerror(errno));
        config_release(control->first_config);
        free(control);
        return NULL;
    }
    loop_delay_begin(&control->delay, parts->loop);
    control->feed = feed_create(FEED_EVENTS, FEED_BYTES);
    ev_timer_init(&control->beat, on_beat, 0, FEED_BEAT);
    control->beat.data = control;
    router_set_drop_listener(parts->router,
                             (struct drop_listener){.dropped = on_dropped, .context = control});
    if (socket->local >= 0)
        server_listen(control->server, socket->local, false);
    if (socket->http >= 0)
        server_listen(control->server, socket->http, true);
    return control;
}

void control_destroy(struct control *control)
{
    if (control == NULL)
        return;
    router_set_drop_listener(control->router, (struct drop_listener){0});
    server_destroy(control->server); // and with it all who wait or follow
    ev_timer_stop(control->loop, &control->beat);
    loop_delay_end(&control->delay);
    feed_destroy(control->feed);
    config_release(control->first_config);
    free(control);
}

void control_note_transition(struct control *control, const struct transition *transition)
{
    const struct helper *helper = transition->helper;
    feed_state(control->feed, transition->time, helper->config->name, transition->from,
               transition->to, transition->pid, transition->reason);
    // Without a test it is ready as soon as it runs, which was told.
    if (transition->to == STATE_RUNNING && helper->config->ready_after >= 0)
        feed_ready(control->feed, transition->time, helper->config->name, transition->pid,
                   helper->run != NULL ? clock_monotonic() - helper->run->started : 0);
}

void control_note_change(struct control *control)
{
    wait_look(control);
}

void control_note_reload(struct control *control, bool good, const struct apply_report *report,
                         const struct strings *errors)
{
    json_t *outcome = good ? report_view(report) : report_view_lines(errors);
    feed_reload(control->feed, clock_wall(), good, outcome);
    json_decref(outcome);
}

void control_note_shutdown(struct control *control, const char *reason)
{
    feed_shutdown(control->feed, clock_wall(), reason);
}

static enum access access_of_remote(const struct control *control, struct request *request)
{
    const struct claim claim = {
        .host = request_header(request, "Host"),
        .origin = request_header(request, "Origin"),
        .authorization = request_header(request, "Authorization"),
    };
    struct sockaddr_storage local;
    const char *reason = "it is not known to which address it came";
    enum verdict verdict = VERDICT_FORBIDDEN;
    if (access_local(request_socket(request), &local) == 0)
        verdict = access_of_claim(&claim, &local, control->socket->token, &reason);
    if (verdict == VERDICT_CONTROL)
        return ACCESS_CONTROL;
    if (verdict == VERDICT_UNAUTHORIZED) {
        request_add_header(request, "WWW-Authenticate", "Bearer realm=\"helperd\"");
        request_refuse(request, 401, "unauthorized", "%s", reason);
    } else {
        request_refuse(request, 403, "forbidden", "%s", reason);
    }
    return ACCESS_NONE;
}

enum access control_access(struct control *control, struct request *request)
{
    if (request_is_remote(request))
        return access_of_remote(control, request);
    struct peer peer;
    enum access access = ACCESS_NONE;
    if (peer_init(&peer, request_socket(request)) == 0)
        access = access_of_peer(&peer, geteuid(), &control->first_config->control);
    peer_finish(&peer);
    if (access == ACCESS_NONE)
        request_refuse(request, 403, "forbidden",
                       "%s may not use this socket (see control.group and control.readers)",
                       request_peer(request));
    return access;
}
