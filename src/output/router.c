// SPDX-License-Identifier: MIT
#include "output/router.h"

#include "base/clock.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double retry_interval = 0.5; // seconds between tries of a sink that fails

struct router {
    struct ev_loop *loop;
    struct sink sink;
    enum level level;
    struct record_source own;
    ev_prepare end_of_turn;
    ev_timer retry;
    int reported_error; // errno that was said on standard error, 0 while the sink works
};

// Said past the sink, since it is the sink that fails; dprintf writes the whole line at once.
static void say_failure(const struct router *router)
{
    if (router->sink.fd == STDERR_FILENO)
        return;
    dprintf(STDERR_FILENO,
            "helperd: cannot write the log to %s: %s; keeping what fits, trying again\n",
            router->sink.name, strerror(router->sink.error));
}

static void report_recovery(struct router *router)
{
    uint64_t dropped = router->sink.dropped;
    const char *reason =
        router->reported_error != 0 ? strerror(router->reported_error) : "a write failed";
    router->sink.dropped = 0;
    if (dropped > 0)
        log_warning("%s can be written again; %" PRIu64 " lines were lost (%s)", router->sink.name,
                    dropped, reason);
    else
        log_info("%s can be written again; nothing was lost", router->sink.name);
}

static void flush(struct router *router)
{
    bool written = sink_flush(&router->sink);
    if (!written && router->reported_error == 0) {
        router->reported_error = router->sink.error;
        say_failure(router);
        ev_timer_again(router->loop, &router->retry);
    } else if (written && (router->reported_error != 0 || router->sink.dropped > 0)) {
        ev_timer_stop(router->loop, &router->retry);
        report_recovery(router);
        router->reported_error = 0;
        (void)sink_flush(&router->sink);
    }
}

static void on_end_of_turn(struct ev_loop *loop, ev_prepare *prepare, int events)
{
    (void)loop;
    (void)events;
    struct router *router = prepare->data;
    // What fails is tried again by the timer, not at every turn.
    if (router->reported_error == 0 && router->sink.queue.length > 0)
        flush(router);
}

static void on_retry(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    flush(timer->data);
}

struct router *router_create(struct ev_loop *loop, const struct sink *sink, enum level level)
{
    struct router *router = memory_new(1, sizeof(*router));
    router->loop = loop;
    router->sink = *sink;
    router->level = level;
    router->own = (struct record_source){
        .helper = "helperd",
        .prefix = "helperd",
        .kind = STREAM_OWN,
        .pid = getpid(),
    };
    ev_prepare_init(&router->end_of_turn, on_end_of_turn);
    ev_set_priority(&router->end_of_turn, EV_MINPRI); // after all that may still log
    router->end_of_turn.data = router;
    ev_prepare_start(loop, &router->end_of_turn);
    ev_timer_init(&router->retry, on_retry, retry_interval, retry_interval);
    router->retry.data = router;
    return router;
}

// The end comes while the sink fails: what waits in its queue goes with us.
static void say_loss(const struct router *router)
{
    const struct sink *sink = &router->sink;
    uint64_t lost = sink->dropped;
    for (size_t i = sink->queue_start; i < sink->queue.length; i++)
        lost += sink->queue.data[i] == '\n';
    if (lost > 0 && sink->fd != STDERR_FILENO)
        dprintf(STDERR_FILENO, "helperd: %" PRIu64 " lines of the log were lost (%s: %s)\n", lost,
                sink->name, strerror(sink->error));
}

void router_destroy(struct router *router)
{
    if (router == NULL)
        return;
    flush(router);
    say_loss(router);
    ev_prepare_stop(router->loop, &router->end_of_turn);
    ev_timer_stop(router->loop, &router->retry);
    sink_finish(&router->sink);
    free(router);
}

void router_replace_sink(struct router *router, const struct sink *sink)
{
    flush(router);
    struct sink before = router->sink;
    router->sink = *sink;
    router->sink.dropped = before.dropped;
    if (before.queue.length > before.queue_start)
        buffer_append(&router->sink.queue, before.queue.data + before.queue_start,
                      before.queue.length - before.queue_start);
    sink_finish(&before);
}

void router_configure(struct router *router, const struct record_style *style, enum level level)
{
    router->sink.style = *style;
    router->level = level;
}

const struct sink *router_sink(const struct router *router)
{
    return &router->sink;
}

void router_put(struct router *router, const struct record *record)
{
    if (record->level >= router->level)
        sink_append(&router->sink, record);
}

void router_write_own(void *context, enum level level, const char *text)
{
    struct router *router = context;
    const struct record record = {
        .source = &router->own,
        .time = clock_wall(),
        .level = level,
        .text = text,
        .length = strlen(text),
    };
    router_put(router, &record);
}
