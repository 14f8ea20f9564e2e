// SPDX-License-Identifier: MIT
#include "control/log_client.h"

#include "base/clock.h"
#include "base/memory.h"
#include "control/control_inside.h"
#include "output/recall.h"
#include "output/tap.h"
#include "supervise/command.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 16 * 1024,
    UNREAD_LIMIT = 256 * 1024, // bytes that wait for the client, and what a record adds to that
};

struct log_client {
    struct control *control;
    struct request *request;
    struct log_wish wish;
    struct recall *recall; // NULL: all of the past was read
    struct tap tap;        // linked once it follows
    struct buffer text;    // rendered
    size_t sent;           // of it
    uint64_t left_out;     // lines since the last of it
};

void log_wish_finish(struct log_wish *wish)
{
    strings_finish(&wish->names);
    *wish = (struct log_wish){0};
}

static int compare_names(const void *a, const void *b)
{
    char *const *left = a, *const *right = b;
    return strcmp(*left, *right);
}

static bool wants(const struct log_wish *wish, const struct record_source *source)
{
    if (wish->all)
        return true;
    if (source->kind == STREAM_OWN)
        return wish->own;
    char *name = (char *)source->helper; // only looked at
    return wish->names.count > 0 && bsearch(&name, wish->names.items, wish->names.count,
                                            sizeof(char *), compare_names) != NULL;
}

// A word of helperd's own at the place where lines are missing.
static void tell_left_out(struct log_client *client, uint64_t lines)
{
    if (lines == 0)
        return;
    memory_auto char *text =
        memory_format("%" PRIu64 " %s left out, since %s not read in time", lines,
                      lines == 1 ? "line was" : "lines were", lines == 1 ? "it was" : "they were");
    const struct record record = {
        .source = &client->control->router->own_source,
        .time = clock_wall(),
        .level = LEVEL_WARNING,
        .text = text,
        .length = strlen(text),
    };
    record_render(&record, &client->wish.style, &client->text);
}

static void on_record(struct tap *tap, const struct record *record)
{
    struct log_client *client = LIST_ITEM(struct log_client, tap, tap);
    if (!wants(&client->wish, record->source))
        return;
    if (client->text.length - client->sent > UNREAD_LIMIT) {
        client->left_out += record_count_lines(record);
        return;
    }
    tell_left_out(client, client->left_out);
    client->left_out = 0;
    record_render(record, &client->wish.style, &client->text);
    request_wake(client->request);
}

// What has been kept comes first. False: there is nothing more of it.
static bool read_past(struct log_client *client)
{
    if (client->recall == NULL)
        return false;
    tell_left_out(client, recall_take_missed(client->recall));
    if (!recall_read(client->recall, &client->wish.style, &client->text, PIECE)) {
        recall_destroy(client->recall);
        client->recall = NULL;
        if (client->wish.follow)
            router_add_tap(client->control->router, &client->tap);
    }
    return true;
}

static ssize_t on_read(void *owner, char *bytes, size_t room)
{
    struct log_client *client = owner;
    while (client->sent == client->text.length) {
        buffer_finish(&client->text);
        client->sent = 0;
        if (read_past(client))
            continue;
        if (!client->wish.follow)
            return STREAM_OVER;
        if (client->left_out == 0)
            return 0;
        tell_left_out(client, client->left_out);
        client->left_out = 0;
    }
    size_t length = client->text.length - client->sent;
    length = length < room ? length : room;
    memcpy(bytes, client->text.data + client->sent, length);
    client->sent += length;
    // One that reads steadily and never has it all must not make us keep all that it had.
    if (client->sent > UNREAD_LIMIT) {
        buffer_consume(&client->text, client->sent);
        client->sent = 0;
    }
    return (ssize_t)length;
}

static void on_closed(void *owner)
{
    struct log_client *client = owner;
    list_remove(&client->tap.link);
    if (client->recall != NULL)
        recall_destroy(client->recall);
    buffer_finish(&client->text);
    log_wish_finish(&client->wish);
    free(client);
}

// The routes of those that are wished for; heap.
static struct route **find_routes(struct control *control, const struct log_wish *wish,
                                  size_t *count)
{
    struct helpers all = supervisor_all(control->supervisor);
    struct route **routes = memory_new(all.count, sizeof(struct route *));
    *count = 0;
    for (size_t i = 0; i < all.count; i++) {
        const struct record_source source = {.helper = all.items[i]->config->name};
        if (wants(wish, &source))
            routes[(*count)++] = &all.items[i]->route;
    }
    helpers_finish(&all);
    return routes;
}

void log_client_begin(struct control *control, struct request *request, const char *type,
                      struct log_wish *wish)
{
    static const struct response_stream stream = {.read = on_read, .closed = on_closed};
    struct log_client *client = memory_new(1, sizeof(*client));
    *client = (struct log_client){
        .control = control,
        .request = request,
        .wish = *wish,
        .tap = {.put = on_record},
    };
    list_init(&client->tap.link);
    struct strings *names = &client->wish.names;
    if (names->count > 0)
        qsort(names->items, names->count, sizeof(char *), compare_names);
    size_t count;
    memory_auto struct route **routes = find_routes(control, &client->wish, &count);
    const struct recall_request past = {
        .routes = routes,
        .count = count,
        .own = wish->all || wish->own,
        .lines = wish->lines,
        .follows = wish->follow,
    };
    client->recall = recall_create(control->router, &past);
    request_stream(request, type, &stream, client);
}
