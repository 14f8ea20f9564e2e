// SPDX-License-Identifier: MIT
#include "client/top_request.h"

#include "base/memory.h"

enum { ANSWER_LIMIT = 64 << 20 }; // bytes

static bool take(void *context, const char *bytes, size_t length)
{
    struct top_request *request = context;
    request->too_long = length > ANSWER_LIMIT - request->body.length;
    if (!request->too_long)
        buffer_append(&request->body, bytes, length);
    return !request->too_long;
}

void top_request_get(struct top_request *request, struct http *http, const char *path, double now,
                     double limit)
{
    top_request_end(request);
    request->begun = now;
    request->limit = limit;
    request->stream = http_stream_begin(http, path, NULL, take, request);
}

void top_request_post(struct top_request *request, struct http *http, const char *path, double now,
                      double limit)
{
    top_request_end(request);
    request->begun = now;
    request->limit = limit;
    request->stream = http_stream_begin_post(http, path, take, request);
}

void top_request_end(struct top_request *request)
{
    http_stream_end(request->stream);
    buffer_finish(&request->body);
    *request = (struct top_request){0};
}

static enum top_progress read_answer(const struct top_request *request, json_t **answer, char **why)
{
    json_error_t error = {.text = "it is too long"};
    if (!request->too_long)
        *answer = json_loadb(request->body.data, request->body.length, JSON_ALLOW_NUL, &error);
    if (*answer != NULL)
        return TOP_ANSWERED;
    *why = memory_format("its answer cannot be read: %s", error.text);
    return TOP_REFUSED;
}

enum top_progress top_request_step(struct top_request *request, double now, json_t **answer,
                                   char **why)
{
    const char *error = NULL;
    enum top_progress progress = TOP_PENDING;
    *answer = NULL;
    *why = NULL;
    if (request->stream == NULL)
        return TOP_IDLE;
    if (!http_stream_step(request->stream, &error)) {
        progress = error != NULL ? TOP_REFUSED : read_answer(request, answer, why);
        if (error != NULL)
            *why = memory_copy(error);
    } else if (now >= request->begun + request->limit) {
        *why = memory_format("no answer for %g s", request->limit);
        progress = TOP_REFUSED;
    }
    if (progress != TOP_PENDING)
        top_request_end(request);
    return progress;
}
