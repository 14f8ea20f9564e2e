// SPDX-License-Identifier: MIT
#include "base/memory.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LARGE = 64 * 1024 };

static struct {
    void (*act)(void *context);
    void *context;
} last;

void memory_set_last_act(void (*act)(void *context), void *context)
{
    last.act = act;
    last.context = context;
}

void memory_run_out(void)
{
    static const char message[] = "helperd: out of memory, ending\n";
    (void)!write(STDERR_FILENO, message, sizeof(message) - 1);
    if (last.act != NULL)
        last.act(last.context);
    _exit(EXIT_FAILURE); // what runs at exit may want memory, too
}

// The C library would raise its own limit with the first large block that is freed, and keep what
// a thousand helpers once wrote at the same time.
void memory_return_large(void)
{
#ifdef M_MMAP_THRESHOLD
    (void)mallopt(M_MMAP_THRESHOLD, LARGE);
#endif
}

static void *checked(void *memory)
{
    if (memory == NULL)
        memory_run_out();
    return memory;
}

void *memory_new(size_t count, size_t size)
{
    return checked(calloc(count > 0 ? count : 1, size));
}

void *memory_resize(void *old, size_t count, size_t size)
{
    return checked(reallocarray(old, count > 0 ? count : 1, size));
}

char *memory_copy(const char *text)
{
    return text != NULL ? checked(strdup(text)) : NULL;
}

char *memory_copy_bytes(const char *bytes, size_t length)
{
    char *copy = memory_new(length + 1, 1);
    memcpy(copy, bytes, length);
    return copy;
}

char *memory_format(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    return checked(text);
}

void memory_free_local(void *pointer)
{
    free(*(void **)pointer);
}
