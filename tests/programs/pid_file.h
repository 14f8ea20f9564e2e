// SPDX-License-Identifier: MIT
// Leaves the pid of the caller in a file, for a test that must know it.
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// Whole or not there: whoever waits for the file never reads half a number.
static inline void pid_file_write(const char *path)
{
    char *temporary;
    if (asprintf(&temporary, "%s.new", path) < 0)
        exit(1);
    FILE *file = fopen(temporary, "w");
    if (!file || fprintf(file, "%d\n", getpid()) < 0 || fclose(file) ||
        rename(temporary, path) != 0) {
        perror(path);
        exit(1);
    }
    free(temporary);
}
