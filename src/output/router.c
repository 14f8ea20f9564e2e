// SPDX-License-Identifier: MIT
#include "output/router.h"

#include "base/clock.h"
#include "base/memory.h"
#include "output/route.h"
#include "output/trouble.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double retry_interval = 0.5; // seconds between tries of a sink that fails
static const double grow_interval = 0.05; // a sink that waits so long gets another thread
static const double trim_interval = 1;    // without a flood its memory goes back

enum {
    RESERVE_PART = 8,        // of a queue is kept for our own messages
    OWN_HISTORY = 64 * 1024, // bytes
};

size_t router_reserve(const struct router *router)
{
    return router->sinks.limit / RESERVE_PART;
}

bool router_shows_warnings(const struct router *router)
{
    return router->level <= LEVEL_WARNING;
}

void router_look_again(struct router *router)
{
    if (!ev_is_active(&router->retry))
        ev_timer_again(router->loop, &router->retry);
}

// Whether there is nothing to wait for: all is written, or it fails and no writer is at it.
static bool is_at_rest(struct sink *sink)
{
    return sink_is_idle(sink) || (sink->failing != 0 && !sink_is_busy(sink));
}

// Nobody leads into the sink any more: it goes when all is written, or it fails.
static void let_go(struct router *router, struct sink *sink)
{
    if (!is_at_rest(sink))
        return;
    if (!trouble_tell_end(router, sink))
        return;
    if (sink_is_open(sink))
        sink_close(sink);
    else
        sink_destroy(sink);
}

// Sees what became of a sink, and lets those go on who waited for it.
static void attend(struct router *router, struct sink *sink)
{
    sink_collect(sink);
    if (sink->failing != 0)
        router_look_again(router);
    if (list_is_empty(&sink->troubled_link) && (sink->failing != 0 || trouble_is_over(sink)))
        list_append(&router->troubled, &sink->troubled_link);
    trouble_tell(router, sink);
    sink_hand_over(sink);
    sink_wake_next(sink);
    if (sink->users == 0)
        let_go(router, sink);
}

static void tell_dropped(struct router *router)
{
    LIST_EACH (struct route, route, &router->owing, owing_link) {
        if (route_tell_dropped(route))
            list_remove(&route->owing_link);
    }
    trouble_tell_own_drops(router);
}

static void on_news(struct ev_loop *loop, ev_async *async, int events)
{
    (void)loop;
    (void)events;
    struct router *router = async->data;
    for (;;) {
        pthread_mutex_lock(&router->writers.lock);
        struct sink *sink = LIST_FIRST(struct sink, &router->writers.news, news_link);
        if (sink != NULL)
            list_remove(&sink->news_link);
        pthread_mutex_unlock(&router->writers.lock);
        if (sink == NULL)
            break;
        attend(router, sink);
    }
    tell_dropped(router);
}

static void send_news(void *context)
{
    struct router *router = context;
    ev_async_send(router->loop, &router->news);
}

// One that is not comes first, where the next turn finds it at once.
static bool all_is_written(struct router *router)
{
    LIST_EACH (struct sink, sink, &router->sinks.all, link) {
        if (is_at_rest(sink))
            continue;
        list_remove(&sink->link);
        list_prepend(&router->sinks.all, &sink->link);
        return false;
    }
    return true;
}

static void hand_over_changed(struct router *router)
{
    while (!list_is_empty(&router->changed)) {
        struct sink *sink = LIST_FIRST(struct sink, &router->changed, changed_link);
        list_remove(&sink->changed_link);
        sink_hand_over(sink);
        bool owes = sink->lost > 0 && router_shows_warnings(router) && !router->draining;
        if (sink->users == 0 || owes)
            attend(router, sink);
    }
}

