// SPDX-License-Identifier: MIT
// One process of a supervisord.conf as a helper of our own format; part of supervisord_program.c.
#pragma once

#include "config/supervisord_program.h"

// A program while its processes are made.
struct supervisord_program {
    struct supervisord_reading reading;
    const struct supervisord_base *base;
    struct scope own_scope, file_scope; // environment of the process, of [supervisord]
    struct strings environment;         // of the process
    struct place place;
    const char *name, *group, *user, *umask;
    int64_t priority, numprocs, first, startsecs, startretries, stopwaitsecs;
    const char *autorestart, *stopsignal;
    bool autostart, kills_group, redirect_stderr;
    struct node *exitcodes; // a list
};

// The map of the helper for a process of that name. The environment of the process is read already.
struct node *supervisord_make_helper(struct supervisord_program *program, const char *name);
