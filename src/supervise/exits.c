// SPDX-License-Identifier: MIT
#include "supervise/exits.h"

#include "base/clock.h"
#include "base/memory.h"
#include "supervise/supervisor.h"
#include "supervise/tally.h"

#include <stdlib.h>
#include <string.h>

const char *const exit_kind_names[] = {
    [EXIT_KIND_SUCCESS] = "success",
    [EXIT_KIND_FAILURE] = "failure",
    [EXIT_KIND_SIGNAL] = "signal",
    [EXIT_KIND_COULD_NOT_START] = "could_not_start",
};
_Static_assert(LENGTH(exit_kind_names) == EXIT_KIND_COUNT, "a kind of exit has no name");

void exits_free(struct exits *exits)
{
    for (size_t i = 0; exits != NULL && i < exits->count; i++)
        free(exits->items[i].reason);
    free(exits);
}

const struct helper_exit *exits_last(const struct exits *exits)
{
    return exits != NULL ? &exits->items[0] : NULL;
}

enum exit_kind exit_kind_of(const struct helper_exit *exit)
{
    if (exit->could_not_start)
        return EXIT_KIND_COULD_NOT_START;
    if (exit->success)
        return EXIT_KIND_SUCCESS;
    return exit->status.signal != 0 ? EXIT_KIND_SIGNAL : EXIT_KIND_FAILURE;
}

static struct exits *make_room(struct exits *exits)
{
    size_t count = exits != NULL ? exits->count : 0;
    if (count == EXITS_KEPT) {
        free(exits->items[--count].reason);
    } else {
        size_t size = sizeof(struct exits) + (count + 1) * sizeof(struct helper_exit);
        bool first = exits == NULL;
        exits = memory_resize(exits, size, 1);
        if (first)
            *exits = (struct exits){0};
    }
    memmove(&exits->items[1], &exits->items[0], count * sizeof(struct helper_exit));
    exits->count = count + 1;
    return exits;
}

static void add(struct helper *helper, struct helper_exit exit)
{
    helper->exits = make_room(helper->exits);
    helper->exits->items[0] = exit;
    helper->exits->ever[exit_kind_of(&exit)]++;
    supervisor_tally(helper->supervisor)->totals.exits[exit_kind_of(&exit)]++;
}

void exits_note_end(struct helper *helper, const struct instance *run)
{
    if (helper->end_noted)
        return;
    helper->end_noted = true;
    char text[EXIT_STATUS_TEXT];
    double ago = clock_monotonic() - run->ended;
    add(helper, (struct helper_exit){
                    .status = run->status,
                    .success = helper_exit_is_success(helper->config, run->status),
                    .reason = memory_copy(exit_status_describe(run->status, text)),
                    .time = clock_wall() - (int64_t)(ago * 1e6),
                    .ran = run->ended - run->started,
                    .cpu = run->cpu,
                    .memory = run->memory,
                });
}

void exits_note_failed_start(struct helper *helper)
{
    add(helper, (struct helper_exit){
                    .status = helper->last_exit,
                    .could_not_start = true,
                    .reason = memory_copy(helper->reason),
                    .time = clock_wall(),
                });
}
