// SPDX-License-Identifier: MIT
// Writes helperd.yaml(5): the file given, with its lines @SETTINGS@ and @SUPERVISORD@ replaced by
// what the tables say of themselves.
#include "base/memory.h"
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
    static const struct {
        const char *line;
        void (*describe)(struct buffer *out);
    } tables[] = {
        {"@SETTINGS@\n", describe_manual},
        {"@SUPERVISORD@\n", describe_manual_supervisord},
    };
    size_t found = 0;
    char line[4096];
    while (fgets(line, sizeof(line), frame) != NULL) {
        bool is_table = false;
        for (size_t i = 0; i < LENGTH(tables); i++) {
            if (strcmp(line, tables[i].line) != 0)
                continue;
            struct buffer text = {0};
            tables[i].describe(&text);
            fwrite(text.data, 1, text.length, stdout);
            buffer_finish(&text);
            is_table = true;
            found++;
        }
        if (!is_table)
            fputs(line, stdout);
    }
    fclose(frame);
    return found == LENGTH(tables) ? EXIT_SUCCESS : EXIT_FAILURE;
}
