// SPDX-License-Identifier: MIT
// What of a supervisord.conf has no counterpart; part of supervisord.c.
#pragma once

#include "config/supervisord.h"

// Every section and key is read elsewhere, ignored with a warning, or refused with an error.
void supervisord_check(const struct supervisord_input *input);
