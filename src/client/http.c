// SPDX-License-Identifier: MIT
#include "client/http.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "client/place.h"
#include "client/show.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    REPLY_LIMIT = 256 << 20, // bytes of an answer that is kept whole
    READ_SIZE = 256 << 10,   // bytes that are read at once
};

struct http {
    struct place place;
    CURL *easy;   // of the requests, and so of the one connection
    CURLM *multi; // of the streams
    double limit; // seconds; 0: any time
};

typedef bool taker(void *context, const char *bytes, size_t length);

// What goes on with one handle from its request to the end of the answer.
struct exchange {
    struct http *http;
    CURL *easy;
    struct curl_slist *headers;
    struct buffer body; // collected: the answer, or of a stream what is said to be wrong
    taker *take;        // NULL: the answer is collected
    void *context;
    bool ended; // take wants no more
};

struct http_stream {
    struct exchange exchange;
    bool over;
    char *error; // or NULL
};

static bool is_good(long status)
{
    return status >= 200 && status <= 299;
}

static long status_of(CURL *easy)
{
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    size_t length = size * count;
    if (exchange->take != NULL && is_good(status_of(exchange->easy))) {
        exchange->ended = !exchange->take(exchange->context, bytes, length);
        return exchange->ended ? 0 : length; // less than it is given ends it
    }
    if (length > REPLY_LIMIT - exchange->body.length)
        return 0;
    buffer_append(&exchange->body, bytes, length);
    return length;
}

struct http *http_open_at(struct place *place)
{
    struct http *http = memory_new(1, sizeof(*http));
    http->place = *place;
    *place = (struct place){.folder = -1};
    // No TLS: its library is not even made ready, which takes longer than all the rest.
    curl_global_init(CURL_GLOBAL_NOTHING);
    http->easy = curl_easy_init();
    http->multi = curl_multi_init();
    if (http->easy == NULL || http->multi == NULL)
        memory_run_out();
    return http;
}

struct http *http_open(const char *socket)
{
    struct place place;
    char *problem;
    if (place_find(&place, socket, &problem))
        return http_open_at(&place);
    complain("%s", problem);
    free(problem);
    place_finish(&place);
    return NULL;
}

void http_close(struct http *http)
{
    if (http == NULL)
        return;
    curl_easy_cleanup(http->easy);
    curl_multi_cleanup(http->multi);
    place_finish(&http->place);
    curl_global_cleanup();
    free(http);
}

const char *http_place(const struct http *http)
{
    return place_name(&http->place);
}

pid_t http_listener(const struct http *http)
{
    return place_listener(&http->place);
}

void http_limit(struct http *http, double seconds)
{
    http->limit = seconds;
}

static void add_header(struct exchange *exchange, const char *header)
{
    exchange->headers = curl_slist_append(exchange->headers, header);
    if (exchange->headers == NULL)
        memory_run_out();
}

// Makes ready for one request; a connection that is there stays.
static void exchange_prepare(struct exchange *exchange, const char *path, const char *accept,
                             bool post)
{
    const struct http *http = exchange->http;
    const struct place *place = &http->place;
    CURL *easy = exchange->easy;
    curl_easy_reset(easy);
    memory_auto char *url =
        memory_format("%s%s", place->address != NULL ? place->address : "http://helperd", path);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    if (place->reach != NULL)
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, place->reach);
    // A proxy of the environment is not for us, nor are the names that it would be asked for.
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)READ_SIZE);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    if (accept != NULL) {
        memory_auto char *header = memory_format("Accept: %s", accept);
        add_header(exchange, header);
    }
    if (place->token != NULL) {
        memory_auto char *header = memory_format("Authorization: Bearer %s", place->token);
        add_header(exchange, header);
    }
    if (post) {
        add_header(exchange, "Content-Type: application/json");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, 0L);
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->headers);
}

static void exchange_finish(struct exchange *exchange)
{
    curl_slist_free_all(exchange->headers);
    buffer_finish(&exchange->body);
}

// Why there was no answer, or not all of it; on the heap.
static char *explain(const struct exchange *exchange, CURLcode code)
{
    const char *place = http_place(exchange->http);
    long error = 0;
    switch ((int)code) {
    case CURLE_COULDNT_CONNECT:
        curl_easy_getinfo(exchange->easy, CURLINFO_OS_ERRNO, &error);
        return place_explain(&exchange->http->place, (int)error);
    case CURLE_OPERATION_TIMEDOUT:
        return memory_format("helperd at %s does not answer (waited %g s)", place,
                             exchange->http->limit);
    case CURLE_WRITE_ERROR:
        return memory_format("the answer of helperd at %s is too long", place);
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return memory_format("helperd at %s has ended, or broke the connection off", place);
    default:
        return memory_format("%s: %s", place, curl_easy_strerror(code));
    }
}

static bool is_json(CURL *easy)
{
    const char *type = NULL;
    curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
    return type != NULL && strncmp(type, "application/json", strlen("application/json")) == 0;
}

static const char *error_text(const struct http_reply *reply, const char *key)
{
    return json_string_value(json_object_get(json_object_get(reply->body, "error"), key));
}

const char *http_reply_code(const struct http_reply *reply)
{
    const char *code = error_text(reply, "code");
    return code != NULL ? code : "";
}

