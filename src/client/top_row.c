// SPDX-License-Identifier: MIT
#include "client/top_row.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "client/moment.h"
#include "client/session.h"
#include "client/show.h"

#include <math.h>

#include <stdlib.h>
#include <string.h>

// The kernel counts processor time in hundredths of a second: over less than this, a difference
// says little.
static const double shortest_sample = 0.5;

const char *const top_state_names[] = {
    [TOP_FAILED] = "failed",       [TOP_BACKOFF] = "backoff",   [TOP_STOPPING] = "stopping",
    [TOP_WAITING] = "waiting",     [TOP_STARTING] = "starting", [TOP_RUNNING] = "running",
    [TOP_COMPLETED] = "completed", [TOP_STOPPED] = "stopped",   [TOP_UNKNOWN] = "?",
};
_Static_assert(LENGTH(top_state_names) == TOP_STATE_COUNT, "a state has no name");

static enum top_state read_state(const char *word)
{
    for (size_t i = 0; i < TOP_UNKNOWN; i++) {
        if (strcmp(word, top_state_names[i]) == 0)
            return (enum top_state)i;
    }
    return TOP_UNKNOWN;
}

static int64_t read_integer(const json_t *helper, const char *key, int64_t none)
{
    const json_t *value = json_object_get(helper, key);
    return json_is_integer(value) ? json_integer_value(value) : none;
}

static char *read_text(const json_t *object, const char *key)
{
    return memory_copy(json_string_value(json_object_get(object, key)));
}

static void measure(struct top_row *row, const struct top_row *before, double now)
{
    row->cpu_share = -1;
    row->sampled_cpu = row->cpu;
    row->sampled = now;
    if (before == NULL || row->cpu < 0 || before->cpu < 0 || row->pid != before->pid ||
        row->cpu < before->sampled_cpu)
        return;
    double passed = now - before->sampled;
    if (passed >= shortest_sample) {
        row->cpu_share = (row->cpu - before->sampled_cpu) / passed;
        return;
    }
    row->cpu_share = before->cpu_share;
    row->sampled_cpu = before->sampled_cpu;
    row->sampled = before->sampled;
}

bool top_row_read(struct top_row *row, const json_t *helper, const struct top_row *before,
                  double now)
{
    *row = (struct top_row){0};
    row->name = read_text(helper, "name");
    if (row->name == NULL)
        return false;
    row->state = read_state(member_text(helper, "state"));
    row->ready = member_is_true(helper, "ready");
    if (!moment_parse(member_text(helper, "since"), &row->since))
        row->since = -1;
    row->pid = read_integer(helper, "pid", 0);
    row->restarts = read_integer(helper, "restarts", 0);
    row->cpu = member_number(helper, "cpu", -1);
    row->memory = read_integer(helper, "memory", -1);
    row->next_start = member_number(helper, "next_start", -1);
    row->stop_time_left = member_number(helper, "stop_time_left", -1);
    row->reason = read_text(helper, "reason");
    row->last_exit = read_text(json_object_get(helper, "last_exit"), "reason");
    measure(row, before, now);
    return true;
}

void top_row_finish(struct top_row *row)
{
    free(row->name);
    free(row->reason);
    free(row->last_exit);
    *row = (struct top_row){0};
}

char *top_row_note(const struct top_row *row)
{
    struct buffer note = {0};
    const char *why = row->reason;
    if (row->state == TOP_BACKOFF && row->next_start >= 0) {
        buffer_append_text(&note, "next start in ");
        show_age(&note, ceil(row->next_start));
    } else if (row->state == TOP_STOPPING && row->stop_time_left >= 0) {
        buffer_append_text(&note, "SIGKILL in ");
        show_age(&note, ceil(row->stop_time_left));
    } else if (row->state == TOP_RUNNING) {
        why = row->last_exit; // that it was started says the state
    }
    if (why != NULL && note.length > 0)
        buffer_append_text(&note, ": ");
    if (why != NULL)
        buffer_append_text(&note, why);
    return buffer_take(&note);
}
