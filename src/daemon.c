// SPDX-License-Identifier: MIT
#include "daemon.h"

#include "base/clock.h"
#include "base/memory.h"
#include "daemon_inside.h"
#include "logging.h"
#include "supervise/facts.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

extern char **environ;

static const double status_interval = 1; // seconds
static const double start_patience = 10; // seconds that the first process waits at most
static const double least_drain = 1;     // for the last lines, even if the deadline is over

void daemon_shut_down(struct daemon *daemon, const char *reason)
{
    if (daemon->stopping)
        return;
    daemon->stopping = true;
    daemon->deadline = clock_monotonic() + daemon->reload.config->shutdown_timeout;
    log_info("%s, stopping all helpers", reason);
    reload_cancel(&daemon->reload);
    if (daemon->control != NULL)
        control_note_shutdown(daemon->control, reason);
    (void)systemd_notify(&daemon->systemd, "STOPPING=1\nSTATUS=Stopping");
    supervisor_shutdown(daemon->supervisor, reason);
}

void daemon_reload(struct daemon *daemon, bool dry, struct reload_listener *listener)
{
    // Before the first READY=1 it is no reload to systemd, but part of the start. After that each
    // signal is told, since systemd takes no time that is before its signal for an answer.
    if (daemon->ready && !dry)
        (void)systemd_notify(&daemon->systemd, "RELOADING=1\nMONOTONIC_USEC=%.0f",
                             clock_monotonic() * 1e6);
    reload_begin(&daemon->reload, dry, listener);
}

static void interrupt(struct daemon *daemon)
{
    if (ev_is_active(&daemon->drained_late)) {
        ev_break(daemon->loop, EVBREAK_ALL); // only the log is waited for
    } else if (++daemon->interrupts >= 2) {
        log_warning("interrupted again, sending SIGKILL to all that is left");
        supervisor_kill_all(daemon->supervisor);
    } else if (daemon->stopping) {
        log_info("interrupted while stopping; once more ends everything at once");
    } else {
        daemon_shut_down(daemon, "interrupted");
    }
}

static void hang_up(struct daemon *daemon)
{
    if (daemon->options->developer)
        daemon_shut_down(daemon, "the terminal was closed");
    else if (daemon->stopping)
        log_warning("reload: not while helperd is stopping; nothing was changed");
    else
        daemon_reload(daemon, false, NULL);
}

size_t daemon_reopen(struct daemon *daemon)
{
    size_t count = router_reopen(daemon->router);
    log_info("opening %zu log %s again", count, count == 1 ? "file" : "files");
    return count;
}

static void on_request(void *context, enum signal_request request)
{
    struct daemon *daemon = context;
    switch (request) {
    case REQUEST_END:
        daemon_shut_down(daemon, "terminated");
        break;
    case REQUEST_INTERRUPT:
        interrupt(daemon);
        break;
    case REQUEST_HANG_UP:
        hang_up(daemon);
        break;
    case REQUEST_REOPEN:
        (void)daemon_reopen(daemon);
        break;
    case REQUEST_UPGRADE:
        log_warning("SIGUSR2: upgrade is not supported yet by this version");
        break;
    }
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
    char main_pid[32] = ""; // systemd takes the first process for it
    if (daemon->detach->left)
        snprintf(main_pid, sizeof(main_pid), "MAINPID=%d\n", (int)getpid());
    if (systemd_notify(&daemon->systemd, "%s%sSTATUS=%s", main_pid,
                       daemon->ready_due ? "READY=1\n" : "", text))
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

static void on_transition(void *context, const struct transition *transition)
{
    struct daemon *daemon = context;
    if (daemon->control != NULL)
        control_note_transition(daemon->control, transition);
}

static void on_changed(void *context)
{
    struct daemon *daemon = context;
    if (daemon->systemd.socket >= 0)
        schedule_status(daemon);
    if (daemon->control != NULL)
        control_note_change(daemon->control);
}

// Our own messages while somebody waits to hear how the start went.
static void write_own_twice(void *context, enum level level, const char *text)
{
    struct daemon *daemon = context;
    router_write_own(daemon->router, level, text);
    if (level >= LEVEL_WARNING)
        detach_say(daemon->detach, text);
}

// The first process goes home.
static void report_start(struct daemon *daemon)
{
    ev_timer_stop(daemon->loop, &daemon->patience);
    log_set_writer(router_write_own, daemon->router);
    detach_report(daemon->detach, daemon->exit_status);
}

static void on_patience_over(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    struct daemon *daemon = timer->data;
    detach_say(daemon->detach, daemon->stopping ? "still stopping, in the background"
                                                : "some helpers wait to be started, in the "
                                                  "background");
    report_start(daemon);
}

static void on_settled(void *context)
{
    struct daemon *daemon = context;
    // An end that has begun is reported when it is done: then all is free for another try.
    if (daemon->detach->report >= 0 && !daemon->stopping)
        report_start(daemon);
    daemon->ready = daemon->ready_due = true;
    send_status(daemon);
}

static void on_reloaded(void *context, bool good, const struct apply_report *report,
                        const struct strings *errors, bool last)
{
    struct daemon *daemon = context;
    if (daemon->control != NULL)
        control_note_reload(daemon->control, good, report, errors);
    if (!last)
        return;
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
    daemon_shut_down(daemon, daemon->reload.config->helper_count > 0 ? "no helper runs any more"
                                                                     : "there are no helpers");
}

static void on_critical(void *context, const struct helper *helper)
{
    struct daemon *daemon = context;
    if (daemon->stopping)
        return;
    daemon->exit_status = 1;
    log_error("%s: is critical and failed for good", helper->config->name);
    daemon_shut_down(daemon, "a critical helper failed");
}

static void on_exit_with(void *context, const struct helper *helper)
{
    struct daemon *daemon = context;
    if (daemon->stopping)
        return;
    daemon->exit_status = exit_status_as_code(helper->last_exit);
    log_info("%s: is over, and helperd ends with its exit status, %d (shutdown.exit_with)",
             helper->config->name, daemon->exit_status);
    daemon_shut_down(daemon, "the main helper is over");
}

static void on_drained(void *context)
{
    struct daemon *daemon = context;
    ev_break(daemon->loop, EVBREAK_ALL);
}

static void on_drained_late(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)timer;
    (void)events;
    ev_break(loop, EVBREAK_ALL);
}

