// SPDX-License-Identifier: MIT
// The table of routes as an OpenAPI 3.1 document, for tools and for people with tools.
#pragma once

#include "control/endpoint.h"

#include <jansson.h>
#include <stddef.h>

// An endpoint's answer is the name of a schema in openapi_schemas.c. Its type may be several media
// types, as "text/plain, application/x-ndjson". The caller owns the document.
json_t *openapi_describe(const struct endpoint *table, size_t count);
