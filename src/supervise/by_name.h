// SPDX-License-Identifier: MIT
// Helpers in the order of their names, for those who look for one of many.
#pragma once

#include "supervise/helper.h"

void by_name_sort(struct helper **helpers, size_t count);

// The place of a name in a list that is sorted so, or NULL. The list may be NULL where it is empty.
struct helper **by_name_find(struct helper **helpers, size_t count, const char *name);
