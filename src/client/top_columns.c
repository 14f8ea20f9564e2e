// SPDX-License-Identifier: MIT
#include "client/top_columns.h"

#include "base/memory.h"
#include "client/show.h"

#include <math.h>
#include <stdlib.h>

// A value that there is none of.
static const char none[] = "-";

static void write_name(const struct top_model *model, const struct top_row *row, struct buffer *out)
{
    (void)model;
    buffer_append_text(out, row->name);
}

static void write_state(const struct top_model *model, const struct top_row *row,
                        struct buffer *out)
{
    (void)model;
    buffer_append_text(out, top_state_names[row->state]);
}

static void write_since(const struct top_model *model, const struct top_row *row,
                        struct buffer *out)
{
    if (row->since < 0)
        buffer_append_text(out, none);
    else
        show_age(out, floor(model->time - row->since)); // tenths would flicker
}

static void write_pid(const struct top_model *model, const struct top_row *row, struct buffer *out)
{
    (void)model;
    if (row->pid > 0)
        buffer_printf(out, "%lld", (long long)row->pid);
    else
        buffer_append_text(out, none);
}

static void write_restarts(const struct top_model *model, const struct top_row *row,
                           struct buffer *out)
{
    (void)model;
    buffer_printf(out, "%lld", (long long)row->restarts);
}

static void write_ready(const struct top_model *model, const struct top_row *row,
                        struct buffer *out)
{
    (void)model;
    bool comes = row->state == TOP_STARTING || row->state == TOP_RUNNING ||
                 row->state == TOP_WAITING || row->state == TOP_BACKOFF;
    buffer_append_text(out, row->ready ? "yes" : comes ? "no" : none);
}

static void write_cpu(const struct top_model *model, const struct top_row *row, struct buffer *out)
{
    (void)model;
    double percent = row->cpu_share * 100;
    if (row->cpu_share < 0)
        buffer_append_text(out, none);
    else
        buffer_printf(out, percent < 999.95 ? "%.1f" : "%.0f", percent);
}

static void write_memory(const struct top_model *model, const struct top_row *row,
                         struct buffer *out)
{
    (void)model;
    static const char units[] = "KMGTP";
    if (row->memory < 0) {
        buffer_append_text(out, none);
        return;
    }
    double size = (double)row->memory / 1024;
    const char *unit = units;
    while (size >= 999.5 && unit[1] != '\0') {
        size /= 1024;
        unit++;
    }
    buffer_printf(out, size < 9.95 && unit > units ? "%.1f%c" : "%.0f%c", size, *unit);
}

static void write_note(const struct top_model *model, const struct top_row *row, struct buffer *out)
{
    (void)model;
    memory_auto char *note = top_row_note(row);
    buffer_append_text(out, note);
}

static const struct column {
    const char *title;
    size_t width; // that it has at least where it is shown
    bool is_number;
    enum top_sort sort; // that goes by it; TOP_SORT_COUNT: none
    void (*write)(const struct top_model *model, const struct top_row *row, struct buffer *out);
} columns[] = {
    [COLUMN_NAME] = {"NAME", 10, false, TOP_BY_NAME, write_name},
    [COLUMN_STATE] = {"STATE", 9, false, TOP_BY_STATE, write_state},
    [COLUMN_SINCE] = {"SINCE", 6, true, TOP_SORT_COUNT, write_since},
    [COLUMN_PID] = {"PID", 7, true, TOP_SORT_COUNT, write_pid},
    [COLUMN_RESTARTS] = {"RESTARTS", 8, true, TOP_BY_RESTARTS, write_restarts},
    [COLUMN_READY] = {"READY", 5, false, TOP_SORT_COUNT, write_ready},
    [COLUMN_CPU] = {"CPU%", 5, true, TOP_BY_CPU, write_cpu},
    [COLUMN_MEMORY] = {"MEMORY", 6, true, TOP_BY_MEMORY, write_memory},
    [COLUMN_NOTE] = {"LAST EXIT OR REASON", 19, false, TOP_SORT_COUNT, write_note},
};
_Static_assert(LENGTH(columns) == COLUMN_COUNT, "a column has no row");

// What is shown first where there is little room.
static const enum top_column by_weight[] = {
    COLUMN_NAME, COLUMN_STATE,    COLUMN_SINCE, COLUMN_CPU,   COLUMN_MEMORY,
    COLUMN_NOTE, COLUMN_RESTARTS, COLUMN_PID,   COLUMN_READY,
};
_Static_assert(LENGTH(by_weight) == COLUMN_COUNT, "a column has no weight");

// A name may take a quarter of the width; 10 cells where that is more.
static size_t name_width(size_t longest, size_t width)
{
    size_t most = width / 4 > columns[COLUMN_NAME].width ? width / 4 : columns[COLUMN_NAME].width;
    size_t least = 4; // of its title
    return longest > most ? most : longest > least ? longest : least;
}

struct top_columns top_columns_fit(const struct top_model *model, size_t width)
{
    struct top_columns fit = {{0}};
    size_t left = width + 1; // no blank stands before the first
    for (size_t i = 0; i < LENGTH(by_weight); i++) {
        enum top_column column = by_weight[i];
        size_t wanted =
            column == COLUMN_NAME ? name_width(model->longest_name, width) : columns[column].width;
        if (wanted + 1 > left)
            continue;
        fit.widths[column] = wanted;
        left -= wanted + 1;
    }
    size_t more = fit.widths[COLUMN_NAME] < model->longest_name
                      ? model->longest_name - fit.widths[COLUMN_NAME]
                      : 0;
    if (more > left)
        more = left;
    fit.widths[COLUMN_NAME] += more;
    if (fit.widths[COLUMN_NOTE] > 0)
        fit.widths[COLUMN_NOTE] += left - more;
    return fit;
}

const char *top_column_title(enum top_column column)
{
    return columns[column].title;
}

bool top_column_is_number(enum top_column column)
{
    return columns[column].is_number;
}

bool top_column_is_sorted(enum top_column column, enum top_sort sort)
{
    return columns[column].sort == sort;
}

void top_column_write(enum top_column column, const struct top_model *model,
                      const struct top_row *row, struct buffer *out)
{
    columns[column].write(model, row, out);
}
