// SPDX-License-Identifier: MIT
#include "client/detail.h"

#include "base/memory.h"
#include "base/quantity.h"
#include "client/moment.h"
#include "client/session.h"
#include "client/table.h"

#include <string.h>

void detail_write_reason(struct buffer *out, const json_t *helper)
{
    const char *state = member_text(helper, "state");
    double due = member_number(helper, "next_start", -1);
    double left = member_number(helper, "stop_time_left", -1);
    size_t start = out->length;
    show_text(out, member_text(helper, "reason"));
    bool has_due = strcmp(state, "backoff") == 0 && due >= 0;
    bool has_left = strcmp(state, "stopping") == 0 && left >= 0;
    if (!has_due && !has_left)
        return;
    buffer_append_text(out, out->length > start ? "; " : "");
    buffer_append_text(out, has_due ? "next start in " : "SIGKILL in ");
    text_describe_duration(out, has_due ? due : left);
}

static void write_colored_state(struct buffer *out, const struct screen *screen,
                                const json_t *helper)
{
    const char *state = member_text(helper, "state"), *color = state_color(state);
    if (color != NULL)
        show_color(out, screen, color);
    show_text(out, state);
    if (color != NULL)
        show_color(out, screen, NULL);
}

void detail_write_state(struct buffer *out, const struct screen *screen, const json_t *helper)
{
    double pid = member_number(helper, "pid", 0);
    write_colored_state(out, screen, helper);
    if (pid > 0)
        buffer_printf(out, " (pid %.0f)", pid);
}

// " since 10:00:00 (3 min 20 s)"
static void write_since(struct buffer *out, const json_t *helper, double now)
{
    double since;
    if (!moment_parse(member_text(helper, "since"), &since))
        return;
    buffer_append_text(out, " since ");
    moment_show(out, since, now);
    buffer_append_text(out, " (");
    text_describe_duration(out, now - since);
    buffer_append_char(out, ')');
}

void detail_write_sentence(struct buffer *out, const struct screen *screen, const json_t *helper,
                           double now)
{
    struct buffer reason = {0};
    show_color(out, screen, color_strong);
    show_text(out, member_text(helper, "name"));
    show_color(out, screen, NULL);
    bool names_a_wait = strcmp(member_text(helper, "state"), "backoff") == 0;
    buffer_append_text(out, names_a_wait ? " is in " : " is ");
    detail_write_state(out, screen, helper);
    write_since(out, helper, now);
    detail_write_reason(&reason, helper);
    if (reason.length > 0)
        buffer_append_text(out, ": ");
    buffer_append(out, reason.data, reason.length);
    buffer_append_char(out, '\n');
    buffer_finish(&reason);
}

// "exited with status 3, ran 4.2 s, 120 ms of processor time, at most 8.0 MiB"
static void write_exit(struct buffer *out, const json_t *exit, double now)
{
    double time, ran = member_number(exit, "ran", -1), cpu = member_number(exit, "cpu", -1);
    double memory = member_number(exit, "max_memory", -1);
    buffer_append_text(out, member_text(exit, "reason"));
    if (moment_parse(member_text(exit, "time"), &time)) {
        buffer_append_text(out, ", ");
        text_describe_duration(out, now - time);
        buffer_append_text(out, " ago");
    }
    if (ran >= 0) {
        buffer_append_text(out, ", ran ");
        text_describe_duration(out, ran);
    }
    if (cpu >= 0) {
        buffer_append_text(out, ", cpu ");
        text_describe_duration(out, cpu);
    }
    if (memory >= 0) {
        buffer_append_text(out, ", at most ");
        show_size(out, memory);
    }
}

// A line of the detail, if there is something in it; value is emptied.
static void write_line(struct buffer *out, const struct screen *screen, const char *name,
                       struct buffer *value)
{
    memory_auto char *text = buffer_take(value);
    if (text[0] == '\0')
        return;
    show_color(out, screen, color_dim);
    buffer_printf(out, "  %-12s ", name);
    show_color(out, screen, NULL);
    show_text(out, text);
    buffer_append_char(out, '\n');
}

static void write_text_line(struct buffer *out, const struct screen *screen, const char *name,
                            const json_t *object, const char *key)
{
    struct buffer value = {0};
    buffer_append_text(&value, member_text(object, key));
    write_line(out, screen, name, &value);
}

// An argument as a shell would take it.
static void write_argument(struct buffer *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "%+,-./:=@_";
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        buffer_append_text(out, word);
        return;
    }
    buffer_append_char(out, '\'');
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            buffer_append_text(out, "'\\''");
        else
            buffer_append_char(out, *word);
    }
    buffer_append_char(out, '\'');
}

static void write_command(struct buffer *out, const struct screen *screen, const json_t *helper)
{
    const json_t *command = json_object_get(helper, "command"), *word;
    bool shell = member_is_true(helper, "shell");
    struct buffer value = {0};
    size_t index;
    json_array_foreach (command, index, word) {
        const char *text = json_string_value(word);
        if (text == NULL)
            continue;
        buffer_append_text(&value, index > 0 ? " " : "");
        // What a shell runs is shown as it is written, and not as an argument of that shell.
        if (shell && index + 1 == json_array_size(command))
            buffer_append_text(&value, text);
        else
            write_argument(&value, text);
    }
    write_line(out, screen, "command", &value);
}

static void write_labels(struct buffer *out, const struct screen *screen, const json_t *helper)
{
    struct buffer value = {0};
    const char *name;
    json_t *label;
    json_object_foreach (json_object_get(helper, "labels"), name, label) {
        const char *text = json_string_value(label);
        buffer_printf(&value, "%s%s=%s", value.length > 0 ? " " : "", name,
                      text != NULL ? text : "");
    }
    write_line(out, screen, "labels", &value);
}

