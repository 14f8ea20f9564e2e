// SPDX-License-Identifier: MIT
// Writes each argument as a line, to standard output and standard error in turns.

#include <stdio.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        FILE *stream = i % 2 ? stdout : stderr;
        fprintf(stream, "%s\n", argv[i]);
        fflush(stream);
    }
    return 0;
}
