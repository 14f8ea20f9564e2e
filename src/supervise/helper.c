// SPDX-License-Identifier: MIT
#include "supervise/helper.h"

#include "base/clock.h"
#include "base/memory.h"
#include "supervise/announce.h"
#include "supervise/configure.h"
#include "supervise/exits.h"
#include "supervise/facts.h"
#include "supervise/old_runs.h"
#include "supervise/stop.h"
#include "supervise/supervisor.h"
#include "supervise/tally.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double shortage_delay = 1; // seconds before a start that lacked resources is retried
static const double kill_again_after = 10; // seconds between SIGKILLs to what outlives them
static const char stopped_by_hand[] = "stopped by hand";

static void set_reason(struct helper *helper, const char *reason)
{
    char *copy = memory_copy(reason);
    free(helper->reason);
    helper->reason = copy;
}

// Arms the timer from now, not from the start of a turn that may have taken long.
static void arm_timer(struct helper *helper, double after)
{
    struct ev_loop *loop = supervisor_context(helper->supervisor)->loop;
    ev_timer_stop(loop, &helper->timer);
    ev_now_update(loop);
    ev_timer_set(&helper->timer, fmax(after, 0), 0);
    ev_timer_start(loop, &helper->timer);
}

static void arm_timer_of_state(struct helper *helper)
{
    const struct helper_config *config = helper->config;
    double now = clock_monotonic(), elapsed = now - helper->since;
    ev_timer_stop(supervisor_context(helper->supervisor)->loop, &helper->timer);
    switch (helper->state) {
    case STATE_STARTING: // its time begins once the program runs
        if (helper->run != NULL && !helper_is_launching(helper) && config->ready_after >= 0)
            arm_timer(helper, config->ready_after - (now - helper->run->started));
        break;
    case STATE_RUNNING:
        if (helper->failures > 0)
            arm_timer(helper, config->backoff.reset_after - elapsed);
        break;
    case STATE_STOPPING:
        arm_timer(helper, helper->kills > 0 ? kill_again_after : config->stop_timeout - elapsed);
        break;
    case STATE_BACKOFF:
        arm_timer(helper, helper->delay - elapsed);
        break;
    case STATE_STOPPED:
    case STATE_WAITING:
    case STATE_COMPLETED:
    case STATE_FAILED:
    case STATE_COUNT:
        break;
    }
}

static void launch_run(struct helper *helper);
static void end_run(struct helper *helper);
static void kill_run(struct helper *helper);

static void perform(struct helper *helper, enum action action)
{
    switch (action) {
    case ACTION_NONE:
        break;
    case ACTION_LAUNCH:
        launch_run(helper);
        break;
    case ACTION_STOP:
        end_run(helper);
        break;
    case ACTION_END_LEFTOVERS:
        stop_leftovers(helper);
        break;
    case ACTION_KILL:
        kill_run(helper);
        break;
    case ACTION_FORGET:
        helper->failures = 0;
        break;
    }
}

static bool has_run(enum state state)
{
    return state == STATE_STARTING || state == STATE_RUNNING || state == STATE_STOPPING;
}

static void enter_state(struct helper *helper, enum state state, enum event event)
{
    helper->since = clock_monotonic();
    helper->since_wall = clock_wall();
    struct transition transition = {
        .helper = helper,
        .from = helper->state,
        .to = state,
        .time = helper->since_wall,
        .pid = has_run(helper->state) ? helper->pid : 0,
        .reason = helper->reason,
    };
    helper->state = state;
    if (state == STATE_RUNNING) {
        helper->was_ready = true;
        helper->failed_starts = 0;
    }
    // A want of resources is no end of anything.
    helper->restarts_itself |= state == STATE_BACKOFF && !helper->short_of_resources;
    arm_timer_of_state(helper);
    announce_transition(&transition, event);
    if (state == STATE_FAILED) {
        memory_auto char *reason = describe_failure(helper);
        set_reason(helper, reason);
    }
    transition.reason = helper->reason;
    supervisor_note_transition(helper->supervisor, &transition);
}

// Why it enters that state, where the event itself does not say it.
static void give_reason(struct helper *helper, enum state state, enum event event)
{
    bool ended =
        event == EVENT_FINISHED || (event == EVENT_LAUNCH_ERROR && helper->could_not_start);
    if (state == STATE_WAITING) {
        bool hopeless;
        memory_auto char *reason = supervisor_describe_wait(helper->supervisor, helper, &hopeless);
        set_reason(helper, reason);
    } else if (state == STATE_STARTING && event == EVENT_WANT_UP) {
        set_reason(helper, "asked to start");
    } else if (state == STATE_STARTING && event == EVENT_DEPENDENCIES_UP) {
        set_reason(helper, "all that it depends on is there");
    } else if (state == STATE_STOPPED && event == EVENT_RESET) {
        set_reason(helper, "reset by hand");
    } else if (state == STATE_STOPPED && helper->stopped_by_hand && ended) {
        memory_auto char *reason = memory_format("%s, %s", stopped_by_hand, helper->reason);
        set_reason(helper, reason);
    }
}

