// SPDX-License-Identifier: MIT
// What /proc tells about living processes. Where there is no /proc, or only that of another PID
// namespace, whose numbers mean other processes, nothing is known.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct process {
    pid_t pid, parent, group;
    char state;                 // 'R', 'S', 'D', 'Z', …
    unsigned long long started; // clock ticks since boot
};

// The name of a process's command, as ps shows it. False: it is not known.
bool process_table_name(pid_t pid, char *name, size_t size);

// Resident bytes of a process; 0: they are not known. Only where there is a /proc of our own, which
// is not looked at each time.
uint64_t process_table_memory(pid_t pid);

// Seconds, user and system, that a process has used, without /proc; negative: not known.
double process_cpu(pid_t pid);

// Whether there is a /proc to read.
bool process_table_is_there(void);

// Calls visit for every process. False: there is no /proc to read.
bool process_table_scan(void (*visit)(void *context, const struct process *process), void *context);
