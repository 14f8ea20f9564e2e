// SPDX-License-Identifier: MIT
#include "output/history.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 256 };

// Before the text of each run. Like the text it may wrap in the ring.
struct header {
    uint64_t number;
    int64_t time;
    uint32_t length;   // of the text
    uint32_t previous; // bytes of the run before when that came
    int32_t pid;
    uint8_t level, kind;
    bool continued : 1, partial : 1, unended : 1;
};
_Static_assert(sizeof(struct header) == 32, "a header takes more of the ring than is said");

void history_init(struct history *history, size_t limit)
{
    *history = (struct history){.limit = limit};
    list_init(&history->readers);
}

static void free_ring(struct history *history)
{
    free(history->ring);
    history->ring = NULL;
    history->capacity = history->first = history->length = 0;
}

void history_finish(struct history *history)
{
    free_ring(history);
    LIST_EACH (struct history_reader, reader, &history->readers, link)
        history_reader_finish(reader);
}

// Where in the ring an offset of its content is.
static size_t index_of(const struct history *history, size_t offset)
{
    size_t at = history->first + offset;
    return at < history->capacity ? at : at - history->capacity;
}

static inline void copy_out(const struct history *history, size_t offset, void *bytes,
                            size_t length)
{
    size_t at = index_of(history, offset), straight = history->capacity - at;
    if (length <= straight) {
        memcpy(bytes, history->ring + at, length);
        return;
    }
    memcpy(bytes, history->ring + at, straight);
    memcpy((char *)bytes + straight, history->ring, length - straight);
}

static inline void copy_in(struct history *history, size_t offset, const void *bytes, size_t length)
{
    size_t at = index_of(history, offset), straight = history->capacity - at;
    if (length <= straight) {
        memcpy(history->ring + at, bytes, length);
        return;
    }
    memcpy(history->ring + at, bytes, straight);
    memcpy(history->ring, (const char *)bytes + straight, length - straight);
}

static struct header header_at(const struct history *history, size_t offset)
{
    struct header header;
    copy_out(history, offset, &header, sizeof(header));
    return header;
}

static void resize(struct history *history, size_t capacity)
{
    char *ring = memory_new(capacity, 1);
    if (history->length > 0)
        copy_out(history, 0, ring, history->length);
    free(history->ring);
    history->ring = ring;
    history->capacity = capacity;
    history->first = 0;
}

static void advance(struct history *history, size_t bytes)
{
    history->first = index_of(history, bytes);
    history->length -= bytes;
    history->start += bytes;
}

// A part of the content in one piece: where it lies, or put together.
static const char *straighten(const struct history *history, size_t offset, size_t length,
                              struct buffer *room)
{
    size_t at = index_of(history, offset);
    if (length <= history->capacity - at)
        return history->ring + at;
    room->length = 0;
    copy_out(history, offset, buffer_reserve(room, length), length);
    return room->data;
}

// Behind the first newline from there on, or the end where there is none.
static size_t line_end(const struct history *history, size_t offset, size_t end)
{
    // Where the ring wraps within the line, it takes two steps.
    while (offset < end) {
        size_t at = index_of(history, offset), straight = history->capacity - at;
        straight = straight < end - offset ? straight : end - offset;
        const char *newline = memchr(history->ring + at, '\n', straight);
        if (newline != NULL)
            return offset + (size_t)(newline - (history->ring + at)) + 1;
        offset += straight;
    }
    return end;
}

// Those who have not read what is forgotten at the start miss it.
static void tell_missed(struct history *history, uint64_t number, const char *text, size_t length)
{
    const struct record record = {.text = text, .length = length};
    size_t lines = record_count_lines(&record);
    LIST_EACH (struct history_reader, reader, &history->readers, link) {
        if (reader->position <= history->start && number <= reader->until)
            reader->missed += lines;
    }
}

// Forgets the oldest run, or only the first of its lines if so many bytes are enough.
static void forget_oldest(struct history *history, size_t bytes)
{
    struct header header = header_at(history, 0);
    const size_t size = sizeof(header) + header.length;
    size_t end = size;
    if (bytes < header.length)
        end = line_end(history, sizeof(header) + bytes - 1, size);
    const size_t gone = end - sizeof(header); // of the text
    if (!list_is_empty(&history->readers)) {
        struct buffer room = {0};
        const char *text = straighten(history, sizeof(header), gone, &room);
        tell_missed(history, header.number, text, gone);
        buffer_finish(&room);
    }
    if (end == size) {
        advance(history, size);
        return;
    }
    advance(history, gone);
    header.length -= (uint32_t)gone;
    copy_in(history, 0, &header, sizeof(header));
}

// Forgets the oldest lines, so many that this number of bytes is free.
static void forget(struct history *history, size_t bytes)
{
    while (history->length + bytes > history->limit)
        forget_oldest(history, history->length + bytes - history->limit);
}

void history_set_limit(struct history *history, size_t limit)
{
    history->limit = limit;
    forget(history, 0);
    if (limit <= sizeof(struct header))
        free_ring(history);
    else if (history->capacity > limit)
        resize(history, limit);
}

