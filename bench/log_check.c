// SPDX-License-Identifier: MIT
#include "log_check.h"

#include "base/fd.h"
#include "base/memory.h"
#include "measure.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct check {
    const struct numbered *lines;
    uint64_t next; // number of the line that is to come
    uint64_t step;
    char *expected; // room for one line
};

// Takes one line without its newline. False: it is not one of the flood.
typedef bool take_line(struct check *check, const char *line, size_t length);

static bool ends_with(const char *line, size_t length, const char *end, size_t end_length)
{
    return length >= end_length && memcmp(line + length - end_length, end, end_length) == 0;
}

// Whether it has the word near its start: before the helper's text.
static bool contains(const char *line, size_t length, const char *word)
{
    return memmem(line, length < 80 ? length : 80, word, strlen(word)) != NULL;
}

static const char *expect(struct check *check)
{
    numbered_make(check->lines, check->next, check->expected);
    return check->expected;
}

static bool take_text(struct check *check, const char *line, size_t length)
{
    static const char prefix[] = " info [flood] ";
    size_t text = check->lines->size - 1;
    if (ends_with(line, length, expect(check), text) &&
        ends_with(line, length - text, prefix, sizeof(prefix) - 1))
        return true;
    if (!contains(line, length, " [helperd] "))
        measure_fail("line %" PRIu64 " of the flood came out as \"%.*s\"", check->next, (int)length,
                     line);
    return false;
}

static bool take_json(struct check *check, const char *line, size_t length)
{
    if (contains(line, length, "\"helper\":\"helperd\""))
        return false;
    if (check->next % check->step != 0)
        return true;
    const char *ts, *level, *helper, *stream, *text;
    size_t text_length;
    json_int_t pid;
    json_error_t error;
    json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
    if (object == NULL ||
        json_unpack_ex(object, &error, JSON_STRICT, "{s:s, s:s, s:s, s:s, s:I, s:s%}", "ts", &ts,
                       "level", &level, "helper", &helper, "stream", &stream, "pid", &pid, "msg",
                       &text, &text_length) < 0)
        measure_fail("line %" PRIu64 " of the flood is no such JSON: %s: %.*s", check->next,
                     error.text, (int)length, line);
    if (text_length != check->lines->size - 1 || memcmp(text, expect(check), text_length) != 0 ||
        strcmp(level, "info") != 0 || strcmp(helper, "flood") != 0 ||
        strcmp(stream, "stdout") != 0 || strlen(ts) != strlen("2026-11-21T10:00:00.123Z"))
        measure_fail("line %" PRIu64 " of the flood came out as %.*s", check->next, (int)length,
                     line);
    json_decref(object);
    return true;
}

static void take_all(struct check *check, const char *text, size_t size, take_line *take)
{
    const char *line = text, *end = text + size, *newline;
    while ((newline = memchr(line, '\n', (size_t)(end - line))) != NULL) {
        if (take(check, line, (size_t)(newline - line)))
            check->next++;
        line = newline + 1;
    }
    if (line < end)
        measure_fail("the log does not end with a newline");
}

static void check_log(const char *path, struct check *check, uint64_t count, take_line *take)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat file;
    if (fd < 0 || fstat(fd, &file) < 0)
        measure_fail("cannot open %s: %s", path, strerror(errno));
    size_t size = (size_t)file.st_size;
    char *text = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    if (text == MAP_FAILED)
        measure_fail("cannot read %s: %s", path, strerror(errno));
    check->expected = memory_new(check->lines->size, 1);
    take_all(check, text, size, take);
    if (check->next != count)
        measure_fail("%" PRIu64 " lines of %" PRIu64 " came out", check->next, count);
    free(check->expected);
    (void)munmap(text, size);
    fd_close(&fd);
}

void log_check_text(const char *path, const struct numbered *lines, uint64_t count)
{
    struct check check = {.lines = lines};
    check_log(path, &check, count, take_text);
}

void log_check_json(const char *path, const struct numbered *lines, uint64_t count, uint64_t step)
{
    struct check check = {.lines = lines, .step = step};
    check_log(path, &check, count, take_json);
}
