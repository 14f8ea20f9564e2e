// SPDX-License-Identifier: MIT
// What is looked at in a text before libyaml gets it.
#pragma once

#include "base/error.h"

// Whether libyaml can read the text, in reasonable time and with the lines that we count; else it
// is said.
bool yaml_check_text(const struct source *source, struct errors *errors);
