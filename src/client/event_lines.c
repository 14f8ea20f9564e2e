// SPDX-License-Identifier: MIT
#include "client/event_lines.h"

#include "base/memory.h"
#include "base/quantity.h"
#include "client/moment.h"
#include "client/session.h"

#include <string.h>

// The kinds of change of a report.
static const struct change {
    const char *key, *done, *would;
} changes[] = {
    {"added", "added", "would be added"},
    {"removed", "removed", "would be removed"},
    {"restarted", "restarted", "would be restarted"},
    {"changed", "changed in place", "would be changed in place"},
};

// "web, api and 3 more"
static void write_names(struct buffer *out, const json_t *change)
{
    const json_t *names = json_object_get(change, "names"), *name;
    double more = member_number(change, "count", 0) - (double)json_array_size(names);
    size_t index;
    json_array_foreach (names, index, name) {
        buffer_append_text(out, index > 0 ? ", " : "");
        show_text(out, json_is_string(name) ? json_string_value(name) : "?");
    }
    if (more > 0)
        buffer_printf(out, " and %.0f more", more);
}

void event_lines_write_report(struct buffer *out, const json_t *report, bool dry)
{
    double same = member_number(report, "same", 0);
    bool any = false;
    for (size_t i = 0; i < LENGTH(changes); i++) {
        const json_t *change = json_object_get(report, changes[i].key);
        if (member_number(change, "count", 0) <= 0)
            continue;
        any = true;
        buffer_printf(out, "%s: ", dry ? changes[i].would : changes[i].done);
        write_names(out, change);
        buffer_append_char(out, '\n');
    }
    if (any)
        buffer_printf(out, "the same: %.0f\n", same);
    else
        buffer_printf(out, "nothing %s changed\n", dry ? "would be" : "has");
}

// "1 added (web), 3 the same", for one line.
static void write_short_report(struct buffer *out, const json_t *report)
{
    for (size_t i = 0; i < LENGTH(changes); i++) {
        const json_t *change = json_object_get(report, changes[i].key);
        if (member_number(change, "count", 0) <= 0)
            continue;
        buffer_printf(out, "%.0f %s (", member_number(change, "count", 0), changes[i].done);
        write_names(out, change);
        buffer_append_text(out, "), ");
    }
    buffer_printf(out, "%.0f the same\n", member_number(report, "same", 0));
}

static void write_state(struct buffer *out, const struct screen *screen, const json_t *data)
{
    const char *state = member_text(data, "to"), *color = state_color(state);
    double pid = member_number(data, "pid", 0);
    if (color != NULL)
        show_color(out, screen, color);
    show_text(out, state);
    if (color != NULL)
        show_color(out, screen, NULL);
    buffer_append_text(out, " (was ");
    show_text(out, member_text(data, "from"));
    if (pid > 0)
        buffer_printf(out, ", pid %.0f", pid);
    buffer_append_text(out, ")");
    const char *reason = member_text(data, "reason");
    buffer_append_text(out, reason[0] != '\0' ? ": " : "");
    show_text(out, reason);
    buffer_append_char(out, '\n');
}

static void write_ready(struct buffer *out, const struct screen *screen, const json_t *data)
{
    double after = member_number(data, "after", -1);
    show_color(out, screen, color_good);
    buffer_append_text(out, "ready");
    show_color(out, screen, NULL);
    if (after > 0) { // else it was ready as soon as it ran
        buffer_append_text(out, " after ");
        text_describe_duration(out, after);
    }
    buffer_append_char(out, '\n');
}

static void write_drops(struct buffer *out, const struct screen *screen, const json_t *data)
{
    show_color(out, screen, color_busy);
    double lines = member_number(data, "lines", 0);
    buffer_printf(out, "%.0f %s dropped", lines, lines == 1 ? "line" : "lines");
    show_color(out, screen, NULL);
    buffer_append_text(out, " from ");
    show_text(out, member_text(data, "where"));
    buffer_append_char(out, '\n');
}

static void write_reload(struct buffer *out, const struct screen *screen, const json_t *data)
{
    const json_t *errors = json_object_get(data, "errors"), *line;
    size_t index;
    buffer_append_text(out, "reload: ");
    if (member_is_true(data, "good")) {
        write_short_report(out, json_object_get(data, "report"));
        return;
    }
    show_color(out, screen, color_bad);
    buffer_append_text(out, "refused");
    show_color(out, screen, NULL);
    buffer_append_char(out, '\n');
    json_array_foreach (errors, index, line) {
        buffer_append_text(out, "  ");
        show_text(out, json_is_string(line) ? json_string_value(line) : "");
        buffer_append_char(out, '\n');
    }
}

static void write_shutdown(struct buffer *out, const struct screen *screen, const json_t *data)
{
    (void)screen;
    buffer_append_text(out, "shutdown: ");
    show_text(out, member_text(data, "reason"));
    buffer_append_char(out, '\n');
}

static void write_lost(struct buffer *out, const struct screen *screen, const json_t *data)
{
    show_color(out, screen, color_busy);
    buffer_printf(out, "events %.0f to %.0f are lost", member_number(data, "from", 0),
                  member_number(data, "to", 0));
    show_color(out, screen, NULL);
    buffer_append_char(out, '\n');
}

static const struct kind {
    const char *name;
    void (*write)(struct buffer *out, const struct screen *screen, const json_t *data);
} kinds[] = {
    {"state", write_state},   {"ready", write_ready},       {"drops", write_drops},
    {"reload", write_reload}, {"shutdown", write_shutdown}, {"lost", write_lost},
};

void event_lines_write(struct buffer *out, const struct screen *screen, const char *kind,
                       const char *data, double now)
{
    json_t *object = json_loads(data, 0, NULL);
    const char *helper = member_text(object, "helper");
    double time = now;
    (void)moment_parse(member_text(object, "time"), &time);
    moment_show(out, time, now);
    buffer_append_char(out, ' ');
    show_color(out, screen, color_strong);
    show_text(out, helper[0] != '\0' ? helper : "helperd");
    show_color(out, screen, NULL);
    buffer_append_text(out, ": ");
    const struct kind *row = NULL;
    for (size_t i = 0; i < LENGTH(kinds) && row == NULL; i++) {
        if (strcmp(kinds[i].name, kind) == 0)
            row = &kinds[i];
    }
    if (row != NULL) {
        row->write(out, screen, object);
    } else { // of a helperd that is newer than we are
        show_text(out, kind);
        buffer_append_char(out, ' ');
        show_text(out, data);
        buffer_append_char(out, '\n');
    }
    json_decref(object);
}
