// SPDX-License-Identifier: MIT
// What /proc tells about living processes. Where there is no /proc, or only that of another PID
// namespace, whose numbers mean other processes, nothing is known.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct process {
    pid_t pid, parent, group;
    char state;                 // 'R', 'S', 'D', 'Z', …
    unsigned long long started; // clock ticks since boot
};

// The name of a process's command, as ps shows it. False: it is not known.
bool process_table_name(pid_t pid, char *name, size_t size);

// Whether there is a /proc to read.
bool process_table_is_there(void);

// Calls visit for every process. False: there is no /proc to read.
bool process_table_scan(void (*visit)(void *context, const struct process *process), void *context);
