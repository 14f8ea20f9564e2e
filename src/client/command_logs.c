// SPDX-License-Identifier: MIT
// What goes on by itself: lines of the log, and events.
#include "client/commands.h"

#include "base/clock.h"
#include "base/memory.h"
#include "client/event_lines.h"
#include "client/event_stream.h"
#include "client/log_query.h"
#include "client/session.h"

#include <stdlib.h>
#include <string.h>

enum { LINES_BEFORE_FOLLOWING = 10 };

static bool print_bytes(void *context, const char *bytes, size_t length)
{
    struct buffer *out = context;
    buffer_append(out, bytes, length);
    show_write(out);
    return true;
}

// A stream that does not end by itself has ended: with a word why.
static int say_end(const struct session *session, char *error)
{
    if (error != NULL)
        complain("%s", error);
    else
        complain("helperd at %s has ended", http_place(session->http));
    free(error);
    return EXIT_REFUSED;
}

int command_logs(struct session *session)
{
    const struct arguments *arguments = &session->arguments;
    bool follow = arguments_have(arguments, OPTION_FOLLOW);
    int64_t lines = arguments->lines;
    if (follow && !arguments_have(arguments, OPTION_LINES))
        lines = LINES_BEFORE_FOLLOWING;
    memory_auto char *path =
        session_is_json(session)
            ? log_query_json(arguments->words, arguments->count, lines, follow)
            : log_query(&session->screen, arguments->words, arguments->count, lines, follow);
    struct buffer out = {0};
    char *error;
    (void)http_stream(session->http, path, NULL, print_bytes, &out, &error);
    buffer_finish(&out);
    if (follow || error != NULL)
        return say_end(session, error);
    return 0;
}

// What on_event works with.
struct listening {
    struct session *session;
    struct event_stream stream;
    struct buffer out;
};

static void on_event(void *context, const char *kind, const char *data)
{
    struct listening *listening = context;
    if (session_is_json(listening->session)) {
        show_json(&listening->out, &listening->session->screen, data);
        buffer_append_char(&listening->out, '\n');
        return;
    }
    event_lines_write(&listening->out, &listening->session->screen, kind, data,
                      (double)clock_wall() / 1e6);
}

static bool take_events(void *context, const char *bytes, size_t length)
{
    struct listening *listening = context;
    if (!event_stream_take(&listening->stream, bytes, length)) {
        complain("helperd at %s sends an event without an end",
                 http_place(listening->session->http));
        return false;
    }
    show_write(&listening->out);
    return true;
}

int command_events(struct session *session)
{
    struct listening listening = {.session = session};
    listening.stream = (struct event_stream){.on_event = on_event, .context = &listening};
    char *error;
    (void)http_stream(session->http, "/v1/events", "text/event-stream", take_events, &listening,
                      &error);
    event_stream_finish(&listening.stream);
    buffer_finish(&listening.out);
    return say_end(session, error);
}
