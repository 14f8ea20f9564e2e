// SPDX-License-Identifier: MIT
#include "output/log_file.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Refuses a directory in which others could put another file under this name.
static int check_directory(const char *path, const char **reason)
{
    char copy[PATH_MAX];
    struct stat directory;
    if (snprintf(copy, sizeof(copy), "%s", path) >= PATH_MAX)
        return -ENAMETOOLONG;
    if (stat(dirname(copy), &directory) < 0)
        return -errno;
    bool sticky = (directory.st_mode & S_ISVTX) != 0;
    bool our_group = directory.st_gid == 0 || directory.st_gid == getegid();
    bool others_write =
        (directory.st_mode & S_IWOTH) != 0 || ((directory.st_mode & S_IWGRP) != 0 && !our_group);
    if (others_write && !sticky) {
        *reason = "its directory can be written to by others";
        return -EPERM;
    }
    return 0;
}

static int check_file(struct log_file *file, const char *path, const char **reason)
{
    struct stat status;
    if (fstat(file->fd, &status) < 0)
        return -errno;
    if (S_ISCHR(status.st_mode) || S_ISFIFO(status.st_mode))
        return 0;
    if (!S_ISREG(status.st_mode)) {
        *reason = "it is no file";
        return -EINVAL;
    }
    if (status.st_nlink > 1) {
        *reason = "it has more than one name (hard links)";
        return -EPERM;
    }
    file->regular = true;
    file->size = status.st_size;
    return check_directory(path, reason);
}

int log_file_open(struct log_file *file, const char *path, const char **reason)
{
    *reason = NULL;
    // O_NONBLOCK for the open alone: a FIFO without a reader must not hang us.
    *file = (struct log_file){
        .fd = open(path,
                   O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC | O_NONBLOCK,
                   0640)};
    if (file->fd < 0) {
        int error = errno;
        if (error == ELOOP)
            *reason = "it is a symbolic link";
        else if (error == ENXIO)
            *reason = "nobody reads from this FIFO";
        return -error;
    }
    int result = check_file(file, path, reason);
    if (result == 0 && fcntl(file->fd, F_SETFL, O_APPEND) < 0)
        result = -errno;
    if (result < 0)
        log_file_close(file);
    return result;
}

void log_file_close(struct log_file *file)
{
    fd_close(&file->fd);
}

int log_file_reopen(struct log_file *file, const char *path, const char **reason)
{
    struct log_file again;
    int result = log_file_open(&again, path, reason);
    if (result < 0)
        return result;
    log_file_close(file);
    *file = again;
    return 0;
}

// Whether the path still leads to the open file.
static bool is_at(const struct log_file *file, const char *path)
{
    struct stat open, there;
    return fstat(file->fd, &open) == 0 && lstat(path, &there) == 0 && open.st_dev == there.st_dev &&
           open.st_ino == there.st_ino;
}

static bool number_path(char *numbered, const char *path, unsigned number)
{
    return snprintf(numbered, PATH_MAX, "%s.%u", path, number) < PATH_MAX;
}

int log_file_rotate(struct log_file *file, const char *path, unsigned kept, const char **reason)
{
    char from[PATH_MAX], to[PATH_MAX];
    *reason = NULL;
    if (!is_at(file, path)) // somebody else has renamed it
        return log_file_reopen(file, path, reason);
    if (kept == 0) {
        if (ftruncate(file->fd, 0) < 0)
            return -errno;
        file->size = 0;
        return 0;
    }
    for (unsigned number = kept; number > 1; number--) {
        if (!number_path(from, path, number - 1) || !number_path(to, path, number))
            return -ENAMETOOLONG;
        if (rename(from, to) < 0 && errno != ENOENT)
            return -errno;
    }
    if (!number_path(to, path, 1))
        return -ENAMETOOLONG;
    if (rename(path, to) < 0)
        return -errno;
    int result = log_file_reopen(file, path, reason);
    if (result < 0) // so that the next try finds things as they were
        (void)rename(to, path);
    return result;
}

size_t log_file_room(const struct log_file *file, size_t limit, const char *text, size_t length)
{
    size_t left = file->size < (off_t)limit ? limit - (size_t)file->size : 0;
    if (!file->regular || length <= left)
        return length;
    const char *end = left > 0 ? memrchr(text, '\n', left) : NULL;
    if (end == NULL && file->size > 0)
        return 0;
    if (end == NULL) // one line that is larger than the limit
        end = memchr(text, '\n', length);
    return end != NULL ? (size_t)(end - text) + 1 : length;
}
