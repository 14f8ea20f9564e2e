// SPDX-License-Identifier: MIT
// The loop's part of writing without a loop, for the tests of what the writers do: each test has a
// folder of its own and works in it, and looks at the news when it waits for something.
#pragma once

#include "base/buffer.h"
#include "output/outlet.h"
#include "output/sink.h"
#include "output/writers.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>

extern struct writers writers;

void enter_folder(void);
void leave_folder(void);

// Both with the folder. All writers must come to an end.
void start_writing(void);
void end_writing(void);

// Waits for the end of all writers, which may get a processor late.
void finish_writers(void);

// Sinks with much room; end_sink closes and frees one that the writers are through with.
struct sink *open_file(const char *path); // is there, or fails, when this returns
struct sink *open_fd(int fd);
void end_sink(struct sink *sink);

// One page, so that little fills it.
void make_pipe(int *reader, int *writer);

void put_text(struct sink *sink, struct outlet *outlet, const char *text);
void put_bytes(struct sink *sink, struct outlet *outlet, char letter, size_t length); // one line
void put_number(struct sink *sink, struct outlet *outlet, unsigned number);           // "line N"

// What the end of a turn does.
void hand_over(void);

// Hands over and waits until the sink has written all, or fails. Nothing in them is an assertion of
// check's, which would write to a file of its own, unless it goes wrong.
void write_all(struct sink *sink);
void await_failure(struct sink *sink);

// Whether a thread works on it, or is to; waits until none does.
bool is_busy(struct sink *sink);
void await_rest(struct sink *sink);

// Waits for the next news and attends to them.
void await_news(void);

// Reads from a pipe and attends to the news beside that: until the text has so many bytes; all that
// the sink has for it, which is idle then.
void read_pipe(int fd, struct buffer *text, size_t length);
void read_all(struct sink *sink, int fd, struct buffer *text);

// Waits until a pipe takes no more.
void await_full(int reader);

// Retries while files can only grow to that size, as on a disk that is full.
void fail_at_size(struct sink *sink, rlim_t size);

void write_text(const char *path, const char *text);
void expect_content(const char *path, const char *expected);
void expect_no_file(const char *path);
void expect_numbers(const char *text, unsigned first, unsigned count);
char *read_content(const char *path);
