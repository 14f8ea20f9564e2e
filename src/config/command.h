// SPDX-License-Identifier: MIT
// Whether a command string needs a shell, and what to execute for it.
#pragma once

#include "config/config.h"

enum command_shell { SHELL_BY_CONTENT, SHELL_ALWAYS, SHELL_NEVER };

// Whether only a shell can run the text as meant: it holds a newline or a character that is
// special to the shell, or its first word is an assignment, a shell keyword or a builtin.
bool command_needs_shell(const char *text);

// Fills in a command from a string. False when it cannot be run: then *reason (static) says why.
bool command_from_text(struct command *command, const char *text, enum command_shell shell,
                       const char **reason);

void command_finish(struct command *command);
