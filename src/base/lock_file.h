// SPDX-License-Identifier: MIT
// A file that is locked as long as the one process lives that may have something, however it ends.
// So one that is left over is told from one in use by its lock, and never by the pid in it.
//
//     lock_file_take ──► (forks) ──► lock_file_write ──► … ──► lock_file_remove
//                            └──► fd_close, in a process that is not the one
#pragma once

#include <sys/types.h>

// Opens and locks the file, made with that mode if it is not there, with what is in it left as it
// is. 0; -EWOULDBLOCK: it is locked, and *holder is the pid in it, or 0 where there is none;
// another negative errno: *reason (static) is why. *fd is -1 then.
int lock_file_take(const char *path, mode_t mode, int *fd, pid_t *holder, const char **reason);

// Writes the number of this process into it. 0 or a negative errno.
int lock_file_write(int fd);

// Removes the file, if it is still the one that was taken, and gives up the lock. 0 or a negative
// errno. A descriptor of -1 is none.
int lock_file_remove(int *fd, const char *path);
