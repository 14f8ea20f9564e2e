// SPDX-License-Identifier: MIT
#include "control/openapi_schemas.h"

#include "base/memory.h"
#include "supervise/machine.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

// "name?" may be absent. A type is one of JSON, or time, seconds, count, or, with a capital, the
// name of a schema; "T?" may be null, "[T]" is a list of such, "{T}" an object of such.
struct property {
    const char *name, *type;
    const char *text; // one sentence
};

// A word out of a list, or what fits one of other schemas, or else an object with these properties
// and those of another schema.
struct schema {
    const char *name;
    const char *text;
    const struct property *properties; // ended by one without a name
    const char *extends;               // or NULL
    const char *const *words;
    size_t word_count;
    const char *const *choices; // ended by NULL
};

static const char *const access_words[] = {"read", "control"};
static const char *const daemon_states[] = {"running", "stopping"};
static const char *const events[] = {"StateEvent",    "ReadyEvent", "DropsEvent", "ReloadEvent",
                                     "ShutdownEvent", "LostEvent",  NULL};
static const char *const error_codes[] = {
    "bad_request",     "unauthorized",          "forbidden",   "not_found",
    "unknown_helper",  "method_not_allowed",    "conflict",    "not_reached",
    "body_not_wanted", "configuration_refused", "unavailable", "timeout",
};

static const struct property exit_properties[] = {
    {"reason", "string", "As the log says it."},
    {"code", "integer?", "null after a signal, or where there was no process."},
    {"signal", "string?", "The signal that killed it, as SIGKILL."},
    {"core_dumped", "boolean", "Whether it left a core file."},
    {"success", "boolean", "Whether that counts as success."},
    {"time", "time", "When it ended."},
    {"ran", "seconds", "How long it ran."},
    {"cpu", "seconds", "User and system time of the main process."},
    {"max_memory", "count", "Most resident bytes of the main process."},
    {0},
};

static const struct property log_properties[] = {
    {"lines", "count", "Lines that it wrote."},
    {"bytes", "count", "Bytes that it wrote."},
    {"dropped", "count", "Lines that were left out."},
    {0},
};

static const struct property helper_properties[] = {
    {"name", "string", "Of an instance: NAME@NUMBER."},
    {"base", "string", "The name in the configuration, which all instances share."},
    {"state", "State", "What it does."},
    {"wanted", "boolean", "Whether it should be up."},
    {"ready", "boolean", "Whether it is running or completed."},
    {"health", "string?", "null where there is no health check."},
    {"reason", "string?", "Why it is in its state."},
    {"since", "time", "When it came into its state."},
    {"pid", "integer?", "Of its main process."},
    {"uptime", "seconds?", "Of the run in progress."},
    {"starts", "count", "Processes started for it since helperd began."},
    {"restarts", "count", "Those of them that followed an end by themselves."},
    {"failures", "count", "Restarts in a row since it last was up long enough."},
    {"next_start", "seconds?", "In backoff: until the next start."},
    {"stop_time_left", "seconds?", "In stopping: until SIGKILL."},
    {"cpu", "seconds?", "User and system time of its main process."},
    {"memory", "count?", "Resident bytes of its main process."},
    {"last_exit", "Exit?", "How its latest process ended."},
    {"log", "LogCounts", "What it wrote."},
    {"description", "string?", "As configured."},
    {"labels", "{string}", "As configured."},
    {0},
};

static const struct property detail_properties[] = {
    {"command", "[string]", "The program and its arguments."},
    {"shell", "boolean", "Whether a shell runs the command."},
    {"restart", "string", "The restart policy."},
    {"type", "string", "service or oneshot."},
    {"config", "Place", "Where it is configured."},
    {"depends_on", "[Dependency]", "What it waits for before it starts."},
    {"exits", "[Exit]", "The latest ones, the newest first."},
    {0},
};

static const struct property place_properties[] = {
    {"file", "string?", "Its path."},
    {"line", "count", "From 1."},
    {0},
};

static const struct property dependency_properties[] = {
    {"helper", "string", "What is waited for."},
    {"condition", "string", "started, ready or completed."},
    {"met", "boolean", "Whether it is so now."},
    {"state", "State", "Of the helper that is waited for."},
    {0},
};

static const struct property helpers_properties[] = {
    {"helpers", "[Helper]", "In the order of the configuration."},
    {0},
};

static const struct property index_properties[] = {
    {"name", "string", "helperd."},
    {"version", "string", "Of helperd."},
    {"routes", "[Route]", "What can be asked for."},
    {0},
};

static const struct property route_properties[] = {
    {"method", "string", "GET or POST."},
    {"path", "string", "{name} stands for a helper."},
    {"summary", "string", "What it does."},
    {"access", "Access", "Who may."},
    {0},
};