static void on_end_of_turn(struct ev_loop *loop, ev_prepare *prepare, int events)
{
    (void)events;
    struct router *router = prepare->data;
    hand_over_changed(router);
    if (!ev_is_active(&router->grow) && writers_have_jobs(&router->writers))
        ev_timer_again(loop, &router->grow);
    if (!ev_is_active(&router->trim) && router->writers.pool.grown)
        ev_timer_again(loop, &router->trim);
    if (router->drained != NULL && all_is_written(router)) {
        void (*drained)(void *context) = router->drained;
        router->drained = NULL;
        drained(router->context);
    }
}

static void on_grow(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)events;
    struct router *router = timer->data;
    if (!writers_grow(&router->writers))
        ev_timer_stop(loop, timer);
    trouble_tell_threads(router);
}

static void on_trim(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)events;
    struct router *router = timer->data;
    if (writers_trim(&router->writers))
        ev_timer_stop(loop, timer);
}

// Returns whether any sink fails, or has something to be told.
static bool retry_failing(struct router *router)
{
    LIST_EACH (struct sink, sink, &router->troubled, troubled_link) {
        if (sink->failing != 0)
            sink_retry(sink);
        else if (trouble_is_over(sink))
            attend(router, sink);
        else
            list_remove(&sink->troubled_link);
    }
    return !list_is_empty(&router->troubled);
}

static void on_retry(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)events;
    struct router *router = timer->data;
    tell_dropped(router);
    if (!retry_failing(router) && list_is_empty(&router->owing))
        ev_timer_stop(loop, timer);
}

static struct sink *open_target(struct router *router, const struct log_target *target)
{
    return target->fd >= 0 ? sinks_standard(&router->sinks, target->fd)
                           : sinks_file(&router->sinks, target->name, &target->file);
}

bool router_has_target(const struct router *router, const struct log_target *target)
{
    const char *name = target->fd >= 0 ? sinks_standard_name(target->fd) : target->name;
    return strcmp(router->own.sink->name, name) == 0;
}

static void set_own_sink(struct router *router, struct sink *sink)
{
    if (router->own.sink != NULL)
        writers_set_urgent(&router->writers, router->own.sink, false);
    outlet_close(&router->own);
    outlet_open(&router->own, sink, &router->style, 0);
    writers_set_urgent(&router->writers, sink, true);
}

static void set_config(struct router *router, const struct log_target *target,
                       const struct record_style *style, const struct log_config *config)
{
    router->on_full = config->on_full;
    sinks_set_limit(&router->sinks, config->queue);
    router->level = config->level;
    router->style = *style;
    if (target != NULL)
        set_own_sink(router, open_target(router, target));
    sink_set_rotation(router->own.sink, config->max_size, (unsigned)config->max_files);
}

struct router *router_create(struct ev_loop *loop, const struct log_target *target,
                             const struct record_style *style, const struct log_config *config)
{
    struct router *router = memory_new(1, sizeof(*router));
    router->loop = loop;
    writers_init(&router->writers, send_news, router);
    sinks_init(&router->sinks, &router->writers, &router->changed);
    list_init(&router->changed);
    list_init(&router->routes);
    list_init(&router->taps);
    list_init(&router->owing);
    list_init(&router->troubled);
    router->own_source = (struct record_source){
        .helper = "helperd",
        .prefix = "helperd",
        .kind = STREAM_OWN,
        .pid = getpid(),
    };
    history_init(&router->own_history, OWN_HISTORY);
    set_config(router, target, style, config);
    router->error = sinks_standard(&router->sinks, STDERR_FILENO);
    router->error->users++;
    ev_prepare_init(&router->end_of_turn, on_end_of_turn);
    ev_set_priority(&router->end_of_turn, EV_MINPRI); // after all that may still log
    router->end_of_turn.data = router;
    ev_prepare_start(loop, &router->end_of_turn);
    ev_async_init(&router->news, on_news);
    router->news.data = router;
    ev_async_start(loop, &router->news);
    ev_timer_init(&router->retry, on_retry, retry_interval, retry_interval);
    router->retry.data = router;
    ev_timer_init(&router->grow, on_grow, grow_interval, grow_interval);
    router->grow.data = router;
    ev_timer_init(&router->trim, on_trim, trim_interval, trim_interval);
    router->trim.data = router;
    return router;
}

