// SPDX-License-Identifier: MIT
#include "client/top_feed.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// In seconds.
static const double table_limit = 5;
static const double action_limit = 10;
static const double retry_delay = 1;
static const double log_delay = 0.15; // a key that is held down passes many helpers
static const double log_pause = 0.05; // a flood is read in steps, so that it costs little

enum {
    LOG_BURST = 16, // pieces in one step
    LOG_LINES_AT_START = 1000,
};

void top_feed_init(struct top_feed *feed, struct http *http, double interval)
{
    *feed =
        (struct top_feed){.http = http, .interval = interval, .next = clock_monotonic() + interval};
}

static void set_text(char **text, char *owned)
{
    free(*text);
    *text = owned;
}

static void end_log(struct top_feed *feed)
{
    http_stream_end(feed->log_stream);
    feed->log_stream = NULL;
}

void top_feed_finish(struct top_feed *feed)
{
    top_request_end(&feed->table);
    top_request_end(&feed->action);
    end_log(feed);
    top_log_finish(&feed->log);
    free(feed->log_name);
    free(feed->action_name);
    free(feed->lost);
    free(feed->said);
    *feed = (struct top_feed){0};
}

void top_feed_follow(struct top_feed *feed, const char *name, double now)
{
    const char *before = feed->log_name;
    if (name == before || (name != NULL && before != NULL && strcmp(name, before) == 0))
        return;
    end_log(feed);
    top_log_clear(&feed->log);
    set_text(&feed->log_name, memory_copy(name));
    feed->log_due = now + log_delay;
}

bool top_feed_act(struct top_feed *feed, const char *verb, const char *name, double now)
{
    if (feed->action.stream != NULL)
        return false;
    set_text(&feed->action_name, memory_copy(name));
    memory_auto char *escaped = http_escape(name);
    memory_auto char *path = memory_format("/v1/helpers/%s/%s", escaped, verb);
    top_request_post(&feed->action, feed->http, path, now, action_limit);
    return true;
}

static bool take_log(void *context, const char *bytes, size_t length)
{
    struct top_feed *feed = context;
    top_log_take(&feed->log, bytes, length);
    feed->log_time = clock_monotonic();
    feed->log_pieces++;
    return true;
}

static void begin_log(struct top_feed *feed)
{
    memory_auto char *escaped = http_escape(feed->log_name);
    memory_auto char *path = memory_format("/v1/helpers/%s/logs?lines=%d&follow=1&format=json",
                                           escaped, LOG_LINES_AT_START);
    top_log_clear(&feed->log); // what is kept comes again
    feed->log_stream = http_stream_begin(feed->http, path, NULL, take_log, feed);
}

static bool step_log(struct top_feed *feed, double now)
{
    size_t before = feed->log_pieces;
    if (feed->log_name == NULL)
        return false;
    if (feed->log_stream == NULL && feed->lost == NULL && now >= feed->log_due)
        begin_log(feed);
    for (size_t i = 0; i < LOG_BURST && feed->log_stream != NULL; i++) {
        const char *error;
        size_t pieces = feed->log_pieces;
        if (!http_stream_step(feed->log_stream, &error)) {
            end_log(feed);
            feed->log_due = now + retry_delay;
            feed->next = fmin(feed->next, now); // helperd may be gone, or the helper
        } else if (feed->log_pieces == pieces) {
            break;
        }
    }
    return feed->log_pieces != before;
}

static bool step_table(struct top_feed *feed, struct top_model *model, double now)
{
    json_t *answer;
    char *why;
    switch (top_request_step(&feed->table, now, &answer, &why)) {
    case TOP_IDLE:
        if (now < feed->next)
            return false;
        top_request_get(&feed->table, feed->http, "/v1/helpers", now, table_limit);
        feed->next = now + feed->interval;
        return false;
    case TOP_PENDING:
        return false;
    case TOP_ANSWERED:
        if (!top_model_take(model, answer, now, (double)clock_wall() / 1e6))
            why = memory_copy("its answer is no table of helpers");
        json_decref(answer);
        break;
    case TOP_REFUSED:
        break;
    }
    if (why != NULL)
        feed->next = now + fmin(feed->interval, retry_delay);
    set_text(&feed->lost, why);
    return true;
}

// What an action has come to: the states of the helpers that it was for.
static char *describe_answer(const struct top_feed *feed, const json_t *answer)
{
    const json_t *helpers = json_object_get(answer, "helpers");
    const json_t *first = json_array_get(helpers, 0);
    const char *state = json_string_value(json_object_get(first, "state"));
    return memory_format("%s: %s", feed->action_name, state != NULL ? state : "done");
}

static bool step_action(struct top_feed *feed, double now)
{
    json_t *answer;
    char *why;
    switch (top_request_step(&feed->action, now, &answer, &why)) {
    case TOP_IDLE:
    case TOP_PENDING:
        return false;
    case TOP_ANSWERED:
        set_text(&feed->said, describe_answer(feed, answer));
        json_decref(answer);
        break;
    case TOP_REFUSED:
        set_text(&feed->said, memory_format("%s: %s", feed->action_name, why));
        free(why);
        break;
    }
    feed->next = now;
    return true;
}

bool top_feed_step(struct top_feed *feed, struct top_model *model, double now)
{
    bool changed = step_action(feed, now);
    changed |= step_table(feed, model, now);
    changed |= step_log(feed, now);
    return changed;
}

// When the next thing here is due.
static double next_due(const struct top_feed *feed, double until)
{
    if (feed->table.stream == NULL)
        until = fmin(until, feed->next);
    else
        until = fmin(until, feed->table.begun + feed->table.limit);
    if (feed->action.stream != NULL)
        until = fmin(until, feed->action.begun + feed->action.limit);
    if (feed->log_name != NULL && feed->log_stream == NULL && feed->lost == NULL)
        until = fmin(until, feed->log_due);
    return until;
}

void top_feed_wait(const struct top_feed *feed, int fd, double now, double until)
{
    struct http_stream *streams[3];
    size_t count = 0;
    if (feed->table.stream != NULL)
        streams[count++] = feed->table.stream;
    if (feed->action.stream != NULL)
        streams[count++] = feed->action.stream;
    double due = next_due(feed, until);
    double pause_end = feed->log_time + log_pause;
    if (count == 0 && now < pause_end)
        due = fmin(due, pause_end);
    else if (feed->log_stream != NULL)
        streams[count++] = feed->log_stream;
    http_wait(streams, count, fd, due > now ? (int)ceil((due - now) * 1000) : 0);
}
