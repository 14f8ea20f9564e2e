// SPDX-License-Identifier: MIT
// A socket that systemd listens at and hands over (sd_listen_fds(3)).
#pragma once

#include <stdbool.h>
#include <sys/types.h>

// LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES; each may be NULL.
struct activation {
    const char *pid, *count, *names;
};

// Which descriptor the process of that number got for the control socket: the one with the name
// "control", or the only one. -1: none. *named is whether it has the name.
int activation_find(const struct activation *activation, pid_t self, bool *named);

// The same from the environment: the listening Unix stream socket, non-blocking and close-on-exec.
// A negative errno: -ENOENT: there is none; else one is called "control" and cannot be used, and
// *reason (static) is why.
int activation_take(const char **reason);
