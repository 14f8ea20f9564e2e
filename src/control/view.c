// SPDX-License-Identifier: MIT
#include "control/view.h"

#include "base/text.h"
#include "control/json.h"
#include "supervise/status.h"

#include <string.h>

static void set(json_t *object, const char *key, json_t *value)
{
    json_object_set_new_nocheck(object, key, value);
}

static json_t *view_count(uint64_t count)
{
    return json_integer((json_int_t)count);
}

static json_t *view_exit(const struct helper_exit *exit)
{
    if (exit == NULL)
        return json_null();
    bool killed = exit->status.signal != 0;
    json_t *object = json_object();
    set(object, "reason", json_text(exit->reason));
    set(object, "code",
        killed || exit->could_not_start ? json_null() : json_integer(exit->status.code));
    set(object, "signal", killed ? json_text(text_signal_name(exit->status.signal)) : json_null());
    set(object, "core_dumped", json_boolean(exit->status.core_dumped));
    set(object, "success", json_boolean(exit->success));
    set(object, "time", json_time(exit->time));
    set(object, "ran", json_seconds(exit->ran));
    set(object, "cpu", json_seconds(exit->cpu));
    set(object, "max_memory", exit->memory > 0 ? view_count(exit->memory) : json_null());
    return object;
}

static json_t *view_labels(const struct strings *labels)
{
    json_t *object = json_object();
    for (size_t i = 0; i < labels->count; i++) {
        const char *value = strchr(labels->items[i], '=');
        json_t *name = json_text_of(labels->items[i], (size_t)(value - labels->items[i]));
        set(object, json_string_value(name), json_text(value + 1));
        json_decref(name);
    }
    return object;
}

json_t *view_helper(const struct helper *helper)
{
    struct helper_status status;
    helper_status(helper, &status);
    json_t *log = json_object();
    set(log, "lines", view_count(helper->route.counts.lines));
    set(log, "bytes", view_count(helper->route.counts.bytes));
    set(log, "dropped", view_count(helper->route.counts.dropped));
    json_t *object = json_object();
    set(object, "name", json_text(status.name));
    set(object, "base", json_text(status.base));
    set(object, "state", json_text(state_names[status.state]));
    set(object, "wanted", json_boolean(status.wanted));
    set(object, "ready", json_boolean(status.ready));
    set(object, "health", json_null());
    set(object, "reason", json_text(status.reason));
    set(object, "since", json_time(status.since));
    set(object, "pid", status.pid > 0 ? json_integer(status.pid) : json_null());
    set(object, "uptime", json_seconds(status.uptime));
    set(object, "starts", view_count(status.starts));
    set(object, "restarts", view_count(status.restarts));
    set(object, "failures", json_integer(status.failures));
    set(object, "next_start", json_seconds(status.next_start));
    set(object, "stop_time_left", json_seconds(status.stop_time_left));
    set(object, "cpu", json_seconds(status.cpu));
    set(object, "memory", status.memory > 0 ? view_count(status.memory) : json_null());
    set(object, "last_exit", view_exit(status.last_exit));
    set(object, "log", log);
    set(object, "description", json_text(helper->config->description));
    set(object, "labels", view_labels(&helper->config->labels));
    return object;
}

static json_t *view_command(const struct command *command)
{
    json_t *words = json_array();
    for (size_t i = 0; i < command->argv.count; i++)
        json_array_append_new(words, json_text(command->argv.items[i]));
    return words;
}

static json_t *view_dependencies(const struct supervisor *supervisor, const struct helper *helper)
{
    static const char *const words[] = {
        [CONDITION_STARTED] = "started",
        [CONDITION_READY] = "ready",
        [CONDITION_COMPLETED] = "completed",
    };
    json_t *dependencies = json_array();
    struct dependency_status dependency;
    for (size_t i = 0; supervisor_dependency(supervisor, helper, i, &dependency); i++) {
        json_t *object = json_object();
        set(object, "helper", json_text(dependency.on->config->name));
        set(object, "condition", json_text(words[dependency.condition]));
        set(object, "met", json_boolean(dependency.met));
        set(object, "state", json_text(state_names[dependency.on->state]));
        json_array_append_new(dependencies, object);
    }
    return dependencies;
}

json_t *view_helper_whole(const struct supervisor *supervisor, const struct helper *helper)
{
    static const char *const restarts[] = {
        [RESTART_ALWAYS] = "always",
        [RESTART_ON_FAILURE] = "on-failure",
        [RESTART_NEVER] = "never",
    };
    const struct helper_config *config = helper->config;
    json_t *file = json_object();
    set(file, "file", json_path(config->file));
    set(file, "line", json_integer(config->line));
    json_t *exits = json_array();
    for (size_t i = 0; helper_exit_at(helper, i) != NULL; i++)
        json_array_append_new(exits, view_exit(helper_exit_at(helper, i)));
    json_t *object = view_helper(helper);
    set(object, "command", view_command(&config->command));
    set(object, "shell", json_boolean(config->command.shell));
    set(object, "restart", json_text(restarts[config->restart]));
    set(object, "type", json_text(config->type == TYPE_ONESHOT ? "oneshot" : "service"));
    set(object, "config", file);
    set(object, "depends_on", view_dependencies(supervisor, helper));
    set(object, "exits", exits);
    return object;
}

void view_write_helpers(const struct helpers *helpers, json_t *first, struct buffer *out)
{
    if (first != NULL) {
        json_append(out, first);
        json_decref(first);
        out->length--; // the brace behind it
        buffer_append_char(out, ',');
    } else {
        buffer_append_char(out, '{');
    }
    buffer_append_text(out, "\"helpers\":[");
    for (size_t i = 0; i < helpers->count; i++) {
        json_t *helper = view_helper(helpers->items[i]);
        if (i > 0)
            buffer_append_char(out, ',');
        json_append(out, helper);
        json_decref(helper);
    }
    buffer_append_text(out, "]}\n");
}
