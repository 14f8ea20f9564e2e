// SPDX-License-Identifier: MIT
#include "output/route.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

// The outlet that leads to the file of a stream, if it has one.
static int file_of(enum stream_kind kind)
{
    return kind == STREAM_STDERR ? ROUTE_STDERR : ROUTE_STDOUT;
}

static struct outlet *outlet_of(struct route *route, enum stream_kind kind)
{
    struct outlet *outlet = &route->outlets[file_of(kind)];
    return outlet->sink != NULL ? outlet : &route->outlets[ROUTE_LOG];
}

// Whether what is written there acts on a terminal.
static bool is_terminal(const char *path)
{
    struct stat file; // nowhere else, since to look may hang where a file system does
    return path != NULL && strncmp(path, "/dev/", 5) == 0 && stat(path, &file) == 0 &&
           S_ISCHR(file.st_mode);
}

static void open_outlet(struct route *route, struct outlet *outlet, const char *path)
{
    struct sink *sink = path != NULL ? sinks_path(&route->router->sinks, path) : NULL;
    if (sink != NULL)
        sink_set_rotation(sink, route->config->max_size, (unsigned)route->config->max_files);
    if (sink == outlet->sink)
        return;
    (void)route_tell_dropped(route);
    outlet_close(outlet);
    if (sink != NULL)
        outlet_open(outlet, sink, &route->file_style, router_reserve(route->router));
}

void route_configure(struct route *route, const char *helper,
                     const struct helper_log_config *config)
{
    const struct record_style *log = &route->router->style;
    route->helper = helper;
    route->config = config;
    bool terminal = is_terminal(config->file) || is_terminal(config->stdout_file) ||
                    is_terminal(config->stderr_file);
    record_style_init(&route->file_style,
                      config->file_format == FORMAT_AUTO ? FORMAT_TEXT : config->file_format,
                      log->time, terminal, false, log->pad);
    open_outlet(route, &route->outlets[ROUTE_STDOUT], config->stdout_file);
    open_outlet(route, &route->outlets[ROUTE_STDERR], config->stderr_file);
    open_outlet(route, &route->outlets[ROUTE_FILE], config->file);
    history_set_limit(&route->history, config->history);
}

void route_init(struct route *route, struct router *router, const char *helper, unsigned color,
                const struct helper_log_config *config)
{
    *route = (struct route){.router = router, .color = color};
    history_init(&route->history, 0);
    list_append(&router->routes, &route->link);
    list_init(&route->owing_link);
    route_follow_log(route);
    route_configure(route, helper, config);
}

void route_follow_log(struct route *route)
{
    struct router *router = route->router;
    struct outlet *log = &route->outlets[ROUTE_LOG];
    // Of files, too: their helper may be stopping, or leaving, and get no other settings any more.
    for (int i = 0; i < ROUTE_OUTLETS; i++)
        route->outlets[i].reserve = router_reserve(router);
    if (log->sink == router->own.sink)
        return;
    (void)route_tell_dropped(route);
    outlet_close(log);
    outlet_open(log, router->own.sink, &router->style, router_reserve(router));
}

void route_finish(struct route *route)
{
    if (route->router == NULL)
        return;
    (void)route_tell_dropped(route);
    route->outlets[ROUTE_LOG].dropped += route->over_rate; // if untold it is counted at the end
    list_remove(&route->link);
    list_remove(&route->owing_link);
    for (int i = 0; i < ROUTE_OUTLETS; i++)
        outlet_close(&route->outlets[i]);
    history_finish(&route->history);
}

static void owe(struct route *route)
{
    if (list_is_empty(&route->owing_link))
        list_append(&route->router->owing, &route->owing_link);
    router_look_again(route->router);
}

bool route_admits_line(struct route *route)
{
    uint64_t per_second = route->config->rate_limit;
    if (per_second == 0 || rate_limit_take(&route->rate, per_second, clock_monotonic()))
        return true;
    route->over_rate++;
    route->counts.dropped++;
    route->router->counts.dropped++;
    owe(route);
    return false;
}

static void put(struct route *route, struct outlet *outlet, const struct record *record,
                struct outlet_count *count)
{
    struct outlet_count here = outlet_put(outlet, record, route->router->on_full);
    if (outlet->dropped > 0)
        owe(route);
    count->lines = here.lines;
    count->dropped += here.dropped;
}

static void count_in(struct log_counts *counts, const struct record *record,
                     const struct outlet_count *count)
{
    counts->lines += count->lines - record->continued; // that line was counted by its start
    counts->bytes += record->length;
    counts->dropped += count->dropped;
}

