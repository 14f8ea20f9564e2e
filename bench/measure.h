// SPDX-License-Identifier: MIT
// Measures several ways to do the same work beside each other. One run of each makes a round, so
// that whatever else the machine does falls on all of them alike; what is told are medians.
//
//     struct measure measure = measure_begin("lines", argc, argv);
//     struct way ways[] = {{"memchr, memcpy", .run = copy_lines, .context = &lines}, …};
//     measure_ways(&measure, "100-byte lines", UNIT_MEGABYTES, 64, ways, LENGTH(ways));
#pragma once

#include <stdbool.h>
#include <stddef.h>

// How a speed is told. The amount of work is given in megabytes, or in what is counted.
enum unit {
    UNIT_MEGABYTES, // megabytes (of a million bytes) a second
    UNIT_EACH,      // nanoseconds for one
    UNIT_RATE,      // so many a second
    UNIT_SECONDS,   // seconds for all
};

struct measure {
    const char *program;
    bool quick; // -q: one round of next to no work, to see that all of it runs
    unsigned rounds;
    const char *title; // only tables with this in their title; NULL: all
};

struct way {
    const char *name;
    void (*run)(void *context);
    void (*prepare)(void *context); // before each run, outside of its time; or NULL
    void (*check)(void *context);   // behind each run, outside of its time; or NULL
    void *context;
};

// Reads the options -q, -n ROUNDS and -t TITLE.
struct measure measure_begin(const char *program, int argc, char *argv[]);

// The amount of work: full, or quick with -q.
size_t measure_amount(const struct measure *measure, size_t full, size_t quick);

// Runs all ways in turns, once without being counted, and prints a table. A ratio compares the
// speed with that of the first way in the same round: 2 is twice as fast.
void measure_ways(const struct measure *measure, const char *title, enum unit unit, double amount,
                  const struct way *ways, size_t count);

// Says what went wrong and ends the program with status 1.
void measure_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

// Writes all of it.
void measure_write(int fd, const char *bytes, size_t length);

// Keeps the compiler from leaving out the work whose result is here.
void measure_use(const void *result);
