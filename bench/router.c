// SPDX-License-Identifier: MIT
// From lines to where they go: a route, the queue of its sink and the thread that writes it, beside
// rendering and writing in turns; and what a line costs when it comes from one of many helpers.
#include "base/clock.h"
#include "base/fd.h"
#include "base/memory.h"
#include "config/config.h"
#include "measure.h"
#include "numbered.h"
#include "output/route.h"
#include "output/router.h"
#include "workplace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LINE = 100,         // bytes
    RUN = 16 * 1000,    // bytes of lines that come at once
    WRITE = 512 * 1000, // bytes that the plain way writes at once
    TURN = 64,          // lines of different helpers in a turn of the loop
};

// Where lines go and who gives them, for one way.
struct work {
    const struct config *config; // as many helpers
    const char *target;
    size_t bytes;    // to be written, without prefixes
    const char *run; // the text of the lines
    size_t length;   // of what one helper gives at once

    struct ev_loop *loop;
    struct router *router;
    struct route *routes;
    struct record_source *sources;
    int fd;
    struct waiter waiter;
};

static void prepare_plain(void *context)
{
    struct work *work = context;
    workplace_clear_log(work->bytes * 3 / 2);
    work->fd = open(work->target, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (work->fd < 0)
        measure_fail("cannot open %s: %s", work->target, strerror(errno));
}

static void check_plain(void *context)
{
    struct work *work = context;
    fd_close(&work->fd);
}

static void write_out(int fd, struct buffer *out)
{
    measure_write(fd, out->data, out->length);
    out->length = 0;
}

static void run_plain(void *context)
{
    struct work *work = context;
    static const struct record_source source = {.helper = "h0", .prefix = "h0"};
    struct record_style style;
    struct buffer out = {0};
    record_style_init(&style, FORMAT_TEXT, LOG_TIME_UTC, false, false, 0);
    for (size_t done = 0; done < work->bytes; done += work->length) {
        const struct record record = {.source = &source,
                                      .time = clock_wall(),
                                      .level = LEVEL_INFO,
                                      .text = work->run,
                                      .length = work->length};
        record_render(&record, &style, &out);
        if (out.length >= WRITE)
            write_out(work->fd, &out);
    }
    write_out(work->fd, &out);
    buffer_finish(&out);
}

static void on_room(struct waiter *waiter)
{
    (void)waiter; // it is in no list any more, which is what put looks at
}

static void prepare_routes(void *context)
{
    struct work *work = context;
    const struct config *config = work->config;
    prepare_plain(work);
    struct record_style style;
    record_style_init(&style, FORMAT_TEXT, LOG_TIME_UTC, false, false, 0);
    const struct log_target target = {.fd = work->fd, .name = work->target, .file = {.fd = -1}};
    work->loop = ev_loop_new(EVFLAG_NOENV);
    work->router = router_create(work->loop, &target, &style, &config->log);
    work->routes = memory_new(config->helper_count, sizeof(*work->routes));
    work->sources = memory_new(config->helper_count, sizeof(*work->sources));
    for (size_t i = 0; i < config->helper_count; i++) {
        const struct helper_config *helper = &config->helpers[i];
        route_init(&work->routes[i], work->router, helper->name, 0, &helper->log);
        work->sources[i] = (struct record_source){.helper = helper->name, .prefix = helper->name};
        // Each has its latest lines already, as it has most of its life.
        const struct record record = {
            .source = &work->sources[i], .text = work->run, .length = RUN};
        router_keep(work->router, &work->routes[i].history, &record);
    }
    work->waiter.wake = on_room;
    list_init(&work->waiter.link);
}

static void check_routes(void *context)
{
    struct work *work = context;
    for (size_t i = 0; i < work->config->helper_count; i++)
        route_finish(&work->routes[i]);
    router_destroy(work->router);
    ev_loop_destroy(work->loop);
    free(work->routes);
    free(work->sources);
    check_plain(work);
}

static void put(struct work *work, size_t helper, int64_t now)
{
    struct route *route = &work->routes[helper];
    const struct record record = {.source = &work->sources[helper],
                                  .time = now,
                                  .level = LEVEL_INFO,
                                  .text = work->run,
                                  .length = work->length};
    while (!route_has_room(route, STREAM_STDOUT, &work->waiter)) {
        while (!list_is_empty(&work->waiter.link))
            ev_run(work->loop, EVRUN_ONCE);
    }
    route_put(route, &record);
}

static void on_drained(void *context)
{
    struct work *work = context;
    ev_break(work->loop, EVBREAK_ALL);
}

// Each helper gives what it has in its turn, until all bytes are put; then waits for the writer.
static void run_routes(void *context)
{
    struct work *work = context;
    size_t helpers = work->config->helper_count, puts = work->bytes / work->length;
    for (size_t i = 0; i < puts; i += TURN) {
        int64_t now = clock_wall();
        for (size_t j = i; j < i + TURN && j < puts; j++)
            put(work, j % helpers, now);
        ev_run(work->loop, EVRUN_NOWAIT);
    }
    router_drain(work->router, on_drained, work);
    ev_run(work->loop, 0);
}

static void measure_target(const struct measure *measure, const char *target, const char *title,
                           const char *run)
{
    struct config *config = workplace_load_helpers("", 1, "\"true\"");
    struct work work = {.config = config, .target = target, .run = run, .length = RUN};
    work.bytes = measure_amount(measure, 400, 1) * 1000000;
    const struct way ways[] = {
        {"render, write", run_plain, prepare_plain, check_plain, &work},
        {"a route, a sink, its writer", run_routes, prepare_routes, check_routes, &work},
    };
    measure_ways(measure, title, UNIT_MEGABYTES, (double)work.bytes / 1e6, ways, LENGTH(ways));
    config_release(config);
}

static void measure_helpers(const struct measure *measure, const char *run)
{
    static const size_t counts[] = {1, 8, 100, 10000};
    struct work works[LENGTH(counts)];
    struct way ways[LENGTH(counts)];
    struct buffer names[LENGTH(counts)] = {0};
    size_t lines = measure_amount(measure, 2000000, 1000);
    for (size_t i = 0; i < LENGTH(counts); i++) {
        works[i] = (struct work){.config = workplace_load_helpers("", counts[i], "\"true\""),
                                 .target = "/dev/null",
                                 .run = run,
                                 .length = LINE,
                                 .bytes = lines * LINE};
        buffer_printf(&names[i], "%zu %s%c", counts[i], counts[i] == 1 ? "helper" : "helpers",
                      '\0');
        ways[i] = (struct way){names[i].data, run_routes, prepare_routes, check_routes, &works[i]};
    }
    measure_ways(measure, "a line of each in turn, into /dev/null", UNIT_EACH, (double)lines, ways,
                 LENGTH(ways));
    for (size_t i = 0; i < LENGTH(counts); i++) {
        config_release((struct config *)works[i].config);
        buffer_finish(&names[i]);
    }
}

int main(int argc, char *argv[])
{
    struct measure measure = measure_begin("router", argc, argv);
    struct numbered lines;
    char run[RUN];
    workplace_enter();
    numbered_init(&lines, LINE, false);
    numbered_fill(&lines, run, sizeof(run));
    numbered_finish(&lines);
    measure_target(&measure, WORKPLACE_LOG, "lines of 100 bytes, into a file", run);
    measure_target(&measure, "/dev/null", "lines of 100 bytes, into /dev/null", run);
    measure_helpers(&measure, run);
    return EXIT_SUCCESS;
}
