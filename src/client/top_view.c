// SPDX-License-Identifier: MIT
#include "client/top_view.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "client/top_columns.h"
#include "client/top_keys.h"
#include "client/top_text.h"

#include <ncurses.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { PAIR_GOOD = 1, PAIR_BUSY, PAIR_BAD };

enum { ESCAPE_DELAY = 25 }; // milliseconds that the rest of a key's sequence may take

struct top_view {
    SCREEN *screen;
    bool colors;
};

static void prepare_terminal(struct top_view *view)
{
    cbreak();
    noecho();
    nonl(); // Enter is told from Ctrl-J, and lines are moved the fast way
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(ESCAPE_DELAY);
    curs_set(0);
    view->colors = view->colors && has_colors() && start_color() == OK;
    if (!view->colors)
        return;
    short background = use_default_colors() == OK ? -1 : COLOR_BLACK;
    init_pair(PAIR_GOOD, COLOR_GREEN, background);
    init_pair(PAIR_BUSY, COLOR_YELLOW, background);
    init_pair(PAIR_BAD, COLOR_RED, background);
}

static void restore_terminal(void *context)
{
    (void)context;
    endwin();
}

// Why there can be no screen; heap. kind: what TERM says, or NULL.
static char *explain_terminal(const char *kind)
{
    if (kind == NULL || *kind == '\0')
        return memory_copy("TERM is not set");
    return memory_format("TERM is \"%s\", a terminal that is not known here, or that cannot move "
                         "its cursor",
                         kind);
}

struct top_view *top_view_open(bool colors, char **problem)
{
    const char *kind = getenv("TERM");
    bool is_dumb = kind != NULL && strcmp(kind, "dumb") == 0;
    SCREEN *screen = is_dumb ? NULL : newterm(NULL, stdout, stdin);
    if (screen == NULL) {
        *problem = explain_terminal(kind);
        return NULL;
    }
    struct top_view *view = memory_new(1, sizeof(*view));
    view->screen = screen;
    view->colors = colors;
    prepare_terminal(view);
    memory_set_last_act(restore_terminal, NULL);
    return view;
}

void top_view_close(struct top_view *view)
{
    if (view == NULL)
        return;
    memory_set_last_act(NULL, NULL);
    move(LINES - 1, 0); // where there is no second screen, the shell goes on in the last line
    clrtoeol();
    refresh();
    endwin();
    delscreen(view->screen);
    free(view);
}

void top_view_suspend(struct top_view *view)
{
    (void)view;
    endwin();
}

void top_view_resume(struct top_view *view)
{
    (void)view;
    reset_prog_mode(); // the shell may have changed it
    clearok(stdscr, TRUE);
    refresh();
}

void top_view_measure(struct top_view *view, size_t *lines, size_t *columns)
{
    (void)view;
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0 &&
        (size.ws_row != LINES || size.ws_col != COLS))
        resizeterm(size.ws_row, size.ws_col);
    *lines = (size_t)LINES;
    *columns = (size_t)COLS;
}

int top_view_key(struct top_view *view)
{
    (void)view;
    static const struct {
        wint_t code;
        int key;
    } rows[] = {
        {KEY_UP, TOP_KEY_UP},         {KEY_DOWN, TOP_KEY_DOWN},
        {KEY_PPAGE, TOP_KEY_PAGE_UP}, {KEY_NPAGE, TOP_KEY_PAGE_DOWN},
        {KEY_HOME, TOP_KEY_HOME},     {KEY_END, TOP_KEY_END},
        {KEY_ENTER, TOP_KEY_ENTER},   {KEY_BACKSPACE, TOP_KEY_BACKSPACE},
    };
    wint_t code;
    int kind;
    do // a new size is looked for at each drawing
        kind = get_wch(&code);
    while (kind == KEY_CODE_YES && code == KEY_RESIZE);
    if (kind == ERR)
        return TOP_KEY_NONE;
    if (kind == OK)
        return code == 0x7f || code == '\b' ? TOP_KEY_BACKSPACE
               : code == '\n'               ? TOP_KEY_ENTER
                                            : (int)code;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (rows[i].code == code)
            return rows[i].key;
    }
    return TOP_KEY_OTHER;
}

