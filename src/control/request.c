// SPDX-License-Identifier: MIT
#include "control/request.h"

#include "base/memory.h"
#include "base/strings.h"
#include "control/json.h"
#include "control/server_inside.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    STREAM_BLOCK = 16 * 1024,
    STREAM_PATIENCE = 300, // seconds without reading: it may be a pager, and nobody waits for it
};

const char *request_method(const struct request *request)
{
    return request->method;
}

const char *request_path(const struct request *request)
{
    return request->path;
}

const char *request_name(const struct request *request)
{
    return request->name;
}

void request_set_name(struct request *request, const char *name, size_t length)
{
    free(request->name);
    request->name = memory_copy_bytes(name, length);
}

const char *request_parameter(const struct request *request, const char *name)
{
    const char *value;
    struct MHD_Connection *handle = request->connection->handle;
    if (MHD_lookup_connection_value_n(handle, MHD_GET_ARGUMENT_KIND, name, strlen(name), &value,
                                      NULL) != MHD_YES)
        return NULL;
    return value != NULL ? value : "";
}

struct search {
    request_found *found;
    void *context;
    bool good;
};

static enum MHD_Result on_parameter(void *context, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    (void)kind;
    struct search *search = context;
    search->good = search->found(search->context, name, value != NULL ? value : "");
    return search->good ? MHD_YES : MHD_NO;
}

bool request_each_parameter(struct request *request, request_found *found, void *context)
{
    struct search search = {.found = found, .context = context, .good = true};
    (void)MHD_get_connection_values(request->connection->handle, MHD_GET_ARGUMENT_KIND,
                                    on_parameter, &search);
    return search.good;
}

bool request_parse_flag(const char *text, bool *flag)
{
    static const struct {
        const char *word;
        bool flag;
    } words[] = {
        {"", true},   {"1", true},   {"true", true},   {"yes", true},  {"on", true},
        {"0", false}, {"no", false}, {"false", false}, {"off", false},
    };
    for (size_t i = 0; i < LENGTH(words); i++) {
        if (strcmp(text, words[i].word) == 0) {
            *flag = words[i].flag;
            return true;
        }
    }
    return false;
}

bool request_flag(const struct request *request, const char *name)
{
    const char *value = request_parameter(request, name);
    bool flag = false;
    return value != NULL && request_parse_flag(value, &flag) && flag;
}

const char *request_header(const struct request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection->handle, MHD_HEADER_KIND, name);
}

const char *request_peer(const struct request *request)
{
    return request->connection->peer;
}

int request_socket(const struct request *request)
{
    return request->connection->fd;
}

bool request_is_remote(const struct request *request)
{
    return request->connection->remote;
}

void request_add_header(struct request *request, const char *name, const char *value)
{
    strings_append(&request->headers, name);
    strings_append(&request->headers, value);
}

static void respond(struct request *request, unsigned status, const char *type,
                    struct MHD_Response *response)
{
    request->response = response;
    request->status = status;
    request->deferred = false;
    (void)MHD_add_response_header(response, "Content-Type", type);
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    for (size_t i = 0; i + 1 < request->headers.count; i += 2)
        (void)MHD_add_response_header(response, request->headers.items[i],
                                      request->headers.items[i + 1]);
    server_resume(request->connection);
}

void request_answer_text(struct request *request, unsigned status, const char *type,
                         struct buffer *text)
{
    size_t length = text->length;
    respond(request, status, type,
            MHD_create_response_from_buffer(length, buffer_take(text), MHD_RESPMEM_MUST_FREE));
}

void request_answer(struct request *request, unsigned status, json_t *object)
{
    struct buffer text = {0};
    json_append(&text, object);
    buffer_append_char(&text, '\n');
    json_decref(object);
    request_answer_text(request, status, "application/json", &text);
}

void request_refuse(struct request *request, unsigned status, const char *code, const char *format,
                    ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct buffer text = {0};
    buffer_vprintf(&text, format, arguments);
    va_end(arguments);
    memory_auto char *message = buffer_take(&text);
    request_answer(request, status, json_failure(code, message));
}

void request_defer(struct request *request, void (*gone)(void *owner), void *owner)
{
    request->deferred = true;
    request->leave = gone;
    request->owner = owner;
}

static ssize_t on_read(void *context, uint64_t position, char *bytes, size_t room)
{
    (void)position;
    struct request *request = context;
    if (request->gone)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    ssize_t got = request->stream->read(request->owner, bytes, room);
    if (got == STREAM_OVER)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (got == 0)
        server_suspend(request->connection);
    return got;
}

void request_stream(struct request *request, const char *type, const struct response_stream *stream,
                    void *owner)
{
    request->stream = stream;
    request->owner = owner;
    request->streaming = true;
    (void)MHD_set_connection_option(request->connection->handle, MHD_CONNECTION_OPTION_TIMEOUT,
                                    STREAM_PATIENCE);
    respond(
        request, 200, type,
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, on_read, request, NULL));
}

void request_wake(struct request *request)
{
    server_resume(request->connection);
}

// The library waits until the client reads or its time is over; an end of the socket it sees at
// once.
void request_cut(struct request *request)
{
    request->gone = true;
    (void)shutdown(request->connection->fd, SHUT_RDWR);
    server_resume(request->connection);
}

struct request *request_begin(struct connection *connection, const char *method, const char *path)
{
    struct request *request = memory_new(1, sizeof(*request));
    *request = (struct request){
        .connection = connection,
        .method = memory_copy(method),
        .path = memory_copy(path),
        .name = memory_copy(""),
    };
    list_init(&request->link);
    connection->request = request;
    return request;
}

enum MHD_Result request_go_on(struct request *request)
{
    if (request->response == NULL) {
        if (request->gone)
            return MHD_NO;
        server_suspend(request->connection);
        return MHD_YES;
    }
    enum MHD_Result result =
        MHD_queue_response(request->connection->handle, request->status, request->response);
    MHD_destroy_response(request->response);
    request->response = NULL;
    return result;
}

void request_end(struct request *request)
{
    if (request->suspended)
        server_resume(request->connection);
    if (request->deferred)
        request->leave(request->owner);
    if (request->streaming)
        request->stream->closed(request->owner);
    if (request->response != NULL)
        MHD_destroy_response(request->response);
    request->connection->request = NULL;
    strings_finish(&request->headers);
    free(request->method);
    free(request->path);
    free(request->name);
    free(request);
}
