// SPDX-License-Identifier: MIT
#include "client/top_keys.h"

const struct top_key_row top_key_rows[] = {
    [DO_NOTHING] = {{0}, NULL, NULL},
    [DO_UP] = {{TOP_KEY_UP, 'k'}, "Up Down k j", "move the selection, or scroll a full log"},
    [DO_DOWN] = {{TOP_KEY_DOWN, 'j'}, NULL, NULL},
    [DO_PAGE_UP] = {{TOP_KEY_PAGE_UP, 'b'}, "PgUp PgDn b Space", "the same by pages"},
    [DO_PAGE_DOWN] = {{TOP_KEY_PAGE_DOWN, ' '}, NULL, NULL},
    [DO_FIRST] = {{TOP_KEY_HOME, 'g'}, "Home End g G", "the first, the last; follow the log"},
    [DO_LAST] = {{TOP_KEY_END, 'G'}, NULL, NULL},
    [DO_FULL] = {{TOP_KEY_ENTER, 'f'}, "Enter f", "the log alone, and back"},
    [DO_PANE] = {{'l'}, "l", "show or hide the log below the table"},
    [DO_START] = {{'s'}, "s", "start the selected helper"},
    [DO_STOP] = {{'x'}, "x", "stop it (asks first)"},
    [DO_RESTART] = {{'r'}, "r", "restart it (asks first)"},
    [DO_RESET] = {{'z'}, "z", "reset it: forget its failures"},
    [DO_FILTER] = {{'/'}, "/", "only names with this text, or in this state"},
    [DO_BACK] = {{TOP_KEY_ESCAPE}, "Esc", "leave the log, or end the filter"},
    [DO_SORT_ORDER] = {{'O'}, "O", "sort as in the configuration"},
    [DO_SORT_NAME] = {{'N'}, "N", "sort by name"},
    [DO_SORT_STATE] = {{'S'}, "S", "sort by state, trouble first"},
    [DO_SORT_CPU] = {{'C'}, "C", "sort by processor time"},
    [DO_SORT_MEMORY] = {{'M'}, "M", "sort by memory"},
    [DO_SORT_RESTARTS] = {{'R'}, "R", "sort by restarts"},
    [DO_REVERSE] = {{'I'}, "I", "the other way round (or the same letter again)"},
    [DO_HELP] = {{'?', 'h'}, "? h", "this help"},
    [DO_REDRAW] = {{TOP_KEY_REDRAW}, "Ctrl-L", "draw the screen anew"},
    [DO_QUIT] = {{'q'}, "q Ctrl-C", "quit"},
};
_Static_assert(sizeof(top_key_rows) / sizeof(top_key_rows[0]) == DO_COUNT, "a key is missing");

enum top_command top_keys_find(int key)
{
    for (size_t i = 0; key != 0 && i < DO_COUNT; i++) {
        if (top_key_rows[i].keys[0] == key || top_key_rows[i].keys[1] == key)
            return (enum top_command)i;
    }
    return DO_NOTHING;
}
