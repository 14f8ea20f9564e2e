// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/memory.h"
#include "base/strings.h"
#include "control/openapi.h"
#include "control/openapi_schemas.h"

#include <string.h>

static const struct parameter wait_parameters[] = {
    {"wait", "string", false, "Answers when it is there."},
    {"timeout", "string", false, "How long to wait."},
    {0},
};

static const struct parameter names[] = {{"name", "string", true, "Only these."}, {0}};
static const struct parameter resume[] = {{"last_event_id", "integer", false, "Since then."}, {0}};

static const struct endpoint table[] = {
    {"GET", "/healthz", ACCESS_NONE, NULL, "Whether it lives.", NULL, NULL, "text/plain"},
    {"GET", "/readyz", ACCESS_NONE, NULL, "Whether all is up.", NULL, "Ready", "application/json"},
    {"GET", "/v1/helpers", ACCESS_READ, NULL, "All helpers.", names, "Helpers", "application/json"},
    {"GET", "/v1/helpers/{name}", ACCESS_READ, NULL, "One helper.", wait_parameters, "HelperDetail",
     "application/json"},
    {"POST", "/v1/helpers/{name}/start", ACCESS_CONTROL, NULL, "Starts it.", wait_parameters,
     "Helpers", "application/json"},
    {"GET", "/v1/helpers/{name}/logs", ACCESS_READ, NULL, "Its lines.", NULL, "LogLine",
     "text/plain, application/x-ndjson"},
    {"GET", "/v1/events", ACCESS_READ, NULL, "What happens.", resume, "Event", "text/event-stream"},
    {"POST", "/v1/reload", ACCESS_CONTROL, NULL, "Reads it again.", NULL, "Reload",
     "application/json"},
    {"POST", "/v1/shutdown", ACCESS_CONTROL, NULL, "Ends.", NULL, "Shutdown", "application/json"},
    {"GET", "/v1/shutdown", ACCESS_CONTROL, NULL, "The same path once more.", NULL, "Shutdown",
     "application/json"},
};

static json_t *document;

static void set_up(void)
{
    document = openapi_describe(table, LENGTH(table));
    ck_assert_ptr_nonnull(document);
}

static void tear_down(void)
{
    json_decref(document);
}

// What is behind a path of keys, which "|" divides; NULL: there is none.
static json_t *find(json_t *from, const char *path)
{
    memory_auto char *keys = memory_copy(path);
    char *rest = keys;
    for (char *key; from != NULL && (key = strsep(&rest, "|")) != NULL;)
        from = json_object_get(from, key);
    return from;
}

static void expect_text(const char *path, const char *expected)
{
    const char *text = json_string_value(find(document, path));
    ck_assert_msg(text != NULL, "there is no %s", path);
    ck_assert_str_eq(text, expected);
}

static void expect_there(const char *path)
{
    ck_assert_msg(find(document, path) != NULL, "there is no %s", path);
}

static void expect_none(const char *path)
{
    ck_assert_msg(find(document, path) == NULL, "there is a %s", path);
}

// The parameter of that name, or NULL.
static json_t *find_parameter(const char *operation, const char *name)
{
    memory_auto char *path = memory_format("paths|%s|parameters", operation);
    size_t i;
    json_t *parameter;
    json_array_foreach(find(document, path), i, parameter)
    {
        if (strcmp(json_string_value(json_object_get(parameter, "name")), name) == 0)
            return parameter;
    }
    return NULL;
}

START_TEST(each_endpoint_is_an_operation)
{
    size_t count = 0;
    const char *path, *method;
    json_t *item, *operation;
    struct strings ids = {0};
    json_object_foreach(json_object_get(document, "paths"), path, item)
    {
        json_object_foreach(item, method, operation)
        {
            const char *id = json_string_value(json_object_get(operation, "operationId"));
            ck_assert_ptr_nonnull(id);
            ck_assert_msg(!strings_contain(&ids, id), "%s comes twice", id);
            strings_append(&ids, id);
            count++;
        }
    }
    ck_assert_uint_eq(count, LENGTH(table));
    ck_assert(strings_contain(&ids, "getV1HelpersNameLogs"));
    strings_finish(&ids);
    expect_text("paths|/v1/helpers/{name}/start|post|summary", "Starts it.");
    expect_text("openapi", "3.1.0");
    expect_text("info|version", VERSION);
}
END_TEST

START_TEST(parameters_are_declared_with_where_they_stand)
{
    json_t *name = find_parameter("/v1/helpers/{name}/start|post", "name");
    ck_assert_str_eq(json_string_value(json_object_get(name, "in")), "path");
    ck_assert(json_is_true(json_object_get(name, "required")));
    json_t *wait = find_parameter("/v1/helpers/{name}/start|post", "wait");
    ck_assert_str_eq(json_string_value(json_object_get(wait, "in")), "query");
    ck_assert(json_is_false(json_object_get(wait, "required")));
    json_t *list = find_parameter("/v1/helpers|get", "name");
    ck_assert_str_eq(json_string_value(find(list, "schema|type")), "array");
    ck_assert_str_eq(json_string_value(find(list, "schema|items|type")), "string");
    json_t *header = find_parameter("/v1/events|get", "Last-Event-ID");
    ck_assert_str_eq(json_string_value(json_object_get(header, "in")), "header");
    ck_assert_ptr_null(find_parameter("/v1/helpers|get", "Last-Event-ID"));
}
END_TEST

