// SPDX-License-Identifier: MIT
// helperd's own messages, handed to one replaceable writer, which is a global.
// Until a writer is set they go to standard error as "helperd: TEXT".
#pragma once

#include <stdarg.h>

enum level { LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARNING, LEVEL_ERROR, LEVEL_COUNT };

extern const char *const level_names[LEVEL_COUNT];

typedef void log_writer(void *context, enum level level, const char *text);

// Replaces the writer; NULL puts the first one back. The context must outlive its use.
void log_set_writer(log_writer *writer, void *context);

// Messages below this level are not made. First: info.
void log_set_threshold(enum level threshold);

// One message without a newline at its end. errno is left as it was.
// What concerns a helper starts with its name: log_info("%s: started (pid %d)", …).
void log_message(enum level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_debug(...) log_message(LEVEL_DEBUG, __VA_ARGS__)
#define log_info(...) log_message(LEVEL_INFO, __VA_ARGS__)
#define log_warning(...) log_message(LEVEL_WARNING, __VA_ARGS__)
#define log_error(...) log_message(LEVEL_ERROR, __VA_ARGS__)
