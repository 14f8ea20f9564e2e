// SPDX-License-Identifier: MIT
#include "base/memory.h"
#include "base/text.h"
#include "control/control_inside.h"
#include "control/handlers.h"
#include "control/log_client.h"
#include "control/selection.h"

#include <string.h>

enum { LINES_LIMIT = 100000 };

static const char plain[] = "text/plain; charset=utf-8";
static const char ndjson[] = "application/x-ndjson";

// Whether Accept asks for JSON: any media type that says so.
static bool prefers_json(const struct request *request)
{
    const char *accept = request_header(request, "Accept");
    return accept != NULL && (strstr(accept, "json") != NULL);
}

static bool parse_format(struct request *request, enum log_format *format)
{
    static const struct {
        const char *word;
        enum log_format format;
    } formats[] = {
        {"text", FORMAT_TEXT},     {"json", FORMAT_JSON},   {"dev", FORMAT_DEV},
        {"logfmt", FORMAT_LOGFMT}, {"qgoda", FORMAT_QGODA},
    };
    const char *word = request_parameter(request, "format");
    *format = prefers_json(request) ? FORMAT_JSON : FORMAT_TEXT;
    if (word == NULL)
        return true;
    for (size_t i = 0; i < LENGTH(formats); i++) {
        if (strcmp(word, formats[i].word) == 0) {
            *format = formats[i].format;
            return true;
        }
    }
    request_refuse(request, 400, "bad_request",
                   "format: \"%s\" is none of text, json, dev, logfmt, qgoda", word);
    return false;
}

static bool parse_lines(struct request *request, size_t *lines)
{
    const char *word = request_parameter(request, "lines");
    int64_t count;
    *lines = SIZE_MAX;
    if (word == NULL)
        return true;
    if (!text_parse_integer(word, &count) || count < 0) {
        request_refuse(request, 400, "bad_request", "lines: \"%s\" is no number of lines", word);
        return false;
    }
    if (count > LINES_LIMIT) { // they are counted back in one turn of the loop
        request_refuse(request, 400, "bad_request",
                       "lines: %d are the most; without it come all that are kept", LINES_LIMIT);
        return false;
    }
    *lines = (size_t)count;
    return true;
}

// Takes over the wish.
static void begin(struct control *control, struct request *request, struct log_wish *wish)
{
    enum log_format format;
    if (!parse_format(request, &format) || !parse_lines(request, &wish->lines)) {
        log_wish_finish(wish);
        return;
    }
    const struct record_style *log = &control->router->style;
    record_style_init(&wish->style, format, LOG_TIME_UTC, request_flag(request, "terminal"),
                      request_flag(request, "color"), log->pad);
    wish->follow = request_flag(request, "follow");
    log_client_begin(control, request, format == FORMAT_JSON ? ndjson : plain, wish);
}

struct search {
    struct selection selection;
    bool own; // helperd's own messages are wished for
};

static bool add(struct search *search, const char *name)
{
    if (strcmp(name, "helperd") != 0)
        return selection_add(&search->selection, name);
    search->own = true;
    return true;
}

static bool on_parameter(void *context, const char *name, const char *value)
{
    return strcmp(name, "helper") != 0 || add(context, value);
}

// With the lines of those that the request names: all names are in its path or its parameters.
static void begin_named(struct control *control, struct request *request)
{
    struct search search = {0};
    selection_init(&search.selection, control, request);
    bool known = *request_name(request) != '\0'
                     ? add(&search, request_name(request))
                     : request_each_parameter(request, on_parameter, &search);
    struct log_wish wish = {.own = search.own};
    const struct helpers *helpers = &search.selection.helpers;
    for (size_t i = 0; known && i < helpers->count; i++)
        strings_append(&wish.names, helpers->items[i]->config->name);
    selection_finish(&search.selection);
    if (known)
        begin(control, request, &wish);
}

void handle_helper_logs(struct control *control, struct request *request)
{
    begin_named(control, request);
}

void handle_logs(struct control *control, struct request *request)
{
    if (request_parameter(request, "helper") != NULL) {
        begin_named(control, request);
        return;
    }
    struct log_wish wish = {.all = true};
    begin(control, request, &wish);
}