void router_configure(struct router *router, const struct log_target *target,
                      const struct record_style *style, const struct log_config *config)
{
    set_config(router, target, style, config);
    LIST_EACH (struct route, route, &router->routes, link)
        route_follow_log(route);
    // There may be more room, or nobody is to wait any more.
    LIST_EACH (struct sink, sink, &router->sinks.all, link)
        sink_wake(sink);
}

size_t router_reopen(struct router *router)
{
    size_t count = 0;
    LIST_EACH (struct sink, sink, &router->sinks.all, link) {
        if (sink->path == NULL || sink->users == 0)
            continue;
        sink_reopen(sink);
        count++;
    }
    return count;
}

void router_drain(struct router *router, void (*drained)(void *context), void *context)
{
    tell_dropped(router);
    (void)retry_failing(router);
    router->draining = true;
    router->drained = drained;
    router->context = context;
}

void router_destroy(struct router *router)
{
    if (router == NULL)
        return;
    tell_dropped(router);
    router->own.sink->lost += router->own.dropped;
    hand_over_changed(router);
    // A writer that is at work takes this, too, before it ends.
    LIST_EACH (struct sink, sink, &router->sinks.all, link) {
        if (sink->queued > 0)
            sink_retry(sink);
    }
    ev_prepare_stop(router->loop, &router->end_of_turn);
    ev_timer_stop(router->loop, &router->retry);
    ev_timer_stop(router->loop, &router->grow);
    ev_timer_stop(router->loop, &router->trim);
    bool ended = writers_finish(&router->writers);
    ev_async_stop(router->loop, &router->news);
    trouble_say_losses(router);
    // A write that hangs may return at any time until we are gone, and needs all of it.
    if (!ended)
        return;
    outlet_close(&router->own);
    history_finish(&router->own_history);
    LIST_EACH (struct tap, tap, &router->taps, link)
        list_remove(&tap->link);
    LIST_EACH (struct sink, sink, &router->sinks.all, link)
        sink_destroy(sink);
    writers_destroy(&router->writers);
    free(router);
}

void router_keep(struct router *router, struct history *history, const struct record *record)
{
    history_add(history, record, ++router->number);
    LIST_EACH (struct tap, tap, &router->taps, link)
        tap->put(tap, record);
}

void router_add_tap(struct router *router, struct tap *tap)
{
    list_append(&router->taps, &tap->link);
}

void router_set_drop_listener(struct router *router, struct drop_listener listener)
{
    router->drop_listener = listener;
}

void router_note_dropped(struct router *router, const char *helper, uint64_t lines,
                         const char *where)
{
    const struct drop_listener *listener = &router->drop_listener;
    if (listener->dropped != NULL)
        listener->dropped(listener->context, helper, lines, where);
}

const char *router_place(const struct router *router, const struct sink *sink)
{
    return sink == router->own.sink ? "log" : sink->name;
}

// Whether the loop has ended and the log still hangs or fails, so that nobody would see our last
// words there.
static bool is_speechless(const struct router *router)
{
    struct sink *sink = router->own.sink;
    return router->draining && ev_depth(router->loop) == 0 &&
           (sink->failing != 0 || sink_is_busy(sink));
}

void router_write_own(void *context, enum level level, const char *text)
{
    struct router *router = context;
    const struct record record = {
        .source = &router->own_source,
        .time = clock_wall(),
        .level = level,
        .text = text,
        .length = strlen(text),
    };
    if (level < router->level)
        return;
    router_keep(router, &router->own_history, &record);
    if (is_speechless(router))
        trouble_say("helperd: %s\n", text);
    struct outlet_count count = outlet_put(&router->own, &record, ON_FULL_DROP);
    router->own_counts.lines += count.lines;
    router->own_counts.bytes += record.length;
    router->own_counts.dropped += count.dropped;
}