static void write_usage(struct buffer *out, const struct screen *screen, const json_t *helper)
{
    struct buffer value = {0};
    double cpu = member_number(helper, "cpu", -1), memory = member_number(helper, "memory", -1);
    if (cpu >= 0)
        text_describe_duration(&value, cpu);
    write_line(out, screen, "cpu", &value);
    if (memory >= 0)
        show_size(&value, memory);
    write_line(out, screen, "memory", &value);
}

// "1 line", "2 lines"
static void write_number(struct buffer *out, double number, const char *thing)
{
    buffer_printf(out, "%.0f %s%s", number, thing, number == 1 ? "" : "s");
}

static void write_counts(struct buffer *out, const struct screen *screen, const json_t *helper)
{
    struct buffer value = {0};
    const json_t *log = json_object_get(helper, "log");
    double starts = member_number(helper, "starts", 0);
    buffer_printf(&value, "%.0f", starts);
    if (starts > 0) {
        buffer_append_text(&value, ", of which ");
        write_number(&value, member_number(helper, "restarts", 0), "restart");
        buffer_printf(&value, "; failures in a row: %.0f", member_number(helper, "failures", 0));
    }
    write_line(out, screen, "starts", &value);
    if (json_is_object(log)) {
        write_number(&value, member_number(log, "lines", 0), "line");
        buffer_append_text(&value, ", ");
        show_size(&value, member_number(log, "bytes", 0));
        if (member_number(log, "dropped", 0) > 0) {
            buffer_append_text(&value, "; ");
            write_number(&value, member_number(log, "dropped", 0), "line");
            buffer_append_text(&value, " dropped");
        }
    }
    write_line(out, screen, "log", &value);
}

void detail_write(struct buffer *out, const struct screen *screen, const json_t *helper, double now)
{
    struct buffer value = {0};
    detail_write_sentence(out, screen, helper, now);
    write_text_line(out, screen, "description", helper, "description");
    write_labels(out, screen, helper);
    write_command(out, screen, helper);
    buffer_append_text(&value, member_is_true(helper, "ready") ? "yes" : "no");
    write_line(out, screen, "ready", &value);
    write_usage(out, screen, helper);
    write_counts(out, screen, helper);
    const json_t *exit = json_object_get(helper, "last_exit");
    if (json_is_object(exit))
        write_exit(&value, exit, now);
    write_line(out, screen, "last exit", &value);
    write_text_line(out, screen, "type", helper, "type");
    write_text_line(out, screen, "restart", helper, "restart");
    const json_t *config = json_object_get(helper, "config");
    if (json_is_object(config))
        buffer_printf(&value, "%s:%.0f", member_text(config, "file"),
                      member_number(config, "line", 0));
    write_line(out, screen, "config", &value);
}

void detail_write_dependencies(struct buffer *out, const struct screen *screen,
                               const json_t *helper)
{
    static const struct column columns[] = {
        {.title = "DEPENDS ON"}, {.title = "TO BE"}, {.title = "IT IS"}, {.title = "MET"}};
    const json_t *list = json_object_get(helper, "depends_on"), *dependency;
    if (json_array_size(list) == 0)
        return;
    struct table table = {.columns = columns, .column_count = LENGTH(columns)};
    size_t index;
    json_array_foreach (list, index, dependency) {
        const char *state = member_text(dependency, "state");
        bool met = member_is_true(dependency, "met");
        table_add(&table, member_text(dependency, "helper"), NULL);
        table_add(&table, member_text(dependency, "condition"), NULL);
        table_add(&table, state, state_color(state));
        table_add(&table, met ? "yes" : "no", met ? color_good : color_bad);
    }
    buffer_append_char(out, '\n');
    table_write(&table, screen, out);
    table_finish(&table);
}

static void add_duration(struct table *table, double seconds)
{
    struct buffer text = {0};
    if (seconds >= 0)
        show_age(&text, seconds);
    table_add_buffer(table, &text, NULL);
}

void detail_write_exits(struct buffer *out, const struct screen *screen, const json_t *helper,
                        double now)
{
    static const struct column columns[] = {
        {.title = "LAST EXITS"},
        {.title = "REASON", .least = 16},
        {.title = "SIGNAL", .spare = 4},
        {.title = "RAN", .right = true, .spare = 1},
        {.title = "CPU", .right = true, .spare = 2},
        {.title = "PEAK MEMORY", .right = true, .spare = 3},
    };
    const json_t *list = json_object_get(helper, "exits"), *exit;
    if (json_array_size(list) == 0)
        return;
    struct table table = {.columns = columns, .column_count = LENGTH(columns)};
    size_t index;
    json_array_foreach (list, index, exit) {
        struct buffer text = {0};
        double time, memory = member_number(exit, "max_memory", -1);
        if (moment_parse(member_text(exit, "time"), &time))
            moment_show(&text, time, now);
        table_add_buffer(&table, &text, NULL);
        table_add(&table, member_text(exit, "reason"),
                  member_is_true(exit, "success") ? color_good : color_bad);
        table_add(&table, member_text(exit, "signal"), NULL);
        add_duration(&table, member_number(exit, "ran", -1));
        add_duration(&table, member_number(exit, "cpu", -1));
        if (memory >= 0)
            show_size(&text, memory);
        table_add_buffer(&table, &text, NULL);
    }
    buffer_append_char(out, '\n');
    table_write(&table, screen, out);
    table_finish(&table);
}
