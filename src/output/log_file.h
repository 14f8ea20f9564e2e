// SPDX-License-Identifier: MIT
// A file that lines are appended to: opened safely, renamed by size, opened again.
//
// Safely is: no symbolic link as the last component, one name only, no directory that everybody may
// write to unless it is sticky. Devices and FIFOs are written as they are and never renamed.
// Everything here may hang in the kernel as long as a file system does.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct log_file {
    int fd;       // -1: not open
    bool regular; // it has a size and can be renamed
    off_t size;
    dev_t device;
    ino_t inode;
};

// Opens for append, mode 0640. 0 or a negative errno; on failure *reason is a static text where
// errno does not tell, else NULL.
int log_file_open(struct log_file *file, const char *path, const char **reason);
void log_file_close(struct log_file *file);

// Opens the path again, which may be another file now. On failure the open one stays.
int log_file_reopen(struct log_file *file, const char *path, const char **reason);

// Whether both are open on the same file.
bool log_file_is_same(const struct log_file *file, const struct log_file *other);

// Renames PATH to PATH.1, PATH.1 to PATH.2 and so on up to PATH.kept, and begins a new PATH; with
// kept 0 the file is emptied. On failure all lines go on to the open one, and *reason is as above.
int log_file_rotate(struct log_file *file, const char *path, unsigned kept, const char **reason);

// How much of some text, which is whole lines, goes into the file before it is to be rotated at
// limit bytes: up to the end of a line, and at least one line into an empty file. 0: it is to be
// rotated first.
size_t log_file_room(const struct log_file *file, size_t limit, const char *text, size_t length);
