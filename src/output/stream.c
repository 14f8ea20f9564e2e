// SPDX-License-Identifier: MIT
#include "output/stream.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

// Fewer bytes than others may take where each line is matched with patterns, so that the worst
// pattern on the worst lines does not hold up the others.
enum { READ_WITH_RULES = 4 * 1024 };

enum { PIPE_SIZE = 64 * 1024 }; // as the kernel makes it: to have filled it calls for a larger one

// Levels behind the priorities <0> to <7> of syslog(3).
static const enum level priority_levels[] = {
    LEVEL_ERROR,   LEVEL_ERROR, LEVEL_ERROR, LEVEL_ERROR,
    LEVEL_WARNING, LEVEL_INFO,  LEVEL_INFO,  LEVEL_DEBUG,
};

static bool has_priority(const struct piece *piece)
{
    return piece->length >= 3 && piece->text[0] == '<' && piece->text[1] >= '0' &&
           piece->text[1] <= '7' && piece->text[2] == '>';
}

// Whether what becomes of a line depends on more than its stream.
static bool judges_lines(const struct stream *stream)
{
    const struct helper_log_config *config = stream->config;
    return config->parse_priority || config->rule_count > 0 || config->rate_limit > 0;
}

static size_t first_line_length(const struct piece *piece)
{
    const char *newline = memchr(piece->text, '\n', piece->length);
    return newline != NULL ? (size_t)(newline - piece->text) + 1 : piece->length;
}

// Settles level and dropping of a line by its first piece; the other pieces follow it.
static void judge_line(struct stream *stream, struct piece *piece)
{
    const struct helper_log_config *config = stream->config;
    if (config->parse_priority && has_priority(piece)) {
        stream->line_level = priority_levels[piece->text[1] - '0'];
        piece->text += 3;
        piece->length -= 3;
    }
    size_t length = piece->length - (piece->length > 0 && piece->text[piece->length - 1] == '\n');
    for (size_t i = 0; i < config->rule_count; i++) {
        const struct log_rule *rule = &config->rules[i];
        if (pattern_matches(rule->match, piece->text, length)) {
            stream->line_dropped = rule->drop;
            stream->line_level = rule->level;
            break;
        }
    }
    if (!stream->line_dropped)
        stream->line_dropped = !route_admits_line(stream->route);
}

// Routes the piece or, where each line is looked at, its first line. Returns the bytes of that.
static size_t route_piece(struct stream *stream, struct piece piece, int64_t time)
{
    bool judges = judges_lines(stream);
    if (judges)
        piece.length = first_line_length(&piece);
    const size_t taken = piece.length;
    if (!piece.continued) {
        stream->line_level = stream->level;
        stream->line_dropped = false;
        if (judges)
            judge_line(stream, &piece);
    }
    if (stream->line_dropped)
        return taken;

    const struct record record = {
        .source = &stream->source,
        .time = time,
        .level = stream->line_level,
        .text = piece.text,
        .length = piece.length,
        .continued = piece.continued,
        .partial = piece.partial,
        .unended = !piece.partial && (piece.length == 0 || piece.text[piece.length - 1] != '\n'),
    };
    route_put(stream->route, &record);
    return taken;
}

static void drop_rest(struct stream *stream)
{
    free(stream->rest);
    stream->rest = NULL;
    stream->rest_length = stream->rest_taken = 0;
}

// Routes the unfinished line and lets go of everything, without telling the owner.
static void end_stream(struct stream *stream)
{
    struct piece piece;
    if (splitter_last(&stream->splitter, &piece))
        (void)route_piece(stream, piece, clock_wall());
    splitter_finish(&stream->splitter);
    ev_io_stop(stream->reader->loop, &stream->io);
    list_remove(&stream->ready_link);
    list_remove(&stream->waiter.link);
    drop_rest(stream);
    if (stream->large_pipe)
        stream->reader->large_pipes--;
    stream->large_pipe = false;
    fd_close(&stream->fd);
    route_pass_on(stream->route, stream->source.kind); // it may have been woken
}

// While it waits for room its pipe is left alone.
static bool go_on_if(struct stream *stream, bool room)
{
    if (!room)
        ev_io_stop(stream->reader->loop, &stream->io);
    return room;
}

static bool has_room(struct stream *stream)
{
    return go_on_if(stream, route_has_room(stream->route, stream->source.kind, &stream->waiter));
}

// Cuts bytes into lines as long as there is room. Returns how many were taken.
static size_t feed(struct stream *stream, const char *bytes, size_t length)
{
    const int64_t time = clock_wall();
    const char *at = bytes, *const end = bytes + length;
    struct piece piece;
    while (at < end && has_room(stream) && splitter_next(&stream->splitter, &at, end, &piece))
        at -= piece.length - route_piece(stream, piece, time);
    return (size_t)(at - bytes);
}

// Takes what was left over by an earlier read.
static void feed_rest(struct stream *stream)
{
    stream->rest_taken +=
        feed(stream, stream->rest + stream->rest_taken, stream->rest_length - stream->rest_taken);
    if (stream->rest_taken == stream->rest_length)
        drop_rest(stream);
}

