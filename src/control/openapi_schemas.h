// SPDX-License-Identifier: MIT
// What bodies of answers look like: the schemas of the OpenAPI document, in a table.
#pragma once

#include <jansson.h>

// All of them by their names: components.schemas.
json_t *openapi_schemas(void);

// A reference to the schema of that name.
json_t *openapi_reference(const char *name);
