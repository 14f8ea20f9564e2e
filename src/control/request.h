// SPDX-License-Identifier: MIT
// One request as handlers see it, and the ways to answer it. Nothing in here is the library's.
//
// A handler answers at once, or later (a wait, a reload), or with a stream (logs, events). Each
// request is answered exactly once, and is not to be used after that; where the client leaves
// before, who was to answer is told so and has nothing more to do.
#pragma once

#include "base/buffer.h"
#include "control/access.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct request;

const char *request_method(const struct request *request);
const char *request_path(const struct request *request);
// What {name} stands for in the path; "" where there is none.
const char *request_name(const struct request *request);
void request_set_name(struct request *request, const char *name, size_t length);
// The first value of a query parameter, or NULL; "" where it has none.
const char *request_parameter(const struct request *request, const char *name);
// All of them, in order. False ends it early, and is returned then.
typedef bool request_found(void *context, const char *name, const char *value);
bool request_each_parameter(struct request *request, request_found *found, void *context);
// "1", "true", "yes", "on" or nothing behind the name is true, "0", "false", "no" or "off" is not;
// false: it is neither.
bool request_parse_flag(const char *text, bool *flag);
// One that was looked at before a handler got the request; absent is false.
bool request_flag(const struct request *request, const char *name);
const char *request_header(const struct request *request, const char *name);
// Who asks, for the log: "pid 4711 (uid 1000)" or an address.
const char *request_peer(const struct request *request);
// The socket it came through, and whether that is one of TCP.
int request_socket(const struct request *request);
bool request_is_remote(const struct request *request);

// Answers. The first takes over the object, the last the text.
void request_answer(struct request *request, unsigned status, json_t *object);
void request_refuse(struct request *request, unsigned status, const char *code, const char *format,
                    ...) __attribute__((format(printf, 4, 5)));
void request_answer_text(struct request *request, unsigned status, const char *type,
                         struct buffer *text);
// Adds a header to the answer; before it.
void request_add_header(struct request *request, const char *name, const char *value);

// The answer comes later. gone is called if the client leaves before it.
void request_defer(struct request *request, void (*gone)(void *owner), void *owner);

// An answer whose end is not known. read fills in at most so many bytes and returns how many; 0:
// nothing now, STREAM_OVER: that was all. closed is called once, at the end of either side.
#define STREAM_OVER ((ssize_t)-1)
struct response_stream {
    ssize_t (*read)(void *owner, char *bytes, size_t room);
    void (*closed)(void *owner);
};
void request_stream(struct request *request, const char *type, const struct response_stream *stream,
                    void *owner);
// Its stream has something to read again.
void request_wake(struct request *request);
// Closes the connection, though the client has not read all of the stream.
void request_cut(struct request *request);
