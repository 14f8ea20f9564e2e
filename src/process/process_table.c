// SPDX-License-Identifier: MIT
#include "process/process_table.h"

#include "base/fd.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// "PID (COMMAND) STATE PPID PGRP … STARTTIME …": COMMAND may hold anything, also ") ".
static bool parse_stat(const char *text, struct process *process)
{
    const char *rest = strrchr(text, ')');
    if (rest == NULL)
        return false;
    return sscanf(rest,
                  ") %c %d %d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
                  &process->state, &process->parent, &process->group, &process->started) == 4;
}

// The numbers in it are to be those by which we know processes.
bool process_table_is_there(void)
{
    char self[32];
    ssize_t length = readlink("/proc/self", self, sizeof(self) - 1);
    if (length <= 0)
        return false;
    self[length] = '\0';
    return atoi(self) == getpid();
}

static bool read_process(int proc, const char *name, struct process *process)
{
    char path[300], text[1024];
    snprintf(path, sizeof(path), "%s/stat", name);
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t length = read(fd, text, sizeof(text) - 1);
    fd_close(&fd);
    if (length <= 0) // it ended meanwhile
        return false;
    text[length] = '\0';
    process->pid = (pid_t)atoi(name);
    return parse_stat(text, process);
}

bool process_table_name(pid_t pid, char *name, size_t size)
{
    char path[32], *text;
    size_t length;
    snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
    if (!process_table_is_there() || fd_read_file(path, 4096, &text, &length) < 0)
        return false;
    snprintf(name, size, "%.*s", (int)strcspn(text, "\n"), text);
    free(text);
    return true;
}

uint64_t process_table_memory(pid_t pid)
{
    char path[32], text[128];
    snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t length = read(fd, text, sizeof(text) - 1);
    fd_close(&fd);
    if (length <= 0)
        return 0;
    text[length] = '\0';
    const char *resident = strchr(text, ' '); // "SIZE RESIDENT SHARED …", in pages
    return resident != NULL ? strtoull(resident, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

double process_cpu(pid_t pid)
{
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) < 0)
        return -1;
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

bool process_table_scan(void (*visit)(void *context, const struct process *process), void *context)
{
    DIR *directory = process_table_is_there() ? opendir("/proc") : NULL;
    if (directory == NULL)
        return false;
    bool any = false;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        struct process process;
        if (isdigit((unsigned char)entry->d_name[0]) &&
            read_process(dirfd(directory), entry->d_name, &process)) {
            any = true;
            visit(context, &process);
        }
    }
    closedir(directory);
    return any;
}
