// SPDX-License-Identifier: MIT
// A table of texts that fits into a terminal. Too wide, it first squeezes the columns that can be
// squeezed, then leaves columns out, the least worth first.
//
//     struct table table = {.columns = columns, .column_count = LENGTH(columns)};
//     table_add(&table, "web", NULL);          // cell by cell, row by row
//     table_write(&table, &screen, &out);
//     table_finish(&table);
#pragma once

#include "client/show.h"

#include <stdbool.h>
#include <stddef.h>

struct column {
    const char *title;
    bool right;     // numbers: they end below each other
    size_t least;   // cells to which it can be squeezed; 0: it cannot
    unsigned spare; // the highest is left out first; 0: never
};

struct cell {
    char *text; // harmless; owned
    const char *color;
    size_t width;
};

struct table {
    const struct column *columns;
    size_t column_count;
    struct cell *cells; // row by row
    size_t cell_count, room;
};

// Adds the next cell, made harmless; NULL and "" are shown as "-". color or NULL.
void table_add(struct table *table, const char *text, const char *color);
// The same with the text of a buffer, which is emptied.
void table_add_buffer(struct table *table, struct buffer *text, const char *color);

// Titles and rows, a line each.
void table_write(const struct table *table, const struct screen *screen, struct buffer *out);
void table_finish(struct table *table);
