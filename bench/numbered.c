// SPDX-License-Identifier: MIT
#include "numbered.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const char special_text[] =
    "say \"hello\" to C:\\new\t\xc3\xbc\xe2\x82\xac \x1b[31mred\x1b[0m ";

static char *make_pattern(size_t size, const char *text, size_t length)
{
    char *line = memory_new(size, 1);
    memset(line, ' ', 9);
    memset(line + 9, '.', size - 10);
    for (size_t at = 9; at + length < size; at += length) // whole ones only
        memcpy(line + at, text, length);
    line[size - 1] = '\n';
    return line;
}

void numbered_init(struct numbered *lines, size_t size, bool mixed)
{
    static const char words[] = "GET /index.html 200 in 12 ms; ";
    *lines = (struct numbered){.size = size, .mixed = mixed};
    for (unsigned i = 0; i < LENGTH(lines->digits); i++) {
        for (unsigned place = 4, rest = i; place-- > 0; rest /= 10)
            lines->digits[i][place] = (char)('0' + rest % 10);
    }
    lines->plain = make_pattern(size, words, sizeof(words) - 1);
    lines->special = make_pattern(size, special_text, sizeof(special_text) - 1);
}

void numbered_finish(struct numbered *lines)
{
    free(lines->plain);
    free(lines->special);
}

void numbered_change(const struct numbered *lines, uint64_t number, char *place)
{
    memcpy(place, lines->digits[number / 10000 % 10000], 4);
    memcpy(place + 4, lines->digits[number % 10000], 4);
}

void numbered_make(const struct numbered *lines, uint64_t number, char *place)
{
    memcpy(place, lines->mixed && number % 10 == 9 ? lines->special : lines->plain, lines->size);
    numbered_change(lines, number, place);
}

void numbered_fill(const struct numbered *lines, char *place, size_t bytes)
{
    memory_auto char *line = memory_new(lines->size, 1);
    uint64_t number = 0;
    for (size_t done = 0; done < bytes; done += lines->size) {
        numbered_make(lines, number++, line);
        memcpy(place + done, line, bytes - done < lines->size ? bytes - done : lines->size);
    }
}
