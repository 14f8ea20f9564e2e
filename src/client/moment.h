// SPDX-License-Identifier: MIT
// Times of the wall clock as helperd writes them.
#pragma once

#include "base/buffer.h"

#include <stdbool.h>

// Seconds since 1970 from "2026-11-21T10:00:00.123Z". False: it is no such time (NULL neither).
bool moment_parse(const char *text, double *seconds);

// For people, local: "10:00:00", on another day than now "2026-11-21 10:00:00".
void moment_show(struct buffer *out, double seconds, double now);
