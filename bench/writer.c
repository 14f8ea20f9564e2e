// SPDX-License-Identifier: MIT
// A helper that floods: writes so many numbered lines of a size, as fast as they are taken.
//     writer COUNT SIZE [mixed]
#include "base/memory.h"
#include "measure.h"
#include "numbered.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024 }; // bytes of one write, about

int main(int argc, char *argv[])
{
    uint64_t count = argc > 2 ? strtoull(argv[1], NULL, 10) : 0;
    size_t size = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    if (size < NUMBERED_LEAST) {
        fputs("usage: writer COUNT SIZE [mixed]\n", stderr);
        return 2;
    }
    struct numbered lines;
    numbered_init(&lines, size, argc > 3);

    // Tens of lines, so that a line of the block is of the same kind each time.
    size_t many = (BLOCK / size / 10 + 1) * 10;
    char *block = memory_new(many, size);
    numbered_fill(&lines, block, many * size);
    for (uint64_t first = 0; first < count; first += many) {
        size_t now = count - first < many ? (size_t)(count - first) : many;
        for (size_t i = 0; i < now; i++)
            numbered_change(&lines, first + i, block + i * size);
        measure_write(STDOUT_FILENO, block, now * size);
    }
    free(block);
    numbered_finish(&lines);
    return EXIT_SUCCESS;
}
