// SPDX-License-Identifier: MIT
// Helpers as JSON: the one place that gives the fields of the model their names outside.
#pragma once

#include "base/buffer.h"
#include "supervise/command.h"

#include <jansson.h>

json_t *view_helper(const struct helper *helper);
// With its command, its dependencies and its last exits.
json_t *view_helper_whole(const struct supervisor *supervisor, const struct helper *helper);
// {"helpers": [HELPER, …]} with a newline behind it, appended as text: one helper after the other,
// so that thousands of them are not in memory as objects. first is an object whose members come
// before; taken over; NULL: none do.
void view_write_helpers(const struct helpers *helpers, json_t *first, struct buffer *out);
