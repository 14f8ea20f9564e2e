// SPDX-License-Identifier: MIT
// What a reload did, as JSON.
#pragma once

#include "base/strings.h"
#include "supervise/apply.h"

#include <jansson.h>

// {"added": {"count", "names"}, "removed", "restarted", "changed", "same"}
json_t *report_view(const struct apply_report *report);

// ["LINE", …]
json_t *report_view_lines(const struct strings *lines);