static const struct property version_properties[] = {
    {"name", "string", "helperd."},
    {"version", "string", "Of helperd."},
    {"pid", "integer", "Of helperd."},
    {"uptime", "seconds", "Of helperd."},
    {"config", "string?", "The file of the configuration."},
    {"developer", "boolean", "Whether it is in developer mode."},
    {"state", "DaemonState", "Whether it goes on."},
    {0},
};

static const struct property names_properties[] = {
    {"count", "count", "How many there are."},
    {"names", "[string]", "The first 1000 of them."},
    {0},
};

static const struct property report_properties[] = {
    {"added", "Names", "They are new."},
    {"removed", "Names", "They are gone."},
    {"restarted", "Names", "Their changes need a new run."},
    {"changed", "Names", "Changed in place, without a restart."},
    {"same", "count", "How many have not changed."},
    {0},
};

static const struct property reload_properties[] = {
    {"dry_run", "boolean", "Whether nothing was done."},
    {"report", "Report", "What was done, or would be."},
    {"warnings", "[string]", "About the configuration, line by line."},
    {0},
};

static const struct property reopen_properties[] = {
    {"files", "count", "How many log files are opened again."},
    {0},
};

static const struct property shutdown_properties[] = {
    {"shutdown", "boolean", "Always true."},
    {0},
};

static const struct property ready_properties[] = {
    {"ready", "boolean", "Whether every wanted helper is running or completed."},
    {"helpers", "[string]", "At most 20 of those that are not."},
    {"count", "count", "How many are not."},
    {0},
};

static const struct property line_properties[] = {
    {"ts?", "string", "When it came."},
    {"level", "string", "debug, info, warning or error."},
    {"helper", "string", "Whose it is."},
    {"stream", "string", "stdout or stderr; of helperd's own messages another word."},
    {"pid", "integer", "Who wrote it."},
    {"msg", "string", "The line; a byte that is no UTF-8 is the character of its number."},
    {"partial?", "boolean", "The line goes on in the next one."},
    {0},
};

static const struct property error_properties[] = {
    {"error", "ErrorText", "The reason."},
    {"helpers?", "[Helper]", "After a wait: how they are."},
    {0},
};

static const struct property error_text_properties[] = {
    {"code", "ErrorCode", "For programs."},
    {"message", "string", "For people."},
    {"details?", "[string]", "What is wrong with the configuration, line by line."},
    {0},
};

static const struct property state_event_properties[] = {
    {"time", "time", "When it was so."},
    {"helper", "string", "Its name."},
    {"from", "State", "The state before."},
    {"to", "State", "The state after."},
    {"pid", "integer?", "Of the process that runs or has ended."},
    {"reason", "string?", "Why."},
    {0},
};

static const struct property ready_event_properties[] = {
    {"time", "time", "When it was so."},
    {"helper", "string", "Its name."},
    {"pid", "integer?", "Of its main process."},
    {"after", "seconds", "Since its start."},
    {0},
};

static const struct property drops_event_properties[] = {
    {"time", "time", "When it was told."},
    {"helper", "string", "Whose lines they were."},
    {"lines", "count", "How many were left out since that was last told."},
    {"where", "string", "log, or the path of a file."},
    {0},
};

static const struct property reload_event_properties[] = {
    {"time", "time", "When it came to its end."},
    {"good", "boolean", "Whether the new configuration is in force."},
    {"report?", "Report", "Of a good one."},
    {"errors?", "[string]", "Of one that was refused."},
    {0},
};

static const struct property shutdown_event_properties[] = {
    {"time", "time", "When it began."},
    {"reason", "string", "Why."},
    {0},
};

static const struct property lost_event_properties[] = {
    {"from", "count", "Number of the first event that is no longer held."},
    {"to", "count", "Number of the last one."},
    {0},
};

