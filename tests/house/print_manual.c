// SPDX-License-Identifier: MIT
// Writes helperd.yaml(5): the file given, with its line @SETTINGS@ replaced by what the tables of
// settings say of themselves.
#include "config/describe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char *argv[])
{
    FILE *frame = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (frame == NULL) {
        fputs("usage: print_manual man/helperd.yaml.5.in\n", stderr);
        return EXIT_FAILURE;
    }
    bool found = false;
    char line[4096];
    while (fgets(line, sizeof(line), frame) != NULL) {
        if (strcmp(line, "@SETTINGS@\n") != 0) {
            fputs(line, stdout);
            continue;
        }
        struct buffer settings = {0};
        describe_manual(&settings);
        fwrite(settings.data, 1, settings.length, stdout);
        buffer_finish(&settings);
        found = true;
    }
    fclose(frame);
    return found ? EXIT_SUCCESS : EXIT_FAILURE;
}
