// SPDX-License-Identifier: MIT
// Capabilities by name, and those that helperd has. A set is a mask with a bit for each.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { CAPABILITIES = 64 }; // bits of a set

// The number of a capability, by its name with or without CAP_ in any case of letters; -1: none
// has it, and *nearest is one that looks like it, in a static buffer, or NULL.
int capability_find(const char *name, const char **nearest);

// "CAP_NET_RAW", in a static buffer; NULL past the last.
const char *capability_name(int capability);

// What helperd itself has.
struct capability_rights {
    uint64_t effective, permitted;
    uint64_t bounding; // what its children can have at most
};
struct capability_rights capability_own(void);

bool capability_is_in(uint64_t mask, int capability);
