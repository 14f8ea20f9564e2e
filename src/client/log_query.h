// SPDX-License-Identifier: MIT
// The request for lines of the log in the form that fits where they go.
#pragma once

#include "client/show.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Coloured and short for a terminal, else as in a log file; "/v1/logs?format=dev&…" on the heap.
// lines: at most the latest so many; negative: all.
char *log_query(const struct screen *screen, char *const *names, size_t count, int64_t lines,
                bool follow);
// The same as JSON.
char *log_query_json(char *const *names, size_t count, int64_t lines, bool follow);
