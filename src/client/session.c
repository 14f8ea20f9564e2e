// SPDX-License-Identifier: MIT
#include "client/session.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { REAL_DIGITS = 15 }; // as many as a double keeps: 0.3 stays 0.3

bool session_is_json(const struct session *session)
{
    return arguments_have(&session->arguments, OPTION_JSON);
}

void session_print_json(const struct session *session, const struct http_reply *reply)
{
    if (reply->json == NULL)
        return;
    struct buffer out = {0};
    size_t length = strlen(reply->json);
    show_json(&out, &session->screen, reply->json);
    if (length == 0 || reply->json[length - 1] != '\n')
        buffer_append_char(&out, '\n');
    show_write(&out);
    buffer_finish(&out);
}

void session_print_object(const struct session *session, const json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS));
    if (text == NULL)
        memory_run_out();
    struct buffer out = {0};
    show_json(&out, &session->screen, text);
    buffer_append_char(&out, '\n');
    show_write(&out);
    buffer_finish(&out);
    free(text);
}

void session_complain(struct session *session, const struct http_reply *reply)
{
    if (session_is_json(session))
        session_print_json(session, reply);
    complain("%s", reply->error);
}

// Says what is wrong with an answer, if anything is. Who else may listen there is no helperd.
static bool is_answer(struct session *session, struct http_reply *reply)
{
    if (reply->error == NULL && !json_is_object(reply->body))
        reply->error = memory_format("what answers at %s is no helperd", http_place(session->http));
    if (reply->error != NULL)
        session_complain(session, reply);
    return reply->error == NULL;
}

bool session_get(struct session *session, const char *path, struct http_reply *reply)
{
    *reply = http_get(session->http, path);
    return is_answer(session, reply);
}

bool session_post(struct session *session, const char *path, struct http_reply *reply)
{
    *reply = http_post(session->http, path);
    return is_answer(session, reply);
}

char *session_query(const char *path, const char *parameter, char *const *names, size_t count)
{
    struct buffer query = {0};
    buffer_append_text(&query, path);
    for (size_t i = 0; i < count; i++) {
        memory_auto char *name = http_escape(names[i]);
        buffer_printf(&query, "%c%s=%s", i == 0 ? '?' : '&', parameter, name);
    }
    return buffer_take(&query);
}

const char *member_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

double member_number(const json_t *object, const char *key, double none)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : none;
}

bool member_is_true(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}
