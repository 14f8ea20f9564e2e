// SPDX-License-Identifier: MIT
#include "base/clock.h"
#include "config/describe.h"
#include "control/control_inside.h"
#include "control/endpoint.h"
#include "control/handlers.h"
#include "control/json.h"
#include "control/openapi.h"
#include "supervise/command.h"

#include <unistd.h>

enum { NAMED_WHERE_NOT_READY = 20 };

static bool is_stopping(struct control *control)
{
    return control->host->is_stopping(control->host->context);
}

static const struct config *config_of(struct control *control)
{
    return control->host->config(control->host->context);
}

void handle_index(struct control *control, struct request *request)
{
    (void)control;
    request_answer(request, 200, endpoint_index());
}

void handle_openapi(struct control *control, struct request *request)
{
    (void)control;
    request_answer(request, 200, openapi_describe(endpoints, endpoint_count));
}

void handle_version(struct control *control, struct request *request)
{
    const struct config *config = config_of(control);
    json_t *object = json_object();
    json_object_set_new_nocheck(object, "name", json_string("helperd"));
    json_object_set_new_nocheck(object, "version", json_string(VERSION));
    json_object_set_new_nocheck(object, "pid", json_integer(getpid()));
    json_object_set_new_nocheck(object, "uptime",
                                json_seconds(clock_monotonic() - control->started));
    json_object_set_new_nocheck(object, "config", json_path(config->path));
    json_object_set_new_nocheck(object, "developer", json_boolean(config->options.developer));
    json_object_set_new_nocheck(object, "state",
                                json_string(is_stopping(control) ? "stopping" : "running"));
    request_answer(request, 200, object);
}

void handle_config(struct control *control, struct request *request)
{
    struct buffer text = {0};
    describe_config(config_of(control), &text);
    request_answer_text(request, 200, "application/yaml", &text);
}

void handle_reopen(struct control *control, struct request *request)
{
    size_t files = control->host->reopen(control->host->context);
    request_answer(request, 200, json_pack("{sI}", "files", (json_int_t)files));
}

void handle_shutdown(struct control *control, struct request *request)
{
    control->host->shutdown(control->host->context, "asked to by helperctl or the API");
    request_answer(request, 202, json_pack("{sb}", "shutdown", true));
}

void handle_healthz(struct control *control, struct request *request)
{
    (void)control;
    struct buffer text = {0};
    buffer_append_text(&text, "ok\n");
    request_answer_text(request, 200, "text/plain; charset=utf-8", &text);
}

static bool is_ready(const struct helper *helper)
{
    if (helper->state == STATE_FAILED)
        return false;
    return !helper->wanted || helper->state == STATE_RUNNING || helper->state == STATE_COMPLETED;
}

void handle_readyz(struct control *control, struct request *request)
{
    struct helpers all = supervisor_all(control->supervisor);
    json_t *names = json_array();
    json_int_t count = 0;
    for (size_t i = 0; i < all.count; i++) {
        if (is_ready(all.items[i]))
            continue;
        if (count++ < NAMED_WHERE_NOT_READY)
            json_array_append_new(names, json_text(all.items[i]->config->name));
    }
    helpers_finish(&all);
    bool ready = count == 0 && !is_stopping(control);
    request_answer(request, ready ? 200 : 503,
                   json_pack("{sb so sI}", "ready", ready, "helpers", names, "count", count));
}
