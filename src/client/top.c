// SPDX-License-Identifier: MIT
// helperctl top: a live table of the helpers, and the log of one of them.
#include "client/commands.h"

#include "base/clock.h"
#include "base/memory.h"
#include "client/session.h"
#include "client/top_commands.h"
#include "client/top_input.h"
#include "client/top_keys.h"
#include "client/top_view.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// In seconds.
static const double first_limit = 10; // for the first answer
static const double draw_pause = 0.1; // what comes by itself is drawn no more often
static const double longest_wait = 3600;

struct loop {
    struct top top;
    struct top_input input;
    struct top_view *view;
    const char *place;
    bool changed; // since the last drawing
    double drawn; // when that was; on CLOCK_MONOTONIC
    int ended_by; // signal, or 0
};

static void measure(struct loop *loop)
{
    struct top *top = &loop->top;
    size_t lines, columns;
    top_view_measure(loop->view, &lines, &columns);
    top->layout = top_layout_fit(lines, columns, top->model.count, top_log_wanted(top));
    if (top->layout.table_lines > 0)
        top_model_resize(&top->model, top->layout.table_lines);
}

// Nobody reads a log that is not on the screen.
static void choose_log(struct loop *loop, double now)
{
    struct top *top = &loop->top;
    const char *name = top->layout.log_lines > 0 ? top_helper(top) : NULL;
    top_feed_follow(&top->feed, name, now);
}

static void draw(struct loop *loop, double now)
{
    struct top *top = &loop->top;
    memory_auto char *footer = top_footer(top);
    measure(loop);
    choose_log(loop, now);
    struct top_screen screen = {
        .model = &top->model,
        .log = &top->feed.log,
        .log_name = top->feed.log_name,
        .place = loop->place,
        .lost = top->feed.lost,
        .footer = footer,
        .is_question = top->mode == TOP_ASKING,
        .help = top->mode == TOP_HELPING,
        .layout = top->layout,
        .time = (double)clock_wall() / 1e6,
    };
    if (top->redraw)
        top_view_resume(loop->view);
    top->redraw = false;
    top_view_draw(loop->view, &screen);
    loop->changed = false;
    loop->drawn = now;
}

static void take_signal(struct loop *loop, int signal)
{
    switch (signal) {
    case SIGTSTP:
        top_view_suspend(loop->view);
        top_input_obey(signal);
        break;
    case SIGCONT:
    case SIGWINCH:
        break;
    default:
        loop->ended_by = signal;
        loop->top.over = true;
        return;
    }
    loop->top.redraw = signal != SIGWINCH;
    loop->changed = true;
    loop->drawn = 0;
}

static void take_input(struct loop *loop, double now)
{
    int signal, key;
    while ((signal = top_input_signal(&loop->input)) != 0)
        take_signal(loop, signal);
    if (top_input_is_lost())
        loop->top.over = true;
    while (!loop->top.over && (key = top_view_key(loop->view)) != TOP_KEY_NONE) {
        top_take_key(&loop->top, key, now);
        loop->changed = true;
        loop->drawn = 0; // at once
    }
}

static void take_news(struct loop *loop, double now)
{
    struct top *top = &loop->top;
    loop->changed |= top_feed_step(&top->feed, &top->model, now);
    if (top->feed.said != NULL) {
        top_say(top, top->feed.said, now);
        top->feed.said = NULL;
    }
    if (top->message != NULL && now >= top->message_end) {
        top_say(top, NULL, now);
        loop->changed = true;
    }
}

static void run(struct loop *loop)
{
    struct top *top = &loop->top;
    while (!top->over) {
        double now = clock_monotonic();
        take_input(loop, now);
        take_news(loop, now);
        if (loop->changed && now >= loop->drawn + draw_pause && !top->over)
            draw(loop, now);
        double until = now + longest_wait;
        if (loop->changed)
            until = loop->drawn + draw_pause;
        if (top->message != NULL)
            until = fmin(until, top->message_end);
        if (!top->over)
            top_feed_wait(&top->feed, loop->input.fd, clock_monotonic(), until);
    }
}

// The first answer is waited for before the screen changes: without one, why not is said as any
// other command says it.
static bool take_first(struct loop *loop, struct http *http)
{
    http_limit(http, first_limit);
    struct http_reply reply = http_get(http, "/v1/helpers");
    bool good =
        reply.error == NULL &&
        top_model_take(&loop->top.model, reply.body, clock_monotonic(), (double)clock_wall() / 1e6);
    if (!good)
        complain("%s", reply.error != NULL ? reply.error : "this is no answer of helperd");
    http_reply_finish(&reply);
    return good;
}

static bool open_screen(struct loop *loop, bool colors)
{
    char *problem = NULL;
    if (!top_input_open(&loop->input)) {
        complain("top: cannot wait for keys: %s", strerror(errno));
        return false;
    }
    loop->view = top_view_open(colors, &problem);
    if (loop->view != NULL)
        return true;
    top_input_close(&loop->input);
    complain("top: %s", problem);
    free(problem);
    return false;
}

int command_top(struct session *session)
{
    struct http *http = session->http;
    struct loop loop = {.place = http_place(http), .changed = true, .top.pane = true};
    int status = EXIT_REFUSED;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        complain("top: standard input and output are not both a terminal; see: helperctl status");
        return EXIT_MISUSE;
    }
    top_feed_init(&loop.top.feed, http, session->arguments.delay);
    if (take_first(&loop, http) && open_screen(&loop, session->screen.colors)) {
        status = EXIT_SUCCESS;
        run(&loop);
        top_view_close(loop.view);
        if (loop.ended_by != 0)
            top_input_obey(loop.ended_by);
        top_input_close(&loop.input);
    }
    top_finish(&loop.top);
    return status;
}
