// SPDX-License-Identifier: MIT
#include "control/place.h"

#include "base/memory.h"
#include "config/path.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char root_place[] = "/run/helperd/helperd.sock";
static const char user_place[] = "helperd.sock";
static const char developer_place[] = ".helperd.sock";

static struct control_place place_asked_for(const struct place_wishes *wishes, const char *text)
{
    struct control_place place = {.asked_for = true};
    if (strcmp(text, "none") != 0)
        place.path = path_absolute(wishes->directory, text);
    return place;
}

static struct control_place place_usual(const struct place_wishes *wishes)
{
    if (wishes->developer)
        return (struct control_place){.path = path_absolute(wishes->directory, developer_place)};
    if (wishes->root)
        return (struct control_place){.path = memory_copy(root_place)};
    // A relative one is none, as its specification says.
    if (wishes->runtime != NULL && wishes->runtime[0] == '/')
        return (struct control_place){.path = path_absolute(wishes->runtime, user_place)};
    return (struct control_place){.missing =
                                      "XDG_RUNTIME_DIR names no directory for a control socket "
                                      "(-s PATH does, -s none asks for none)"};
}

struct control_place control_place_find(const struct place_wishes *wishes)
{
    if (wishes->option != NULL)
        return place_asked_for(wishes, wishes->option);
    if (wishes->setting != NULL)
        return place_asked_for(wishes, wishes->setting);
    if (wishes->variable != NULL && wishes->variable[0] != '\0')
        return place_asked_for(wishes, wishes->variable);
    return place_usual(wishes);
}

void control_place_finish(struct control_place *place)
{
    free(place->path);
    *place = (struct control_place){0};
}
