// SPDX-License-Identifier: MIT
// Writes what a child has inherited, one key=value a line, and ends.

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

// The signal masks that the kernel keeps, in its own hexadecimal form.
static void show_signals(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    if (!file)
        return;
    char line[256];
    while (fgets(line, sizeof line, file)) {
        char mask[32];
        if (sscanf(line, "SigBlk: %31s", mask) == 1)
            printf("blocked=%s\n", mask);
        else if (sscanf(line, "SigIgn: %31s", mask) == 1)
            printf("ignored=%s\n", mask);
        else if (sscanf(line, "SigPnd: %31s", mask) == 1)
            printf("pending=%s\n", mask);
    }
    fclose(file);
}

static int compare_numbers(const void *left, const void *right)
{
    const int *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

// One line with the numbers of all descriptors but the one that lists them, then two for each.
static void show_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    if (!directory)
        return;
    int fds[1024];
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) && count < 1024;) {
        int fd = atoi(entry->d_name);
        if (entry->d_name[0] != '.' && fd != dirfd(directory))
            fds[count++] = fd;
    }
    closedir(directory);
    qsort(fds, count, sizeof fds[0], compare_numbers);

    printf("descriptors=");
    for (size_t i = 0; i < count; i++)
        printf("%s%d", i > 0 ? " " : "", fds[i]);
    putchar('\n');
    for (size_t i = 0; i < count; i++) {
        char link[64], target[4096];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fds[i]);
        ssize_t length = readlink(link, target, sizeof target);
        if (length > 0)
            printf("descriptor.%d=%.*s\n", fds[i], (int)length, target);
        printf("nonblocking.%d=%d\n", fds[i], !!(fcntl(fds[i], F_GETFL) & O_NONBLOCK));
    }
}

static void show_limit(const char *name, rlim_t value)
{
    if (value == RLIM_INFINITY)
        printf("%s=unlimited\n", name);
    else
        printf("%s=%llu\n", name, (unsigned long long)value);
}

static void show_oom_score(void)
{
    FILE *file = fopen("/proc/self/oom_score_adj", "r");
    int score;
    if (file && fscanf(file, "%d", &score) == 1)
        printf("oom_score_adj=%d\n", score);
    if (file)
        fclose(file);
}

int main(void)
{
    show_signals();
    show_descriptors();

    mode_t mask = umask(0);
    umask(mask);
    printf("umask=%04o\n", (unsigned)mask);

    char *directory = getcwd(NULL, 0);
    printf("cwd=%s\n", directory ? directory : "");
    free(directory);

    printf("group_leader=%s\n", getpgrp() == getpid() ? "yes" : "no");
    printf("session_leader=%s\n", getsid(0) == getpid() ? "yes" : "no");

    int death_signal = 0;
    prctl(PR_GET_PDEATHSIG, &death_signal);
    printf("parent_death_signal=%d\n", death_signal);

    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        show_limit("nofile_soft", files.rlim_cur);
        show_limit("nofile_hard", files.rlim_max);
    }
    show_oom_score();
    return 0;
}
