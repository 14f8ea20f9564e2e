// SPDX-License-Identifier: MIT
#include "client/top_layout.h"

enum {
    LEAST_TABLE = 5,
    LEAST_PANE = 4, // with the separator
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

// Two fifths for the log, and what the table has no rows for.
static size_t pane_lines(size_t room, size_t rows)
{
    if (room < LEAST_TABLE + LEAST_PANE)
        return 0;
    size_t table = larger(rows, LEAST_TABLE);
    size_t rest = room > table ? room - table : 0;
    return larger(larger(room * 2 / 5, LEAST_PANE), rest);
}

struct top_layout top_layout_fit(size_t lines, size_t columns, size_t rows, enum top_log_size log)
{
    struct top_layout layout = {
        .fits = lines >= TOP_LEAST_LINES && columns >= TOP_LEAST_COLUMNS,
        .lines = lines,
        .columns = columns,
    };
    if (!layout.fits)
        return layout;
    if (log == TOP_LOG_FULL) {
        layout.log = 1;
        layout.log_lines = lines - 2;
        return layout;
    }
    size_t room = lines - 3;
    size_t pane = log == TOP_LOG_PANE ? pane_lines(room, rows) : 0;
    layout.table = 2;
    layout.table_lines = room - pane;
    layout.log = layout.table + layout.table_lines + 1;
    layout.log_lines = pane > 0 ? pane - 1 : 0;
    return layout;
}