static attr_t pair(const struct top_view *view, short number)
{
    return view->colors ? (attr_t)COLOR_PAIR(number) : 0;
}

// Writes as much of the bytes as the cells take, and blanks into the rest of them. Returns how many
// bytes that were.
static size_t put_bytes(size_t line, size_t column, size_t cells, attr_t look, const char *bytes,
                        size_t length)
{
    struct top_text text = top_text_fit(bytes, length, cells);
    size_t taken = text.taken;
    attrset((int)look);
    mvaddwstr((int)line, (int)column, text.characters);
    if (text.cells < cells)
        mvhline((int)line, (int)(column + text.cells), ' ' | look, (int)(cells - text.cells));
    top_text_finish(&text);
    return taken;
}

static void put(size_t line, size_t column, size_t cells, attr_t look, const char *text)
{
    put_bytes(line, column, cells, look, text, strlen(text));
}

static void put_buffer(size_t line, size_t column, size_t cells, attr_t look, struct buffer *text)
{
    memory_auto char *whole = buffer_take(text);
    put(line, column, cells, look, whole);
}

static attr_t state_look(const struct top_view *view, enum top_state state)
{
    switch (state) {
    case TOP_FAILED:
        return pair(view, PAIR_BAD) | A_BOLD;
    case TOP_BACKOFF:
    case TOP_STOPPING:
    case TOP_WAITING:
    case TOP_STARTING:
        return pair(view, PAIR_BUSY);
    case TOP_RUNNING:
    case TOP_COMPLETED:
        return pair(view, PAIR_GOOD);
    case TOP_STOPPED:
        return A_DIM;
    case TOP_UNKNOWN:
    case TOP_STATE_COUNT:
        break;
    }
    return A_NORMAL;
}

static void append_counts(struct buffer *out, const struct top_model *model)
{
    const char *before = ": ";
    buffer_printf(out, "%zu %s", model->count, model->count == 1 ? "helper" : "helpers");
    for (size_t i = 0; i < TOP_STATE_COUNT; i++) {
        if (model->counts[i] == 0)
            continue;
        buffer_printf(out, "%s%zu %s", before, model->counts[i], top_state_names[i]);
        before = ", ";
    }
}

static void append_log_title(struct buffer *out, const struct top_screen *screen)
{
    if (screen->log_name == NULL)
        buffer_append_text(out, "no helper is selected");
    else
        buffer_printf(out, "log of %s", screen->log_name);
    if (screen->log->back > 0)
        buffer_printf(out, ", %zu lines below", screen->log->back);
}

static void draw_title(const struct top_view *view, const struct top_screen *screen)
{
    const struct top_model *model = screen->model;
    struct buffer text = {0};
    attr_t look = A_BOLD;
    if (screen->lost != NULL) {
        buffer_printf(&text, "helperd does not answer: retrying… (%s)", screen->lost);
        look = pair(view, PAIR_BAD) | A_REVERSE;
    } else {
        if (screen->layout.table_lines == 0) {
            append_log_title(&text, screen);
            buffer_append_text(&text, "; ");
        }
        append_counts(&text, model);
        if (model->filter != NULL)
            buffer_printf(&text, "; %zu with \"%s\"", model->shown_count, model->filter);
        if (model->sort != TOP_BY_ORDER || model->reverse)
            buffer_printf(&text, "; by %s%s", top_sort_names[model->sort],
                          model->reverse ? ", reversed" : "");
        buffer_printf(&text, "; %s", screen->place);
    }
    put_buffer(0, 0, screen->layout.columns, look, &text);
}

// A number stands at the right end of its cells.
static void put_cell(size_t line, size_t column, size_t cells, attr_t look, bool is_number,
                     struct buffer *text)
{
    memory_auto char *whole = buffer_take(text);
    size_t wide = top_text_cells(whole);
    size_t before = is_number && wide < cells ? cells - wide : 0;
    if (before > 0)
        put(line, column, before, look, "");
    put(line, column + before, cells - before, look, whole);
}

