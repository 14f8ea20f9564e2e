// SPDX-License-Identifier: MIT
#include "supervise/by_name.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    const struct helper *const *left = a, *const *right = b;
    return strcmp((*left)->config->name, (*right)->config->name);
}

static int compare_with_name(const void *name, const void *b)
{
    const struct helper *const *helper = b;
    return strcmp(name, (*helper)->config->name);
}

void by_name_sort(struct helper **helpers, size_t count)
{
    if (count > 0)
        qsort(helpers, count, sizeof(*helpers), compare);
}

struct helper **by_name_find(struct helper **helpers, size_t count, const char *name)
{
    if (count == 0)
        return NULL;
    return bsearch(name, helpers, count, sizeof(*helpers), compare_with_name);
}
