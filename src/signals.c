// SPDX-License-Identifier: MIT
#include "signals.h"

#include "base/memory.h"

#include <signal.h>

// SIGQUIT, SIGPWR and SIGRTMIN+3 are other ways to say that it is time to end: of people, of LXC
// and of what expects systemd in a container. To PID 1 they would be nothing, to others an end
// without order.
static const struct signal_row {
    int number; // 0: realtime says it
    enum signal_request request;
    int realtime; // above SIGRTMIN
} rows[] = {
    {SIGTERM, REQUEST_END, 0},    {SIGQUIT, REQUEST_END, 0},      {SIGPWR, REQUEST_END, 0},
    {0, REQUEST_END, 3},          {SIGINT, REQUEST_INTERRUPT, 0}, {SIGHUP, REQUEST_HANG_UP, 0},
    {SIGUSR1, REQUEST_REOPEN, 0}, {SIGUSR2, REQUEST_UPGRADE, 0},
};
_Static_assert(LENGTH(rows) == SIGNALS, "a signal has no watcher");

static int signal_number(const struct signal_row *row)
{
    return row->number != 0 ? row->number : SIGRTMIN + row->realtime;
}

static void on_signal(struct ev_loop *loop, ev_signal *signal, int events)
{
    (void)loop;
    (void)events;
    const struct signals *signals = signal->data;
    for (size_t i = 0; i < SIGNALS; i++) {
        if (signal_number(&rows[i]) == signal->signum)
            signals->handler(signals->owner, rows[i].request);
    }
}

static bool asks_for_end(const struct signal_row *row)
{
    return row->request == REQUEST_END || row->request == REQUEST_INTERRUPT;
}

void signals_block(bool ends)
{
    sigset_t handled;
    sigemptyset(&handled);
    for (size_t i = 0; i < SIGNALS; i++) {
        if (ends || !asks_for_end(&rows[i]))
            sigaddset(&handled, signal_number(&rows[i]));
    }
    sigprocmask(SIG_BLOCK, &handled, NULL);
}

static void ignore_others(void)
{
    // A reader of the log that goes away is an error of its sink, not our end. Children get default
    // dispositions.
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); // a log file at its size limit is a failing sink too
    // Timers outlive an exec: an alarm of whoever became helperd shall not end it.
    signal(SIGALRM, SIG_IGN);
    signal(SIGVTALRM, SIG_IGN);
    signal(SIGPROF, SIG_IGN);
    signal(SIGIO, SIG_IGN);
}

void signals_watch(struct signals *signals, struct ev_loop *loop, signals_handler *handler,
                   void *owner)
{
    ignore_others();
    signals->handler = handler;
    signals->owner = owner;
    for (size_t i = 0; i < SIGNALS; i++) {
        ev_signal_init(&signals->watchers[i], on_signal, signal_number(&rows[i]));
        signals->watchers[i].data = signals;
        ev_signal_start(loop, &signals->watchers[i]);
    }
    // Whoever started us may have blocked them, or we have.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}
