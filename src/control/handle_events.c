// SPDX-License-Identifier: MIT
#include "base/list.h"
#include "base/memory.h"
#include "control/control_inside.h"
#include "control/handlers.h"

#include <inttypes.h>
#include <stdlib.h>

// One client that follows the events.
struct event_client {
    struct feed_reader reader;
    struct control *control;
    struct request *request;
};

static void on_wake(struct feed_reader *reader)
{
    request_wake(LIST_ITEM(struct event_client, reader, reader)->request);
}

static void on_stalled(struct feed_reader *reader, uint64_t behind)
{
    struct event_client *client = LIST_ITEM(struct event_client, reader, reader);
    log_warning("control: %s does not read the events it asked for (%" PRIu64
                " behind), connection closed",
                request_peer(client->request), behind);
    feed_leave(reader);
    request_cut(client->request);
}

static ssize_t on_read(void *owner, char *bytes, size_t room)
{
    struct event_client *client = owner;
    return (ssize_t)feed_read(&client->reader, bytes, room);
}

static void on_closed(void *owner)
{
    struct event_client *client = owner;
    feed_leave(&client->reader);
    control_watch_feed(client->control);
    free(client);
}

void handle_events(struct control *control, struct request *request)
{
    static const struct response_stream stream = {.read = on_read, .closed = on_closed};
    const char *last = request_header(request, "Last-Event-ID");
    if (last == NULL)
        last = request_parameter(request, "last_event_id");
    uint64_t number = 0;
    if (last != NULL && !feed_parse_number(last, &number)) {
        request_refuse(request, 400, "bad_request", "\"%s\" is no number of an event", last);
        return;
    }
    struct event_client *client = memory_new(1, sizeof(*client));
    *client = (struct event_client){
        .reader = {.wake = on_wake, .stalled = on_stalled},
        .control = control,
        .request = request,
    };
    if (last != NULL)
        feed_resume(control->feed, &client->reader, number);
    else
        feed_follow(control->feed, &client->reader);
    control_watch_feed(control);
    request_stream(request, "text/event-stream", &stream, client);
}