static const struct schema schemas[] = {
    {"Index", "What there is.", .properties = index_properties},
    {"Route", "One thing that can be asked for.", .properties = route_properties},
    {"Access", "control: only for those who may change things.", .words = access_words,
     .word_count = LENGTH(access_words)},
    {"Version", "The helperd that answers.", .properties = version_properties},
    {"DaemonState", "Of helperd.", .words = daemon_states, .word_count = LENGTH(daemon_states)},
    {"State", "Of a helper.", .words = state_names, .word_count = STATE_COUNT},
    {"Helper", "A helper as it is now.", .properties = helper_properties},
    {"HelperDetail", "A helper as it is now, and how it is configured.",
     .properties = detail_properties, .extends = "Helper"},
    {"Helpers", "Helpers in the order of the configuration.", .properties = helpers_properties},
    {"Exit", "One end of a process.", .properties = exit_properties},
    {"LogCounts", "What it wrote.", .properties = log_properties},
    {"Place", "A place in a file.", .properties = place_properties},
    {"Dependency", "What a helper waits for before it starts.",
     .properties = dependency_properties},
    {"LogLine", "One line of a log.", .properties = line_properties},
    {"Reload", "What a reload did, or would do.", .properties = reload_properties},
    {"Report", "Helpers by what a reload means to them.", .properties = report_properties},
    {"Names", "Names of helpers.", .properties = names_properties},
    {"Reopen", "How many log files are opened again.", .properties = reopen_properties},
    {"Shutdown", "The shutdown has begun.", .properties = shutdown_properties},
    {"Ready", "Whether every wanted helper is up or completed.", .properties = ready_properties},
    {"Error", "Why it was not done.", .properties = error_properties},
    {"ErrorText", "The reason, for programs and for people.", .properties = error_text_properties},
    {"ErrorCode", "The reason in one word.", .words = error_codes,
     .word_count = LENGTH(error_codes)},
    {"Event", "The data of an event.", .choices = events},
    {"StateEvent", "A helper came into another state.", .properties = state_event_properties},
    {"ReadyEvent", "A helper is ready.", .properties = ready_event_properties},
    {"DropsEvent", "Lines were left out of a log.", .properties = drops_event_properties},
    {"ReloadEvent", "The configuration was read again.", .properties = reload_event_properties},
    {"ShutdownEvent", "helperd stops.", .properties = shutdown_event_properties},
    {"LostEvent", "Events that came too early for who asks.", .properties = lost_event_properties},
};

json_t *openapi_reference(const char *name)
{
    return json_pack("{s:o}", "$ref", json_sprintf("#/components/schemas/%s", name));
}

static json_t *word_schema(const char *word)
{
    if (isupper((unsigned char)word[0]))
        return openapi_reference(word);
    if (strcmp(word, "time") == 0)
        return json_pack("{s:s, s:s}", "type", "string", "format", "date-time");
    if (strcmp(word, "seconds") == 0)
        return json_pack("{s:s, s:i}", "type", "number", "minimum", 0);
    if (strcmp(word, "count") == 0)
        return json_pack("{s:s, s:i}", "type", "integer", "minimum", 0);
    return json_pack("{s:s}", "type", word);
}

static json_t *type_schema(const char *type)
{
    size_t length = strlen(type);
    if (type[length - 1] == '?') {
        memory_auto char *always = memory_copy_bytes(type, length - 1);
        return json_pack("{s:[o, {s:s}]}", "anyOf", type_schema(always), "type", "null");
    }
    if (type[0] != '[' && type[0] != '{')
        return word_schema(type);
    memory_auto char *item = memory_copy_bytes(type + 1, length - 2);
    if (type[0] == '[')
        return json_pack("{s:s, s:o}", "type", "array", "items", type_schema(item));
    return json_pack("{s:s, s:o}", "type", "object", "additionalProperties", type_schema(item));
}

static json_t *object_schema(const struct property *properties)
{
    json_t *all = json_object(), *required = json_array();
    for (const struct property *property = properties; property->name != NULL; property++) {
        json_t *schema = type_schema(property->type);
        json_object_set_new(schema, "description", json_string(property->text));
        memory_auto char *name =
            memory_copy_bytes(property->name, strcspn(property->name, "?"));
        json_object_set_new(all, name, schema);
        if (strcmp(name, property->name) == 0)
            json_array_append_new(required, json_string(name));
    }
    return json_pack("{s:s, s:o, s:o}", "type", "object", "properties", all, "required", required);
}

static json_t *words_schema(const char *const *words, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(words[i]));
    return json_pack("{s:s, s:o}", "type", "string", "enum", list);
}

static json_t *choices_schema(const char *const *choices)
{
    json_t *list = json_array();
    for (; *choices != NULL; choices++)
        json_array_append_new(list, openapi_reference(*choices));
    return json_pack("{s:o}", "anyOf", list);
}

static json_t *make_schema(const struct schema *schema)
{
    if (schema->words != NULL)
        return words_schema(schema->words, schema->word_count);
    if (schema->choices != NULL)
        return choices_schema(schema->choices);
    json_t *object = object_schema(schema->properties);
    if (schema->extends != NULL)
        return json_pack("{s:[o, o]}", "allOf", openapi_reference(schema->extends), object);
    return object;
}

json_t *openapi_schemas(void)
{
    json_t *all = json_object();
    for (size_t i = 0; i < LENGTH(schemas); i++) {
        json_t *schema = make_schema(&schemas[i]);
        json_object_set_new(schema, "description", json_string(schemas[i].text));
        json_object_set_new(all, schemas[i].name, schema);
    }
    return all;
}
