// SPDX-License-Identifier: MIT
#include "output/recall.h"

#include "base/memory.h"
#include "output/history.h"

#include <stdlib.h>

// One of those whose lines are wanted.
struct speaker {
    struct history_reader reader; // before what was not rendered yet
    const struct route *route; // there as long as the reader's history is; NULL: our own messages
    uint64_t rank;             // its place in the heap
};

struct recall {
    struct router *router;
    struct speaker *speakers;
    size_t count;
    struct speaker **heap; // the least rank first
    size_t waiting;        // speakers in it
    bool follows;
    uint64_t end; // number of the last run of this round
    // Of the run with this number only the last so many lines are wanted.
    uint64_t first;
    size_t first_lines;
    struct buffer room; // for a text that wraps
};

static void sift_down(struct recall *recall, size_t at)
{
    struct speaker **heap = recall->heap, *speaker = heap[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < recall->waiting && heap[child + 1]->rank < heap[child]->rank)
            child++;
        if (child >= recall->waiting || speaker->rank <= heap[child]->rank)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = speaker;
}

static void order(struct recall *recall)
{
    for (size_t i = recall->waiting / 2; i > 0; i--)
        sift_down(recall, i - 1);
}

static void remove_first(struct recall *recall)
{
    recall->heap[0] = recall->heap[--recall->waiting];
    if (recall->waiting > 0)
        sift_down(recall, 0);
}

// One run back, ranked so that the latest of all comes first. False: there is none.
static bool step_back(struct speaker *speaker)
{
    if (!history_reader_back(&speaker->reader))
        return false;
    speaker->rank = UINT64_MAX - history_reader_number(&speaker->reader);
    return true;
}

// From the end of all of them back, until there are so many lines.
static void find_start(struct recall *recall, size_t lines)
{
    for (size_t i = 0; i < recall->count; i++) {
        if (step_back(&recall->speakers[i]))
            recall->heap[recall->waiting++] = &recall->speakers[i];
    }
    order(recall);
    while (lines > 0 && recall->waiting > 0) {
        struct speaker *latest = recall->heap[0];
        struct history_run run;
        (void)history_reader_read(&latest->reader, &run, &recall->room);
        const size_t found = record_count_lines(&run.record);
        if (found >= lines) {
            recall->first = run.number;
            recall->first_lines = lines;
        }
        lines -= found < lines ? found : lines;
        if (step_back(latest))
            sift_down(recall, 0);
        else
            remove_first(recall);
    }
    // Those that are left stand before a run that is not wanted.
    for (size_t i = 0; i < recall->waiting; i++)
        history_reader_next(&recall->heap[i]->reader);
}

static uint64_t next_number(const struct recall *recall, const struct speaker *speaker)
{
    uint64_t number = history_reader_number(&speaker->reader);
    return number <= recall->end ? number : 0;
}

// All that is there now, in its order. What comes later is for the next round: it may be of one
// that has nothing now, and would be missing beside the others. False: there is nothing.
static bool begin_round(struct recall *recall)
{
    recall->end = recall->router->number;
    recall->waiting = 0;
    for (size_t i = 0; i < recall->count; i++) {
        struct speaker *speaker = &recall->speakers[i];
        speaker->rank = next_number(recall, speaker);
        if (speaker->rank != 0)
            recall->heap[recall->waiting++] = speaker;
    }
    order(recall);
    return recall->waiting > 0;
}

static void add_speaker(struct recall *recall, struct history *history, const struct route *route)
{
    struct speaker *speaker = &recall->speakers[recall->count++];
    speaker->route = route;
    history_reader_init(&speaker->reader, history);
    if (!recall->follows)
        speaker->reader.until = recall->router->number;
}

struct recall *recall_create(struct router *router, const struct recall_request *request)
{
    const size_t count = request->count + request->own;
    struct recall *recall = memory_new(1, sizeof(*recall));
    recall->router = router;
    recall->follows = request->follows;
    recall->speakers = memory_new(count, sizeof(*recall->speakers));
    recall->heap = memory_new(count, sizeof(struct speaker *));
    for (size_t i = 0; i < request->count; i++)
        add_speaker(recall, &request->routes[i]->history, request->routes[i]);
    if (request->own)
        add_speaker(recall, &router->own_history, NULL);

    if (request->lines != RECALL_ALL)
        find_start(recall, request->lines);
    for (size_t i = 0; i < recall->count && request->lines == RECALL_ALL; i++)
        history_reader_rewind(&recall->speakers[i].reader);
    (void)begin_round(recall);
    return recall;
}

void recall_destroy(struct recall *recall)
{
    if (recall == NULL)
        return;
    for (size_t i = 0; i < recall->count; i++)
        history_reader_finish(&recall->speakers[i].reader);
    buffer_finish(&recall->room);
    free(recall->speakers);
    free(recall->heap);
    free(recall);
}

// The speaker of the oldest run that is wanted and was not read; NULL: there is none.
static struct speaker *find_oldest(struct recall *recall)
{
    while (recall->waiting > 0 || (recall->follows && begin_round(recall))) {
        struct speaker *speaker = recall->heap[0];
        uint64_t number = next_number(recall, speaker);
        if (number == speaker->rank)
            return speaker;
        // What it had there was read, or forgotten.
        speaker->rank = number;
        if (number != 0)
            sift_down(recall, 0);
        else
            remove_first(recall);
    }
    return NULL;
}

// Who said it, as they are called now.
static struct record_source describe_speaker(const struct recall *recall,
                                             const struct speaker *speaker,
                                             const struct history_run *run)
{
    const struct route *route = speaker->route;
    if (route == NULL)
        return recall->router->own_source;
    const char *prefix = route->config->prefix;
    return (struct record_source){
        .helper = route->helper,
        .prefix = prefix != NULL ? prefix : route->helper,
        .kind = run->kind,
        .pid = run->pid,
        .color = route->color,
    };
}

static void render_next(struct recall *recall, struct speaker *speaker, struct record_style *style,
                        struct buffer *out)
{
    struct history_run run;
    (void)history_reader_read(&speaker->reader, &run, &recall->room);
    if (run.number == recall->first) {
        size_t lines = record_count_lines(&run.record);
        if (lines > recall->first_lines)
            record_skip_lines(&run.record, lines - recall->first_lines);
    }
    const struct record_source who = describe_speaker(recall, speaker, &run);
    run.record.source = &who;
    record_render(&run.record, style, out);
    history_reader_next(&speaker->reader);
}

bool recall_read(struct recall *recall, struct record_style *style, struct buffer *out,
                 size_t bytes)
{
    const size_t enough = out->length + bytes;
    struct speaker *speaker;
    while ((speaker = find_oldest(recall)) != NULL) {
        if (out->length >= enough)
            return true;
        render_next(recall, speaker, style, out);
    }
    return false;
}

uint64_t recall_take_missed(struct recall *recall)
{
    uint64_t missed = 0;
    for (size_t i = 0; i < recall->count; i++) {
        missed += recall->speakers[i].reader.missed;
        recall->speakers[i].reader.missed = 0;
    }
    return missed;
}
