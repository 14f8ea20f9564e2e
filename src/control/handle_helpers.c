// SPDX-License-Identifier: MIT
#include "control/control_inside.h"
#include "control/handlers.h"
#include "control/json.h"
#include "control/view.h"
#include "control/wait.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

void refuse_unknown_helper(struct control *control, struct request *request, const char *name)
{
    struct helpers all = supervisor_all(control->supervisor);
    memory_auto const char **names = memory_new(2 * all.count, sizeof(*names));
    for (size_t i = 0; i < all.count; i++) {
        names[2 * i] = all.items[i]->config->name;
        names[2 * i + 1] = all.items[i]->config->base;
    }
    const char *nearest = text_nearest(name, names, 2 * all.count);
    if (nearest != NULL)
        request_refuse(request, 404, "unknown_helper",
                       "there is no helper \"%s\" (did you mean \"%s\"?)", name, nearest);
    else
        request_refuse(request, 404, "unknown_helper", "there is no helper \"%s\"", name);
    helpers_finish(&all);
}

// Those of the path. False: there are none, which was said.
static bool find(struct control *control, struct request *request, struct helpers *helpers)
{
    *helpers = supervisor_find(control->supervisor, request_name(request));
    if (helpers->count > 0)
        return true;
    refuse_unknown_helper(control, request, request_name(request));
    return false;
}

struct selection {
    struct control *control;
    struct request *request;
    struct helpers helpers;
};

static void add_all(struct helpers *helpers, const struct helpers *more)
{
    helpers->items =
        memory_resize(helpers->items, helpers->count + more->count, sizeof(*helpers->items));
    for (size_t i = 0; i < more->count; i++)
        helpers->items[helpers->count++] = more->items[i];
}

static bool select_name(void *context, const char *parameter, const char *name)
{
    (void)parameter; // there is no other
    struct selection *selection = context;
    struct helpers found = supervisor_find(selection->control->supervisor, name);
    bool any = found.count > 0;
    add_all(&selection->helpers, &found);
    helpers_finish(&found);
    if (!any)
        refuse_unknown_helper(selection->control, selection->request, name);
    return any;
}

void handle_helpers(struct control *control, struct request *request)
{
    struct selection selection = {.control = control, .request = request};
    if (request_parameter(request, "name") == NULL)
        selection.helpers = supervisor_all(control->supervisor);
    else if (!request_each_parameter(request, select_name, &selection)) {
        helpers_finish(&selection.helpers);
        return;
    }
    struct buffer text = {0};
    view_write_helpers(&selection.helpers, NULL, &text);
    helpers_finish(&selection.helpers);
    request_answer_text(request, 200, "application/json", &text);
}

void handle_helper(struct control *control, struct request *request)
{
    struct helpers helpers;
    if (!find(control, request, &helpers))
        return;
    if (helpers.count == 1)
        wait_answer(control, request, &helpers, true);
    else
        request_refuse(request, 404, "unknown_helper", "%s has %zu instances: %s to %s",
                       request_name(request), helpers.count, helpers.items[0]->config->name,
                       helpers.items[helpers.count - 1]->config->name);
    helpers_finish(&helpers);
}

static void note_request(const struct request *request)
{
    log_debug("control: %s %s by %s", request_method(request), request_path(request),
              request_peer(request));
}

// Does something to each helper of the path and answers.
static void act(struct control *control, struct request *request,
                void (*action)(struct supervisor *supervisor, struct helper *helper))
{
    struct helpers helpers;
    if (control->host->is_stopping(control->host->context)) {
        request_refuse(request, 409, "conflict", "helperd is stopping");
        return;
    }
    if (!wait_is_understood(request) || !find(control, request, &helpers))
        return;
    note_request(request);
    for (size_t i = 0; i < helpers.count; i++)
        action(control->supervisor, helpers.items[i]);
    wait_answer(control, request, &helpers, false);
    helpers_finish(&helpers);
}

void handle_start(struct control *control, struct request *request)
{
    act(control, request, supervisor_start_helper);
}

void handle_stop(struct control *control, struct request *request)
{
    act(control, request, supervisor_stop_helper);
}

void handle_restart(struct control *control, struct request *request)
{
    act(control, request, supervisor_restart_helper);
}

void handle_reset(struct control *control, struct request *request)
{
    act(control, request, supervisor_reset_helper);
}

static void signal_all(struct control *control, struct request *request,
                       const struct helpers *helpers, int signal)
{
    size_t reached = 0;
    note_request(request);
    for (size_t i = 0; i < helpers->count; i++)
        reached += supervisor_signal_helper(control->supervisor, helpers->items[i], signal);
    if (reached == 0) {
        request_refuse(request, 409, "conflict", "%s has no process (it is %s)",
                       request_name(request), state_names[helpers->items[0]->state]);
        return;
    }
    wait_answer(control, request, helpers, false);
}

void handle_signal(struct control *control, struct request *request)
{
    const char *word = request_parameter(request, "signal");
    struct helpers helpers;
    int signal;
    if (word == NULL)
        request_refuse(request, 400, "bad_request", "which signal? ?signal=HUP is missing");
    else if (!text_parse_signal(word, &signal))
        request_refuse(request, 400, "bad_request", "\"%s\" is no signal", word);
    else if (find(control, request, &helpers)) {
        signal_all(control, request, &helpers, signal);
        helpers_finish(&helpers);
    }
}
