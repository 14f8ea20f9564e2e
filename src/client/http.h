// SPDX-License-Identifier: MIT
// The client's way to helperd: one connection, requests one after the other, and streams. The only
// user of libcurl.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct http;
struct place;

// Finds the socket (or the address) and makes ready; nothing is sent yet. socket: as -s gave it, or
// NULL: it is looked for. NULL: standard error says where was looked and what to do. Exit with 1
// then.
struct http *http_open(const char *socket);
// The same with a place that was found, which it takes over; for those who say nothing.
struct http *http_open_at(struct place *place);
void http_close(struct http *http);
// Where it goes, as a person would write it behind -s.
const char *http_place(const struct http *http);
// The process that listens there, as its number is here; 0: not known.
pid_t http_listener(const struct http *http);

// How many seconds each of the following requests may take; 0: any time, as at first. Streams have
// no limit.
void http_limit(struct http *http, double seconds);

struct http_reply {
    long status;  // 0: no answer; error says why
    json_t *body; // of JSON, else NULL; owned
    char *json;   // of JSON: the text as it came, else NULL; owned
    char *text;   // of anything else, or NULL; owned, NUL-terminated
    char *error;  // a sentence where status is not 2xx; owned
};
// path: "/v1/helpers/web/start?wait=ready", already escaped. Not limited in time by itself.
struct http_reply http_get(struct http *http, const char *path);
struct http_reply http_post(struct http *http, const char *path);
void http_reply_finish(struct http_reply *reply);
// The code of an error, like "unknown_helper"; "" where there is none.
const char *http_reply_code(const struct http_reply *reply);

// A text made fit for a path or a query; heap.
char *http_escape(const char *text);

// GET that goes on: take gets what comes, in pieces of any size, and returns false to end it.
// accept: a media type or NULL. Returns the HTTP status; 0: no answer or broken off. error as in
// http_reply, NULL for an end without one; owned by the caller.
long http_stream(struct http *http, const char *path, const char *accept,
                 bool (*take)(void *context, const char *bytes, size_t length), void *context,
                 char **error);

// The same without blocking, for a program with a loop of its own (top): begins it on a connection
// of its own…
struct http_stream;
struct http_stream *http_stream_begin(struct http *http, const char *path, const char *accept,
                                      bool (*take)(void *context, const char *bytes, size_t length),
                                      void *context);
// …or a POST, which need not go on: one that nobody waits for.
struct http_stream *http_stream_begin_post(struct http *http, const char *path,
                                           bool (*take)(void *context, const char *bytes,
                                                        size_t length),
                                           void *context);
// …takes what is there now, for all streams of the same struct http. False: it is over. error (or
// NULL for an end as asked) is the stream's.
bool http_stream_step(struct http_stream *stream, const char **error);
// Waits until descriptor fd (of the terminal; -1: none) or one of the streams, which belong to one
// struct http, has something, at most so many milliseconds.
void http_wait(struct http_stream *const *streams, size_t count, int fd, int milliseconds);
void http_stream_end(struct http_stream *stream);
