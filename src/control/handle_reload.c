// SPDX-License-Identifier: MIT
#include "base/list.h"
#include "base/memory.h"
#include "control/control_inside.h"
#include "control/handlers.h"
#include "control/json.h"
#include "control/report.h"

#include <stdlib.h>

// One request that waits for the end of a reload.
struct pending_reload {
    struct reload_listener listener;
    struct control *control;
    struct request *request;
    bool dry;
};

static void on_gone(void *owner)
{
    struct pending_reload *pending = owner;
    list_remove(&pending->listener.link);
    free(pending);
}

// False: it is not.
static bool refuse_while_stopping(struct control *control, struct request *request)
{
    bool stopping = control->host->is_stopping(control->host->context);
    if (stopping)
        request_refuse(request, 409, "conflict", "helperd is stopping; nothing was changed");
    return stopping;
}

static json_t *view_success(bool dry, const struct apply_report *report,
                            const struct strings *warnings)
{
    json_t *object = json_object();
    json_object_set_new_nocheck(object, "dry_run", json_boolean(dry));
    json_object_set_new_nocheck(object, "report", report_view(report));
    json_object_set_new_nocheck(object, "warnings", report_view_lines(warnings));
    return object;
}

static json_t *view_refusal(const struct strings *errors)
{
    json_t *object =
        json_failure("configuration_refused", "the configuration was refused, nothing was changed");
    json_object_set_new_nocheck(json_object_get(object, "error"), "details",
                                report_view_lines(errors));
    return object;
}

static void on_ended(struct reload_listener *listener, bool good, const struct apply_report *report,
                     const struct strings *errors, const struct strings *warnings)
{
    struct pending_reload *pending = LIST_ITEM(struct pending_reload, listener, listener);
    struct control *control = pending->control;
    struct request *request = pending->request;
    bool dry = pending->dry;
    free(pending);
    if (good)
        request_answer(request, 200, view_success(dry, report, warnings));
    else if (!refuse_while_stopping(control, request)) // which ends a reload, too
        request_answer(request, 422, view_refusal(errors));
}

void handle_reload(struct control *control, struct request *request)
{
    const struct control_host *host = control->host;
    if (refuse_while_stopping(control, request))
        return;
    struct pending_reload *pending = memory_new(1, sizeof(*pending));
    *pending = (struct pending_reload){
        .listener = {.ended = on_ended},
        .control = control,
        .request = request,
        .dry = request_flag(request, "dry_run"),
    };
    list_init(&pending->listener.link);
    request_defer(request, on_gone, pending);
    host->reload(host->context, pending->dry, &pending->listener);
}