static void draw_header(const struct top_screen *screen, const struct top_columns *columns)
{
    size_t line = screen->layout.table - 1, at = 0;
    put(line, 0, screen->layout.columns, A_NORMAL, "");
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        enum top_column column = (enum top_column)i;
        struct buffer title = {0};
        if (columns->widths[i] == 0)
            continue;
        buffer_append_text(&title, top_column_title(column));
        attr_t look =
            top_column_is_sorted(column, screen->model->sort) ? A_BOLD | A_UNDERLINE : A_UNDERLINE;
        put_cell(line, at, columns->widths[i], look, top_column_is_number(column), &title);
        at += columns->widths[i] + 1;
    }
}

static void draw_row(const struct top_view *view, const struct top_screen *screen,
                     const struct top_columns *columns, size_t line, const struct top_row *row)
{
    bool is_selected = row == top_model_selected(screen->model);
    attr_t look = is_selected ? A_REVERSE : screen->lost != NULL ? A_DIM : A_NORMAL;
    size_t at = 0;
    put(line, 0, screen->layout.columns, look, "");
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        enum top_column column = (enum top_column)i;
        struct buffer text = {0};
        if (columns->widths[i] == 0)
            continue;
        top_column_write(column, screen->model, row, &text);
        attr_t own = column == COLUMN_STATE && screen->lost == NULL ? state_look(view, row->state)
                                                                    : A_NORMAL;
        put_cell(line, at, columns->widths[i], look | own, top_column_is_number(column), &text);
        at += columns->widths[i] + 1;
    }
}

static void draw_table(const struct top_view *view, const struct top_screen *screen)
{
    const struct top_layout *layout = &screen->layout;
    struct top_columns columns = top_columns_fit(screen->model, layout->columns);
    draw_header(screen, &columns);
    for (size_t i = 0; i < layout->table_lines; i++) {
        const struct top_row *row = top_model_line(screen->model, i);
        if (row != NULL)
            draw_row(view, screen, &columns, layout->table + i, row);
        else if (i == 0)
            put(layout->table, 0, layout->columns, A_DIM,
                screen->model->count > 0 ? "no helper passes the filter" : "no helpers");
    }
}

static void draw_separator(const struct top_screen *screen)
{
    const struct top_layout *layout = &screen->layout;
    struct buffer title = {0};
    buffer_append_char(&title, ' ');
    append_log_title(&title, screen);
    buffer_append_char(&title, ' ');
    memory_auto char *text = buffer_take(&title);
    size_t cells = top_text_cells(text), line = layout->log - 1;
    attrset((int)A_DIM);
    mvhline((int)line, 0, ACS_HLINE | A_DIM, (int)layout->columns);
    if (cells + 2 > layout->columns)
        cells = layout->columns - 2;
    put(line, 2, cells, A_BOLD, text);
}

// Where the text of a log line begins: behind its time, which narrow screens have no room for.
static size_t log_indent(const struct top_screen *screen, const struct top_log_line *line)
{
    size_t indent = strlen(line->clock) + 1;
    return indent > 1 && screen->layout.columns >= 3 * indent ? indent : 0;
}

static size_t log_rows(const struct top_screen *screen, const struct top_log_line *line)
{
    size_t cells = screen->layout.columns - log_indent(screen, line), rows = 0, done = 0;
    do {
        struct top_text text = top_text_fit(line->text + done, line->length - done, cells);
        done += text.taken;
        top_text_finish(&text);
        rows++;
    } while (done < line->length);
    return rows;
}

// Draws so many rows of a log line, the first of them at a line of the screen; those above the log
// are left out.
static void draw_log_line(const struct top_view *view, const struct top_screen *screen,
                          const struct top_log_line *line, long at, size_t rows)
{
    size_t indent = log_indent(screen, line), cells = screen->layout.columns - indent, done = 0;
    attr_t look = line->error     ? pair(view, PAIR_BAD)
                  : line->warning ? pair(view, PAIR_BUSY)
                                  : A_NORMAL;
    for (size_t i = 0; i < rows; i++, at++) {
        const char *text = line->text + done;
        size_t length = line->length - done;
        if (at < (long)screen->layout.log) {
            struct top_text above = top_text_fit(text, length, cells);
            done += above.taken;
            top_text_finish(&above);
            continue;
        }
        if (i == 0 && indent > 0)
            put((size_t)at, 0, indent, A_DIM, line->clock);
        done += put_bytes((size_t)at, indent, cells, look, text, length);
    }
}

