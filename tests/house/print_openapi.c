// SPDX-License-Identifier: MIT
// Writes the OpenAPI document of the table of routes.
#include "control/endpoint.h"
#include "control/openapi.h"

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    json_t *document = openapi_describe(endpoints, endpoint_count);
    if (document == NULL || json_dumpf(document, stdout, JSON_INDENT(2)) < 0)
        return EXIT_FAILURE;
    json_decref(document);
    return putchar('\n') == EOF ? EXIT_FAILURE : EXIT_SUCCESS;
}
