// SPDX-License-Identifier: MIT
// The writer's side of a sink. The lock is held but for the system calls.
#include "output/sink.h"
#include "output/writers.h"

#include "base/memory.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// What one piece of work brought: an error stops it, trouble with the file's name does not.
struct outcome {
    int error, file_error;
    const char *reason, *file_reason;
};

// An inherited descriptor may have been made non-blocking by somebody else: wait as write would.
static void wait_until_writable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
    (void)poll(&poll_fd, 1, -1);
}

// A line whose start went into the file before goes whole into another one.
static void return_to_line_start(struct chunk *chunk)
{
    const char *text = chunk->bytes.data;
    const char *newline = chunk->done > 0 ? memrchr(text, '\n', chunk->done) : NULL;
    chunk->done = newline != NULL ? (size_t)(newline - text) + 1 : 0;
}

static void open_file(struct sink *sink, struct chunk *next, struct outcome *outcome)
{
    const char *reason;
    if (sink->file.fd < 0) {
        outcome->error = -log_file_open(&sink->file, sink->path, &reason);
        outcome->reason = reason;
        return;
    }
    const struct log_file before = sink->file;
    outcome->file_error = -log_file_reopen(&sink->file, sink->path, &reason);
    outcome->file_reason = reason;
    if (next != NULL && !log_file_is_same(&before, &sink->file))
        return_to_line_start(next);
}

// A full disk took only the start of a line: the rest of it belongs into the same file.
static size_t rest_of_line(const struct chunk *chunk)
{
    const char *text = chunk->bytes.data + chunk->done;
    size_t length = chunk->bytes.length - chunk->done;
    if (chunk->done == 0 || text[-1] == '\n')
        return 0;
    const char *newline = memchr(text, '\n', length);
    return newline != NULL ? (size_t)(newline - text) + 1 : length;
}

// How many of the chunk's bytes go into the file as it is. A rotation that fails is told, and the
// file grows on.
static size_t prepare_file(struct sink *sink, size_t max_size, unsigned max_files,
                           const struct chunk *chunk, struct outcome *outcome)
{
    const char *text = chunk->bytes.data + chunk->done;
    size_t length = chunk->bytes.length - chunk->done;
    if (max_size == 0 || !sink->file.regular)
        return length;
    size_t room = rest_of_line(chunk);
    if (room == 0)
        room = log_file_room(&sink->file, max_size, text, length);
    // Twice: what somebody else put in the file's place may be at the limit, too.
    for (int i = 0; i < 2 && room == 0; i++) {
        int result = log_file_rotate(&sink->file, sink->path, max_files, &outcome->file_reason);
        outcome->file_error = -result;
        if (result < 0)
            return length;
        room = log_file_room(&sink->file, max_size, text, length);
    }
    return room > 0 ? room : length;
}

static void write_chunk(struct sink *sink, struct chunk *chunk, size_t max_size, unsigned max_files,
                        struct outcome *outcome)
{
    while (chunk->done < chunk->bytes.length) {
        size_t length = prepare_file(sink, max_size, max_files, chunk, outcome);
        ssize_t written = write(sink->file.fd, chunk->bytes.data + chunk->done, length);
        if (written > 0) {
            chunk->done += (size_t)written;
            sink->file.size += written;
        } else if (written < 0 && errno == EAGAIN) {
            wait_until_writable(sink->file.fd);
        } else if (written == 0 || errno != EINTR) {
            outcome->error = written == 0 ? EIO : errno; // nothing taken, no reason: no end either
            return;
        }
    }
}

// One of its chunks is kept while more are to come, so that a flood allocates nothing; after that
// only a small one, as there may be thousands of sinks.
static void recycle(struct sink *sink, struct chunk *chunk)
{
    sink->written += chunk->bytes.length;
    chunk->bytes.length = 0;
    chunk->done = 0;
    bool more = !list_is_empty(&sink->chunks) || sink->wants_news;
    if (sink->spare == NULL)
        sink->spare = chunk;
    else
        chunk_destroy(chunk);
    if (!more)
        sink_trim_spare(sink);
}

// What could not be written goes with the file. To close can take long, too: it writes what the
// kernel still holds.
static bool close_file(struct sink *sink)
{
    LIST_EACH (struct chunk, chunk, &sink->chunks, link) {
        sink->written += chunk->bytes.length;
        chunk_destroy(chunk);
    }
    struct log_file file = sink->file;
    sink->close_wanted = false;
    sink->file.fd = -1;
    pthread_mutex_unlock(&sink->writers->lock);
    log_file_close(&file);
    pthread_mutex_lock(&sink->writers->lock);
    return true;
}

// Closes or opens what is to be, or writes one chunk. False: there is nothing to do.
static bool work_once(struct sink *sink, struct outcome *outcome)
{
    struct chunk *chunk = LIST_FIRST(struct chunk, &sink->chunks, link);
    if (sink->close_wanted)
        return close_file(sink);
    bool missing = sink->path != NULL && sink->file.fd < 0;
    bool open = sink->open_wanted || (missing && (chunk != NULL || sink->error != 0));
    if (chunk == NULL && !open)
        return false;
    size_t max_size = sink->max_size;
    unsigned max_files = sink->max_files;
    sink->open_wanted = false;
    pthread_mutex_unlock(&sink->writers->lock);
    if (open)
        open_file(sink, chunk, outcome);
    else
        write_chunk(sink, chunk, max_size, max_files, outcome);
    pthread_mutex_lock(&sink->writers->lock);
    if (!open && outcome->error == 0) {
        list_remove(&chunk->link);
        recycle(sink, chunk);
    }
    return true;
}

void sink_write(struct sink *sink)
{
    struct outcome outcome = {.file_error = sink->file_error, .file_reason = sink->file_reason};
    while (outcome.error == 0 && work_once(sink, &outcome)) {
        // As soon as it takes something it fails no more, whatever still waits.
        bool news = outcome.file_error != sink->file_error || outcome.error != sink->error;
        sink->file_error = outcome.file_error;
        sink->file_reason = outcome.file_reason;
        sink->error = outcome.error;
        sink->reason = outcome.reason;
        if (news || sink->wants_news)
            writers_tell(sink->writers, sink);
    }
    sink->busy = false;
    if (sink->wants_news || sink->error != 0)
        writers_tell(sink->writers, sink);
}
