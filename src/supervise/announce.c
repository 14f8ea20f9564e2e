// SPDX-License-Identifier: MIT
#include "supervise/announce.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "supervise/facts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_AT_FAILURE = 5 };

static char *describe_seconds(double seconds)
{
    struct buffer text = {0};
    text_describe_duration(&text, seconds);
    return buffer_take(&text);
}

void announce_start(const struct helper *helper)
{
    log_info("%s: started (pid %d)", helper->config->name, (int)helper->run->pid);
}

void announce_stop(const struct helper *helper)
{
    const struct helper_config *config = helper->config;
    if (command_is_set(&config->stop_command))
        log_info("%s: stopping (stop command)", config->name);
    else
        log_info("%s: stopping (%s)", config->name, text_signal_name(config->stop_signal));
}

void announce_signal(const struct helper *helper, int signal)
{
    log_info("%s: sending %s (pid %d)", helper->config->name, text_signal_name(signal),
             (int)helper->run->pid);
}

void announce_vain_wait(const struct helper *helper)
{
    log_warning("%s: %s", helper->config->name, helper->reason);
}

void announce_kill(const struct helper *helper)
{
    memory_auto char *waited = describe_seconds(helper->config->stop_timeout);
    log_warning("%s: still there after %s, sending SIGKILL", helper->config->name, waited);
}

void announce_outliving(const struct helper *helper)
{
    log_error("%s: still there after SIGKILL; nothing is started in its place",
              helper->config->name);
}

// Of tries that fail every second for the same want: the first, second, fourth, eighth and so on.
static bool is_repetition(const struct helper *helper)
{
    return (helper->shortages & (helper->shortages - 1)) != 0;
}

static void announce_backoff(const struct helper *helper, enum level level)
{
    const char *name = helper->config->name;
    if (helper->shortages > 0 && is_repetition(helper))
        level = LEVEL_DEBUG;
    if (helper->delay <= 0) {
        log_message(level, "%s: %s, starting again", name, helper->reason);
        return;
    }
    memory_auto char *delay = describe_seconds(helper->delay);
    log_message(level, "%s: %s, next start in %s", name, helper->reason, delay);
}

// What it said at last, where the log does not show it anyway.
static void announce_last_lines(const struct helper *helper)
{
    const struct route *route = &helper->route;
    if (route_is_logged(route, STREAM_STDOUT) && route_is_logged(route, STREAM_STDERR))
        return;
    memory_auto char *lines = history_last(&route->history, LINES_AT_FAILURE);
    char *rest = lines;
    for (char *line; (line = strsep(&rest, "\n")) != NULL && rest != NULL;)
        log_error("%s: its last lines: %s", helper->config->name, line);
}

// Why it is given up, beside its last end, as heap text; "": its last end says it.
static char *describe_giving_up(const struct helper *helper)
{
    const struct helper_config *config = helper->config;
    if (helper_start_failed(helper) && helper->failed_starts > config->start_retries)
        return memory_format("%" PRIu64 " start%s in a row", helper->failed_starts,
                             helper->failed_starts == 1 ? "" : "s");
    if (config->restart == RESTART_NEVER)
        return memory_copy("");
    memory_auto char *interval = describe_seconds(config->start_limit.interval);
    return memory_format("more than %" PRIu64 " starts in %s", config->start_limit.burst, interval);
}

char *describe_failure(const struct helper *helper)
{
    memory_auto char *giving_up = describe_giving_up(helper);
    return memory_format("%s%s%s", helper->reason, giving_up[0] != '\0' ? ", " : "", giving_up);
}

static void announce_failure(const struct helper *helper)
{
    memory_auto char *giving_up = describe_giving_up(helper);
    log_error("%s: %s, failed%s%s", helper->config->name, helper->reason,
              giving_up[0] != '\0' ? ": " : "", giving_up);
    announce_last_lines(helper);
}

static void announce_ready(const struct helper *helper)
{
    if (helper->config->ready_after < 0)
        return; // its start said it
    memory_auto char *after = describe_seconds(clock_monotonic() - helper->run->started);
    log_info("%s: ready after %s", helper->config->name, after);
}

void announce_transition(const struct transition *transition, enum event event)
{
    const struct helper *helper = transition->helper;
    const char *name = helper->config->name;
    // Of a start that was called off nothing was told, and nothing is.
    bool run_ended =
        event == EVENT_FINISHED || (event == EVENT_LAUNCH_ERROR && helper->could_not_start);
    switch (transition->to) {
    case STATE_STOPPED:
        if (helper->stopped_by_hand || event == EVENT_RESET)
            log_info("%s: %s", name, helper->reason);
        else if (run_ended)
            log_info("%s: stopped (%s)", name, helper->reason);
        break;
    case STATE_WAITING:
        log_info("%s: %s", name, helper->reason);
        break;
    case STATE_STARTING:
        if (run_ended)
            log_info("%s: %s, starting again", name, helper->reason);
        break;
    case STATE_RUNNING:
        announce_ready(helper);
        break;
    case STATE_STOPPING:
        if (event == EVENT_EXITED)
            log_info("%s: %s, ending what is left of its process group", name, helper->reason);
        break;
    case STATE_BACKOFF:
        announce_backoff(helper, helper_succeeded(helper) ? LEVEL_INFO : LEVEL_WARNING);
        break;
    case STATE_COMPLETED:
        log_info("%s: %s, completed", name, helper->reason);
        break;
    case STATE_FAILED:
        announce_failure(helper);
        break;
    case STATE_COUNT:
        break;
    }
}
