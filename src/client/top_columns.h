// SPDX-License-Identifier: MIT
// The columns of the table: which of them fit into a width, and what they say of a row. Pure.
#pragma once

#include "base/buffer.h"
#include "client/top_model.h"

enum top_column {
    COLUMN_NAME,
    COLUMN_STATE,
    COLUMN_SINCE,
    COLUMN_PID,
    COLUMN_RESTARTS,
    COLUMN_READY,
    COLUMN_CPU,
    COLUMN_MEMORY,
    COLUMN_NOTE,
    COLUMN_COUNT
};

// Cells of each column; 0: it is left out. One blank stands between two.
struct top_columns {
    size_t widths[COLUMN_COUNT];
};

struct top_columns top_columns_fit(const struct top_model *model, size_t width);

const char *top_column_title(enum top_column column);
bool top_column_is_number(enum top_column column);
// Whether the table is sorted by it.
bool top_column_is_sorted(enum top_column column, enum top_sort sort);
// What it says of the row. Texts of helperd stand in it as they came.
void top_column_write(enum top_column column, const struct top_model *model,
                      const struct top_row *row, struct buffer *out);
