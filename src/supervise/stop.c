// SPDX-License-Identifier: MIT
#include "supervise/stop.h"

#include "base/memory.h"
#include "base/text.h"
#include "supervise/announce.h"
#include "supervise/old_runs.h"
#include "supervise/supervisor.h"
#include "supervise/tally.h"

static void set_stop_run(struct helper *helper, struct instance *instance)
{
    struct tally *tally = supervisor_tally(helper->supervisor);
    tally->stop_runs -= helper->stop_run != NULL;
    tally->stop_runs += instance != NULL;
    helper->stop_run = instance;
    supervisor_note_change(helper->supervisor, helper); // others may wait for its end
}

static void send_stop_signal(struct helper *helper)
{
    helper->stop_signal_sent = true;
    instance_signal(helper->run, helper->config->stop_signal);
    instance_signal(helper->run, SIGCONT); // a stopped process would not see the signal
}

static void say_command_failed(const struct helper *helper, struct launch_error error)
{
    const struct helper_config *config = helper->config;
    char text[512];
    log_warning("%s: stop command: %s; sending %s instead", config->name,
                launch_error_describe(error, config, &config->stop_command, text, sizeof(text)),
                text_signal_name(config->stop_signal));
}

// The stop command did not do what it is for.
static void send_signal_instead(struct helper *helper)
{
    bool still_up = helper->run != NULL && !helper->run->reaped;
    if (helper->state == STATE_STOPPING && still_up && helper->kills == 0)
        send_stop_signal(helper);
}

static void on_command_launched(void *owner, struct instance *instance)
{
    (void)owner;
    (void)instance;
}

static void on_command_failed(void *owner, struct instance *instance, struct launch_error error)
{
    (void)instance;
    struct helper *helper = owner;
    set_stop_run(helper, NULL);
    say_command_failed(helper, error);
    send_signal_instead(helper);
}

static void on_command_exited(void *owner, struct instance *instance)
{
    (void)owner;
    // What it leaves in its group has nobody to wait for it.
    instance_signal(instance, SIGKILL);
}

static void on_command_over(void *owner, struct instance *instance)
{
    struct helper *helper = owner;
    set_stop_run(helper, NULL);
    old_runs_add(helper, instance);
    if (instance->status.code == 0 && instance->status.signal == 0)
        return;
    char text[EXIT_STATUS_TEXT];
    log_warning("%s: stop command %s", helper->config->name,
                exit_status_describe(instance->status, text));
    send_signal_instead(helper);
}

static const struct instance_listener command_listener = {
    .launched = on_command_launched,
    .failed = on_command_failed,
    .exited = on_command_exited,
    .over = on_command_over,
    .spent = old_runs_forget,
};

// False: there is none, or an earlier one still runs, which is said.
static bool run_command(struct helper *helper)
{
    const struct helper_config *config = helper->config;
    if (!command_is_set(&config->stop_command))
        return false;
    if (helper->stop_run != NULL) {
        log_warning("%s: the stop command of an earlier stop still runs; sending %s instead",
                    config->name, text_signal_name(config->stop_signal));
        return false;
    }

    struct strings variables = {0};
    memory_auto char *pid = memory_format("%d", (int)helper->run->pid);
    strings_set_variable(&variables, "MAINPID", pid);
    set_stop_run(helper, instance_create(supervisor_context(helper->supervisor), config,
                                         &helper->route, &config->stop_command, variables,
                                         helper->color, &command_listener, helper));
    return true;
}

static void ask(struct helper *helper)
{
    if (!run_command(helper))
        send_stop_signal(helper);
}

void stop_begin(struct helper *helper)
{
    if (helper->kills > 0) // in a hurry: SIGKILL was sent already
        return;
    announce_stop(helper);
    if (!instance_is_launching(helper->run))
        ask(helper);
}

void stop_go_on(struct helper *helper)
{
    if (helper->kills > 0)
        instance_signal(helper->run, SIGKILL); // there may be more of it now than its first process
    else
        ask(helper);
}

void stop_leftovers(struct helper *helper)
{
    // Those that had SIGTERM already would take a second one for impatience.
    bool told = helper->stop_signal_sent && helper->config->stop_signal == SIGTERM;
    if (told || helper->kills > 0)
        return;
    instance_signal(helper->run, SIGTERM);
    instance_signal(helper->run, SIGCONT);
}

void stop_forget_command(struct helper *helper)
{
    if (helper->stop_run != NULL && instance_call_off(helper->stop_run))
        set_stop_run(helper, NULL);
}

void stop_kill(struct helper *helper)
{
    if (helper->run != NULL) {
        helper->kills++;
        instance_signal(helper->run, SIGKILL);
    }
    stop_forget_command(helper);
    if (helper->stop_run != NULL)
        instance_signal(helper->stop_run, SIGKILL);
}