START_TEST(answers_name_their_schemas)
{
    expect_text("paths|/v1/helpers|get|responses|200|content|application/json|schema|$ref",
                "#/components/schemas/Helpers");
    expect_text("paths|/healthz|get|responses|200|content|text/plain|schema|type", "string");
    expect_text("paths|/v1/events|get|responses|200|content|text/event-stream|x-itemSchema|$ref",
                "#/components/schemas/Event");
    const char *logs = "paths|/v1/helpers/{name}/logs|get|responses|200|content";
    ck_assert_uint_eq(json_object_size(find(document, logs)), 2);
    expect_text("paths|/v1/helpers/{name}/logs|get|responses|200|content|application/x-ndjson|"
                "x-itemSchema|$ref",
                "#/components/schemas/LogLine");
    expect_none("paths|/v1/helpers/{name}/logs|get|responses|200|content|text/plain|x-itemSchema");
    expect_there("paths|/v1/shutdown|post|responses|202|content");
    expect_none("paths|/v1/shutdown|post|responses|200");
}
END_TEST

START_TEST(errors_are_those_that_can_come)
{
    expect_text("paths|/v1/helpers/{name}/start|post|responses|404|$ref",
                "#/components/responses/UnknownHelper");
    expect_there("paths|/v1/helpers|get|responses|404");
    expect_none("paths|/v1/events|get|responses|404");
    expect_there("paths|/v1/helpers/{name}|get|responses|504");
    expect_there("paths|/v1/helpers/{name}|get|responses|409");
    expect_none("paths|/v1/helpers|get|responses|409");
    expect_none("paths|/v1/reload|post|responses|504");
    expect_there("paths|/v1/reload|post|responses|422");
    expect_none("paths|/v1/shutdown|post|responses|422");
    expect_text("paths|/readyz|get|responses|503|content|application/json|schema|$ref",
                "#/components/schemas/Ready");
    expect_there("paths|/v1/helpers|get|responses|503|$ref");
}
END_TEST

START_TEST(access_is_said_by_class)
{
    expect_text("paths|/v1/helpers|get|x-access", "read");
    expect_text("paths|/v1/reload|post|x-access", "control");
    expect_none("paths|/healthz|get|x-access");
    expect_none("paths|/healthz|get|responses|403");
    expect_there("paths|/v1/helpers|get|responses|401");
    expect_there("paths|/v1/helpers|get|responses|403");
    expect_text("components|securitySchemes|token|scheme", "bearer");
    // Nothing at all, or a token.
    json_t *security = find(document, "paths|/v1/helpers|get|security");
    ck_assert_uint_eq(json_array_size(security), 2);
    ck_assert_uint_eq(json_object_size(json_array_get(security, 0)), 0);
    ck_assert(json_is_array(json_object_get(json_array_get(security, 1), "token")));
    ck_assert_uint_eq(json_array_size(find(document, "paths|/healthz|get|security")), 0);
}
END_TEST

// Each "$ref" below the value leads to something in the document.
static unsigned check_references(json_t *value)
{
    unsigned count = 0;
    const char *key;
    size_t i;
    json_t *part;
    json_object_foreach(value, key, part)
    {
        if (strcmp(key, "$ref") != 0) {
            count += check_references(part);
            continue;
        }
        count++;
        memory_auto char *path = memory_copy(json_string_value(part));
        ck_assert_int_eq(strncmp(path, "#/components/", 13), 0);
        for (char *slash = path; (slash = strchr(slash, '/')) != NULL;)
            *slash = '|';
        expect_there(path + 2);
    }
    json_array_foreach(value, i, part) count += check_references(part);
    return count;
}

START_TEST(each_reference_leads_somewhere)
{
    ck_assert_uint_gt(check_references(document), 50);
}
END_TEST

START_TEST(schemas_say_what_is_always_there)
{
    json_t *required = find(document, "components|schemas|Helper|required");
    json_t *properties = find(document, "components|schemas|Helper|properties");
    ck_assert_uint_eq(json_array_size(required), json_object_size(properties));
    ck_assert_uint_lt(json_array_size(find(document, "components|schemas|Error|required")),
                      json_object_size(find(document, "components|schemas|Error|properties")));
    ck_assert_uint_eq(json_array_size(find(document, "components|schemas|State|enum")), 8);
    ck_assert_uint_eq(json_array_size(find(document, "components|schemas|Access|enum")), 2);
    expect_text("components|schemas|Helpers|properties|helpers|items|$ref",
                "#/components/schemas/Helper");
    expect_text("components|schemas|Helper|properties|labels|additionalProperties|type", "string");
    json_t *either = find(document, "components|schemas|Helper|properties|pid|anyOf");
    ck_assert_str_eq(json_string_value(find(json_array_get(either, 1), "type")), "null");
}
END_TEST

Suite *openapi_suite(void)
{
    Suite *suite = suite_create("openapi");
    TCase *paths = tcase_create("document");
    tcase_add_checked_fixture(paths, set_up, tear_down);
    tcase_add_test(paths, each_endpoint_is_an_operation);
    tcase_add_test(paths, parameters_are_declared_with_where_they_stand);
    tcase_add_test(paths, answers_name_their_schemas);
    tcase_add_test(paths, errors_are_those_that_can_come);
    tcase_add_test(paths, access_is_said_by_class);
    tcase_add_test(paths, each_reference_leads_somewhere);
    tcase_add_test(paths, schemas_say_what_is_always_there);
    suite_add_tcase(suite, paths);
    return suite;
}
