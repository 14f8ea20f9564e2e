// SPDX-License-Identifier: MIT
// THE table of routes: dispatch, 404 and 405, the index at /v1, OpenAPI and the manual all read it.
#pragma once

#include "control/request.h"

#include <stdbool.h>
#include <stddef.h>

struct control;

struct parameter {
    const char *name;
    const char *type; // of OpenAPI: "string", "integer", "boolean"
    bool repeated;
    const char *text; // one sentence
};

struct endpoint {
    const char *method; // "GET", "POST"
    const char *path;   // "/v1/helpers/{name}/start"
    enum access needs;
    void (*handle)(struct control *control, struct request *request);
    const char *summary;                // one sentence
    const struct parameter *parameters; // ended by one without a name; NULL: none
    const char *answer;                 // schema of the body: "Helper", "Helpers", …; or NULL
    const char *type;                   // of the body
};

extern const struct endpoint endpoints[];
extern const size_t endpoint_count;

// Finds the endpoint, sees to it that the request may have it and is one that it knows, and handles
// it; or refuses it.
void endpoint_dispatch(struct control *control, struct request *request);

// {"name", "version", "routes": […]}
json_t *endpoint_index(void);
