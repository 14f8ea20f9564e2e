// SPDX-License-Identifier: MIT
#include "daemon.h"

#include "base/clock.h"
#include "base/memory.h"
#include "logging.h"
#include "reload.h"
#include "supervise/supervisor.h"
#include "systemd.h"

#include <errno.h>
#include <ev.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

extern char **environ;

enum { SIGNALS = 5 };

struct daemon {
    const struct options *options;
    struct ev_loop *loop;
    struct router *router;
    struct supervisor *supervisor;
    struct supervisor_listener listener;
    struct launch_context launch;
    struct systemd systemd;
    struct reload reload; // and the config in force
    ev_signal signals[SIGNALS];
    ev_timer status; // STATUS= at most once in its interval
    bool stopping;
    unsigned interrupts;
    bool ready;     // READY=1 was due once
    bool ready_due; // and did not go through yet
    bool refused;   // the last reload was
    int exit_status;
};

static const double status_interval = 1; // seconds

static void begin_shutdown(struct daemon *daemon, const char *reason)
{
    if (daemon->stopping)
        return;
    daemon->stopping = true;
    log_info("%s, stopping all helpers", reason);
    trial_finish(&daemon->reload.trial);
    (void)systemd_notify(&daemon->systemd, "STOPPING=1\nSTATUS=Stopping");
    supervisor_shutdown(daemon->supervisor, reason);
}

static void begin_reload(struct daemon *daemon)
{
    // Before the first READY=1 it is no reload to systemd, but part of the start.
    if (daemon->ready && daemon->reload.trial.child == 0)
        (void)systemd_notify(&daemon->systemd, "RELOADING=1\nMONOTONIC_USEC=%.0f",
                             clock_monotonic() * 1e6);
    reload_begin(&daemon->reload);
}

static void on_terminate(struct daemon *daemon)
{
    begin_shutdown(daemon, "terminated");
}

static void on_interrupt(struct daemon *daemon)
{
    if (++daemon->interrupts >= 2) {
        log_warning("interrupted again, sending SIGKILL to all that is left");
        supervisor_kill_all(daemon->supervisor);
    } else if (daemon->stopping) {
        log_info("interrupted while stopping; once more ends everything at once");
    } else {
        begin_shutdown(daemon, "interrupted");
    }
}

static void on_hangup(struct daemon *daemon)
{
    if (daemon->options->developer)
        begin_shutdown(daemon, "the terminal was closed");
    else if (daemon->stopping)
        log_warning("reload: not while helperd is stopping; nothing was changed");
    else
        begin_reload(daemon);
}

static void on_reopen(struct daemon *daemon)
{
    (void)daemon;
    log_warning("SIGUSR1: reopening log files is not supported yet by this version");
}

static void on_upgrade(struct daemon *daemon)
{
    (void)daemon;
    log_warning("SIGUSR2: upgrade is not supported yet by this version");
}

static const struct signal_row {
    int number;
    void (*handle)(struct daemon *daemon);
} signal_rows[] = {
    {SIGTERM, on_terminate}, {SIGINT, on_interrupt}, {SIGHUP, on_hangup},
    {SIGUSR1, on_reopen},    {SIGUSR2, on_upgrade},
};
_Static_assert(LENGTH(signal_rows) == SIGNALS, "a signal has no watcher");

static void on_signal(struct ev_loop *loop, ev_signal *signal, int events)
{
    (void)loop;
    (void)events;
    for (size_t i = 0; i < SIGNALS; i++) {
        if (signal_rows[i].number == signal->signum)
            signal_rows[i].handle(signal->data);
    }
}

void daemon_block_signals(void)
{
    sigset_t handled;
    sigemptyset(&handled);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaddset(&handled, signal_rows[i].number);
    sigprocmask(SIG_BLOCK, &handled, NULL);
}

static void watch_signals(struct daemon *daemon)
{
    // A reader of the log that goes away is an error of its sink, not our end. Children get default
    // dispositions.
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); // a log file at its size limit is a failing sink too
    for (size_t i = 0; i < SIGNALS; i++) {
        ev_signal_init(&daemon->signals[i], on_signal, signal_rows[i].number);
        daemon->signals[i].data = daemon;
        ev_signal_start(daemon->loop, &daemon->signals[i]);
    }
    // Whoever started us may have blocked them, or we have.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void schedule_status(struct daemon *daemon)
{
    if (ev_is_active(&daemon->status))
        return;
    ev_timer_set(&daemon->status, status_interval, 0);
    ev_timer_start(daemon->loop, &daemon->status);
}

static void send_status(struct daemon *daemon)
{
    struct buffer status = {0};
    if (daemon->refused)
        buffer_append_text(&status, "configuration refused at the last reload");
    for (int state = 0; state < STATE_COUNT; state++) {
        size_t count = supervisor_count(daemon->supervisor, (enum state)state);
        if (count > 0)
            buffer_printf(&status, "%s%zu %s", status.length > 0 ? ", " : "", count,
                          state_names[state]);
    }
    memory_auto char *text = buffer_take(&status);
    if (systemd_notify(&daemon->systemd, "%sSTATUS=%s", daemon->ready_due ? "READY=1\n" : "", text))
        daemon->ready_due = false;
    else if (daemon->ready_due)
        schedule_status(daemon);
}

