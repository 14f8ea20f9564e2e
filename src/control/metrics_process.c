// SPDX-License-Identifier: MIT
// What helperd itself uses.
#include "control/metrics.h"

#include "base/fd.h"
#include "base/memory.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PROC_FILE_LIMIT = 64 * 1024 };

static uint64_t resident_bytes(void)
{
    memory_auto char *text = NULL;
    size_t length;
    unsigned long pages;
    if (fd_read_file("/proc/self/statm", PROC_FILE_LIMIT, &text, &length) < 0 ||
        sscanf(text, "%*u %lu", &pages) != 1)
        return 0;
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

// How many descriptors there is room for in the kernel's table.
static size_t table_size(void)
{
    memory_auto char *text = NULL;
    size_t length;
    unsigned long size = 0;
    if (fd_read_file("/proc/self/status", PROC_FILE_LIMIT, &text, &length) < 0)
        return 0;
    const char *line = strstr(text, "\nFDSize:");
    if (line == NULL || sscanf(line, "\nFDSize: %lu", &size) != 1)
        return 0;
    return size;
}

// poll says of each descriptor whether it is open, all in one call: to list /proc/self/fd takes
// milliseconds where there are thousands.
static int64_t count_open_files(uint64_t most)
{
    size_t size = table_size();
    if (size > most)
        size = most; // poll takes no more
    if (size == 0)
        return -1;
    memory_auto struct pollfd *table = memory_new(size, sizeof(*table));
    for (size_t i = 0; i < size; i++)
        table[i].fd = (int)i;
    if (poll(table, size, 0) < 0)
        return -1;
    int64_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += (table[i].revents & POLLNVAL) == 0;
    return count;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

void metrics_measure_process(struct metrics_process *process)
{
    struct rusage usage = {0};
    struct rlimit files = {0};
    (void)getrusage(RUSAGE_SELF, &usage);
    (void)getrlimit(RLIMIT_NOFILE, &files);
    *process = (struct metrics_process){
        .cpu = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
        .memory = resident_bytes(),
        .open_files = count_open_files(files.rlim_cur),
        .max_files = files.rlim_cur,
    };
}
