// SPDX-License-Identifier: MIT
// Descriptors: close-on-exec from birth, closed once, never made non-blocking when inherited.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

// Closes *fd unless it is negative, and sets it to -1. errno is left as it was.
void fd_close(int *fd);

// A pipe, both ends close-on-exec. 0 or a negative errno; the ends are -1 on failure.
int fd_pipe(int *reader, int *writer);

// Sets O_NONBLOCK on a description that only we hold.
int fd_set_nonblocking(int fd);

// Opens /dev/null on those of 0, 1 and 2 that are closed, so that no later descriptor lands there.
int fd_open_standard(void);

// Marks all descriptors from 3 on close-on-exec: what our parent left open is no helper's.
void fd_close_others_on_exec(void);

// Closes all descriptors from a number on.
void fd_close_from(int first);

// Whether a descriptor leads to this file, to that of another descriptor, or to what has this name
// now (a symbolic link is another file). What cannot be looked at is not the same.
bool fd_is_file(int fd, dev_t device, ino_t inode);
bool fd_is_same(int fd, int other);
bool fd_is_at(int fd, const char *path);

// Whether a FIFO is at the path, or where a symbolic link there leads.
bool fd_path_is_fifo(const char *path);

// Reads a whole file of at most limit bytes into a heap text with a NUL behind it.
// 0, a negative errno, or -EFBIG when it is larger.
int fd_read_file(const char *path, size_t limit, char **text, size_t *length);
