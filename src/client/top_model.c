// SPDX-License-Identifier: MIT
#include "client/top_model.h"

#include "base/memory.h"
#include "client/top_text.h"

#include <stdlib.h>
#include <string.h>

const char *const top_sort_names[] = {
    [TOP_BY_ORDER] = "configuration", [TOP_BY_NAME] = "name",
    [TOP_BY_STATE] = "state",         [TOP_BY_CPU] = "cpu",
    [TOP_BY_MEMORY] = "memory",       [TOP_BY_RESTARTS] = "restarts",
};
_Static_assert(LENGTH(top_sort_names) == TOP_SORT_COUNT, "an order has no name");

static void finish_rows(struct top_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        top_row_finish(&rows[i]);
    free(rows);
}

void top_model_finish(struct top_model *model)
{
    finish_rows(model->rows, model->count);
    free(model->filter);
    free(model->shown);
    free(model->selected);
    *model = (struct top_model){0};
}

// Below, at or above 0, as the first stands before, with or behind the second.
static int compare_numbers(double a, double b)
{
    return (a > b) - (a < b);
}

static int compare_by(enum top_sort sort, const struct top_row *a, const struct top_row *b)
{
    switch (sort) {
    case TOP_BY_NAME:
        return strcmp(a->name, b->name);
    case TOP_BY_STATE:
        return compare_numbers(a->state, b->state);
    case TOP_BY_CPU:
        return compare_numbers(b->cpu_share, a->cpu_share);
    case TOP_BY_MEMORY:
        return compare_numbers((double)b->memory, (double)a->memory);
    case TOP_BY_RESTARTS:
        return compare_numbers((double)b->restarts, (double)a->restarts);
    case TOP_BY_ORDER:
    case TOP_SORT_COUNT:
        break;
    }
    return 0;
}

static int compare_rows(const void *left, const void *right, void *context)
{
    const struct top_model *model = context;
    const struct top_row *a = &model->rows[*(const size_t *)left];
    const struct top_row *b = &model->rows[*(const size_t *)right];
    int order = compare_by(model->sort, a, b);
    if (order == 0) // equal ones must not change places from one answer to the next
        order = compare_numbers((double)a->order, (double)b->order);
    return model->reverse ? -order : order;
}

static bool passes(const struct top_model *model, const struct top_row *row)
{
    return model->filter == NULL || strcasestr(row->name, model->filter) != NULL ||
           strcasecmp(top_state_names[row->state], model->filter) == 0;
}

// Keeps the selection in the window, and no empty lines below the last row.
static void scroll(struct top_model *model)
{
    size_t last_first = model->shown_count > model->lines ? model->shown_count - model->lines : 0;
    if (model->position < model->first)
        model->first = model->position;
    if (model->lines > 0 && model->position >= model->first + model->lines)
        model->first = model->position - model->lines + 1;
    if (model->first > last_first)
        model->first = last_first;
}

static void select_position(struct top_model *model, size_t position)
{
    model->position = position < model->shown_count ? position : model->shown_count - 1;
    const struct top_row *row = &model->rows[model->shown[model->position]];
    if (model->selected == NULL || strcmp(model->selected, row->name) != 0) {
        free(model->selected);
        model->selected = memory_copy(row->name);
    }
    scroll(model);
}

// Where the selected name is now, or else where it was.
static size_t find_selected(const struct top_model *model)
{
    for (size_t i = 0; model->selected != NULL && i < model->shown_count; i++) {
        if (strcmp(model->rows[model->shown[i]].name, model->selected) == 0)
            return i;
    }
    return model->position;
}

// Brings what is shown up to the rows, the order and the filter.
static void show(struct top_model *model)
{
    model->shown = memory_resize(model->shown, model->count + 1, sizeof(*model->shown));
    model->shown_count = 0;
    for (size_t i = 0; i < model->count; i++) {
        if (passes(model, &model->rows[i]))
            model->shown[model->shown_count++] = i;
    }
    qsort_r(model->shown, model->shown_count, sizeof(*model->shown), compare_rows, model);
    if (model->shown_count > 0) {
        select_position(model, find_selected(model));
        return;
    }
    // The name is kept: with nothing shown there is no neighbour, and it may come back.
    model->position = 0;
    model->first = 0;
}

// The row of that name in the answer before; *place is where to look first.
static const struct top_row *find_before(const struct top_model *model, const char *name,
                                         size_t *place)
{
    for (size_t i = 0; name != NULL && i < model->count; i++) {
        size_t at = (*place + i) % model->count;
        if (strcmp(model->rows[at].name, name) == 0) {
            *place = at + 1;
            return &model->rows[at];
        }
    }
    return NULL;
}

bool top_model_take(struct top_model *model, const json_t *answer, double now, double time)
{
    const json_t *helpers = json_object_get(answer, "helpers");
    if (!json_is_array(helpers))
        return false;

    size_t room = json_array_size(helpers), count = 0, place = 0;
    struct top_row *rows = memory_new(room + 1, sizeof(*rows));
    memset(model->counts, 0, sizeof(model->counts));
    model->longest_name = 0;
    for (size_t i = 0; i < room; i++) {
        const json_t *helper = json_array_get(helpers, i);
        const char *name = json_string_value(json_object_get(helper, "name"));
        struct top_row *row = &rows[count];
        if (!top_row_read(row, helper, find_before(model, name, &place), now))
            continue;
        row->order = count++;
        model->counts[row->state]++;
        size_t cells = top_text_cells(row->name);
        if (cells > model->longest_name)
            model->longest_name = cells;
    }
    finish_rows(model->rows, model->count);
    model->rows = rows;
    model->count = count;
    model->time = time;
    show(model);
    return true;
}

void top_model_sort(struct top_model *model, enum top_sort sort)
{
    model->reverse = sort == model->sort && !model->reverse;
    model->sort = sort;
    show(model);
}

void top_model_reverse(struct top_model *model)
{
    top_model_sort(model, model->sort);
}

void top_model_filter(struct top_model *model, const char *text)
{
    free(model->filter);
    model->filter = text != NULL && *text != '\0' ? memory_copy(text) : NULL;
    show(model);
}

void top_model_move(struct top_model *model, long lines)
{
    if (model->shown_count == 0)
        return;
    size_t position = model->position;
    if (lines < 0)
        position = position > (size_t)-lines ? position - (size_t)-lines : 0;
    else if ((size_t)lines < model->shown_count - position)
        position += (size_t)lines;
    else
        position = model->shown_count - 1;
    select_position(model, position);
}

void top_model_resize(struct top_model *model, size_t lines)
{
    if (model->lines == lines)
        return;
    model->lines = lines;
    scroll(model);
}

const struct top_row *top_model_selected(const struct top_model *model)
{
    return model->shown_count > 0 ? &model->rows[model->shown[model->position]] : NULL;
}

const struct top_row *top_model_line(const struct top_model *model, size_t line)
{
    size_t at = model->first + line;
    return at < model->shown_count ? &model->rows[model->shown[at]] : NULL;
}
