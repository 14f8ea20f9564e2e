// SPDX-License-Identifier: MIT
// status: all helpers as a table, one as all that is known of it; and their names for completion.
#include "client/commands.h"

#include "base/clock.h"
#include "base/memory.h"
#include "client/detail.h"
#include "client/moment.h"
#include "client/place.h"
#include "client/session.h"
#include "client/table.h"

#include <stdlib.h>
#include <string.h>

// A summary helps where the table is longer than a glance.
enum { SUMMARY_FROM = 5 };

// How long a shell may wait for the names of helpers, in seconds.
static const double names_limit = 0.3;

static const struct column status_columns[] = {
    {.title = "NAME", .least = 12},
    {.title = "STATE"},
    {.title = "SINCE", .spare = 3},
    {.title = "PID", .right = true, .spare = 2},
    {.title = "RESTARTS", .right = true, .spare = 4},
    {.title = "READY", .spare = 7},
    {.title = "CPU", .right = true, .spare = 6},
    {.title = "MEMORY", .right = true, .spare = 5},
    {.title = "REASON", .least = 16, .spare = 1},
};

static bool is_up(const json_t *helper)
{
    const char *state = member_text(helper, "state");
    return strcmp(state, "running") == 0 || strcmp(state, "completed") == 0;
}

static void add_number(struct table *table, const json_t *helper, const char *key)
{
    struct buffer text = {0};
    double number = member_number(helper, key, -1);
    if (number >= 0)
        buffer_printf(&text, "%.0f", number);
    table_add_buffer(table, &text, NULL);
}

static void add_since(struct table *table, const json_t *helper, double now)
{
    struct buffer text = {0};
    double since;
    if (moment_parse(member_text(helper, "since"), &since))
        show_age(&text, now - since);
    table_add_buffer(table, &text, NULL);
}

// Why it is so; of one that runs, how its last run ended.
static void add_reason(struct table *table, const json_t *helper)
{
    const json_t *exit = json_object_get(helper, "last_exit");
    struct buffer text = {0};
    bool runs = strcmp(member_text(helper, "state"), "running") == 0;
    if (runs && json_is_object(exit))
        buffer_printf(&text, "before: %s", member_text(exit, "reason"));
    else if (!runs)
        detail_write_reason(&text, helper);
    table_add_buffer(table, &text, is_up(helper) ? color_dim : NULL);
}

static void add_helper(struct table *table, const json_t *helper, double now)
{
    struct buffer text = {0};
    const char *state = member_text(helper, "state");
    table_add(table, member_text(helper, "name"), NULL);
    table_add(table, state, state_color(state));
    add_since(table, helper, now);
    add_number(table, helper, "pid");
    add_number(table, helper, "restarts");
    table_add(table, member_is_true(helper, "ready") ? "yes" : "no", NULL);
    double cpu = member_number(helper, "cpu", -1), memory = member_number(helper, "memory", -1);
    if (cpu >= 0)
        show_age(&text, cpu);
    table_add_buffer(table, &text, NULL);
    if (memory >= 0)
        show_size(&text, memory);
    table_add_buffer(table, &text, NULL);
    add_reason(table, helper);
}

// "12 running, 1 backoff" in the order of the states, in as many lines as it takes.
static void write_summary(struct buffer *out, const struct screen *screen, const json_t *helpers)
{
    size_t line = 0; // cells of it that are written
    for (size_t i = 0; goal_words[i] != NULL; i++) {
        size_t index, count = 0;
        const json_t *helper;
        json_array_foreach (helpers, index, helper)
            count += strcmp(member_text(helper, "state"), goal_words[i]) == 0;
        if (count == 0)
            continue;
        memory_auto char *part = memory_format("%zu %s", count, goal_words[i]);
        bool fits = line + strlen(", ,") + strlen(part) <= screen->width;
        if (line > 0)
            buffer_append_text(out, fits ? ", " : ",\n");
        line = line > 0 && fits ? line + strlen(", ") : 0;
        buffer_append_text(out, part);
        line += strlen(part);
    }
    buffer_append_char(out, '\n');
}

static void print_table(const struct session *session, const json_t *helpers)
{
    struct table table = {.columns = status_columns, .column_count = LENGTH(status_columns)};
    struct buffer out = {0};
    double now = (double)clock_wall() / 1e6;
    size_t index;
    const json_t *helper;
    json_array_foreach (helpers, index, helper)
        add_helper(&table, helper, now);
    table_write(&table, &session->screen, &out);
    if (session->screen.is_terminal && json_array_size(helpers) >= SUMMARY_FROM) {
        buffer_append_char(&out, '\n');
        write_summary(&out, &session->screen, helpers);
    }
    show_write(&out);
    table_finish(&table);
    buffer_finish(&out);
}

// All that is known of one. False: it was not answered.
static bool print_detail(struct session *session, const char *name)
{
    memory_auto char *escaped = http_escape(name);
    memory_auto char *path = memory_format("/v1/helpers/%s", escaped);
    struct http_reply reply;
    bool good = session_get(session, path, &reply);
    if (good) {
        struct buffer out = {0};
        detail_write(&out, &session->screen, reply.body, (double)clock_wall() / 1e6);
        show_write(&out);
        buffer_finish(&out);
    }
    http_reply_finish(&reply);
    return good;
}

static int print_status(struct session *session, const struct http_reply *reply)
{
    const json_t *helpers = json_object_get(reply->body, "helpers");
    const json_t *first = json_array_get(helpers, 0), *helper;
    if (session_is_json(session))
        session_print_json(session, reply);
    else if (session->arguments.count != 1 || json_array_size(helpers) != 1)
        print_table(session, helpers);
    else if (!print_detail(session, member_text(first, "name")))
        return EXIT_REFUSED;
    size_t index;
    json_array_foreach (helpers, index, helper) {
        if (!is_up(helper))
            return EXIT_SOME_NOT_UP;
    }
    return 0;
}

int command_status(struct session *session)
{
    const struct arguments *arguments = &session->arguments;
    memory_auto char *path =
        session_query("/v1/helpers", "name", arguments->words, arguments->count);
    struct http_reply reply;
    int status = EXIT_REFUSED;
    if (session_get(session, path, &reply))
        status = print_status(session, &reply);
    else if (strcmp(http_reply_code(&reply), "unknown_helper") == 0)
        status = EXIT_UNKNOWN_HELPER;
    http_reply_finish(&reply);
    return status;
}

int command_names(struct session *session)
{
    struct place place;
    char *problem;
    if (!place_find(&place, session->arguments.socket, &problem)) {
        free(problem);
        place_finish(&place);
        return EXIT_REFUSED;
    }
    session->http = http_open_at(&place);
    http_limit(session->http, names_limit);
    struct http_reply reply = http_get(session->http, "/v1/helpers");
    struct buffer out = {0};
    size_t index;
    const json_t *helper;
    json_array_foreach (json_object_get(reply.body, "helpers"), index, helper) {
        show_text(&out, member_text(helper, "name"));
        buffer_append_char(&out, '\t');
        show_text(&out, member_text(helper, "state"));
        buffer_append_char(&out, '\n');
    }
    show_write(&out);
    buffer_finish(&out);
    http_reply_finish(&reply);
    return 0;
}
