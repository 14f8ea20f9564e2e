// SPDX-License-Identifier: MIT
#include "base/memory.h"
#include "control/control_inside.h"
#include "control/handlers.h"
#include "control/metrics.h"
#include "supervise/command.h"
#include "supervise/exits.h"
#include "supervise/tally.h"

#include <stdlib.h>
#include <string.h>

static struct metrics_helper *collect_helpers(const struct supervisor *supervisor, size_t *count)
{
    struct helpers all = supervisor_all(supervisor);
    struct metrics_helper *helpers = memory_new(all.count, sizeof(*helpers));
    for (size_t i = 0; i < all.count; i++) {
        const struct helper *helper = all.items[i];
        helper_status(helper, &helpers[i].status);
        helpers[i].log = helper->route.counts;
        helpers[i].exits = helper->exits != NULL ? helper->exits->ever : NULL;
    }
    *count = all.count;
    helpers_finish(&all);
    return helpers;
}

static struct metrics_sink *collect_sinks(const struct router *router, size_t *count)
{
    struct metrics_sink *sinks = NULL;
    *count = 0;
    LIST_EACH (struct sink, sink, &router->sinks.all, link) {
        if (sink->users == 0) // it is only not closed yet
            continue;
        const struct sink_status status = sink_status(sink);
        sinks = memory_resize(sinks, *count + 1, sizeof(*sinks));
        sinks[(*count)++] = (struct metrics_sink){
            .name = status.name,
            .queued = status.queued,
            .limit = status.limit,
            .failing = status.failing != 0,
        };
    }
    return sinks;
}

void handle_metrics(struct control *control, struct request *request)
{
    enum metrics_format format = metrics_format_for(request_header(request, "Accept"));
    const struct totals *totals = supervisor_totals(control->supervisor);
    struct metrics metrics = {
        .delay = &control->delay,
        .starts = totals->starts,
        .restarts = totals->restarts,
        .started = control->started_wall,
        .events = feed_count(control->feed),
        .connections = server_connections(control->server),
    };
    memory_auto struct metrics_helper *helpers =
        collect_helpers(control->supervisor, &metrics.helper_count);
    memory_auto struct metrics_sink *sinks = collect_sinks(control->router, &metrics.sink_count);
    metrics.helpers = helpers;
    metrics.sinks = sinks;
    memcpy(metrics.exits, totals->exits, sizeof(metrics.exits));
    metrics_measure_process(&metrics.process);
    struct buffer text = {0};
    metrics_render(&metrics, format, &text);
    request_answer_text(request, 200, metrics_types[format], &text);
}
