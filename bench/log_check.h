// SPDX-License-Identifier: MIT
// Reads a log back and compares it with the numbered lines that a helper "flood" wrote: each is
// there once, whole and in its place. What is wrong ends the program. helperd's own lines are
// passed over.
#pragma once

#include "numbered.h"

void log_check_text(const char *path, const struct numbered *lines, uint64_t count);

// Counts the lines and takes every step-th apart, by a library for JSON.
void log_check_json(const char *path, const struct numbered *lines, uint64_t count, uint64_t step);
