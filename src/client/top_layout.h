// SPDX-License-Identifier: MIT
// Which lines of the screen show what. Pure.
//
//     title      how many helpers, the order, the filter; or that helperd does not answer
//     header     of the table
//     table
//     separator  the name of the helper whose log it is
//     log
//     footer     a question, a message, or the keys
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { TOP_LEAST_LINES = 5, TOP_LEAST_COLUMNS = 20 };

struct top_layout {
    bool fits; // false: the screen is too small for anything but a hint
    size_t lines, columns;
    size_t table, table_lines; // the first line below the header; 0 lines where the log has it all
    size_t log, log_lines;     // the first line below the separator (or the title); 0 lines: no log
};

enum top_log_size { TOP_LOG_NONE, TOP_LOG_PANE, TOP_LOG_FULL };

// rows: how many helpers there are. A log pane is left out where there is no room for it.
struct top_layout top_layout_fit(size_t lines, size_t columns, size_t rows, enum top_log_size log);
