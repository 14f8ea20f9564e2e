// SPDX-License-Identifier: MIT
#include "client/top_commands.h"

#include "base/memory.h"
#include "base/text.h"
#include "client/top_keys.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { FILTER_LENGTH = 64 }; // bytes: longer than any name

static const double message_time = 5; // seconds

void top_finish(struct top *top)
{
    top_feed_finish(&top->feed);
    top_model_finish(&top->model);
    buffer_finish(&top->typed);
    free(top->full);
    free(top->verb_name);
    free(top->message);
}

enum top_log_size top_log_wanted(const struct top *top)
{
    return top->full != NULL ? TOP_LOG_FULL : top->pane ? TOP_LOG_PANE : TOP_LOG_NONE;
}

void top_say(struct top *top, char *message, double now)
{
    free(top->message);
    top->message = message;
    top->message_end = now + message_time;
}

char *top_footer(const struct top *top)
{
    switch (top->mode) {
    case TOP_HELPING:
        return memory_copy("any key: back");
    case TOP_TYPING:
        return memory_format("/%.*s_  (Enter: done, Esc: all)", (int)top->typed.length,
                             top->typed.length > 0 ? top->typed.data : "");
    case TOP_ASKING:
        return memory_format("%s %s? y or n", top->verb, top->verb_name);
    case TOP_BROWSING:
        break;
    }
    if (top->message != NULL)
        return memory_copy(top->message);
    return memory_copy(top->full != NULL
                           ? "?: help  f: back  q: quit"
                           : "?: help  q: quit  s: start  x: stop  r: restart  f: log  "
                             "/: filter");
}

static void act(struct top *top, const char *verb, const char *name, double now)
{
    if (!top_feed_act(&top->feed, verb, name, now))
        top_say(top, memory_copy("the last request is not answered yet"), now);
}

const char *top_helper(const struct top *top)
{
    const struct top_row *row = top_model_selected(&top->model);
    if (top->full != NULL)
        return top->full;
    return row != NULL ? row->name : NULL;
}

static void act_on_helper(struct top *top, const char *verb, double now)
{
    const char *name = top_helper(top);
    if (name != NULL)
        act(top, verb, name, now);
}

// The name is kept: another helper may be the selected one when the answer comes.
static void ask(struct top *top, const char *verb)
{
    const char *name = top_helper(top);
    if (name == NULL)
        return;
    free(top->verb_name);
    top->verb_name = memory_copy(name);
    top->verb = verb;
    top->mode = TOP_ASKING;
}

// In a log that is shown alone, lines are moved, else the selection.
static void move(struct top *top, long lines)
{
    if (top->full != NULL)
        top_log_scroll(&top->feed.log, -lines);
    else
        top_model_move(&top->model, lines);
}

static void move_page(struct top *top, long pages)
{
    size_t lines = top->full != NULL ? top->layout.log_lines : top->layout.table_lines;
    move(top, pages * (long)(lines > 1 ? lines - 1 : 1));
}

static void show_table(struct top *top)
{
    free(top->full);
    top->full = NULL;
    top->feed.log.back = 0;
}

static void toggle_full(struct top *top)
{
    const char *name = top_helper(top);
    if (top->full != NULL)
        show_table(top);
    else
        top->full = memory_copy(name);
}

static void end_filter(struct top *top)
{
    top->typed.length = 0;
    top_model_filter(&top->model, NULL);
}

static void go_back(struct top *top)
{
    if (top->full != NULL)
        show_table(top);
    else
        end_filter(top);
}

static void begin_filter(struct top *top)
{
    show_table(top);
    top->mode = TOP_TYPING;
}

static void obey(struct top *top, enum top_command command, double now)
{
    struct top_model *model = &top->model;
    // clang-format off
    switch (command) {
    case DO_UP:            move(top, -1); break;
    case DO_DOWN:          move(top, 1); break;
    case DO_PAGE_UP:       move_page(top, -1); break;
    case DO_PAGE_DOWN:     move_page(top, 1); break;
    case DO_FIRST:         move(top, -LONG_MAX); break;
    case DO_LAST:          move(top, LONG_MAX); break;
    case DO_FULL:          toggle_full(top); break;
    case DO_PANE:          top->pane = !top->pane; break;
    case DO_START:         act_on_helper(top, "start", now); break;
    case DO_STOP:          ask(top, "stop"); break;
    case DO_RESTART:       ask(top, "restart"); break;
    case DO_RESET:         act_on_helper(top, "reset", now); break;
    case DO_FILTER:        begin_filter(top); break;
    case DO_BACK:          go_back(top); break;
    case DO_SORT_ORDER:    top_model_sort(model, TOP_BY_ORDER); break;
    case DO_SORT_NAME:     top_model_sort(model, TOP_BY_NAME); break;
    case DO_SORT_STATE:    top_model_sort(model, TOP_BY_STATE); break;
    case DO_SORT_CPU:      top_model_sort(model, TOP_BY_CPU); break;
    case DO_SORT_MEMORY:   top_model_sort(model, TOP_BY_MEMORY); break;
    case DO_SORT_RESTARTS: top_model_sort(model, TOP_BY_RESTARTS); break;
    case DO_REVERSE:       top_model_reverse(model); break;
    case DO_HELP:          top->mode = TOP_HELPING; break;
    case DO_REDRAW:        top->redraw = true; break;
    case DO_QUIT:          top->over = true; break;
    case DO_NOTHING:
    case DO_COUNT:         break;
    }
    // clang-format on
}

static void answer(struct top *top, int key, double now)
{
    top->mode = TOP_BROWSING;
    if (key == 'y' || key == 'Y')
        act(top, top->verb, top->verb_name, now);
}

static void append_utf8(struct buffer *out, unsigned code)
{
    if (code < 0x80) {
        buffer_append_char(out, (char)code);
        return;
    }
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3; // bytes behind the first
    buffer_append_char(out, (char)((0xff00U >> (more + 1) & 0xff) | code >> (6 * more)));
    while (more-- > 0)
        buffer_append_char(out, (char)(0x80 | (code >> (6 * more) & 0x3f)));
}

static void drop_last_character(struct buffer *text)
{
    while (text->length > 0 && ((unsigned char)text->data[--text->length] & 0xc0) == 0x80)
        ;
}

static void type(struct top *top, int key)
{
    if (key == TOP_KEY_ESCAPE || key == TOP_KEY_ENTER) {
        top->mode = TOP_BROWSING;
        if (key == TOP_KEY_ESCAPE)
            end_filter(top);
        return;
    }
    if (key == TOP_KEY_BACKSPACE)
        drop_last_character(&top->typed);
    else if (key >= ' ' && key < TOP_KEY_NONE && top->typed.length < FILTER_LENGTH)
        append_utf8(&top->typed, (unsigned)key);
    memory_auto char *text =
        memory_format("%.*s", (int)top->typed.length, top->typed.length > 0 ? top->typed.data : "");
    top_model_filter(&top->model, text);
}

void top_take_key(struct top *top, int key, double now)
{
    switch (top->mode) {
    case TOP_BROWSING:
        free(top->message);
        top->message = NULL;
        obey(top, top_keys_find(key), now);
        break;
    case TOP_HELPING:
        top->mode = TOP_BROWSING;
        break;
    case TOP_TYPING:
        type(top, key);
        break;
    case TOP_ASKING:
        answer(top, key, now);
        break;
    }
}
