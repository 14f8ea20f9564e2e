// SPDX-License-Identifier: MIT
#include "control/endpoint.h"

#include "base/memory.h"
#include "base/text.h"
#include "control/control.h"
#include "control/handlers.h"

#include <stdint.h>
#include <string.h>

static const char json[] = "application/json";
static const char log_types[] = "text/plain; charset=utf-8, application/x-ndjson";

static const struct parameter wait_parameters[] = {
    {"wait", "string", false,
     "Answers when it is there: a state, ready (running or completed) or ended (stopped, completed "
     "or failed)."},
    {"timeout", "string", false, "How long to wait: 10s; 0 is for ever. Without it 60s."},
    {0},
};
static const struct parameter signal_parameters[] = {
    {"signal", "string", false, "The signal: HUP, SIGHUP or 1."},
    {0},
};
static const struct parameter names_parameters[] = {
    {"name", "string", true, "Only these helpers; a base name stands for all its instances."},
    {0},
};
#define LOG_PARAMETERS                                                                             \
    {"lines", "integer", false, "The latest so many lines; without it all that are kept."},        \
        {"follow", "boolean", false, "Whether to go on with new lines."},                          \
        {"format", "string", false, "text, json, dev, logfmt or qgoda; without it by Accept."},    \
        {"terminal", "boolean", false, "Whether control characters are made harmless."},           \
    {                                                                                              \
        "color", "boolean", false, "Whether the dev format has colours."                           \
    }
static const struct parameter log_parameters[] = {LOG_PARAMETERS, {0}};
static const struct parameter logs_parameters[] = {
    {"helper", "string", true, "Only these helpers; helperd stands for its own messages."},
    LOG_PARAMETERS,
    {0},
};
static const struct parameter event_parameters[] = {
    {"last_event_id", "string", false, "Goes on behind this event, as Last-Event-ID does."},
    {0},
};
static const struct parameter reload_parameters[] = {
    {"dry_run", "boolean", false, "Whether only to say what it would do."},
    {0},
};

const struct endpoint endpoints[] = {
    {"GET", "/v1", ACCESS_READ, handle_index, "Lists the routes.", NULL, "Index", json},
    {"GET", "/v1/openapi.json", ACCESS_READ, handle_openapi, "Describes the routes (OpenAPI 3.1).",
     NULL, NULL, json},
    {"GET", "/v1/version", ACCESS_READ, handle_version, "Tells which helperd this is.", NULL,
     "Version", json},
    {"GET", "/v1/helpers", ACCESS_READ, handle_helpers, "Lists helpers and their state.",
     names_parameters, "Helpers", json},
    {"GET", "/v1/helpers/{name}", ACCESS_READ, handle_helper,
     "Shows a helper with its dependencies and its last exits.", wait_parameters, "HelperDetail",
     json},
    {"POST", "/v1/helpers/{name}/start", ACCESS_CONTROL, handle_start,
     "Starts it, with what it depends on.", wait_parameters, "Helpers", json},
    {"POST", "/v1/helpers/{name}/stop", ACCESS_CONTROL, handle_stop, "Stops it.", wait_parameters,
     "Helpers", json},
    {"POST", "/v1/helpers/{name}/restart", ACCESS_CONTROL, handle_restart,
     "Stops it if it runs, and starts it.", wait_parameters, "Helpers", json},
    {"POST", "/v1/helpers/{name}/reset", ACCESS_CONTROL, handle_reset,
     "Forgets its failures; a failed or completed one is stopped then.", wait_parameters, "Helpers",
     json},
    {"POST", "/v1/helpers/{name}/signal", ACCESS_CONTROL, handle_signal, "Sends it a signal.",
     signal_parameters, "Helpers", json},
    {"GET", "/v1/helpers/{name}/logs", ACCESS_READ, handle_helper_logs, "Its lines.",
     log_parameters, "LogLine", log_types},
    {"GET", "/v1/logs", ACCESS_READ, handle_logs,
     "The lines of several helpers, or of all and helperd.", logs_parameters, "LogLine", log_types},
    {"GET", "/v1/events", ACCESS_READ, handle_events, "What happens, as server-sent events.",
     event_parameters, "Event", "text/event-stream"},
    {"POST", "/v1/reload", ACCESS_CONTROL, handle_reload, "Reads the configuration again.",
     reload_parameters, "Reload", json},
    {"POST", "/v1/reopen", ACCESS_CONTROL, handle_reopen, "Opens the log files again.", NULL,
     "Reopen", json},
    {"POST", "/v1/shutdown", ACCESS_CONTROL, handle_shutdown, "Stops everything and ends.", NULL,
     "Shutdown", json},
    {"GET", "/v1/config", ACCESS_CONTROL, handle_config, "The configuration in force, as YAML.",
     NULL, NULL, "application/yaml"},
    {"GET", "/metrics", ACCESS_READ, handle_metrics, "Metrics (OpenMetrics).", NULL, NULL,
     "text/plain; version=0.0.4; charset=utf-8, application/openmetrics-text; version=1.0.0; "
     "charset=utf-8"},
    {"GET", "/healthz", ACCESS_READ, handle_healthz, "Answers while helperd's loop lives.", NULL,
     NULL, "text/plain; charset=utf-8"},
    {"GET", "/readyz", ACCESS_READ, handle_readyz,
     "Whether all wanted helpers are ready or completed.", NULL, "Ready", json},
};
const size_t endpoint_count = LENGTH(endpoints);

