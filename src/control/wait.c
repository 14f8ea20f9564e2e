// SPDX-License-Identifier: MIT
#include "control/wait.h"

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"
#include "control/control_inside.h"
#include "control/json.h"
#include "control/view.h"

#include <stdlib.h>
#include <string.h>

static const double default_limit = 60; // seconds

struct wait {
    struct list link; // control.waits
    struct control *control;
    struct request *request;
    struct strings names; // of the helpers: they may be gone before the wait is over
    bool whole;
    int goal;
    ev_timer limit;
};

static void end_wait(struct wait *wait)
{
    list_remove(&wait->link);
    ev_timer_stop(wait->control->loop, &wait->limit);
    strings_finish(&wait->names);
    free(wait);
}

static void on_gone(void *owner)
{
    end_wait(owner);
}

static void answer(struct control *control, struct request *request, const struct helpers *helpers,
                   bool whole)
{
    if (whole && helpers->count == 1) {
        request_answer(request, 200, view_helper_whole(control->supervisor, helpers->items[0]));
        return;
    }
    struct buffer text = {0};
    view_write_helpers(helpers, NULL, &text);
    request_answer_text(request, 200, "application/json", &text);
}

// Those of the names that are still there, and one that is not.
static struct helpers find_all(const struct wait *wait, const char **missing)
{
    struct helpers found = {.items = memory_new(wait->names.count, sizeof(struct helper *))};
    *missing = NULL;
    for (size_t i = 0; i < wait->names.count; i++) {
        struct helpers one = supervisor_find(wait->control->supervisor, wait->names.items[i]);
        if (one.count == 1)
            found.items[found.count++] = one.items[0];
        else
            *missing = wait->names.items[i];
        helpers_finish(&one);
    }
    return found;
}

static void refuse(struct wait *wait, const struct helpers *helpers, unsigned status,
                   const char *code, const char *message)
{
    struct request *request = wait->request;
    struct buffer text = {0};
    end_wait(wait);
    view_write_helpers(helpers, json_failure(code, message), &text);
    request_answer_text(request, status, "application/json", &text);
}

static char *describe(const struct helper *helper)
{
    return memory_format("%s: %s (%s)", helper->config->name, state_names[helper->state],
                         helper->reason);
}

static void look(struct wait *wait)
{
    const char *missing;
    struct helpers helpers = find_all(wait, &missing);
    enum outcome all = OUTCOME_REACHED;
    const struct helper *hopeless = NULL;
    for (size_t i = 0; i < helpers.count; i++) {
        enum outcome one = helper_outcome(helpers.items[i], wait->goal);
        if (one == OUTCOME_HOPELESS)
            hopeless = helpers.items[i];
        else if (one == OUTCOME_PENDING)
            all = OUTCOME_PENDING;
    }
    if (hopeless != NULL) {
        memory_auto char *message = describe(hopeless);
        refuse(wait, &helpers, 409, "not_reached", message);
    } else if (missing != NULL) {
        memory_auto char *message = memory_format("%s is no longer in the configuration", missing);
        refuse(wait, &helpers, 409, "not_reached", message);
    } else if (all == OUTCOME_REACHED) {
        struct control *control = wait->control;
        struct request *request = wait->request;
        bool whole = wait->whole;
        end_wait(wait);
        answer(control, request, &helpers, whole);
    }
    helpers_finish(&helpers);
}

static void on_limit(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    struct wait *wait = timer->data;
    const char *missing;
    struct helpers helpers = find_all(wait, &missing);
    const struct helper *late = NULL;
    for (size_t i = 0; i < helpers.count; i++) {
        if (helper_outcome(helpers.items[i], wait->goal) == OUTCOME_PENDING)
            late = helpers.items[i];
    }
    memory_auto char *where = late != NULL
                                  ? describe(late)
                                  : memory_format("%s is gone", missing != NULL ? missing : "it");
    memory_auto char *message = memory_format("not there in time; %s", where);
    refuse(wait, &helpers, 504, "timeout", message);
    helpers_finish(&helpers);
}

static void begin_wait(struct control *control, struct request *request,
                       const struct helpers *helpers, bool whole, int goal, double limit)
{
    struct wait *wait = memory_new(1, sizeof(*wait));
    *wait = (struct wait){.control = control, .request = request, .whole = whole, .goal = goal};
    for (size_t i = 0; i < helpers->count; i++)
        strings_append(&wait->names, helpers->items[i]->config->name);
    list_append(&control->waits, &wait->link);
    ev_timer_init(&wait->limit, on_limit, limit, 0);
    wait->limit.data = wait;
    ev_now_update(control->loop);
    if (limit > 0)
        ev_timer_start(control->loop, &wait->limit);
    request_defer(request, on_gone, wait);
    look(wait);
}

static bool parse(struct request *request, int *goal, double *limit)
{
    const char *word = request_parameter(request, "wait");
    const char *timeout = request_parameter(request, "timeout");
    *goal = -1;
    *limit = default_limit;
    if (word != NULL && !goal_parse(word, goal)) {
        request_refuse(request, 400, "bad_request",
                       "wait: \"%s\" is no state, and neither ready nor ended", word);
        return false;
    }
    if (timeout != NULL && !text_parse_duration(timeout, limit)) {
        request_refuse(request, 400, "bad_request", "timeout: \"%s\" is no duration such as 10s",
                       timeout);
        return false;
    }
    return true;
}

bool wait_is_understood(struct request *request)
{
    int goal;
    double limit;
    return parse(request, &goal, &limit);
}

void wait_answer(struct control *control, struct request *request, const struct helpers *helpers,
                 bool whole)
{
    int goal;
    double limit;
    if (!parse(request, &goal, &limit))
        return;
    if (goal >= 0)
        begin_wait(control, request, helpers, whole, goal, limit);
    else
        answer(control, request, helpers, whole);
}

void wait_look(struct control *control)
{
    LIST_EACH (struct wait, wait, &control->waits, link)
        look(wait);
}
