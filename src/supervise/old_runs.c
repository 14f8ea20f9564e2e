// SPDX-License-Identifier: MIT
#include "supervise/old_runs.h"

#include "supervise/supervisor.h"
#include "supervise/tally.h"

#include <inttypes.h>

enum {
    OLD_RUNS_LIMIT = 4,      // whose output something holds open
    BLOCKED_RUNS_LIMIT = 64, // beside them, those whose last words wait for room in the log
};

static unsigned count_blocked_runs(const struct helper *helper)
{
    unsigned blocked = 0;
    LIST_EACH (struct instance, instance, &helper->old_runs, link)
        blocked += instance_is_blocked(instance);
    return blocked;
}

// Whether there are more old runs than are read on.
static bool has_too_many_old_runs(const struct helper *helper)
{
    if (helper->old_run_count <= OLD_RUNS_LIMIT)
        return false;
    unsigned blocked = count_blocked_runs(helper);
    return blocked > BLOCKED_RUNS_LIMIT || helper->old_run_count - blocked > OLD_RUNS_LIMIT;
}

static struct instance *oldest_run(const struct helper *helper, bool blocked)
{
    LIST_EACH (struct instance, instance, &helper->old_runs, link) {
        if (instance_is_blocked(instance) == blocked)
            return instance;
    }
    return NULL;
}

static void count(struct helper *helper, int more)
{
    helper->old_run_count += (unsigned)more;
    supervisor_tally(helper->supervisor)->old_runs += (size_t)more;
}

static void close_oldest_run(struct helper *helper)
{
    bool blocked = count_blocked_runs(helper) > BLOCKED_RUNS_LIMIT;
    struct instance *oldest = oldest_run(helper, blocked);
    pid_t pid = oldest->pid;
    uint64_t lost = instance_destroy(oldest);
    count(helper, -1);
    log_warning("%s: closed the output of an earlier run (pid %d) that %s; %" PRIu64
                " bytes of it were lost",
                helper->config->name, (int)pid,
                blocked ? "the log does not take" : "something still holds open", lost);
}

void old_runs_add(struct helper *helper, struct instance *instance)
{
    list_append(&helper->old_runs, &instance->link);
    count(helper, 1);
}

void old_runs_forget(void *owner, struct instance *instance)
{
    struct helper *helper = owner;
    count(helper, -1);
    supervisor_discard(helper->supervisor, helper, instance);
}

void old_runs_limit(struct helper *helper)
{
    while (has_too_many_old_runs(helper))
        close_oldest_run(helper);
}
