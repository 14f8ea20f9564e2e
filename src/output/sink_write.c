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
    bool opened; // and nothing was written
};

// How large the file may become, and how many older ones are kept.
struct sizes {
    size_t most;
    unsigned files;
};

enum { FIRST_TRY = 4096 }; // bytes that show, once taken, that a sink works again

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
static size_t prepare_file(struct sink *sink, struct sizes sizes, const struct chunk *chunk,
                           struct outcome *outcome)
{
    const char *text = chunk->bytes.data + chunk->done;
    size_t length = chunk->bytes.length - chunk->done;
    if (sizes.most == 0 || !sink->file.regular)
        return length;
    size_t room = rest_of_line(chunk);
    if (room == 0)
        room = log_file_room(&sink->file, sizes.most, text, length);
    // Twice: what somebody else put in the file's place may be at the limit, too.
    for (int i = 0; i < 2 && room == 0; i++) {
        int result = log_file_rotate(&sink->file, sink->path, sizes.files, &outcome->file_reason);
        outcome->file_error = -result;
        if (result < 0)
            return length;
        room = log_file_room(&sink->file, sizes.most, text, length);
    }
    return room > 0 ? room : length;
}

// After a failure only a first part, or a slow reader that has come back would count as gone until
// it has taken a whole chunk.
static size_t end_of_try(const struct chunk *chunk, bool failing)
{
    size_t rest = chunk->bytes.length - chunk->done;
    return chunk->done + (failing && rest > FIRST_TRY ? FIRST_TRY : rest);
}

static void write_chunk(struct sink *sink, struct chunk *chunk, struct sizes sizes, bool failing,
                        struct outcome *outcome)
{
    size_t end = end_of_try(chunk, failing);
    while (chunk->done < end) {
        size_t length = prepare_file(sink, sizes, chunk, outcome);
        if (length > end - chunk->done)
            length = end - chunk->done;
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

// This can take long, too: it writes what the kernel still holds.
static bool close_file(struct sink *sink)
{
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
    const struct sizes sizes = {sink->max_size, sink->max_files};
    bool failing = sink->error != 0;
    outcome->opened = open;
    sink->open_wanted = false;
    pthread_mutex_unlock(&sink->writers->lock);
    if (open)
        open_file(sink, chunk, outcome);
    else
        write_chunk(sink, chunk, sizes, failing, outcome);
    pthread_mutex_lock(&sink->writers->lock);
    if (!open && chunk->done == chunk->bytes.length) {
        sink->written += chunk->bytes.length;
        chunk_return(&sink->writers->pool, chunk);
    }
    return true;
}

// Notes how it is now. Returns whether that is news.
static bool note_outcome(struct sink *sink, const struct outcome *outcome, bool taken)
{
    bool news = outcome->file_error != sink->file_error;
    sink->file_error = outcome->file_error;
    sink->file_reason = outcome->file_reason;
    // A file that could be opened may still be on a full disk.
    if (outcome->error == 0 && !taken)
        return news;
    news = news || outcome->error != sink->error;
    sink->error = outcome->error;
    sink->reason = outcome->reason;
    return news;
}

void sink_write(struct sink *sink)
{
    struct outcome outcome = {.file_error = sink->file_error, .file_reason = sink->file_reason};
    while (outcome.error == 0 && work_once(sink, &outcome)) {
        // As soon as it takes something it fails no more, whatever still waits.
        bool taken = !outcome.opened || list_is_empty(&sink->chunks);
        if (note_outcome(sink, &outcome, taken) || sink->wants_news)
            writers_tell(sink->writers, sink);
    }
    sink->busy = false;
    if (sink->wants_news || sink->error != 0)
        writers_tell(sink->writers, sink);
}
