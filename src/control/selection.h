// SPDX-License-Identifier: MIT
// The helpers that a request names. Each is chosen once, however often it is named: a base name may
// stand for thousands, and a request has room for thousands of names.
#pragma once

#include "control/control.h"
#include "supervise/command.h"

#include <stdbool.h>

struct selection {
    struct control *control;
    struct request *request;
    struct helpers helpers; // in the order in which they were named
    bool *chosen;           // by their index
};

void selection_init(struct selection *selection, struct control *control, struct request *request);
void selection_finish(struct selection *selection);

// Adds those that a name means. False: there are none, and the request was refused.
bool selection_add(struct selection *selection, const char *name);

// Answers that there is no helper of that name.
void refuse_unknown_helper(struct control *control, struct request *request, const char *name);
