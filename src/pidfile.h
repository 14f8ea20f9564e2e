// SPDX-License-Identifier: MIT
// The file that says which process is helperd: a lock file that the user has named.
//
//     pidfile_take ──► (forks) ──► pidfile_write ──► … ──► pidfile_remove
//                         └──► pidfile_close, in a process that is not helperd
#pragma once

#include <stdbool.h>

struct pidfile {
    const char *path;
    int fd; // holds the lock; -1: there is no file
};

// Opens and locks the file, with what is in it left as it is. False: another helperd runs, or the
// file is none of ours; that was said.
bool pidfile_take(struct pidfile *pidfile, const char *path);

// Writes the number of this process. False: it could not be written, which was said.
bool pidfile_write(const struct pidfile *pidfile);

// Removes the file, if it is still the one that was taken, and gives up the lock.
void pidfile_remove(struct pidfile *pidfile);

// Lets go of the descriptor; the lock stays with whoever else has it.
void pidfile_close(struct pidfile *pidfile);
