// SPDX-License-Identifier: MIT
#include "base/log.h"

#include "base/memory.h"

#include <errno.h>
#include <stdio.h>

const char *const level_names[] = {
    [LEVEL_DEBUG] = "debug",
    [LEVEL_INFO] = "info",
    [LEVEL_WARNING] = "warning",
    [LEVEL_ERROR] = "error",
};
_Static_assert(LENGTH(level_names) == LEVEL_COUNT, "a level has no name");

static void write_to_stderr(void *context, enum level level, const char *text)
{
    (void)context;
    (void)level;
    fprintf(stderr, "helperd: %s\n", text);
}

static struct {
    log_writer *writer;
    void *context;
    enum level threshold;
} output = {.writer = write_to_stderr, .threshold = LEVEL_INFO};

void log_set_writer(log_writer *writer, void *context)
{
    output.writer = writer != NULL ? writer : write_to_stderr;
    output.context = context;
}

void log_set_threshold(enum level threshold)
{
    output.threshold = threshold;
}

void log_message(enum level level, const char *format, ...)
{
    if (level < output.threshold)
        return;

    int saved_errno = errno;
    char text[4096]; // longer messages are cut; none of ours come near it
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    output.writer(output.context, level, text);
    errno = saved_errno;
}
