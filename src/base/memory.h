// SPDX-License-Identifier: MIT
// Small allocations that cannot fail: without memory for a few bytes the program ends with a word.
// What a user or a helper can make grow is limited by a setting before it gets here.
#pragma once

#include <stddef.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

// Says so, performs the last act and ends the program with status 1: for those who were told by a
// library.
void memory_run_out(void) __attribute__((noreturn));

// What is to be done before that end, without any memory; NULL: nothing. It belongs to the thread
// of the loop: other threads do not use this module.
void memory_set_last_act(void (*act)(void *context), void *context);

// For main: large blocks go back to the system as soon as they are free.
void memory_return_large(void);

// Zeroed memory for count things of the given size. Never NULL; the caller frees it.
void *memory_new(size_t count, size_t size) __attribute__((returns_nonnull, warn_unused_result));

// Resizes to count things of the given size; what is added is not zeroed. Never NULL.
void *memory_resize(void *old, size_t count, size_t size)
    __attribute__((returns_nonnull, warn_unused_result));

// Heap copies of a text and of the first length bytes of one; NULL stays NULL.
char *memory_copy(const char *text) __attribute__((warn_unused_result));
char *memory_copy_bytes(const char *bytes, size_t length) __attribute__((warn_unused_result));

// A heap text made as by printf.
char *memory_format(const char *format, ...)
    __attribute__((format(printf, 1, 2), returns_nonnull, warn_unused_result));

// Frees a local heap pointer at the end of its scope: `memory_auto char *name = …;`
void memory_free_local(void *pointer);
#define memory_auto __attribute__((cleanup(memory_free_local)))
