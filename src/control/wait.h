// SPDX-License-Identifier: MIT
// Requests that are answered once helpers are where the client wants them, or cannot come there any
// more, or its time is over.
#pragma once

#include "control/control.h"
#include "supervise/command.h"

// Whether the wait and timeout parameters can be understood; before anything is done for the
// request. False: it was refused.
bool wait_is_understood(struct request *request);

// Answers a request about these helpers: at once, or as its wait and timeout parameters say.
// whole: with one object, the helper's, instead of a list.
void wait_answer(struct control *control, struct request *request, const struct helpers *helpers,
                 bool whole);

// Something of the helpers has changed.
void wait_look(struct control *control);
