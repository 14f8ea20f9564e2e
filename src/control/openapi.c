// SPDX-License-Identifier: MIT
#include "control/openapi.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "control/openapi_schemas.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const char json_media_type[] = "application/json";

static bool has_parameter(const struct endpoint *endpoint, const char *name)
{
    const struct parameter *parameter = endpoint->parameters;
    for (; parameter != NULL && parameter->name != NULL; parameter++) {
        if (strcmp(parameter->name, name) == 0)
            return true;
    }
    return false;
}

static bool gives(const struct endpoint *endpoint, const char *schema)
{
    return endpoint->answer != NULL && strcmp(endpoint->answer, schema) == 0;
}

static bool is_post(const struct endpoint *endpoint)
{
    return strcmp(endpoint->method, "POST") == 0;
}

static bool needs_access(const struct endpoint *endpoint)
{
    return endpoint->needs != ACCESS_NONE;
}

static bool names_helpers(const struct endpoint *endpoint)
{
    return strstr(endpoint->path, "{name}") != NULL || has_parameter(endpoint, "name") ||
           has_parameter(endpoint, "helper");
}

static bool may_conflict(const struct endpoint *endpoint)
{
    return is_post(endpoint) || has_parameter(endpoint, "wait");
}

static bool reads_configuration(const struct endpoint *endpoint)
{
    return gives(endpoint, "Reload");
}

static bool may_time_out(const struct endpoint *endpoint)
{
    return has_parameter(endpoint, "wait");
}

static bool always(const struct endpoint *endpoint)
{
    (void)endpoint;
    return true;
}

// What is answered when it is not done, and by which endpoints.
static const struct refusal {
    const char *status;
    const char *name; // of the response in the document
    const char *text;
    bool (*possible)(const struct endpoint *endpoint);
} refusals[] = {
    {"400", "BadRequest", "A parameter is unknown or wrong (bad_request).", always},
    {"401", "Unauthorized", "Over TCP: no token, or another one (unauthorized).", needs_access},
    {"403", "Forbidden", "The caller may not do that (forbidden).", needs_access},
    {"404", "UnknownHelper", "There is no such helper (unknown_helper).", names_helpers},
    {"409", "Conflict",
     "It cannot be done in this state (conflict), or what is waited for cannot come any more "
     "(not_reached).",
     may_conflict},
    {"413", "BodyNotWanted", "The request's body is too long (body_not_wanted).", always},
    {"422", "ConfigurationRefused",
     "The configuration has errors, and nothing was changed (configuration_refused).",
     reads_configuration},
    {"503", "Unavailable", "Not now: helperd is at a limit (unavailable).", always},
    {"504", "Timeout", "What is waited for did not come in time (timeout).", may_time_out},
};

// What is answered with another status than 200 when all went well, or went on.
static const char *good_status(const struct endpoint *endpoint)
{
    return gives(endpoint, "Shutdown") ? "202" : "200";
}

static void append_lower(struct buffer *out, const char *text)
{
    for (; *text != '\0'; text++)
        buffer_append_char(out, (char)tolower((unsigned char)*text));
}

// "GET", "/v1/helpers/{name}/logs": getV1HelpersNameLogs.
static char *operation_id(const struct endpoint *endpoint)
{
    struct buffer id = {0};
    append_lower(&id, endpoint->method);
    bool begins = true;
    for (const char *c = endpoint->path; *c != '\0'; c++) {
        if (isalnum((unsigned char)*c))
            buffer_append_char(&id, begins ? (char)toupper((unsigned char)*c) : *c);
        begins = !isalnum((unsigned char)*c);
    }
    return buffer_take(&id);
}

static json_t *path_parameter(const char *name, size_t length)
{
    json_t *schema = json_pack("{s:s}", "type", "string");
    return json_pack("{s:s%, s:s, s:b, s:s, s:o}", "name", name, length, "in", "path", "required",
                     1, "description", "A helper, or the name that all of its instances share.",
                     "schema", schema);
}

static json_t *query_parameter(const struct parameter *parameter)
{
    json_t *schema = json_pack("{s:s}", "type", parameter->type);
    if (parameter->repeated)
        schema = json_pack("{s:s, s:o}", "type", "array", "items", schema);
    return json_pack("{s:s, s:s, s:b, s:s, s:o}", "name", parameter->name, "in", "query",
                     "required", 0, "description", parameter->text, "schema", schema);
}

static json_t *resume_header(void)
{
    return json_pack("{s:s, s:s, s:b, s:s, s:{s:s}}", "name", "Last-Event-ID", "in", "header",
                     "required", 0, "description",
                     "The number of the last event that was got; those after it are sent.",
                     "schema", "type", "integer");
}

