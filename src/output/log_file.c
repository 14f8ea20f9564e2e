// SPDX-License-Identifier: MIT
#include "output/log_file.h"

#include "base/directory.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int check_file(struct log_file *file, const char *path, const char **reason)
{
    struct stat status;
    if (fstat(file->fd, &status) < 0)
        return -errno;
    file->device = status.st_dev;
    file->inode = status.st_ino;
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
    return directory_check(path, reason);
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
        else if (error == ENXIO && fd_path_is_fifo(path))
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

bool log_file_is_same(const struct log_file *file, const struct log_file *other)
{
    return file->device == other->device && file->inode == other->inode;
}

// Whether the path still leads to the open file.
static bool is_at(const struct log_file *file, const char *path)
{
    struct stat there;
    return lstat(path, &there) == 0 && there.st_dev == file->device && there.st_ino == file->inode;
}

// 0 is the path itself.
static bool number_path(char *numbered, const char *path, unsigned number)
{
    int length = number > 0 ? snprintf(numbered, PATH_MAX, "%s.%u", path, number)
                            : snprintf(numbered, PATH_MAX, "%s", path);
    return length < PATH_MAX;
}

static int rename_number(const char *path, unsigned from, unsigned to)
{
    char old[PATH_MAX], new[PATH_MAX];
    if (!number_path(old, path, from) || !number_path(new, path, to))
        return -ENAMETOOLONG;
    return rename(old, new) < 0 ? -errno : 0;
}

// So that the next try finds things as they were, but for the oldest file.
static void shift_back(const char *path, unsigned first, unsigned kept)
{
    for (unsigned number = first; number <= kept; number++)
        (void)rename_number(path, number, number - 1);
}

static int shift(const char *path, unsigned kept)
{
    for (unsigned number = kept; number > 0; number--) {
        int result = rename_number(path, number - 1, number);
        bool is_gap = result == -ENOENT && number > 1;
        if (result < 0 && !is_gap) {
            shift_back(path, number + 1, kept);
            return result;
        }
    }
    return 0;
}

int log_file_rotate(struct log_file *file, const char *path, unsigned kept, const char **reason)
{
    *reason = NULL;
    if (!is_at(file, path)) // somebody else has renamed it
        return log_file_reopen(file, path, reason);
    if (kept == 0) {
        if (ftruncate(file->fd, 0) < 0)
            return -errno;
        file->size = 0;
        return 0;
    }
    int result = shift(path, kept);
    if (result < 0)
        return result;
    result = log_file_reopen(file, path, reason);
    if (result < 0)
        shift_back(path, 1, kept);
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
