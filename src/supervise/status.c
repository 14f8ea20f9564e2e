// SPDX-License-Identifier: MIT
#include "supervise/status.h"

#include "base/clock.h"
#include "process/process_table.h"
#include "supervise/facts.h"
#include "supervise/supervisor_inside.h"

#include <math.h>

enum { MEMORY_AGE = 60 }; // seconds, and up to twice that, for which memory that was read is good

static pid_t main_process(const struct helper *helper)
{
    const struct instance *run = helper->run;
    return run != NULL && !instance_is_launching(run) && !run->reaped ? run->pid : 0;
}

// Its memory is far more costly to ask for than its time, and who has not run since has as much of
// it as before, but for what was taken from it.
static void ask_kernel(const struct helper *helper, double now, struct helper_status *status)
{
    struct instance *run = helper->run;
    unsigned second = (unsigned)now;
    unsigned age = MEMORY_AGE + (unsigned)run->pid % MEMORY_AGE; // not all of them at once
    status->cpu = process_cpu(run->pid);
    bool ran = status->cpu < 0 || status->cpu > run->cpu;
    if (helper->supervisor->has_process_table && (ran || second - run->usage_read >= age)) {
        run->memory = process_table_memory(run->pid);
        run->usage_read = second;
    }
    run->cpu = status->cpu;
    status->memory = run->memory;
}

void helper_status(const struct helper *helper, struct helper_status *status)
{
    double now = clock_monotonic();
    *status = (struct helper_status){
        .name = helper->config->name,
        .base = helper->config->base,
        .state = helper->state,
        .wanted = helper->wanted,
        .ready = helper->state == STATE_RUNNING || helper->state == STATE_COMPLETED,
        .reason = helper->reason,
        .since = helper->since_wall,
        .pid = main_process(helper),
        .uptime = -1,
        .starts = helper->starts,
        .restarts = helper->restarts,
        .failures = helper->failures,
        .next_start = -1,
        .stop_time_left = -1,
        .cpu = -1,
        .last_exit = exits_last(helper->exits),
    };
    if (helper->state == STATE_BACKOFF)
        status->next_start = fmax(helper->since + helper->delay - now, 0);
    if (helper->state == STATE_STOPPING)
        status->stop_time_left = helper_stop_time_left(helper);
    if (status->pid == 0)
        return;
    status->uptime = now - helper->run->started;
    ask_kernel(helper, now, status);
}

const struct helper_exit *helper_exit_at(const struct helper *helper, size_t i)
{
    const struct exits *exits = helper->exits;
    return exits != NULL && i < exits->count ? &exits->items[i] : NULL;
}