// All has come to rest; what is left is to write the last lines, as long as there is time.
static void on_ended(void *context)
{
    struct daemon *daemon = context;
    size_t left = supervisor_count(daemon->supervisor, STATE_STOPPING);
    if (left > 0)
        log_error("ending, though %zu %s SIGKILL", left,
                  left == 1 ? "helper outlives" : "helpers outlive");
    else
        log_info("all helpers ended");
    double seconds = fmax(daemon->deadline - clock_monotonic(), least_drain);
    ev_timer_set(&daemon->drained_late, seconds, 0);
    ev_timer_start(daemon->loop, &daemon->drained_late);
    router_drain(daemon->router, on_drained, daemon);
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

// libev's own would abort.
static void *allocate(void *old, long size)
{
    if (size > 0)
        return memory_resize(old, (size_t)size, 1);
    free(old);
    return NULL;
}

// The supervisor, and what reads the configuration again for it.
static void init_supervisor(struct daemon *daemon)
{
    daemon->launch = (struct launch_context){
        .environ = environ,
        .die_with_parent = daemon->options->developer,
    };
    raise_descriptor_limit(&daemon->launch);
    daemon->listener = (struct supervisor_listener){
        .context = daemon,
        .transition = on_transition,
        .changed = on_changed,
        .settled = on_settled,
        .idle = on_idle,
        .critical = on_critical,
        .exit_with = on_exit_with,
        .ended = on_ended,
    };
    daemon->supervisor = supervisor_create(daemon->loop, daemon->router, daemon->reload.config,
                                           &daemon->launch, &daemon->listener);
    reload_init(&daemon->reload, daemon->loop, daemon->options, daemon->router, daemon->supervisor,
                on_reloaded, daemon);
}

static void init_timers(struct daemon *daemon)
{
    ev_timer_init(&daemon->status, on_status_due, 0, 0);
    daemon->status.data = daemon;
    ev_timer_init(&daemon->patience, on_patience_over, start_patience, 0);
    daemon->patience.data = daemon;
    if (daemon->detach->report >= 0)
        ev_timer_start(daemon->loop, &daemon->patience);
    ev_timer_init(&daemon->drained_late, on_drained_late, 0, 0);
}

static bool daemon_init(struct daemon *daemon)
{
    ev_set_syserr_cb(on_loop_failure);
    ev_set_allocator(allocate);
    // For the jitter of restarts: other helperds shall wait other times.
    srandom((unsigned)getpid() ^ (unsigned)(clock_monotonic() * 1e6));
    daemon->loop = ev_loop_new(EVFLAG_NOENV);
    if (daemon->loop == NULL) {
        log_error("cannot make an event loop: %s", strerror(errno));
        return false;
    }
    daemon->router = logging_start(daemon->loop, daemon->reload.config, daemon->options);
    if (daemon->router == NULL || !detach_leave_terminal(daemon->detach))
        return false;
    if (daemon->detach->report >= 0)
        log_set_writer(write_own_twice, daemon);
    systemd_init(&daemon->systemd);
    init_supervisor(daemon);
    if (!daemon_open_control(daemon))
        return false;
    init_timers(daemon);
    signals_watch(&daemon->signals, daemon->loop, on_request, daemon);
    return true;
}

static void daemon_finish(struct daemon *daemon)
{
    control_destroy(daemon->control); // it looks at all the rest
    daemon->control = NULL;
    reload_finish(&daemon->reload);
    supervisor_destroy(daemon->supervisor);
    systemd_finish(&daemon->systemd);
    log_set_writer(NULL, NULL);
    router_destroy(daemon->router);
    if (daemon->loop != NULL)
        ev_loop_destroy(daemon->loop);
}

int daemon_run(struct config *config, const struct options *options, struct detach *detach,
               const struct control_socket *socket)
{
    struct daemon daemon = {
        .options = options,
        .detach = detach,
        .socket = socket,
        .systemd = {.socket = -1},
        .reload = {.config = config},
    };
    if (!daemon_init(&daemon)) {
        daemon_finish(&daemon);
        return EXIT_FAILURE;
    }
    supervisor_start(daemon.supervisor, options->names, options->name_count);
    ev_run(daemon.loop, 0);
    daemon_finish(&daemon);
    return daemon.exit_status;
}
