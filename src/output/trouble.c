// SPDX-License-Identifier: MIT
#include "output/trouble.h"

#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *lines_were(uint64_t count)
{
    return count == 1 ? "line of the log was" : "lines of the log were";
}

static const char *reason_of(const struct sink *sink)
{
    return sink->failing_reason != NULL ? sink->failing_reason : strerror(sink->failing);
}

// Says past the log what the log itself cannot take.
static void say_beside(struct router *router, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void say_beside(struct router *router, const char *format, ...)
{
    struct sink *error = router->error;
    if (error == router->own.sink)
        return;
    struct buffer *out = sink_filling(error);
    size_t before = out->length;
    va_list arguments;
    va_start(arguments, format);
    buffer_vprintf(out, format, arguments);
    va_end(arguments);
    sink_put(error, NULL, out->length - before);
}

static void tell_failure(struct router *router, struct sink *sink)
{
    sink->told = true;
    if (sink == router->own.sink)
        say_beside(router,
                   "helperd: cannot write the log to %s: %s; keeping what fits, trying again\n",
                   sink->name, reason_of(sink));
    else
        log_error("cannot write to %s: %s; keeping what fits, trying again", sink->name,
                  reason_of(sink));
}

// Whether one more of our own messages finds room. If not, it is looked for again.
static bool can_tell(struct router *router)
{
    if (sink_has_room(router->own.sink, &router->own))
        return true;
    router_look_again(router);
    return false;
}

// Lost without a failure is what was dropped by somebody who led here and was not told before.
bool trouble_is_over(const struct sink *sink)
{
    return sink->failing == 0 && (sink->told || sink->lost > 0);
}

static void tell_recovery(struct router *router, struct sink *sink)
{
    if (!can_tell(router))
        return;
    bool failed = sink->told;
    uint64_t lost = sink->lost;
    const char *were = lost == 1 ? "line was" : "lines were";
    sink->told = false;
    sink->lost = 0;
    if (!failed)
        log_warning("%" PRIu64 " %s dropped (%s did not keep up)", lost, were, sink->name);
    else if (lost > 0)
        log_warning("%s can be written again; %" PRIu64 " %s lost", sink->name, lost, were);
    else
        log_info("%s can be written again; nothing was lost", sink->name);
    if (lost > 0)
        router_note_dropped(router, NULL, lost, router_place(router, sink));
}

static void tell_file_trouble(struct sink *sink)
{
    if (sink->trouble != 0 && !sink->trouble_told)
        log_warning("cannot rotate %s or open it again: %s; lines go on to the old file",
                    sink->name,
                    sink->trouble_reason != NULL ? sink->trouble_reason : strerror(sink->trouble));
    sink->trouble_told = sink->trouble != 0;
}

void trouble_tell(struct router *router, struct sink *sink)
{
    if (sink->failing != 0 && !sink->told)
        tell_failure(router, sink);
    else if (trouble_is_over(sink))
        tell_recovery(router, sink);
    tell_file_trouble(sink);
}

bool trouble_tell_end(struct router *router, struct sink *sink)
{
    uint64_t lost = sink->lost + sink_count_lines(sink);
    if (lost > 0 && !can_tell(router))
        return false;
    if (lost > 0)
        log_warning("%" PRIu64 " %s lost (%s: %s)", lost, lines_were(lost), sink->name,
                    reason_of(sink));
    sink->lost = 0;
    sink->told = false; // a later reload may take it back while it is closed
    if (lost > 0)
        router_note_dropped(router, NULL, lost, router_place(router, sink));
    return true;
}

void trouble_tell_own_drops(struct router *router)
{
    struct outlet *own = &router->own;
    // What nobody would see told counts at the end.
    if (own->dropped == 0 || !router_shows_warnings(router) || !sink_has_room(own->sink, own))
        return;
    uint64_t dropped = own->dropped;
    own->dropped = 0;
    log_warning("%" PRIu64 " of helperd's own %s dropped", dropped,
                dropped == 1 ? "lines was" : "lines were");
    router_note_dropped(router, router->own_source.helper, dropped,
                        router_place(router, own->sink));
}

void trouble_say(const char *format, ...)
{
    struct pollfd error = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&error, 1, 0) <= 0)
        return;
    va_list arguments;
    va_start(arguments, format);
    (void)vdprintf(STDERR_FILENO, format, arguments);
    va_end(arguments);
}

// Without any thread the log holds the warning back, too.
void trouble_tell_threads(struct router *router)
{
    bool none;
    int failure = writers_failure(&router->writers, &none);
    if (failure != 0 && !router->threads_told) {
        log_warning("cannot start a thread that writes: %s; trying again", strerror(failure));
        if (none)
            trouble_say("helperd: cannot start the thread that writes the log: %s; keeping what "
                        "fits, trying again\n",
                        strerror(failure));
    } else if (failure == 0 && router->threads_told) {
        log_info("threads that write can be started again");
    }
    router->threads_told = failure != 0;
}

void trouble_say_losses(struct router *router)
{
    bool none;
    int failure = writers_failure(&router->writers, &none);
    const char *hindrance =
        none && failure != 0 ? "there is no thread to write them" : "it did not take them in time";
    LIST_EACH (struct sink, sink, &router->sinks.all, link) {
        sink_collect(sink);
        uint64_t lost = sink->lost + sink_count_lines(sink);
        const char *reason = sink->failing != 0 ? reason_of(sink) : hindrance;
        if (lost > 0)
            trouble_say("helperd: %" PRIu64 " %s lost (%s: %s)\n", lost, lines_were(lost),
                        sink->name, reason);
    }
}