// Whether a path is that of the endpoint; then what stands for {name}.
static bool matches(const char *pattern, const char *path, const char **name, size_t *length)
{
    static const char variable[] = "{name}";
    const char *place = strstr(pattern, variable);
    *name = "";
    *length = 0;
    if (place == NULL)
        return strcmp(pattern, path) == 0;
    size_t before = (size_t)(place - pattern);
    if (strncmp(pattern, path, before) != 0)
        return false;
    *name = path + before;
    *length = strcspn(*name, "/");
    return *length > 0 && strcmp(*name + *length, place + strlen(variable)) == 0;
}

static bool is_method(const struct endpoint *endpoint, const char *method)
{
    if (strcmp(method, "HEAD") == 0)
        method = "GET";
    return strcmp(endpoint->method, method) == 0;
}

// NULL: there is none, which was said.
static const struct endpoint *find(struct request *request)
{
    struct buffer allowed = {0};
    for (size_t i = 0; i < endpoint_count; i++) {
        const char *name;
        size_t length;
        if (!matches(endpoints[i].path, request_path(request), &name, &length))
            continue;
        if (is_method(&endpoints[i], request_method(request))) {
            request_set_name(request, name, length);
            buffer_finish(&allowed);
            return &endpoints[i];
        }
        buffer_printf(&allowed, "%s%s", allowed.length > 0 ? ", " : "", endpoints[i].method);
        if (strcmp(endpoints[i].method, "GET") == 0)
            buffer_append_text(&allowed, ", HEAD");
    }
    memory_auto char *methods = buffer_take(&allowed);
    if (*methods == '\0') {
        request_refuse(request, 404, "not_found",
                       "there is nothing at %s; GET /v1 lists the routes", request_path(request));
        return NULL;
    }
    request_add_header(request, "Allow", methods);
    request_refuse(request, 405, "method_not_allowed", "%s takes %s, and no %s",
                   request_path(request), methods, request_method(request));
    return NULL;
}

// Looks through the parameters of a request; the first fault ends it.
struct inspection {
    struct request *request;
    const struct parameter *parameters;
    uint32_t seen; // a bit for each of them
};

static void refuse_unknown(struct inspection *inspection, const char *name)
{
    const char *names[16];
    size_t count = 0;
    const struct parameter *parameter = inspection->parameters;
    for (; parameter != NULL && parameter->name != NULL && count < LENGTH(names); parameter++)
        names[count++] = parameter->name;
    const char *nearest = text_nearest(name, names, count);
    if (nearest != NULL)
        request_refuse(inspection->request, 400, "bad_request",
                       "unknown parameter \"%s\" (did you mean \"%s\"?)", name, nearest);
    else
        request_refuse(inspection->request, 400, "bad_request", "unknown parameter \"%s\"", name);
}

// Of a flag that is not understood nobody knows what was meant, of two values neither.
static bool is_good(void *context, const char *name, const char *value)
{
    struct inspection *inspection = context;
    const struct parameter *parameter = inspection->parameters;
    while (parameter != NULL && parameter->name != NULL && strcmp(parameter->name, name) != 0)
        parameter++;
    if (parameter == NULL || parameter->name == NULL) {
        refuse_unknown(inspection, name);
        return false;
    }
    const uint32_t bit = UINT32_C(1) << (parameter - inspection->parameters);
    bool flag;
    if ((inspection->seen & bit) != 0 && !parameter->repeated)
        request_refuse(inspection->request, 400, "bad_request", "%s is given more than once", name);
    else if (strcmp(parameter->type, "boolean") == 0 && !request_parse_flag(value, &flag))
        request_refuse(inspection->request, 400, "bad_request",
                       "%s: \"%s\" is neither 1 nor 0 (nor true or false)", name, value);
    else {
        inspection->seen |= bit;
        return true;
    }
    return false;
}

static bool knows_parameters(struct request *request, const struct endpoint *endpoint)
{
    struct inspection inspection = {.request = request, .parameters = endpoint->parameters};
    return request_each_parameter(request, is_good, &inspection);
}

void endpoint_dispatch(struct control *control, struct request *request)
{
    enum access access = control_access(control, request);
    if (access == ACCESS_NONE)
        return; // refused
    const struct endpoint *endpoint = find(request);
    if (endpoint == NULL)
        return;
    if (access < endpoint->needs) {
        request_refuse(request, 403, "forbidden", "%s may look, but change nothing",
                       request_peer(request));
        return;
    }
    if (knows_parameters(request, endpoint))
        endpoint->handle(control, request);
}

json_t *endpoint_index(void)
{
    json_t *routes = json_array();
    for (size_t i = 0; i < endpoint_count; i++) {
        const struct endpoint *endpoint = &endpoints[i];
        json_array_append_new(routes,
                              json_pack("{ss ss ss ss}", "method", endpoint->method, "path",
                                        endpoint->path, "summary", endpoint->summary, "access",
                                        endpoint->needs == ACCESS_READ ? "read" : "control"));
    }
    return json_pack("{ss ss so}", "name", "helperd", "version", VERSION, "routes", routes);
}
