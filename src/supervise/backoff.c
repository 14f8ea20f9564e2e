// SPDX-License-Identifier: MIT
#include "supervise/backoff.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

double backoff_delay(const struct backoff_config *config, unsigned n, double chance)
{
    if (n == 0 || config->initial <= 0) // 0 times a power too large for a double is no number
        return 0;
    double delay = fmin(config->initial * pow(config->factor, n - 1), config->max);
    return delay * (1 + config->jitter * (2 * chance - 1));
}

void start_history_finish(struct start_history *history)
{
    free(history->starts);
    *history = (struct start_history){0};
}

void start_history_clear(struct start_history *history)
{
    history->next = history->count = 0;
}

void start_history_add(struct start_history *history, const struct start_limit_config *limit,
                       double now)
{
    if (limit->burst == 0)
        return;
    if (history->starts == NULL)
        history->starts = memory_new(limit->burst, sizeof(double));
    history->starts[history->next] = now;
    history->next = (history->next + 1) % limit->burst;
    if (history->count < limit->burst)
        history->count++;
}

void start_history_resize(struct start_history *history, const struct start_limit_config *before,
                          const struct start_limit_config *after)
{
    if (before->burst == after->burst)
        return;
    struct start_history resized = {0};
    for (size_t ago = history->count; ago > 0; ago--) {
        size_t at = (history->next + before->burst - ago) % before->burst;
        start_history_add(&resized, after, history->starts[at]);
    }
    start_history_finish(history);
    *history = resized;
}

bool start_history_is_full(const struct start_history *history,
                           const struct start_limit_config *limit, double when)
{
    if (limit->burst == 0 || history->count < limit->burst)
        return false;
    // The ring is full, so what comes next to be overwritten is the oldest of the last burst.
    return when - history->starts[history->next] < limit->interval;
}
