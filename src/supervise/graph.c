// SPDX-License-Identifier: MIT
#include "supervise/graph.h"

#include "base/memory.h"

#include <stdlib.h>

const char *const condition_names[] = {
    [CONDITION_STARTED] = "started",
    [CONDITION_READY] = "ready",
    [CONDITION_COMPLETED] = "completed",
};

void graph_init(struct graph *graph, const struct config *config)
{
    size_t count = config->helper_count;
    graph->first = memory_new(count + 1, sizeof(size_t));
    for (size_t i = 0; i < count; i++) {
        const struct helper_config *helper = &config->helpers[i];
        for (size_t d = 0; d < helper->dependency_count; d++)
            graph->first[helper->dependencies[d].helper + 1]++;
    }
    for (size_t i = 0; i < count; i++)
        graph->first[i + 1] += graph->first[i];

    graph->dependents = memory_new(graph->first[count], sizeof(size_t));
    size_t *filled = memory_new(count, sizeof(size_t));
    for (size_t i = 0; i < count; i++) {
        const struct helper_config *helper = &config->helpers[i];
        for (size_t d = 0; d < helper->dependency_count; d++) {
            size_t on = helper->dependencies[d].helper;
            graph->dependents[graph->first[on] + filled[on]++] = i;
        }
    }
    free(filled);
}

void graph_finish(struct graph *graph)
{
    free(graph->dependents);
    free(graph->first);
    *graph = (struct graph){0};
}

struct dependents graph_dependents(const struct graph *graph, size_t helper)
{
    return (struct dependents){
        .helpers = graph->dependents + graph->first[helper],
        .count = graph->first[helper + 1] - graph->first[helper],
    };
}

bool condition_is_met(enum condition condition, enum helper_type type, enum state state)
{
    switch (condition) {
    case CONDITION_STARTED:
        return state == STATE_STARTING || state == STATE_RUNNING || state == STATE_COMPLETED;
    case CONDITION_READY:
        return state == (type == TYPE_ONESHOT ? STATE_COMPLETED : STATE_RUNNING);
    case CONDITION_COMPLETED:
        return state == STATE_COMPLETED;
    }
    return false;
}

bool condition_is_hopeless(enum condition condition, enum helper_type type, enum state state)
{
    bool at_rest = state == STATE_STOPPED || state == STATE_COMPLETED || state == STATE_FAILED;
    return at_rest && !condition_is_met(condition, type, state);
}
