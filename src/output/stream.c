// SPDX-License-Identifier: MIT
#include "output/stream.h"

#include "base/clock.h"
#include "base/fd.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

// Bytes a stream may take per turn of the loop; fewer where each line is matched with patterns, so
// that the worst pattern on the worst lines does not hold up the others.
enum { READ_AT_ONCE = 64 * 1024, READ_WITH_RULES = 4 * 1024 };

// What one read brought: what every piece of it shares.
struct batch {
    struct stream *stream;
    int64_t time;
};

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

// Settles level and dropping of a line by its first piece; the other pieces follow it.
static void judge_line(struct stream *stream, struct piece *piece)
{
    const struct helper_log_config *config = stream->config;
    stream->line_level = stream->level;
    stream->line_dropped = false;
    if (config->parse_priority && has_priority(piece)) {
        stream->line_level = priority_levels[piece->text[1] - '0'];
        piece->text += 3;
        piece->length -= 3;
    }
    for (size_t i = 0; i < config->rule_count; i++) {
        const struct log_rule *rule = &config->rules[i];
        if (pattern_matches(rule->match, piece->text, piece->length)) {
            stream->line_dropped = rule->drop;
            stream->line_level = rule->level;
            return;
        }
    }
}

static void route_piece(void *context, const struct piece *given)
{
    struct batch *batch = context;
    struct stream *stream = batch->stream;
    struct piece piece = *given;
    if (!piece.continued)
        judge_line(stream, &piece);
    if (stream->line_dropped)
        return;

    const struct record record = {
        .source = &stream->source,
        .time = batch->time,
        .level = stream->line_level,
        .text = piece.text,
        .length = piece.length,
        .continued = piece.continued,
        .partial = piece.partial,
    };
    router_put(stream->reader->router, &record);
}

// Routes the unfinished line and lets go of everything, without telling the owner.
static void end_stream(struct stream *stream)
{
    struct batch batch = {.stream = stream, .time = clock_wall()};
    splitter_end(&stream->splitter, route_piece, &batch);
    splitter_finish(&stream->splitter);
    ev_io_stop(stream->reader->loop, &stream->io);
    list_remove(&stream->ready_link);
    fd_close(&stream->fd);
}

void stream_read(struct stream *stream)
{
    char bytes[READ_AT_ONCE];
    size_t limit = stream->config->rule_count > 0 ? READ_WITH_RULES : READ_AT_ONCE;
    ssize_t got = read(stream->fd, bytes, limit);
    if (got > 0) {
        struct batch batch = {.stream = stream, .time = clock_wall()};
        splitter_feed(&stream->splitter, bytes, (size_t)got, route_piece, &batch);
        return;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got < 0)
        log_error("%s: cannot read its output: %m", stream->source.helper);
    end_stream(stream);
    stream->ended(stream->owner, stream); // the owner may free the stream: nothing after this
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

void stream_init(struct stream *stream, struct reader *reader, int fd,
                 const struct helper_log_config *config, const struct stream_config *mode,
                 struct record_source source, stream_ended *ended, void *owner)
{
    *stream = (struct stream){
        .reader = reader,
        .fd = fd,
        .level = mode->level,
        .source = source,
        .config = config,
        .ended = ended,
        .owner = owner,
    };
    splitter_init(&stream->splitter, config->max_line);
    list_init(&stream->ready_link);
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

uint64_t stream_close(struct stream *stream)
{
    if (!stream_is_open(stream))
        return 0;
    int lost = 0;
    (void)ioctl(stream->fd, FIONREAD, &lost); // 0 stays where the kernel does not say
    end_stream(stream);
    return (uint64_t)lost;
}
