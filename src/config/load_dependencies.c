// SPDX-License-Identifier: MIT
// Who is meant by each name in depends_on and in shutdown.exit_with, and whether helpers wait for
// each other in a circle.
#include "config/load.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEPENDENCIES_LIMIT = 4000000, // of all helpers, instances counted
    CYCLE_SHOWN = 20,             // names of one cycle
};

// A dependency between helpers as written.
struct edge {
    size_t target; // index of the written helper, or SIZE_MAX
    struct node *node;
};

// The written helper of a name, with the range of its instances that the name means.
static const struct written_helper *find_helper(const struct loading *loading, const char *name,
                                                size_t *first, size_t *count)
{
    const struct pair *pair = node_pair(loading->names, name);
    const struct written_helper *written = NULL;
    if (pair != NULL) {
        written = &loading->written[pair - loading->names->pairs];
        *first = written->first;
        *count = written->count;
        return written;
    }
    const char *at = strrchr(name, '@');
    int64_t number;
    if (at == NULL || at[1] < '1' || at[1] > '9' || !text_parse_integer(at + 1, &number))
        return NULL;
    memory_auto char *base = memory_copy_bytes(name, (size_t)(at - name));
    pair = node_pair(loading->names, base);
    if (pair != NULL)
        written = &loading->written[pair - loading->names->pairs];
    if (written == NULL || written->count < 2 || number > (int64_t)written->count)
        return NULL;
    *first = written->first + (size_t)number - 1;
    *count = 1;
    return written;
}

static void complain_unknown(const struct loading *loading, const struct reading *reading,
                             const char *setting, const struct wish *wish)
{
    const char *nearest = NULL;
    if (loading->errors->kept < ERRORS_KEPT && !wish->node->faulty) { // else nobody reads it
        const char **names = memory_new(loading->written_count, sizeof(*names));
        for (size_t i = 0; i < loading->written_count; i++)
            names[i] = loading->written[i].name->text;
        nearest = text_nearest(wish->name, names, loading->written_count);
        free(names);
    }
    if (nearest != NULL)
        reading_complain(reading, wish->node,
                         "\"%s\": there is no helper \"%s\" (did you mean \"%s\"?)", setting,
                         wish->name, nearest);
    else
        reading_complain(reading, wish->node, "\"%s\": there is no helper \"%s\"", setting,
                         wish->name);
}

static void add_dependency(struct helper_config *helper, size_t target, enum condition condition)
{
    size_t count = helper->dependency_count;
    if ((count & (count - 1)) == 0) // room at the powers of two
        helper->dependencies =
            memory_resize(helper->dependencies, count * 2 + 1, sizeof(*helper->dependencies));
    helper->dependencies[helper->dependency_count++] =
        (struct dependency){.helper = target, .condition = condition};
}

// Enters one dependency. seen[i] is 1 + the last helper that has helper i as a dependency.
static size_t resolve(struct loading *loading, const struct wish *wish, size_t *seen, size_t *total)
{
    struct helper_config *helper = &loading->config->helpers[wish->helper];
    memory_auto char *object = memory_format("helper \"%s\"", helper->base);
    struct reading reading = loading_read(loading, object, NULL);
    size_t first, count;
    const struct written_helper *target = find_helper(loading, wish->name, &first, &count);
    if (target == NULL) {
        complain_unknown(loading, &reading, "depends_on", wish);
        return SIZE_MAX;
    }
    *total += count;
    if (*total > DEPENDENCIES_LIMIT) {
        reading_complain(&reading, wish->node, "\"depends_on\": more than %d dependencies in all",
                         DEPENDENCIES_LIMIT);
        return SIZE_MAX;
    }
    for (size_t i = first; i < first + count; i++) {
        if (seen[i] == wish->helper + 1) {
            reading_complain(&reading, wish->node, "\"depends_on\": \"%s\" is there twice",
                             loading->config->helpers[i].name);
            continue;
        }
        seen[i] = wish->helper + 1;
        add_dependency(helper, i, wish->condition);
        if (wish->condition == CONDITION_COMPLETED &&
            loading->config->helpers[i].restart == RESTART_ALWAYS)
            reading_complain(&reading, wish->node,
                             "\"depends_on\": \"%s\" never completes, because it has \"restart: "
                             "always\"",
                             wish->name);
    }
    return (size_t)(target - loading->written);
}