static void handle(struct helper *helper, enum event event)
{
    struct facts facts = facts_of(helper);
    struct step step = machine_step(helper->state, event, &facts);
    if (step.next != helper->state) {
        give_reason(helper, step.next, event);
        enter_state(helper, step.next, event);
    }
    perform(helper, step.action);
}

// Every restart but one after a long good run waits longer than the one before. What was asked for
// is no failure.
static void schedule_restart(struct helper *helper, double uptime)
{
    const struct backoff_config *backoff = &helper->config->backoff;
    if (helper->stop_asked)
        return;
    helper->failures = uptime >= backoff->reset_after ? 0 : helper->failures + 1;
    if (!helper->was_ready)
        helper->failed_starts++;
    helper->delay = backoff_delay(backoff, helper->failures, (double)random() / (double)RAND_MAX);
}

static void on_run_exited(void *owner, struct instance *instance)
{
    struct helper *helper = owner;
    char text[EXIT_STATUS_TEXT];
    helper->last_exit = instance->status;
    exits_note_end(helper, instance);
    stop_forget_command(helper);
    if (helper->state != STATE_STOPPING)
        set_reason(helper, exit_status_describe(instance->status, text));
    handle(helper, EVENT_EXITED);
}

static void on_run_over(void *owner, struct instance *instance)
{
    struct helper *helper = owner;
    char text[EXIT_STATUS_TEXT];
    helper->run = NULL;
    helper->last_exit = instance->status;
    exits_note_end(helper, instance);
    stop_forget_command(helper);
    old_runs_add(helper, instance);
    set_reason(helper, exit_status_describe(instance->status, text));
    schedule_restart(helper, instance->ended - instance->started);
    helper_take_next_config(helper);
    handle(helper, EVENT_FINISHED);
}

static void note_start(struct helper *helper)
{
    start_history_add(&helper->history, &helper->config->start_limit, clock_monotonic());
}

static void count_start(struct helper *helper)
{
    struct totals *totals = &supervisor_tally(helper->supervisor)->totals;
    helper->starts++;
    totals->starts++;
    helper->restarts += helper->restarts_itself;
    totals->restarts += helper->restarts_itself;
    helper->restarts_itself = false;
}

static void on_run_launched(void *owner, struct instance *instance)
{
    struct helper *helper = owner;
    helper->pid = instance->pid;
    note_start(helper);
    count_start(helper);
    helper->shortages = 0;
    announce_start(helper);
    supervisor_note_change(helper->supervisor, helper); // others may wait for it
    if (helper->state == STATE_STOPPING) {
        stop_go_on(helper);
        return;
    }
    set_reason(helper, "started");
    arm_timer_of_state(helper);
    handle(helper, EVENT_LAUNCHED);
}

static void fail_launch(struct helper *helper, struct launch_error error)
{
    char text[512];
    set_reason(helper, launch_error_describe(error, helper->config, &helper->config->command, text,
                                             sizeof(text)));
    helper->could_not_start = true;
    helper->short_of_resources = launch_error_is_shortage(error);
    helper->shortages = helper->short_of_resources ? helper->shortages + 1 : 0;
    helper->last_exit = (struct exit_status){
        .code = error.error == ENOENT ? 127 : 126, // as a shell reports it
    };
    if (helper->shortages <= 1) // of those in a row, which come each second, the first will do
        exits_note_failed_start(helper);
    if (helper->short_of_resources) {
        helper->delay = shortage_delay;
        return;
    }
    schedule_restart(helper, 0);
    note_start(helper);
}

static void on_run_failed(void *owner, struct instance *instance, struct launch_error error)
{
    (void)instance;
    struct helper *helper = owner;
    helper->run = NULL;
    fail_launch(helper, error);
    supervisor_note_change(helper->supervisor, helper);
    helper_take_next_config(helper);
    handle(helper, EVENT_LAUNCH_ERROR);
}

static const struct instance_listener run_listener = {
    .launched = on_run_launched,
    .failed = on_run_failed,
    .exited = on_run_exited,
    .over = on_run_over,
    .spent = old_runs_forget,
};

static void begin_run(struct helper *helper)
{
    helper->stop_asked = false;
    helper->stop_signal_sent = false;
    helper->kills = 0;
    helper->outlives_kill = false;
    helper->short_of_resources = false;
    helper->could_not_start = false;
    helper->was_ready = false;
    helper->end_noted = false;
    helper->pid = 0;
}

static void launch_run(struct helper *helper)
{
    const struct helper_config *config = helper->config;
    begin_run(helper);
    old_runs_limit(helper);
    helper->run = instance_create(supervisor_context(helper->supervisor), config, &helper->route,
                                  &config->command, (struct strings){0}, helper->color,
                                  &run_listener, helper);
}

// A start that has not begun yet is called off.
static void end_run(struct helper *helper)
{
    if (!instance_call_off(helper->run)) {
        stop_begin(helper);
        return;
    }
    helper->run = NULL;
    helper_take_next_config(helper);
    handle(helper, EVENT_LAUNCH_ERROR);
}

