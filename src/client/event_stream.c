// SPDX-License-Identifier: MIT
#include "client/event_stream.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { EVENT_LIMIT = 64 << 20 }; // bytes: a report of a reload may name many helpers

void event_stream_finish(struct event_stream *stream)
{
    buffer_finish(&stream->line);
    buffer_finish(&stream->data);
    free(stream->kind);
    stream->kind = NULL;
}

// An empty line: the event is complete, if there was anything in it.
static void finish_event(struct event_stream *stream)
{
    if (stream->data.length > 0) {
        memory_auto char *data = buffer_take(&stream->data);
        size_t length = strlen(data); // a NUL in it would end it sooner
        if (length > 0 && data[length - 1] == '\n')
            data[length - 1] = '\0';
        stream->on_event(stream->context, stream->kind != NULL ? stream->kind : "message", data);
    }
    free(stream->kind);
    stream->kind = NULL;
}

static void take_line(struct event_stream *stream, const char *line)
{
    if (line[0] == '\0') {
        finish_event(stream);
        return;
    }
    size_t name = strcspn(line, ":"); // 0: a comment
    const char *value = line + name + (line[name] == ':') + (strncmp(line + name, ": ", 2) == 0);
    if (name == strlen("event") && strncmp(line, "event", name) == 0) {
        free(stream->kind);
        stream->kind = memory_copy(value);
    } else if (name == strlen("data") && strncmp(line, "data", name) == 0) {
        buffer_printf(&stream->data, "%s\n", value);
    }
}

bool event_stream_take(struct event_stream *stream, const char *bytes, size_t length)
{
    while (length > 0) {
        const char *newline = memchr(bytes, '\n', length);
        size_t piece = newline != NULL ? (size_t)(newline - bytes) : length;
        if (stream->line.length + stream->data.length + piece > EVENT_LIMIT)
            return false;
        buffer_append(&stream->line, bytes, piece);
        if (newline == NULL)
            return true;
        if (stream->line.length > 0 && stream->line.data[stream->line.length - 1] == '\r')
            stream->line.length--;
        memory_auto char *line = buffer_take(&stream->line);
        take_line(stream, line);
        bytes += piece + 1;
        length -= piece + 1;
    }
    return true;
}