// From a line downwards. Beside the table a line is cut, alone it has as many rows as it needs.
static void draw_log_down(const struct top_view *view, const struct top_screen *screen,
                          size_t place, bool wraps)
{
    size_t left = screen->layout.log_lines, at = screen->layout.log;
    for (; place < screen->log->count && left > 0; place++) {
        struct top_log_line line = top_log_read(screen->log, place, screen->time);
        size_t rows = wraps ? log_rows(screen, &line) : 1;
        if (rows > left)
            rows = left;
        draw_log_line(view, screen, &line, (long)at, rows);
        top_log_line_finish(&line);
        at += rows;
        left -= rows;
    }
}

// From the line before a place upwards. False: there are too few of them; nothing is drawn.
static bool draw_log_up(const struct top_view *view, const struct top_screen *screen, size_t place)
{
    const struct top_layout *layout = &screen->layout;
    size_t rows = 0;
    for (size_t i = 0; i < place && rows < layout->log_lines; i++) {
        struct top_log_line line = top_log_read(screen->log, i, screen->time);
        rows += log_rows(screen, &line);
        top_log_line_finish(&line);
    }
    if (rows < layout->log_lines)
        return false;
    for (long at = (long)(layout->log + layout->log_lines); at > (long)layout->log && place > 0;) {
        struct top_log_line line = top_log_read(screen->log, --place, screen->time);
        rows = log_rows(screen, &line);
        at -= (long)rows;
        draw_log_line(view, screen, &line, at, rows);
        top_log_line_finish(&line);
    }
    return true;
}

static void draw_log(const struct top_view *view, const struct top_screen *screen)
{
    size_t lines = screen->layout.log_lines;
    size_t place = screen->log->count - screen->log->back; // behind the lowest line
    bool wraps = screen->layout.table_lines == 0;
    if (!wraps)
        draw_log_down(view, screen, place > lines ? place - lines : 0, wraps);
    else if (!draw_log_up(view, screen, place))
        draw_log_down(view, screen, 0, wraps);
}

static void draw_help(const struct top_layout *layout)
{
    enum { KEYS = 20 }; // cells
    size_t line = 0;
    put(line++, 0, layout->columns, A_BOLD, "helperctl top: keys");
    for (size_t i = 0; i < DO_COUNT && line + 1 < layout->lines; i++) {
        const struct top_key_row *row = &top_key_rows[i];
        if (row->shown == NULL)
            continue;
        size_t keys = layout->columns < 2 * KEYS ? layout->columns / 2 : KEYS;
        put(line, 0, keys - 1, A_BOLD, row->shown);
        put(line++, keys, layout->columns - keys, A_NORMAL, row->text);
    }
}

static void draw_hint(const struct top_layout *layout)
{
    memory_auto char *hint =
        memory_format("needs %dx%d or more", TOP_LEAST_COLUMNS, TOP_LEAST_LINES);
    put(0, 0, layout->columns, A_NORMAL, hint);
}

static void draw_parts(const struct top_view *view, const struct top_screen *screen)
{
    const struct top_layout *layout = &screen->layout;
    attr_t look = screen->is_question ? A_BOLD | A_REVERSE : A_NORMAL;
    if (screen->help) {
        draw_help(layout);
    } else {
        draw_title(view, screen);
        if (layout->table_lines > 0)
            draw_table(view, screen);
        if (layout->log_lines > 0 && layout->table_lines > 0)
            draw_separator(screen);
        draw_log(view, screen);
    }
    put(layout->lines - 1, 0, layout->columns, look, screen->footer);
}

void top_view_draw(struct top_view *view, const struct top_screen *screen)
{
    erase();
    if (screen->layout.fits)
        draw_parts(view, screen);
    else
        draw_hint(&screen->layout);
    refresh();
}
