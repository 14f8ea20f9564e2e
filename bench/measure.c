// SPDX-License-Identifier: MIT
#include "measure.h"

#include "base/clock.h"
#include "base/memory.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 7 };

static const char *const unit_names[] = {
    [UNIT_MEGABYTES] = "MB/s",
    [UNIT_EACH] = "ns each",
    [UNIT_RATE] = "1/s",
    [UNIT_SECONDS] = "s",
};

static const char *program_name = "bench";

void measure_fail(const char *format, ...)
{
    va_list arguments;
    fflush(stdout);
    fprintf(stderr, "%s: ", program_name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(EXIT_FAILURE);
}

void measure_write(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            measure_fail("cannot write: %s", strerror(errno));
        bytes += written;
        length -= (size_t)written;
    }
}

void measure_use(const void *result)
{
    __asm__ volatile("" : : "r"(result) : "memory");
}

struct measure measure_begin(const char *program, int argc, char *argv[])
{
    struct measure measure = {.program = program, .rounds = ROUNDS};
    program_name = program;
    for (int option; (option = getopt(argc, argv, "qn:t:")) != -1;) {
        if (option == 'q') {
            measure.quick = true;
            measure.rounds = 1;
        } else if (option == 'n' && atoi(optarg) > 0) {
            measure.rounds = (unsigned)atoi(optarg);
        } else if (option == 't') {
            measure.title = optarg;
        } else {
            measure_fail("usage: %s [-q] [-n ROUNDS] [-t TITLE]", program);
        }
    }
    printf("%s: medians of %u rounds; ratio: speed, that of the first line is 1\n", program,
           measure.rounds);
    return measure;
}

size_t measure_amount(const struct measure *measure, size_t full, size_t quick)
{
    return measure->quick ? quick : full;
}

static double run_once(const struct way *way)
{
    if (way->prepare != NULL)
        way->prepare(way->context);
    double start = clock_monotonic();
    way->run(way->context);
    double seconds = clock_monotonic() - start;
    if (way->check != NULL)
        way->check(way->context);
    return seconds;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

// Sorts the values.
static double median(double *values, unsigned count)
{
    qsort(values, count, sizeof(*values), compare);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

static double in_unit(enum unit unit, double amount, double seconds)
{
    switch (unit) {
    case UNIT_MEGABYTES:
    case UNIT_RATE:
        return amount / seconds;
    case UNIT_EACH:
        return seconds / amount * 1e9;
    case UNIT_SECONDS:
        return seconds;
    }
    return 0;
}

static void print_way(const char *name, enum unit unit, double value, const double *ratios,
                      unsigned rounds, double ratio)
{
    int digits = unit == UNIT_SECONDS ? 4 : value < 100 ? 1 : 0;
    printf("  %-38s %10.*f %8.2f   %.2f to %.2f\n", name, digits, value, ratio, ratios[0],
           ratios[rounds - 1]);
}

// seconds: round by round, in each all ways.
static void print_ways(const struct measure *measure, enum unit unit, double amount,
                       const struct way *ways, size_t count, const double *seconds)
{
    memory_auto double *own = memory_new(measure->rounds, sizeof(*own));
    memory_auto double *ratios = memory_new(measure->rounds, sizeof(*ratios));
    for (size_t i = 0; i < count; i++) {
        for (unsigned round = 0; round < measure->rounds; round++) {
            const double *times = seconds + round * count;
            own[round] = times[i];
            ratios[round] = times[0] / times[i];
        }
        double value = in_unit(unit, amount, median(own, measure->rounds));
        double ratio = median(ratios, measure->rounds);
        print_way(ways[i].name, unit, value, ratios, measure->rounds, ratio);
    }
    fflush(stdout);
}

void measure_ways(const struct measure *measure, const char *title, enum unit unit, double amount,
                  const struct way *ways, size_t count)
{
    if (measure->title != NULL && strstr(title, measure->title) == NULL)
        return;
    memory_auto double *seconds = memory_new(measure->rounds * count, sizeof(*seconds));
    for (size_t i = 0; i < count; i++)
        (void)run_once(&ways[i]);
    for (unsigned round = 0; round < measure->rounds; round++) {
        for (size_t i = 0; i < count; i++)
            seconds[round * count + i] = run_once(&ways[i]);
    }
    printf("\n  %-38s %10s %8s   %s\n", title, unit_names[unit], "ratio", "lowest to highest");
    print_ways(measure, unit, amount, ways, count, seconds);
}
