// SPDX-License-Identifier: MIT
// One request for JSON beside a loop: begun, stepped until it is over, and given up if it takes too
// long. Zeroed, it is idle.
#pragma once

#include "base/buffer.h"
#include "client/http.h"

struct top_request {
    struct http_stream *stream; // NULL: idle
    struct buffer body;
    double begun;  // on CLOCK_MONOTONIC
    double limit;  // seconds from then on
    bool too_long; // the answer
};

enum top_progress {
    TOP_IDLE,    // there is no request
    TOP_PENDING, // it is not over
    TOP_ANSWERED,
    TOP_REFUSED, // or not answered
};

// Ends one that is under way. limit: in seconds, for all of it.
void top_request_get(struct top_request *request, struct http *http, const char *path, double now,
                     double limit);
void top_request_post(struct top_request *request, struct http *http, const char *path, double now,
                      double limit);

// Goes on. *answer (answered) and *why (refused) are the caller's.
enum top_progress top_request_step(struct top_request *request, double now, json_t **answer,
                                   char **why);
void top_request_end(struct top_request *request);
