// SPDX-License-Identifier: MIT
// A growing run of bytes. Zeroed, it is an empty buffer.
#pragma once

#include <stdarg.h>
#include <stddef.h>

struct buffer {
    char *data; // NULL while nothing was reserved; not NUL-terminated
    size_t length, capacity;
};

void buffer_finish(struct buffer *buffer);

// For buffer_reserve: moves the bytes to where there is room for so many more.
void buffer_grow(struct buffer *buffer, size_t more);

// Makes room for so many more bytes and returns where they go; the caller adds to length.
static inline char *buffer_reserve(struct buffer *buffer, size_t more)
{
    if (more > buffer->capacity - buffer->length || buffer->data == NULL)
        buffer_grow(buffer, more);
    return buffer->data + buffer->length;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t length);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_append_char(struct buffer *buffer, char c);
void buffer_printf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buffer_vprintf(struct buffer *buffer, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

// Drops the first length bytes.
void buffer_consume(struct buffer *buffer, size_t length);

// Hands the bytes over as a heap text with a NUL behind them; the buffer is empty after it.
char *buffer_take(struct buffer *buffer);
