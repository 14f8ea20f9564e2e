// SPDX-License-Identifier: MIT
// What others have to know of a helper: the machine, and those who ask about it.
#pragma once

#include "supervise/helper.h"

struct facts facts_of(const struct helper *helper);

// Whether its last run, or last try to start, counts as success.
bool helper_succeeded(const struct helper *helper);

// Whether its last start failed, and start_retries is what counts it.
bool helper_start_failed(const struct helper *helper);

// Seconds until SIGKILL for one that is stopping; 0 when it was sent.
double helper_stop_time_left(const struct helper *helper);

// Whether a start is under way of which it is not known what comes of it.
bool helper_is_launching(const struct helper *helper);

// Whether it has a process, or may have one already.
bool helper_has_process(const struct helper *helper);

// How it ended, as a shell would report it: 126 or 127 where it could not start; never 0.
int helper_exit_code(const struct helper *helper);