void helper_kill(struct helper *helper)
{
    stop_kill(helper);
    if (helper->state == STATE_STOPPING)
        arm_timer_of_state(helper);
}

static void kill_run(struct helper *helper)
{
    if (helper->kills == 0) {
        announce_kill(helper);
    } else if (!helper->outlives_kill) {
        helper->outlives_kill = true;
        set_reason(helper, "still there after SIGKILL");
        announce_outliving(helper);
    }
    helper_kill(helper);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    struct helper *helper = timer->data;
    handle(helper, EVENT_TIMER);
}

struct helper *helper_create(struct supervisor *supervisor, struct router *router,
                             const struct helper_config *config, unsigned color)
{
    config_hold(config->owner);
    struct helper *helper = memory_new(1, sizeof(*helper));
    *helper = (struct helper){
        .supervisor = supervisor,
        .config = config,
        .color = color,
        .state = STATE_STOPPED,
        .reason = memory_copy("not started yet"),
        .since = clock_monotonic(),
        .since_wall = clock_wall(),
    };
    route_init(&helper->route, router, config->name, color, &config->log);
    list_init(&helper->old_runs);
    list_init(&helper->changed_link);
    ev_timer_init(&helper->timer, on_timer, 0, 0);
    helper->timer.data = helper;
    return helper;
}

void helper_destroy(struct helper *helper)
{
    if (helper == NULL)
        return;
    ev_timer_stop(supervisor_context(helper->supervisor)->loop, &helper->timer);
    list_remove(&helper->changed_link);
    uint64_t lost = instance_destroy(helper->run) + instance_destroy(helper->stop_run);
    LIST_EACH (struct instance, instance, &helper->old_runs, link)
        lost += instance_destroy(instance);
    if (lost > 0)
        log_warning("%s: %" PRIu64 " bytes of its output were not read any more",
                    helper->config->name, lost);
    route_finish(&helper->route);
    start_history_finish(&helper->history);
    helper_forget_configs(helper);
    exits_free(helper->exits);
    free(helper->reason);
    free(helper);
}

static void forget_failures(struct helper *helper)
{
    helper->failures = 0;
    helper->failed_starts = 0;
    start_history_clear(&helper->history);
}

void helper_want_up(struct helper *helper)
{
    helper->wanted = true;
    helper->stopped_by_hand = helper->restarts_itself = false;
    if (helper->state == STATE_STOPPING)
        helper->stop_asked = true; // rise after it, whatever it comes to
    forget_failures(helper);
    handle(helper, EVENT_WANT_UP);
}

void helper_want_down(struct helper *helper, const char *reason)
{
    helper->wanted = helper->stopped_by_hand = helper->restarts_itself = false;
    helper->stop_asked = true;
    if (helper->state != STATE_COMPLETED && helper->state != STATE_FAILED)
        set_reason(helper, reason);
    handle(helper, EVENT_WANT_DOWN);
}

void helper_restart(struct helper *helper, const char *reason)
{
    if (!helper->wanted)
        return;
    helper->stopped_by_hand = helper->restarts_itself = false;
    helper->stop_asked = true;
    forget_failures(helper);
    if (helper->state != STATE_WAITING)
        set_reason(helper, reason);
    handle(helper, EVENT_RESTART);
}

void helper_stop_by_hand(struct helper *helper)
{
    if (helper->state == STATE_STOPPED && helper->stopped_by_hand)
        return; // its reason says more
    helper->wanted = helper->restarts_itself = false;
    helper->stopped_by_hand = helper->stop_asked = true;
    set_reason(helper, stopped_by_hand);
    handle(helper, EVENT_WANT_DOWN);
}

void helper_restart_by_hand(struct helper *helper)
{
    helper->wanted = true;
    helper_restart(helper, "restarted by hand");
}

void helper_reset(struct helper *helper)
{
    if (helper->state == STATE_COMPLETED || helper->state == STATE_FAILED)
        helper->wanted = helper->restarts_itself = false;
    forget_failures(helper);
    handle(helper, EVENT_RESET);
}

void helper_adapt(struct helper *helper)
{
    if (helper_is_launching(helper))
        return; // what comes of it goes by these settings
    if (helper->state == STATE_STARTING && helper->config->ready_after < 0)
        handle(helper, EVENT_READY);
    else
        arm_timer_of_state(helper);
}

void helper_end_restarts(struct helper *helper)
{
    helper->wanted = false;
}

void helper_update_wait(struct helper *helper)
{
    bool hopeless;
    memory_auto char *reason = supervisor_describe_wait(helper->supervisor, helper, &hopeless);
    if (strcmp(reason, helper->reason) == 0)
        return;
    set_reason(helper, reason);
    if (hopeless)
        announce_vain_wait(helper);
}

void helper_dependencies_up(struct helper *helper)
{
    handle(helper, EVENT_DEPENDENCIES_UP);
}
