// SPDX-License-Identifier: MIT
// Commands and lists of variables in a supervisord.conf, taken apart as supervisord does it with
// Python's shlex.
#pragma once

#include "base/strings.h"

#include <stdbool.h>

// The words of a command: quotes and backslashes as in a shell, but that in double quotes a
// backslash is special before a double quote and a backslash only. False: *reason says why.
bool supervisord_split(const char *command, struct strings *words, const char **reason);

// The text before the next comma without the blanks around it, on the heap. Behind the last *at
// becomes NULL.
char *supervisord_next_item(const char **at);

// The variables of KEY="value",KEY2=value as NAME=VALUE. False: *reason says why.
bool supervisord_variables(const char *text, struct strings *variables, const char **reason);
