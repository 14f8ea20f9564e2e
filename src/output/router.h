// SPDX-License-Identifier: MIT
// All sinks and the log among them: hands on what was put into them once per turn of the loop, sees
// what their writers did, tries again what fails, and says so once: at the failure, at the
// recovery, at the end.
#pragma once

#include "output/history.h"
#include "output/outlet.h"
#include "output/sinks.h"
#include "output/tap.h"
#include "output/writers.h"

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

// What somebody said so far, in lines and in bytes as they came; and how many lines were dropped.
// Those are over the limit of lines a second, and then not among the lines that were said; or they
// found no room where they were to go, which a line that goes to two places may do twice.
struct log_counts {
    uint64_t lines, bytes, dropped;
};

// Who wants to know of lines that were dropped when the log says so.
struct drop_listener {
    // helper: NULL where it is not known any more whose they were. where: "log", the name of a
    // file, or "rate limit".
    void (*dropped)(void *context, const char *helper, uint64_t lines, const char *where);
    void *context;
};

// Read-only outside output.
struct router {
    struct ev_loop *loop;
    struct writers writers;
    struct sinks sinks;
    struct list changed;  // sink.changed_link: something became of it in this turn
    struct list routes;   // route.link
    struct list owing;    // route.owing_link: have left out lines
    struct list troubled; // sink.troubled_link: fail, or something is to be told of them
    enum on_full on_full;
    enum level level; // least that is shown in the log
    struct record_style style;
    struct log_counts counts;     // of all helpers, also of those that are gone
    struct log_counts own_counts; // of our own messages
    struct list taps;             // tap.link
    struct drop_listener drop_listener;
    uint64_t number; // of the latest record; the order of all, whoever they are of
    struct record_source own_source;
    struct outlet own; // our own messages
    struct history own_history;
    struct sink *error; // standard error, for what cannot be said in the log
    ev_prepare end_of_turn;
    ev_async news;     // from a writer
    ev_timer retry;    // runs while a sink fails or lines over a rate are to be told
    ev_timer grow;     // runs while sinks wait for a thread
    ev_timer trim;     // runs while there is a flood, and a little longer
    bool threads_told; // that none could be started
    bool draining;     // the end has come, but for what waits
    void (*drained)(void *context);
    void *context;
};

// Where the log goes: a descriptor that is not ours to close, or a file.
struct log_target {
    int fd;           // borrowed; -1: the file
    const char *name; // the path of a file
    struct log_file file;
};

struct router *router_create(struct ev_loop *loop, const struct log_target *target,
                             const struct record_style *style, const struct log_config *config);

// Whether the log goes there already.
bool router_has_target(const struct router *router, const struct log_target *target);

// Goes on with other settings, and with another target unless that is NULL.
void router_configure(struct router *router, const struct log_target *target,
                      const struct record_style *style, const struct log_config *config);

// Opens all files that somebody writes to again by their names. Returns how many.
size_t router_reopen(struct router *router);

// Calls back once everything was written, or what was not is on a sink that fails.
void router_drain(struct router *router, void (*drained)(void *context), void *context);

// Says on standard error what is lost, and frees everything that no hanging write needs.
void router_destroy(struct router *router);

// Shows the tap each record from now on, until it is taken out with list_remove. While it is
// shown one, that has router->number.
void router_add_tap(struct router *router, struct tap *tap);

// There is one listener, or none (.dropped NULL, as at first).
void router_set_drop_listener(struct router *router, struct drop_listener listener);

// Our own message, as a log_writer: log_set_writer(router_write_own, router). Where the log does
// not take what is said after its loop has ended, it goes to standard error as well.
void router_write_own(void *router, enum level level, const char *text);

// For routes: gives a record its number, keeps it and shows it to the taps.
void router_keep(struct router *router, struct history *history, const struct record *record);
// For who tells of drops in the log: to tell the listener as well.
void router_note_dropped(struct router *router, const char *helper, uint64_t lines,
                         const char *where);
// What a sink is called there.
const char *router_place(const struct router *router, const struct sink *sink);
// For routes: there is something to be told that could not be told yet.
void router_look_again(struct router *router);
// For routes: whether anybody would see what they tell.
bool router_shows_warnings(const struct router *router);
// For routes: bytes of each queue that helpers leave to our own messages.
size_t router_reserve(const struct router *router);
