// SPDX-License-Identifier: MIT
#include "client/table.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { GAP = 2 }; // cells between two columns

void table_add(struct table *table, const char *text, const char *color)
{
    if (table->cell_count == table->room) {
        table->room = table->room * 2 + 64;
        table->cells = memory_resize(table->cells, table->room, sizeof(*table->cells));
    }
    struct buffer harmless = {0};
    show_text(&harmless, text != NULL && text[0] != '\0' ? text : "-");
    struct cell *cell = &table->cells[table->cell_count++];
    *cell = (struct cell){.text = buffer_take(&harmless), .color = color};
    cell->width = show_width(cell->text);
}

void table_add_buffer(struct table *table, struct buffer *text, const char *color)
{
    memory_auto char *taken = buffer_take(text);
    table_add(table, taken, color);
}

void table_finish(struct table *table)
{
    for (size_t i = 0; i < table->cell_count; i++)
        free(table->cells[i].text);
    free(table->cells);
    *table = (struct table){0};
}

// The widest cell of each column, its title too. A width of 0 is a column that is left out.
static void find_widths(const struct table *table, size_t *widths)
{
    for (size_t i = 0; i < table->column_count; i++)
        widths[i] = show_width(table->columns[i].title);
    for (size_t i = 0; i < table->cell_count; i++) {
        size_t *width = &widths[i % table->column_count];
        if (table->cells[i].width > *width)
            *width = table->cells[i].width;
    }
}

static size_t squeezed(const struct column *column, size_t width)
{
    return column->least > 0 && column->least < width ? column->least : width;
}

// The cells that all columns take at least, or as they are, with the gaps.
static size_t total_width(const struct table *table, const size_t *widths, bool least)
{
    size_t total = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        size_t width = widths[i];
        if (width > 0)
            total += (total > 0 ? GAP : 0) + (least ? squeezed(&table->columns[i], width) : width);
    }
    return total;
}

// The column that is left out next, or column_count: none can be.
static size_t find_spare(const struct table *table, const size_t *widths)
{
    size_t found = table->column_count;
    unsigned most = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        if (widths[i] > 0 && table->columns[i].spare > most) {
            most = table->columns[i].spare;
            found = i;
        }
    }
    return found;
}

static void fit(const struct table *table, size_t *widths, size_t width)
{
    size_t spare;
    while (total_width(table, widths, true) > width &&
           (spare = find_spare(table, widths)) < table->column_count)
        widths[spare] = 0;
    // From the last column on: what stands first is read first.
    for (size_t i = table->column_count; i-- > 0;) {
        size_t total = total_width(table, widths, false);
        size_t least = squeezed(&table->columns[i], widths[i]);
        if (total <= width || widths[i] == 0)
            continue;
        size_t wanted = total - width, most = widths[i] - least;
        widths[i] -= wanted < most ? wanted : most;
    }
}

static void append_blanks(struct buffer *out, size_t count)
{
    memset(buffer_reserve(out, count), ' ', count);
    out->length += count;
}

// One cell in its width. Nothing is put behind the last one of a line.
static void append_cell(struct buffer *out, const struct screen *screen, const char *text,
                        const char *color, size_t width, bool right, bool last)
{
    size_t length = strlen(text), cells = show_width(text);
    bool cut = cells > width;
    if (cut) {
        length = show_fitting(text, width - 1);
        memory_auto char *shown = memory_copy_bytes(text, length);
        cells = show_width(shown) + 1;
    }
    size_t blanks = width - cells;
    if (right)
        append_blanks(out, blanks);
    if (color != NULL)
        show_color(out, screen, color);
    buffer_append(out, text, length);
    if (cut)
        buffer_append_text(out, "…");
    if (color != NULL)
        show_color(out, screen, NULL);
    if (!right && !last)
        append_blanks(out, blanks);
}

// A row, or with cells NULL the titles.
static void append_row(struct buffer *out, const struct screen *screen, const struct table *table,
                       const size_t *widths, const struct cell *cells)
{
    size_t last = table->column_count;
    while (last > 0 && widths[last - 1] == 0)
        last--;
    bool begun = false;
    for (size_t i = 0; i < last; i++) {
        if (widths[i] == 0)
            continue;
        append_blanks(out, begun ? GAP : 0);
        begun = true;
        append_cell(out, screen, cells != NULL ? cells[i].text : table->columns[i].title,
                    cells != NULL ? cells[i].color : color_dim, widths[i], table->columns[i].right,
                    i + 1 == last);
    }
    buffer_append_char(out, '\n');
}

void table_write(const struct table *table, const struct screen *screen, struct buffer *out)
{
    size_t *widths = memory_new(table->column_count, sizeof(*widths));
    find_widths(table, widths);
    if (screen->width > 0)
        fit(table, widths, screen->width);
    append_row(out, screen, table, widths, NULL);
    for (size_t i = 0; i + table->column_count <= table->cell_count; i += table->column_count)
        append_row(out, screen, table, widths, &table->cells[i]);
    free(widths);
}
