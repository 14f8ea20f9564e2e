// SPDX-License-Identifier: MIT
// What a command works with.
#pragma once

#include "client/arguments.h"
#include "client/http.h"
#include "client/show.h"

enum {
    EXIT_REFUSED = 1, // refused, failed, or nobody answers
    EXIT_MISUSE = 2,
    EXIT_SOME_NOT_UP = 3,    // status
    EXIT_UNKNOWN_HELPER = 4, // status
};

struct session {
    struct arguments arguments;
    struct http *http; // NULL for a command that stands alone
    struct screen screen;
};

// Whether what is printed is JSON.
bool session_is_json(const struct session *session);

// Sends a request; false: it was refused or not answered, which is said then. reply is to be
// finished in either case. With --json the answer of helperd is printed too if it is an error.
bool session_get(struct session *session, const char *path, struct http_reply *reply);
bool session_post(struct session *session, const char *path, struct http_reply *reply);

// Says what is wrong with a reply.
void session_complain(struct session *session, const struct http_reply *reply);

// Prints the JSON of a reply as it came.
void session_print_json(const struct session *session, const struct http_reply *reply);
// Prints an object in a line.
void session_print_object(const struct session *session, const json_t *object);

// "/v1/helpers?name=a&name=b" from the path and the names, escaped; heap.
char *session_query(const char *path, const char *parameter, char *const *names, size_t count);

// Members of an object, with what they are where they are absent or null.
const char *member_text(const json_t *object, const char *key);           // ""
double member_number(const json_t *object, const char *key, double none); // none
bool member_is_true(const json_t *object, const char *key);