static void explain_refusal(struct http_reply *reply, const struct http *http)
{
    const char *message = error_text(reply, "message");
    const char *hint = reply->status == 401 && http->place.token == NULL
                           ? "; HELPERD_TOKEN_FILE names the file that holds the token"
                           : "";
    reply->error = message != NULL ? memory_format("%s%s", message, hint)
                                   : memory_format("helperd at %s answers with HTTP status %ld%s",
                                                   http_place(http), reply->status, hint);
}

// Makes a reply of what came.
static struct http_reply exchange_reply(struct exchange *exchange, CURLcode code)
{
    struct http_reply reply = {0};
    if (code != CURLE_OK) {
        reply.error = explain(exchange, code);
        return reply;
    }
    reply.status = status_of(exchange->easy);
    size_t length = exchange->body.length;
    char *text = buffer_take(&exchange->body);
    if (is_json(exchange->easy))
        reply.body = json_loadb(text, length, 0, NULL);
    if (reply.body != NULL)
        reply.json = text;
    else
        reply.text = text;
    if (!is_good(reply.status))
        explain_refusal(&reply, exchange->http);
    return reply;
}

static struct http_reply request(struct http *http, const char *path, bool post)
{
    struct exchange exchange = {.http = http, .easy = http->easy};
    exchange_prepare(&exchange, path, NULL, post);
    curl_easy_setopt(http->easy, CURLOPT_TIMEOUT_MS, (long)(http->limit * 1000));
    struct http_reply reply = exchange_reply(&exchange, curl_easy_perform(http->easy));
    exchange_finish(&exchange);
    return reply;
}

struct http_reply http_get(struct http *http, const char *path)
{
    return request(http, path, false);
}

struct http_reply http_post(struct http *http, const char *path)
{
    return request(http, path, true);
}

void http_reply_finish(struct http_reply *reply)
{
    json_decref(reply->body);
    free(reply->json);
    free(reply->text);
    free(reply->error);
    *reply = (struct http_reply){0};
}

char *http_escape(const char *text)
{
    char *escaped = curl_easy_escape(NULL, text, (int)strlen(text));
    if (escaped == NULL)
        memory_run_out();
    char *copy = memory_copy(escaped);
    curl_free(escaped);
    return copy;
}

// The end of a stream: its status, and the error if it has one.
static long stream_result(struct exchange *exchange, CURLcode code, char **error)
{
    *error = NULL;
    if (exchange->ended)
        return status_of(exchange->easy);
    struct http_reply reply = exchange_reply(exchange, code);
    long status = reply.status;
    *error = reply.error;
    reply.error = NULL;
    http_reply_finish(&reply);
    return status;
}

long http_stream(struct http *http, const char *path, const char *accept, taker *take,
                 void *context, char **error)
{
    struct exchange exchange = {.http = http, .easy = http->easy, .take = take, .context = context};
    exchange_prepare(&exchange, path, accept, false);
    long status = stream_result(&exchange, curl_easy_perform(http->easy), error);
    exchange_finish(&exchange);
    return status;
}

static struct http_stream *begin_stream(struct http *http, const char *path, const char *accept,
                                        bool post, taker *take, void *context)
{
    struct http_stream *stream = memory_new(1, sizeof(*stream));
    stream->exchange =
        (struct exchange){.http = http, .easy = curl_easy_init(), .take = take, .context = context};
    if (stream->exchange.easy == NULL)
        memory_run_out();
    exchange_prepare(&stream->exchange, path, accept, post);
    curl_easy_setopt(stream->exchange.easy, CURLOPT_PRIVATE, stream);
    if (curl_multi_add_handle(http->multi, stream->exchange.easy) != CURLM_OK)
        memory_run_out();
    return stream;
}

struct http_stream *http_stream_begin(struct http *http, const char *path, const char *accept,
                                      taker *take, void *context)
{
    return begin_stream(http, path, accept, false, take, context);
}

struct http_stream *http_stream_begin_post(struct http *http, const char *path, taker *take,
                                           void *context)
{
    return begin_stream(http, path, NULL, true, take, context);
}

// Notes which streams have come to their end.
static void note_ends(CURLM *multi)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        struct http_stream *stream = NULL;
        if (message->msg != CURLMSG_DONE ||
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &stream) != CURLE_OK)
            continue;
        stream->over = true;
        stream_result(&stream->exchange, message->data.result, &stream->error);
    }
}

bool http_stream_step(struct http_stream *stream, const char **error)
{
    CURLM *multi = stream->exchange.http->multi;
    int running;
    if (!stream->over) {
        curl_multi_perform(multi, &running);
        note_ends(multi);
    }
    *error = stream->error;
    return !stream->over;
}

void http_wait(struct http_stream *const *streams, size_t count, int fd, int milliseconds)
{
    if (count == 0) {
        struct pollfd terminal = {.fd = fd, .events = POLLIN};
        (void)poll(&terminal, 1, milliseconds); // a signal may end it as well
        return;
    }
    struct curl_waitfd terminal = {.fd = fd, .events = CURL_WAIT_POLLIN};
    curl_multi_poll(streams[0]->exchange.http->multi, &terminal, fd >= 0 ? 1 : 0, milliseconds,
                    NULL);
}

void http_stream_end(struct http_stream *stream)
{
    if (stream == NULL)
        return;
    curl_multi_remove_handle(stream->exchange.http->multi, stream->exchange.easy);
    curl_easy_cleanup(stream->exchange.easy);
    exchange_finish(&stream->exchange);
    free(stream->error);
    free(stream);
}