// Says "a -> b -> c -> a" for the helpers on the way from start to its end.
static void complain_cycle(struct loading *loading, const size_t *way, size_t length,
                           struct node *node)
{
    struct buffer text = {0};
    for (size_t i = 0; i < length; i++) {
        if (i < CYCLE_SHOWN || i == length - 1)
            buffer_printf(&text, "%s -> ", loading->written[way[i]].name->text);
        else if (i == CYCLE_SHOWN)
            buffer_append_text(&text, "... -> ");
    }
    buffer_append_text(&text, loading->written[way[0]].name->text);
    struct reading reading = loading_read(loading, NULL, NULL);
    reading_complain(&reading, node, "cycle in depends_on: %.*s", (int)text.length, text.data);
    buffer_finish(&text);
}

// Walks the graph depth first without recursion. Edges of written helper i are those from
// starts[i] up to starts[i + 1].
static void find_cycles(struct loading *loading, const struct edge *edges, const size_t *starts)
{
    size_t count = loading->written_count;
    size_t *next = memory_new(count, sizeof(*next));        // the edge to look at
    size_t *way = memory_new(count, sizeof(*way));          // helpers from the root to here
    size_t *place_on_way = memory_new(count, sizeof(*way)); // 1 + where; 0: not on it
    bool *done = memory_new(count, sizeof(*done));
    memcpy(next, starts, count * sizeof(*next));
    for (size_t root = 0; root < count; root++) {
        size_t depth = 0;
        if (done[root])
            continue;
        way[depth++] = root;
        place_on_way[root] = 1;
        while (depth > 0) {
            size_t here = way[depth - 1];
            if (next[here] == starts[here + 1]) {
                done[here] = true;
                place_on_way[here] = 0;
                depth--;
                continue;
            }
            const struct edge *edge = &edges[next[here]++];
            if (edge->target == SIZE_MAX || done[edge->target])
                continue;
            if (place_on_way[edge->target] > 0) {
                size_t start = place_on_way[edge->target] - 1;
                complain_cycle(loading, way + start, depth - start, edge->node);
                continue;
            }
            way[depth++] = edge->target;
            place_on_way[edge->target] = depth;
        }
    }
    free(next);
    free(way);
    free(place_on_way);
    free(done);
}

static void resolve_exit_with(struct loading *loading)
{
    static const char name[] = "shutdown.exit_with";
    const struct wish *wish = &loading->wishes.exit_with;
    if (wish->name == NULL)
        return;
    struct reading reading = loading_read(loading, NULL, NULL);
    size_t first, count;
    if (find_helper(loading, wish->name, &first, &count) == NULL)
        complain_unknown(loading, &reading, name, wish);
    else if (count > 1)
        reading_complain(&reading, wish->node,
                         "\"%s\": \"%s\" has %zu instances; name one of them, like \"%s@1\"", name,
                         wish->name, count, wish->name);
    else
        loading->config->exit_with = (ssize_t)first;
}

void load_dependencies(struct loading *loading)
{
    const struct wishes *wishes = &loading->wishes;
    size_t *seen = memory_new(loading->config->helper_count, sizeof(*seen));
    struct edge *edges = memory_new(wishes->count, sizeof(*edges));
    size_t *starts = memory_new(loading->written_count + 1, sizeof(*starts));
    size_t total = 0, wish = 0;
    for (size_t i = 0; i < loading->written_count; i++) {
        size_t end = loading->written[i].first + loading->written[i].count;
        starts[i] = wish;
        for (; wish < wishes->count && wishes->items[wish].helper < end; wish++) {
            edges[wish].target = resolve(loading, &wishes->items[wish], seen, &total);
            edges[wish].node = wishes->items[wish].node;
        }
    }
    starts[loading->written_count] = wish;
    find_cycles(loading, edges, starts);
    resolve_exit_with(loading);
    free(seen);
    free(edges);
    free(starts);
}
