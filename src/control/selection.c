// SPDX-License-Identifier: MIT
#include "control/selection.h"

#include "base/memory.h"
#include "base/text.h"
#include "control/control_inside.h"

#include <stdlib.h>

void selection_init(struct selection *selection, struct control *control, struct request *request)
{
    struct helpers all = supervisor_all(control->supervisor);
    *selection = (struct selection){
        .control = control,
        .request = request,
        .helpers = {.items = all.items}, // there is room for all
        .chosen = memory_new(all.count, sizeof(bool)),
    };
}

void selection_finish(struct selection *selection)
{
    helpers_finish(&selection->helpers);
    free(selection->chosen);
}

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

bool selection_add(struct selection *selection, const char *name)
{
    struct helpers found = supervisor_find(selection->control->supervisor, name);
    const bool any = found.count > 0;
    for (size_t i = 0; i < found.count; i++) {
        struct helper *helper = found.items[i];
        if (!selection->chosen[helper->index])
            selection->helpers.items[selection->helpers.count++] = helper;
        selection->chosen[helper->index] = true;
    }
    helpers_finish(&found);
    if (!any)
        refuse_unknown_helper(selection->control, selection->request, name);
    return any;
}
