// SPDX-License-Identifier: MIT
// Where the control socket of a helperd is to be. Nothing here looks at the file system or at the
// environment.
#pragma once

#include <stdbool.h>

// What it follows from. Of the first four texts each may be NULL.
struct place_wishes {
    const char *option;        // -s
    const char *setting;       // control.path of the configuration
    const char *variable;      // HELPERD_SOCKET
    const char *runtime;       // XDG_RUNTIME_DIR
    const char *directory;     // in which helperd was started; absolute
    bool developer;
    bool root;
};

struct control_place {
    char *path;          // absolute; heap. NULL: no socket
    const char *missing; // why not, where nobody asked for that; static. NULL: it was asked for
    bool asked_for;      // by somebody, so that it is an error if it cannot be had
};

// The first that says something of option, setting and variable; "none" is no socket. Else the
// usual place for developer mode, root and users.
struct control_place control_place_find(const struct place_wishes *wishes);

void control_place_finish(struct control_place *place);
