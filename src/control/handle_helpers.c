// SPDX-License-Identifier: MIT
#include "base/text.h"
#include "control/control_inside.h"
#include "control/handlers.h"
#include "control/selection.h"
#include "control/view.h"
#include "control/wait.h"

// Those of the path. False: there are none, which was said.
static bool find(struct control *control, struct request *request, struct helpers *helpers)
{
    *helpers = supervisor_find(control->supervisor, request_name(request));
    if (helpers->count > 0)
        return true;
    refuse_unknown_helper(control, request, request_name(request));
    return false;
}

static bool select_name(void *context, const char *parameter, const char *name)
{
    (void)parameter; // there is no other
    return selection_add(context, name);
}

static void list(struct request *request, const struct helpers *helpers)
{
    struct buffer text = {0};
    view_write_helpers(helpers, NULL, &text);
    request_answer_text(request, 200, "application/json", &text);
}

void handle_helpers(struct control *control, struct request *request)
{
    if (request_parameter(request, "name") == NULL) {
        struct helpers all = supervisor_all(control->supervisor);
        list(request, &all);
        helpers_finish(&all);
        return;
    }
    struct selection selection;
    selection_init(&selection, control, request);
    if (request_each_parameter(request, select_name, &selection))
        list(request, &selection.helpers);
    selection_finish(&selection);
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