static void on_status_due(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    struct daemon *daemon = timer->data;
    if (!daemon->stopping)
        send_status(daemon);
}

static void on_changed(void *context)
{
    struct daemon *daemon = context;
    if (daemon->systemd.socket >= 0)
        schedule_status(daemon);
}

static void on_settled(void *context)
{
    struct daemon *daemon = context;
    daemon->ready = daemon->ready_due = true;
    send_status(daemon);
}

static void on_reloaded(void *context, bool good)
{
    struct daemon *daemon = context;
    daemon->refused = !good;
    daemon->ready_due = daemon->ready;
    send_status(daemon);
}

static void on_idle(void *context)
{
    struct daemon *daemon = context;
    if (!daemon->options->developer)
        return;
    const struct helper *failure = supervisor_first_failure(daemon->supervisor);
    if (failure != NULL && daemon->exit_status == 0)
        daemon->exit_status = helper_exit_code(failure);
    begin_shutdown(daemon, daemon->reload.config->helper_count > 0 ? "no helper runs any more"
                                                                   : "there are no helpers");
}

static void on_critical(void *context, const struct helper *helper)
{
    struct daemon *daemon = context;
    if (daemon->stopping)
        return;
    daemon->exit_status = 1;
    log_error("%s: is critical and failed for good", helper->config->name);
    begin_shutdown(daemon, "a critical helper failed");
}

static void on_ended(void *context)
{
    struct daemon *daemon = context;
    ev_break(daemon->loop, EVBREAK_ALL);
}

// Thousands of pipes need thousands of descriptors; helpers get the old limit back.
static void raise_descriptor_limit(struct launch_context *launch)
{
    if (getrlimit(RLIMIT_NOFILE, &launch->nofile) < 0) {
        launch->nofile = (struct rlimit){0};
        return;
    }
    struct rlimit most = {.rlim_cur = launch->nofile.rlim_max, .rlim_max = launch->nofile.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &most) < 0)
        log_debug("cannot raise the descriptor limit: %s", strerror(errno));
}

// libev asks this where it cannot go on, and would abort without a word of ours.
static void on_loop_failure(const char *message)
{
    log_set_writer(NULL, NULL); // the router needs the loop
    log_error("the event loop failed: %s: %s", message, strerror(errno));
    exit(EXIT_FAILURE);
}

static bool daemon_init(struct daemon *daemon)
{
    ev_set_syserr_cb(on_loop_failure);
    // For the jitter of restarts: other helperds shall wait other times.
    srandom((unsigned)getpid() ^ (unsigned)(clock_monotonic() * 1e6));
    daemon->loop = ev_loop_new(EVFLAG_NOENV);
    if (daemon->loop == NULL) {
        log_error("cannot make an event loop: %s", strerror(errno));
        return false;
    }
    daemon->router = logging_start(daemon->loop, daemon->reload.config, daemon->options);
    if (daemon->router == NULL)
        return false;
    systemd_init(&daemon->systemd);
    daemon->launch = (struct launch_context){
        .environ = environ,
        .die_with_parent = daemon->options->developer,
    };
    raise_descriptor_limit(&daemon->launch);
    daemon->listener = (struct supervisor_listener){
        .context = daemon,
        .changed = on_changed,
        .settled = on_settled,
        .idle = on_idle,
        .critical = on_critical,
        .ended = on_ended,
    };
    daemon->supervisor = supervisor_create(daemon->loop, daemon->router, daemon->reload.config,
                                           &daemon->launch, &daemon->listener);
    daemon->reload.loop = daemon->loop;
    daemon->reload.options = daemon->options;
    daemon->reload.router = daemon->router;
    daemon->reload.supervisor = daemon->supervisor;
    daemon->reload.ended = on_reloaded;
    daemon->reload.owner = daemon;
    ev_timer_init(&daemon->status, on_status_due, 0, 0);
    daemon->status.data = daemon;
    watch_signals(daemon);
    return true;
}

static void daemon_finish(struct daemon *daemon)
{
    reload_finish(&daemon->reload);
    supervisor_destroy(daemon->supervisor);
    systemd_finish(&daemon->systemd);
    log_set_writer(NULL, NULL);
    router_destroy(daemon->router);
    if (daemon->loop != NULL)
        ev_loop_destroy(daemon->loop);
}

int daemon_run(struct config *config, const struct options *options)
{
    struct daemon daemon = {
        .options = options,
        .systemd = {.socket = -1},
        .reload = {.config = config},
    };
    if (!daemon_init(&daemon)) {
        daemon_finish(&daemon);
        return EXIT_FAILURE;
    }
    if (options->socket != NULL)
        log_debug("no control socket is opened at %s: this version has none", options->socket);
    supervisor_start(daemon.supervisor, options->names, options->name_count);
    ev_run(daemon.loop, 0);
    size_t left = supervisor_count(daemon.supervisor, STATE_STOPPING);
    if (left > 0)
        log_error("ending, though %zu %s SIGKILL", left,
                  left == 1 ? "helper outlives" : "helpers outlive");
    else
        log_info("all helpers ended");
    daemon_finish(&daemon);
    return daemon.exit_status;
}