void route_put(struct route *route, const struct record *record)
{
    struct router *router = route->router;
    struct outlet_count count = {0};
    router_keep(router, &route->history, record);
    struct outlet *outlet = outlet_of(route, record->source->kind);
    if (outlet != &route->outlets[ROUTE_LOG] || record->level >= router->level)
        put(route, outlet, record, &count);
    struct outlet *file = &route->outlets[ROUTE_FILE];
    if (file->sink != NULL)
        put(route, file, record, &count);
    if (count.lines == 0) // nobody has looked at them
        count.lines = record_count_lines(record);
    count_in(&route->counts, record, &count);
    count_in(&router->counts, record, &count);
}

// Lines of a stream go to these, of which either may lead nowhere.
struct ways {
    struct outlet *outlets[2];
};

static struct ways ways_of(struct route *route, enum stream_kind kind)
{
    return (struct ways){{outlet_of(route, kind), &route->outlets[ROUTE_FILE]}};
}

// Waits at the one that is in the way. Whoever waits at the other one may go on instead, if anybody
// may: else two could pass it to each other for ever.
static void await(struct ways ways, int in_the_way, struct waiter *waiter)
{
    struct sink *other = ways.outlets[1 - in_the_way]->sink;
    sink_wait(ways.outlets[in_the_way]->sink, waiter);
    if (other != NULL && sink_keeps_up(other))
        sink_wake_next(other);
}

bool route_has_room(struct route *route, enum stream_kind kind, struct waiter *waiter)
{
    const struct ways ways = ways_of(route, kind);
    for (int i = 0; i < 2; i++) {
        if (outlet_is_full(ways.outlets[i], route->router->on_full)) {
            await(ways, i, waiter);
            return false;
        }
    }
    return true;
}

size_t route_demand(struct route *route, enum stream_kind kind, struct waiter *waiter)
{
    const struct ways ways = ways_of(route, kind);
    size_t least = SIZE_MAX;
    for (int i = 0; i < 2; i++) {
        size_t bytes = outlet_demand(ways.outlets[i], route->router->on_full);
        if (bytes == 0) {
            await(ways, i, waiter);
            return 0;
        }
        least = bytes < least ? bytes : least;
    }
    return least;
}

void route_pass_on(struct route *route, enum stream_kind kind)
{
    const struct ways ways = ways_of(route, kind);
    for (int i = 0; i < 2; i++) {
        if (ways.outlets[i]->sink != NULL)
            sink_wake_next(ways.outlets[i]->sink);
    }
}

bool route_is_logged(const struct route *route, enum stream_kind kind)
{
    return route->outlets[file_of(kind)].sink == NULL;
}

static const char *lines(uint64_t count)
{
    return count == 1 ? "line" : "lines";
}

static void tell_outlet(const struct route *route, struct outlet *outlet)
{
    const uint64_t dropped = outlet->dropped;
    if (dropped == 0 || !sink_has_room(outlet->sink, outlet))
        return;
    if (outlet == &route->outlets[ROUTE_LOG])
        log_warning("%s: %" PRIu64 " %s dropped", route->helper, dropped, lines(dropped));
    else
        log_warning("%s: %" PRIu64 " %s dropped (%s does not keep up)", route->helper, dropped,
                    lines(dropped), outlet->sink->name);
    outlet->dropped = 0;
    router_note_dropped(route->router, route->helper, dropped,
                        router_place(route->router, outlet->sink));
}

static void tell_over_rate(struct route *route)
{
    const uint64_t dropped = route->over_rate;
    log_warning("%s: %" PRIu64 " %s dropped (more than %" PRIu64 " a second)", route->helper,
                dropped, lines(dropped), route->config->rate_limit);
    route->over_rate = 0;
    router_note_dropped(route->router, route->helper, dropped, "rate limit");
}

bool route_tell_dropped(struct route *route)
{
    struct outlet *own = &route->router->own;
    bool all = true;
    if (!router_shows_warnings(route->router)) // it counts at the end
        return true;
    for (int i = 0; i < ROUTE_OUTLETS && sink_has_room(own->sink, own); i++)
        tell_outlet(route, &route->outlets[i]);
    for (int i = 0; i < ROUTE_OUTLETS; i++)
        all = all && route->outlets[i].dropped == 0;
    if (route->over_rate > 0 && sink_has_room(own->sink, own))
        tell_over_rate(route);
    return all && route->over_rate == 0;
}
