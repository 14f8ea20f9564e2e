// SPDX-License-Identifier: MIT
#include "supervise/helper.h"

#include "base/clock.h"
#include "base/memory.h"
#include "supervise/announce.h"
#include "supervise/configure.h"
#include "supervise/old_runs.h"
#include "supervise/stop.h"
#include "supervise/supervisor.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double shortage_delay = 1; // seconds before a start that lacked resources is retried
static const double kill_again_after = 10; // seconds between SIGKILLs to what outlives them

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

bool helper_is_launching(const struct helper *helper)
{
    return helper->run != NULL && instance_is_launching(helper->run);
}

bool helper_has_process(const struct helper *helper)
{
    return helper->run != NULL && instance_has_process(helper->run);
}

bool helper_succeeded(const struct helper *helper)
{
    return !helper->could_not_start && helper_exit_is_success(helper->config, helper->last_exit);
}

bool helper_start_failed(const struct helper *helper)
{
    return helper->config->start_retries != START_RETRIES_NONE && !helper->was_ready;
}

// Whether one more start would be one too many.
static bool is_limit_reached(const struct helper *helper)
{
    const struct helper_config *config = helper->config;
    if (helper_start_failed(helper) && helper->failed_starts > config->start_retries)
        return true;
    return start_history_is_full(&helper->history, &config->start_limit,
                                 clock_monotonic() + helper->delay);
}

static struct facts collect_facts(const struct helper *helper)
{
    const struct helper_config *config = helper->config;
    return (struct facts){
        .wanted = helper->wanted,
        .dependencies_up = supervisor_dependencies_are_up(helper->supervisor, helper),
        .stop_asked = helper->stop_asked,
        .success = helper_succeeded(helper),
        .short_of_resources = helper->short_of_resources,
        .start_failed = helper_start_failed(helper),
        .limit_reached = is_limit_reached(helper),
        .restart = config->restart,
        .readiness = config->ready_after >= 0 ? READINESS_AFTER : READINESS_NONE,
    };
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

static void enter_state(struct helper *helper, enum state state, enum event event)
{
    const struct transition transition = {
        .helper = helper,
        .from = helper->state,
        .to = state,
    };
    helper->state = state;
    helper->since = clock_monotonic();
    if (state == STATE_RUNNING) {
        helper->was_ready = true;
        helper->failed_starts = 0;
    }
    arm_timer_of_state(helper);
    announce_transition(&transition, event);
    supervisor_note_transition(helper->supervisor, &transition);
}

static void handle(struct helper *helper, enum event event)
{
    struct facts facts = collect_facts(helper);
    struct step step = machine_step(helper->state, event, &facts);
    if (step.next == STATE_WAITING && helper->state != STATE_WAITING) {
        bool hopeless;
        memory_auto char *reason = supervisor_describe_wait(helper->supervisor, helper, &hopeless);
        set_reason(helper, reason);
    }
    if (step.next != helper->state)
        enter_state(helper, step.next, event);
    perform(helper, step.action);
}

// Every restart but one after a long good run waits longer than the one before.
static void schedule_restart(struct helper *helper, double uptime)
{
    const struct backoff_config *backoff = &helper->config->backoff;
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
    stop_forget_command(helper);
    old_runs_add(helper, instance);
    set_reason(helper, exit_status_describe(instance->status, text));
    schedule_restart(helper, instance->ended - instance->started);
    helper_take_next_config(helper);
    handle(helper, EVENT_FINISHED);
}

static void count_start(struct helper *helper)
{
    start_history_add(&helper->history, &helper->config->start_limit, clock_monotonic());
}

static void on_run_launched(void *owner, struct instance *instance)
{
    (void)instance;
    struct helper *helper = owner;
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
    if (helper->short_of_resources) {
        helper->delay = shortage_delay;
        return;
    }
    schedule_restart(helper, 0);
    count_start(helper);
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
    free(helper->reason);
    free(helper);
}

void helper_want_up(struct helper *helper)
{
    helper->wanted = true;
    if (helper->state == STATE_STOPPING)
        helper->stop_asked = true; // rise after it, whatever it comes to
    helper->failures = 0;
    helper->failed_starts = 0;
    start_history_clear(&helper->history);
    handle(helper, EVENT_WANT_UP);
}

void helper_want_down(struct helper *helper, const char *reason)
{
    helper->wanted = false;
    helper->stop_asked = true;
    if (helper->state != STATE_COMPLETED && helper->state != STATE_FAILED)
        set_reason(helper, reason);
    handle(helper, EVENT_WANT_DOWN);
}

void helper_restart(struct helper *helper, const char *reason)
{
    if (!helper->wanted)
        return;
    helper->stop_asked = true;
    helper->failures = 0;
    helper->failed_starts = 0;
    start_history_clear(&helper->history);
    if (helper->state != STATE_WAITING)
        set_reason(helper, reason);
    handle(helper, EVENT_RESTART);
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

double helper_stop_time_left(const struct helper *helper)
{
    if (helper->kills > 0)
        return 0;
    return fmax(helper->since + helper->config->stop_timeout - clock_monotonic(), 0);
}

int helper_exit_code(const struct helper *helper)
{
    int code = exit_status_as_code(helper->last_exit);
    return code != 0 ? code : 1; // it failed us, whatever it said
}