// Takes what was read; what finds no room is left over.
static void feed_read(struct stream *stream, const char *bytes, size_t length)
{
    size_t taken = feed(stream, bytes, length);
    if (taken == length)
        return;
    stream->rest = memory_copy_bytes(bytes + taken, length - taken);
    stream->rest_length = length - taken;
}

// A flood comes in larger parts then. Where it is not allowed, the pipe stays as it is.
static void enlarge_pipe(struct stream *stream)
{
    if (stream->large_pipe || stream->reader->large_pipes == LARGE_PIPES)
        return;
    stream->large_pipe = fcntl(stream->fd, F_SETPIPE_SZ, READ_AT_ONCE) >= 0;
    stream->reader->large_pipes += stream->large_pipe;
}

// At most so many bytes, which are not none.
static void read_pipe(struct stream *stream, size_t most)
{
    char *bytes = stream->reader->bytes;
    size_t limit = stream->config->rule_count > 0 ? READ_WITH_RULES : READ_AT_ONCE;
    if (limit > most)
        limit = most;
    ssize_t got = read(stream->fd, bytes, limit);
    if (got > 0) {
        stream->reader->taken += (size_t)got;
        if (got >= PIPE_SIZE)
            enlarge_pipe(stream);
        feed_read(stream, bytes, (size_t)got);
        if ((size_t)got < limit) // there is no more for now
            splitter_trim(&stream->splitter);
        return;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got < 0)
        log_error("%s: cannot read its output: %m", stream->source.helper);
    end_stream(stream);
    stream->ended(stream->owner, stream); // the owner may free the stream: nothing after this
}

void stream_read(struct stream *stream)
{
    if (stream_is_waiting(stream))
        return;
    if (stream->rest != NULL)
        feed_rest(stream);
    if (stream->rest != NULL)
        return;
    size_t most = route_demand(stream->route, stream->source.kind, &stream->waiter);
    if (!go_on_if(stream, most > 0))
        return;
    route_pass_on(stream->route, stream->source.kind);
    read_pipe(stream, most);
}

void stream_read_last(struct stream *stream)
{
    bool waited = stream_is_waiting(stream);
    list_remove(
        &stream->waiter.link); // it may wait for others' lines to be written, and for no room
    if (stream->rest != NULL)
        feed_rest(stream);
    if (waited && !stream_is_waiting(stream))
        stream_watch(stream);
    if (stream->rest == NULL && has_room(stream))
        read_pipe(stream, READ_AT_ONCE);
}

static void on_room(struct waiter *waiter)
{
    struct stream *stream = LIST_ITEM(struct stream, waiter, waiter);
    stream_watch(stream);
    // It may hold bytes that no event of the pipe tells of.
    if (list_is_empty(&stream->ready_link))
        reader_resume(stream->reader, &stream->ready_link);
}

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
    (void)loop;
    struct stream *stream = io->data;
    if (!list_is_empty(&stream->ready_link))
        return;
    // The kernel had no room for the descriptor in its set, and libev stopped the watcher.
    if (events & EV_ERROR)
        reader_poll(stream->reader, &stream->ready_link);
    else
        reader_note(stream->reader, &stream->ready_link);
}

void stream_watch(struct stream *stream)
{
    ev_io_stop(stream->reader->loop, &stream->io);
    ev_io_set(&stream->io, stream->fd, EV_READ); // or libev takes the kernel to know it already
    ev_io_start(stream->reader->loop, &stream->io);
}

void stream_init(struct stream *stream, struct reader *reader, int fd, struct route *route,
                 const struct helper_log_config *config, const struct stream_config *mode,
                 struct record_source source, stream_ended *ended, void *owner)
{
    *stream = (struct stream){
        .reader = reader,
        .fd = fd,
        .route = route,
        .waiter = {.wake = on_room},
        .level = mode->level,
        .source = source,
        .config = config,
        .ended = ended,
        .owner = owner,
    };
    splitter_init(&stream->splitter, config->max_line);
    list_init(&stream->ready_link);
    list_init(&stream->waiter.link);
    ev_io_init(&stream->io, on_readable, fd, EV_READ);
    ev_set_priority(&stream->io, PRIORITY_NOTE);
    stream->io.data = stream;
    ev_io_start(reader->loop, &stream->io);
}

void stream_configure(struct stream *stream, const struct helper_log_config *config,
                      const struct stream_config *mode, const char *helper, const char *prefix)
{
    stream->config = config;
    stream->source.helper = helper;
    stream->source.prefix = prefix;
    if (mode->mode == STREAM_LOG)
        stream->level = mode->level;
    splitter_set_max_line(&stream->splitter, config->max_line);
}

bool stream_is_open(const struct stream *stream)
{
    return stream->fd >= 0;
}

bool stream_is_waiting(const struct stream *stream)
{
    return stream_is_open(stream) && !list_is_empty(&stream->waiter.link);
}

uint64_t stream_close(struct stream *stream)
{
    if (!stream_is_open(stream))
        return 0;
    int lost = 0;
    (void)ioctl(stream->fd, FIONREAD, &lost); // 0 stays where the kernel does not say
    uint64_t rest = stream->rest_length - stream->rest_taken;
    end_stream(stream);
    return (uint64_t)lost + rest;
}
