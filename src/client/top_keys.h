// SPDX-License-Identifier: MIT
// THE table of top's keys: what each does, and how the help says it.
#pragma once

#include <stddef.h>

// Keys that are no characters stand above all of these.
enum top_key {
    TOP_KEY_NONE = 0x110000, // no key is waiting
    TOP_KEY_UP,
    TOP_KEY_DOWN,
    TOP_KEY_PAGE_UP,
    TOP_KEY_PAGE_DOWN,
    TOP_KEY_HOME,
    TOP_KEY_END,
    TOP_KEY_BACKSPACE,
    TOP_KEY_OTHER,
    TOP_KEY_ENTER = '\r',
    TOP_KEY_ESCAPE = 0x1b,
    TOP_KEY_REDRAW = 0x0c, // Ctrl-L
};

enum top_command {
    DO_NOTHING,
    DO_UP,
    DO_DOWN,
    DO_PAGE_UP,
    DO_PAGE_DOWN,
    DO_FIRST,
    DO_LAST,
    DO_FULL,
    DO_PANE,
    DO_START,
    DO_STOP,
    DO_RESTART,
    DO_RESET,
    DO_FILTER,
    DO_BACK,
    DO_SORT_ORDER,
    DO_SORT_NAME,
    DO_SORT_STATE,
    DO_SORT_CPU,
    DO_SORT_MEMORY,
    DO_SORT_RESTARTS,
    DO_REVERSE,
    DO_HELP,
    DO_REDRAW,
    DO_QUIT,
    DO_COUNT
};

struct top_key_row {
    int keys[2];       // 0: none
    const char *shown; // as the help names them; NULL: the row above names them too
    const char *text;
};

// In the order of enum top_command, which is that of the help.
extern const struct top_key_row top_key_rows[DO_COUNT];

enum top_command top_keys_find(int key);
