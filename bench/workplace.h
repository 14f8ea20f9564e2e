// SPDX-License-Identifier: MIT
// Where a real helperd is measured: a folder in memory that is gone afterwards, also when the
// program is interrupted. Other programs are run and waited for here.
#pragma once

#include "base/buffer.h"

#include <sys/types.h>

struct config;

// The only files that may be in it.
#define WORKPLACE_CONFIG "helperd.yaml"
#define WORKPLACE_LOG "log"

// Makes the folder, which becomes the working directory.
void workplace_enter(void);

// Its path, and that of the helperd to measure: HELPERD, or src/helperd beside bench.
const char *workplace_path(void);
const char *workplace_helperd(void);

// The path of another program of this folder of programs: on the heap.
char *workplace_program(const char *name);

// Loads its configuration.
struct config *workplace_load(void);

// The same of so many helpers h0, h1, …, all with the same settings; before are lines of the
// configuration that stand before them.
struct config *workplace_load_helpers(const char *before, size_t count, const char *helper);

// Writes the whole text into a file of it, in place of what was there.
void workplace_write(const char *name, const struct buffer *text);

// Takes the log away, and sees to it that there is memory for one of so many bytes: a machine that
// is a guest itself may have given it back, and to have it again takes longer than to write it.
void workplace_clear_log(size_t bytes);

// Starts a program that ends when we do, with standard output there.
pid_t workplace_start(const char *const argv[], int output);

// Waits for its end, which must be a success.
void workplace_wait(pid_t pid, const char *name);
