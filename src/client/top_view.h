// SPDX-License-Identifier: MIT
// The screen: draws what it is given into the lines and columns that the terminal has, and reads
// keys. The only user of ncurses, which sends only what has changed.
#pragma once

#include "client/top_layout.h"
#include "client/top_log.h"
#include "client/top_model.h"

struct top_view;

// What is to be seen. All of it is borrowed, and may hold any characters.
struct top_screen {
    const struct top_model *model;
    const struct top_log *log;
    const char *log_name; // or NULL
    const char *place;    // where helperd is
    const char *lost;     // why helperd does not answer, or NULL
    const char *footer;
    bool is_question; // the footer
    bool help;
    struct top_layout layout;
    double time; // since 1970
};

// Takes the terminal over; it is given back at the end of the program too, if memory runs out.
// NULL: *problem (heap) says why not.
struct top_view *top_view_open(bool colors, char **problem);
void top_view_close(struct top_view *view);

// Gives the terminal back for a while; takes it again, and draws all of it anew next time.
void top_view_suspend(struct top_view *view);
void top_view_resume(struct top_view *view);

// The size that the terminal has now.
void top_view_measure(struct top_view *view, size_t *lines, size_t *columns);

// The next key (enum top_key or a character), or TOP_KEY_NONE. Does not wait.
int top_view_key(struct top_view *view);

void top_view_draw(struct top_view *view, const struct top_screen *screen);
