// SPDX-License-Identifier: MIT
// Files with lines NAME=VALUE.
#pragma once

#include "config/schema.h"

enum { ENV_FILE_LIMIT = 1024 * 1024 }; // bytes

// Parses a source into variables; a name that comes again replaces. Values see the scope of the
// reading and are taken from its budget. What is wrong is said at its line; false then.
bool env_file_parse(const struct reading *reading, const struct source *source,
                    struct strings *variables);
