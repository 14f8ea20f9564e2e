// SPDX-License-Identifier: MIT
// One request as handlers see it, and the ways to answer it. Nothing in here is the library's.
//
// A handler answers at once, or later (a wait, a reload), or with a stream (logs, events). Each
// request is answered exactly once; a client that leaves before is told to who is to answer, by
// `gone`.
#pragma once

#include "base/buffer.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum access { ACCESS_NONE, ACCESS_READ, ACCESS_CONTROL };

struct request;

// What {name} stands for in the path; NULL where there is none.
const char *request_name(const struct request *request);
// The first value of a query parameter, or NULL. All of them: called for each in order.
const char *request_parameter(const struct request *request, const char *name);
void request_each_parameter(const struct request *request, const char *name,
                            void (*found)(void *context, const char *value), void *context);
// "1", "true", "yes" or nothing behind the name is true; absent is false.
bool request_flag(const struct request *request, const char *name);
const char *request_header(const struct request *request, const char *name);
// Who asks, for the log: "pid 4711 (uid 1000)" or an address.
const char *request_peer(const struct request *request);

// Answers. The first takes over the object, the third the text.
void request_answer(struct request *request, unsigned status, json_t *object);
void request_refuse(struct request *request, unsigned status, const char *code, const char *format,
                    ...) __attribute__((format(printf, 4, 5)));
void request_answer_text(struct request *request, unsigned status, const char *type,
                         struct buffer *text);

// An answer that comes later: gone is called if the client leaves before it, and nothing of the
// request may be used after that.
void request_defer(struct request *request, void (*gone)(void *owner), void *owner);

// An answer whose end is not known. read fills in at most so many bytes and returns how many;
// 0: nothing now, STREAM_OVER: that was all. closed is called exactly once, at the end of either
// side.
#define STREAM_OVER ((ssize_t)-1)
struct response_stream {
    ssize_t (*read)(void *owner, char *bytes, size_t room);
    void (*closed)(void *owner);
};
void request_stream(struct request *request, const char *type, const struct response_stream *stream,
                    void *owner);
// Its stream has something to read again.
void request_wake(struct request *request);
