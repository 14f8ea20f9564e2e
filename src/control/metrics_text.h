// SPDX-License-Identifier: MIT
// The text formats of metrics: what stands above the samples of a family, and the samples.
#pragma once

#include "base/buffer.h"

#include <stddef.h>

// The two ways to write the same. They differ in the names of counters in comments, so no text is
// right in both: who asks by Accept for OpenMetrics gets that, everybody else what is older, which
// any tool takes.
enum metrics_format { METRICS_CLASSIC, METRICS_OPENMETRICS, METRICS_FORMATS };

// accept: the header of that name, or NULL.
enum metrics_format metrics_format_for(const char *accept);

// The media type of each.
extern const char *const metrics_types[METRICS_FORMATS];

enum metrics_type { METRICS_COUNTER, METRICS_GAUGE, METRICS_HISTOGRAM, METRICS_TYPES };

struct metrics_family {
    const char *name; // of a counter without _total
    enum metrics_type type;
    const char *unit; // the end of the name, or NULL
    const char *help; // one line, without quotes and backslashes
};

struct metrics_label {
    const char *name, *value; // any bytes are a value
};

void metrics_text_head(const struct metrics_family *family, enum metrics_format format,
                       struct buffer *out);

// suffix: what the sample has behind the family's name; NULL: what its type asks for. The value is
// not negative, and written to the microsecond.
void metrics_text_sample(const struct metrics_family *family, const char *suffix,
                         const struct metrics_label *labels, size_t count, double value,
                         struct buffer *out);

// Whoever stops before it has not got all.
void metrics_text_end(struct buffer *out);
