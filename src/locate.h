// SPDX-License-Identifier: MIT
// Which file is the configuration, and in which format it is written.
#pragma once

#include "config/config.h"
#include "options.h"

#include <stdbool.h>

// Whether --format names a format at all; standard error says so if not.
bool locate_knows_format(const struct options *options);

// The path as heap text and its format, from the options or by looking in the usual places. False:
// standard error says where was looked, or which format cannot be read.
bool locate_config(const struct options *options, char **path, enum config_format *format);
