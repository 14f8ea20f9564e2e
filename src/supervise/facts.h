// SPDX-License-Identifier: MIT
// What the machine has to know of a helper.
#pragma once

#include "supervise/helper.h"

struct facts facts_of(const struct helper *helper);

// Whether its last run, or last try to start, counts as success.
bool helper_succeeded(const struct helper *helper);

// Whether its last start failed, and start_retries is what counts it.
bool helper_start_failed(const struct helper *helper);