static json_t *parameters(const struct endpoint *endpoint)
{
    json_t *list = json_array();
    for (const char *open = strchr(endpoint->path, '{'); open != NULL; open = strchr(open, '{')) {
        size_t length = strcspn(++open, "}");
        json_array_append_new(list, path_parameter(open, length));
    }
    const struct parameter *parameter = endpoint->parameters;
    for (; parameter != NULL && parameter->name != NULL; parameter++)
        json_array_append_new(list, query_parameter(parameter));
    if (has_parameter(endpoint, "last_event_id"))
        json_array_append_new(list, resume_header());
    return list;
}

// Bodies that are one JSON value are described by it; of streams, which are text, each item is.
static json_t *body_of(const struct endpoint *endpoint, const char *type)
{
    if (endpoint->answer == NULL || strncmp(type, "text/plain", strlen("text/plain")) == 0)
        return json_pack("{s:{s:s}}", "schema", "type",
                         strcmp(type, json_media_type) == 0 ? "object" : "string");
    if (strcmp(type, json_media_type) == 0)
        return json_pack("{s:o}", "schema", openapi_reference(endpoint->answer));
    return json_pack("{s:{s:s}, s:o}", "schema", "type", "string", "x-itemSchema",
                     openapi_reference(endpoint->answer));
}

static json_t *content_of(const struct endpoint *endpoint)
{
    json_t *content = json_object();
    memory_auto char *types = memory_copy(endpoint->type);
    char *rest = types;
    for (char *type; (type = strsep(&rest, ",")) != NULL;) {
        type += strspn(type, " ");
        json_object_set_new(content, type, body_of(endpoint, type));
    }
    return content;
}

static json_t *responses_of(const struct endpoint *endpoint)
{
    json_t *responses = json_object();
    json_t *good = json_pack("{s:s}", "description", endpoint->summary);
    if (endpoint->type != NULL)
        json_object_set_new(good, "content", content_of(endpoint));
    json_object_set(responses, good_status(endpoint), good);
    for (size_t i = 0; i < LENGTH(refusals); i++) {
        if (refusals[i].possible(endpoint))
            json_object_set_new(
                responses, refusals[i].status,
                json_pack("{s:o}", "$ref",
                          json_sprintf("#/components/responses/%s", refusals[i].name)));
    }
    // That not all are ready is said with the same body.
    if (gives(endpoint, "Ready"))
        json_object_set(responses, "503", good);
    json_decref(good);
    return responses;
}

// On the Unix socket the kernel says who asks; over TCP a token does.
static json_t *security_of(const struct endpoint *endpoint)
{
    return needs_access(endpoint) ? json_pack("[{}, {s:[]}]", "token") : json_array();
}

static json_t *operation(const struct endpoint *endpoint)
{
    memory_auto char *id = operation_id(endpoint);
    json_t *operation =
        json_pack("{s:s, s:s, s:o, s:o, s:o}", "operationId", id, "summary", endpoint->summary,
                  "parameters", parameters(endpoint), "responses", responses_of(endpoint),
                  "security", security_of(endpoint));
    if (needs_access(endpoint))
        json_object_set_new(operation, "x-access",
                            json_string(endpoint->needs == ACCESS_READ ? "read" : "control"));
    return operation;
}

static json_t *paths(const struct endpoint *table, size_t count)
{
    json_t *paths = json_object();
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_object_get(paths, table[i].path);
        if (item == NULL) {
            item = json_object();
            json_object_set_new(paths, table[i].path, item);
        }
        struct buffer method = {0};
        append_lower(&method, table[i].method);
        memory_auto char *key = buffer_take(&method);
        json_object_set_new(item, key, operation(&table[i]));
    }
    return paths;
}

static json_t *components(void)
{
    json_t *responses = json_object();
    for (size_t i = 0; i < LENGTH(refusals); i++) {
        json_t *response =
            json_pack("{s:s, s:{s:{s:o}}}", "description", refusals[i].text, "content",
                      json_media_type, "schema", openapi_reference("Error"));
        json_object_set_new(responses, refusals[i].name, response);
    }
    return json_pack("{s:o, s:o, s:{s:{s:s, s:s, s:s}}}", "schemas", openapi_schemas(), "responses",
                     responses, "securitySchemes", "token", "type", "http", "scheme", "bearer",
                     "description",
                     "Only over TCP, where control.http is set: what stands in the token file. The "
                     "Unix socket asks the kernel who is there.");
}

json_t *openapi_describe(const struct endpoint *table, size_t count)
{
    return json_pack(
        "{s:s, s:{s:s, s:s, s:s, s:{s:s, s:s}}, s:[{s:s, s:s}], s:o, s:o}", "openapi", "3.1.0",
        "info", "title", "helperd", "version", VERSION, "description",
        "Supervision of helper processes. Unless a route says something else, bodies are JSON in "
        "UTF-8, seconds are numbers, times are in UTC, and what there is none of is null. Bodies "
        "of requests are ignored.",
        "license", "name", "MIT", "identifier", "MIT", "servers", "url", "/", "description",
        "Over the Unix socket: curl --unix-socket PATH http://helperd/v1", "paths",
        paths(table, count), "components", components());
}
