// SPDX-License-Identifier: MIT
// What top knows of the helpers and what of it is shown: rows from the answers of helperd, sorted,
// filtered, with one of them selected, and a window of some lines over them. Pure.
//
// The selection is a name, not a place: it stays with its helper while others come, go, and change
// places. Where its helper is gone, its neighbour is selected.
#pragma once

#include "client/top_row.h"

enum top_sort {
    TOP_BY_ORDER, // of the configuration
    TOP_BY_NAME,
    TOP_BY_STATE,
    TOP_BY_CPU, // the largest first, as the next two
    TOP_BY_MEMORY,
    TOP_BY_RESTARTS,
    TOP_SORT_COUNT
};

extern const char *const top_sort_names[TOP_SORT_COUNT];

// Zeroed, it is empty.
struct top_model {
    struct top_row *rows; // all, in the order of the configuration
    size_t count;
    size_t counts[TOP_STATE_COUNT]; // of rows in each state
    double time;                    // of the answer: seconds since 1970
    size_t longest_name;            // in cells

    enum top_sort sort; // set these two by top_model_sort
    bool reverse;
    char *filter; // NULL: none

    size_t *shown; // what passes the filter, sorted: places in rows
    size_t shown_count;
    char *selected;  // its name, or NULL
    size_t position; // of the selection in shown; 0 where nothing is shown
    size_t first;    // in shown: the first line of the window
    size_t lines;    // of the window
};

void top_model_finish(struct top_model *model);

// Takes the answer to GET /v1/helpers in place of the one before. now: on CLOCK_MONOTONIC; time:
// since 1970. False: it is no such answer, and nothing has changed.
bool top_model_take(struct top_model *model, const json_t *answer, double now, double time);

// Sorts by another column; by the same one: the other way round.
void top_model_sort(struct top_model *model, enum top_sort sort);
void top_model_reverse(struct top_model *model);

// Shows only helpers whose name holds the text, in any case of letters, or whose state it is.
// Empty or NULL: all.
void top_model_filter(struct top_model *model, const char *text);

// Moves the selection by so many lines, as far as there are any.
void top_model_move(struct top_model *model, long lines);

// The window has so many lines from now on.
void top_model_resize(struct top_model *model, size_t lines);

// NULL: nothing is shown.
const struct top_row *top_model_selected(const struct top_model *model);
// The row of a line of the window, or NULL below the last one.
const struct top_row *top_model_line(const struct top_model *model, size_t line);