// The last of these lines, as many as fit whole; or as much of the last one as fits. They do not
// all.
static const char *find_last(const char *text, size_t *length, size_t most)
{
    const char *end = text + *length;
    const char *last = memrchr(text, '\n', *length - 1);
    last = last != NULL ? last + 1 : text;
    if ((size_t)(end - last) > most) {
        *length = most;
        return last;
    }
    // One before that may be the newline of a line that does not fit.
    last = memchr(end - most - 1, '\n', most);
    *length = (size_t)(end - last) - 1;
    return last + 1;
}

static void make_room(struct history *history, size_t bytes)
{
    forget(history, bytes);
    size_t needed = history->length + bytes;
    if (needed <= history->capacity)
        return;
    size_t capacity = history->capacity > 0 ? history->capacity : FIRST_CAPACITY;
    while (capacity < needed)
        capacity *= 2;
    resize(history, capacity < history->limit ? capacity : history->limit);
}

void history_add(struct history *history, const struct record *record, uint64_t number)
{
    if (history->limit <= sizeof(struct header))
        return;
    const size_t most = history->limit - sizeof(struct header);
    const char *text = record->text;
    size_t length = record->length;
    if (length > most)
        text = find_last(text, &length, most);
    const size_t skipped = (size_t)(text - record->text);
    if (skipped > 0) {
        forget(history, history->limit); // nothing is to stand before lines that were left out
        if (!list_is_empty(&history->readers))
            tell_missed(history, number, record->text, skipped);
    }
    const struct header header = {
        .number = number,
        .time = record->time,
        .length = (uint32_t)length,
        .previous = (uint32_t)history->newest,
        .pid = record->source->pid,
        .level = (uint8_t)record->level,
        .kind = (uint8_t)record->source->kind,
        .continued = record->continued,
        .partial = record->partial,
        .unended = record->unended,
    };
    make_room(history, sizeof(header) + length);
    copy_in(history, history->length, &header, sizeof(header));
    copy_in(history, history->length + sizeof(header), text, length);
    history->newest = sizeof(header) + length;
    history->length += history->newest;
}

static uint64_t end_of(const struct history *history)
{
    return history->start + history->length;
}

// What of the content begins at a position; forgotten is what lies before it.
static size_t offset_of(const struct history *history, uint64_t position)
{
    return position > history->start ? (size_t)(position - history->start) : 0;
}

// To the run before; false: there is none.
static bool go_back(const struct history *history, uint64_t *position)
{
    size_t offset = offset_of(history, *position);
    if (offset == 0)
        return false;
    size_t size = offset == history->length ? history->newest : header_at(history, offset).previous;
    // That may lie before the start, where the oldest one has lost lines since.
    *position = history->start + offset - size;
    return true;
}

static bool read_run(const struct history *history, uint64_t position, struct history_run *run,
                     struct buffer *room)
{
    size_t offset = offset_of(history, position);
    if (offset == history->length)
        return false;
    struct header header = header_at(history, offset);
    *run = (struct history_run){
        .number = header.number,
        .kind = (enum stream_kind)header.kind,
        .pid = header.pid,
        .record = {.time = header.time,
                   .level = (enum level)header.level,
                   .text = straighten(history, offset + sizeof(header), header.length, room),
                   .length = header.length,
                   .continued = header.continued,
                   .partial = header.partial,
                   .unended = header.unended},
    };
    return true;
}

static uint64_t behind(const struct history *history, uint64_t position)
{
    size_t offset = offset_of(history, position);
    return history->start + offset + sizeof(struct header) + header_at(history, offset).length;
}

char *history_last(const struct history *history, size_t lines)
{
    struct buffer text = {0}, room = {0};
    struct history_run run;
    uint64_t position = end_of(history);
    size_t found = 0;
    while (found < lines && go_back(history, &position)) {
        (void)read_run(history, position, &run, &room);
        found += record_count_lines(&run.record);
    }
    size_t surplus = found > lines ? found - lines : 0; // of the oldest of these runs
    for (; read_run(history, position, &run, &room); position = behind(history, position)) {
        record_skip_lines(&run.record, surplus);
        buffer_append(&text, run.record.text, run.record.length);
        if (!record_is_ended(&run.record))
            buffer_append_char(&text, '\n');
        surplus = 0;
    }
    buffer_finish(&room);
    return buffer_take(&text);
}

void history_reader_init(struct history_reader *reader, struct history *history)
{
    *reader = (struct history_reader){
        .history = history, .position = end_of(history), .until = UINT64_MAX};
    list_append(&history->readers, &reader->link);
}

void history_reader_finish(struct history_reader *reader)
{
    list_remove(&reader->link);
    reader->history = NULL;
}

void history_reader_rewind(struct history_reader *reader)
{
    if (reader->history != NULL)
        reader->position = reader->history->start;
}

bool history_reader_back(struct history_reader *reader)
{
    return reader->history != NULL && go_back(reader->history, &reader->position);
}

void history_reader_next(struct history_reader *reader)
{
    if (history_reader_number(reader) != 0)
        reader->position = behind(reader->history, reader->position);
}

uint64_t history_reader_number(const struct history_reader *reader)
{
    const struct history *history = reader->history;
    if (history == NULL || offset_of(history, reader->position) == history->length)
        return 0;
    return header_at(history, offset_of(history, reader->position)).number;
}

bool history_reader_read(const struct history_reader *reader, struct history_run *run,
                         struct buffer *room)
{
    return reader->history != NULL && read_run(reader->history, reader->position, run, room);
}
