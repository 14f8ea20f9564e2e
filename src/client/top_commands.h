// SPDX-License-Identifier: MIT
// What top does at a key: moves, sorts, filters, asks before it stops something.
#pragma once

#include "client/top_feed.h"
#include "client/top_layout.h"
#include "client/top_model.h"

enum top_mode {
    TOP_BROWSING, // keys are commands
    TOP_HELPING,  // any key ends the help
    TOP_TYPING,   // keys are the text of the filter
    TOP_ASKING,   // y does what is asked for, any other key does not
};

struct top {
    struct top_model model;
    struct top_feed feed;
    struct top_layout layout; // of the latest drawing
    enum top_mode mode;
    bool pane;           // the log is shown below the table, where there is room
    char *full;          // the helper whose log is shown alone; owned; NULL: the table is shown
    struct buffer typed; // of the filter
    const char *verb;    // what is asked for
    char *verb_name;     // the helper; owned
    char *message;       // or NULL; owned
    double message_end;  // on CLOCK_MONOTONIC
    bool redraw;         // whatever the terminal shows now
    bool over;
};

void top_finish(struct top *top);
void top_take_key(struct top *top, int key, double now);

// How large the log is to be.
enum top_log_size top_log_wanted(const struct top *top);

// Which helper keys are for and whose log is shown: the selected one; in a log that is shown alone,
// the one it was opened for, whatever becomes of the table. NULL: none.
const char *top_helper(const struct top *top);

// Says something below the table for a while; takes over the text.
void top_say(struct top *top, char *message, double now);
// What the last line says now; heap.
char *top_footer(const struct top *top);
