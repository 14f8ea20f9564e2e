// SPDX-License-Identifier: MIT
// All that goes on between top and helperd, without ever blocking: the table once in a while, the
// log of one helper, and what is asked for helpers. While helperd is away it is tried again, and
// the log goes on when it is back.
#pragma once

#include "client/top_log.h"
#include "client/top_model.h"
#include "client/top_request.h"

struct top_feed {
    struct http *http; // the caller's
    double interval;   // seconds from one request for the table to the next
    double next;       // when that is due; as all times here on CLOCK_MONOTONIC
    struct top_request table, action;
    char *action_name; // the helper it is for; owned
    char *lost;        // why helperd does not answer, or NULL; owned
    char *said;        // what came of the latest action, until it is read; owned, or NULL

    struct top_log log;
    char *log_name;                 // whose log it is, or NULL; owned
    struct http_stream *log_stream; // NULL: to be begun again, at log_due
    double log_due;
    double log_time;   // when bytes of it came last
    size_t log_pieces; // that have come
};

// The first table is due after an interval.
void top_feed_init(struct top_feed *feed, struct http *http, double interval);
void top_feed_finish(struct top_feed *feed);

// Follows the log of this helper from now on; NULL: of none.
void top_feed_follow(struct top_feed *feed, const char *name, double now);

// Asks for start, stop, restart or reset, and for the table as soon as that is answered. False: an
// earlier action is not answered yet.
bool top_feed_act(struct top_feed *feed, const char *verb, const char *name, double now);

// Takes what has come, and begins what is due. True: there is something new to be shown.
bool top_feed_step(struct top_feed *feed, struct top_model *model, double now);

// Waits until something has come, something is due, the descriptor is readable, or that time.
void top_feed_wait(const struct top_feed *feed, int fd, double now, double until);
