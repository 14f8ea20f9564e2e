// SPDX-License-Identifier: MIT
// The help of helperctl, printed from its tables.
#pragma once

#include "base/buffer.h"
#include "client/arguments.h"

void help_write(struct buffer *out);
void help_write_command(struct buffer *out, const struct subcommand *command);
