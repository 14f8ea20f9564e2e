// SPDX-License-Identifier: MIT
// Writes numbered lines of one size as fast as they are taken:
// flood [-e] [-b] [-t TAG] COUNT [SIZE]
// -e to standard error, -b in big writes instead of one per line, -t with a tag in front; SIZE is
// that of a line with its newline, filled up with dots.

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BIG_WRITE = 256 * 1024 };

static void write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0) {
            if (errno == EINTR)
                continue;
            exit(1);
        }
        data += written;
        length -= (size_t)written;
    }
}

// Writes one line of at least size bytes at the place given; returns its true length.
static size_t line_make(char *place, const char *tag, unsigned long number, size_t size)
{
    size_t length = (size_t)sprintf(place, "%s %lu ", tag, number);
    while (length + 1 < size)
        place[length++] = '.';
    place[length++] = '\n';
    return length;
}

int main(int argc, char **argv)
{
    int fd = STDOUT_FILENO;
    bool big = false;
    const char *tag = "line";
    for (int option; (option = getopt(argc, argv, "ebt:")) != -1;) {
        if (option == 'e')
            fd = STDERR_FILENO;
        else if (option == 'b')
            big = true;
        else if (option == 't')
            tag = optarg;
        else
            return 2;
    }
    if (optind >= argc) {
        fputs("usage: flood [-e] [-b] [-t TAG] COUNT [SIZE]\n", stderr);
        return 2;
    }
    unsigned long count = strtoul(argv[optind], NULL, 10);
    size_t size = optind + 1 < argc ? strtoul(argv[optind + 1], NULL, 10) : 0;

    size_t line_limit = strlen(tag) + 32 > size ? strlen(tag) + 32 : size;
    size_t limit = big ? BIG_WRITE : 0;
    char *block = malloc(limit + line_limit);
    if (!block)
        return 1;

    size_t used = 0;
    for (unsigned long number = 1; number <= count; number++) {
        used += line_make(block + used, tag, number, size);
        if (used >= limit) {
            write_all(fd, block, used);
            used = 0;
        }
    }
    write_all(fd, block, used);
    free(block);
    return 0;
}
