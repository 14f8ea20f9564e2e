// SPDX-License-Identifier: MIT
#include "base/lock_file.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_LIMIT = 32 }; // bytes; longer than any pid

static int fail(int error, const char *text, const char **reason)
{
    *reason = text != NULL ? text : strerror(error);
    return -error;
}

// 0 where there is no pid in it. False: it holds something else than one.
static bool read_pid(int fd, pid_t *pid)
{
    char text[TEXT_LIMIT + 1] = {0};
    ssize_t length = pread(fd, text, sizeof(text), 0);
    if (length < 0 || length > TEXT_LIMIT)
        return false;
    char *end;
    long number = strtol(text, &end, 10);
    end += strspn(end, " \n");
    // NULs are what a crash of the machine may leave of it.
    while (end < text + length && *end == '\0')
        end++;
    if (end != text + length || number < 0 || number > INT_MAX)
        return false;
    *pid = (pid_t)number;
    return true;
}

static int check_file(int fd, const char **reason)
{
    struct stat file;
    pid_t pid;
    if (fstat(fd, &file) < 0)
        return fail(errno, NULL, reason);
    if (!S_ISREG(file.st_mode))
        return fail(EINVAL, "it is no file", reason);
    if (file.st_nlink > 1)
        return fail(EPERM, "it has more than one name (hard links)", reason);
    if (!read_pid(fd, &pid))
        return fail(EINVAL, "it holds something else than a pid", reason);
    return 0;
}

// Opens and locks what has the name now.
static int take(const char *path, mode_t mode, int *fd, pid_t *holder, const char **reason)
{
    // O_NONBLOCK: a FIFO or a device must not hang us.
    *fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC | O_NONBLOCK, mode);
    if (*fd < 0)
        return fail(errno, errno == ELOOP ? "it is a symbolic link" : NULL, reason);
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    int error = errno;
    if (error == EWOULDBLOCK && !read_pid(*fd, holder))
        *holder = 0;
    return fail(error, NULL, reason);
}

int lock_file_take(const char *path, mode_t mode, int *fd, pid_t *holder, const char **reason)
{
    *holder = 0;
    int result = take(path, mode, fd, holder, reason);
    // One that just ended may have removed the file between the opening and the lock.
    while (result == 0 && !fd_is_at(*fd, path)) {
        fd_close(fd);
        result = take(path, mode, fd, holder, reason);
    }
    if (result == 0)
        result = check_file(*fd, reason);
    if (result < 0)
        fd_close(fd);
    return result;
}

int lock_file_write(int fd)
{
    char text[TEXT_LIMIT];
    int length = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
    // Written before it is cut, so that whoever reads meanwhile never finds it empty.
    ssize_t written = pwrite(fd, text, (size_t)length, 0);
    if (written >= 0 && written < length)
        return -ENOSPC;
    return written < 0 || ftruncate(fd, length) < 0 ? -errno : 0;
}

int lock_file_remove(int *fd, const char *path)
{
    int result = 0;
    // Still locked: nobody else can have taken it between the look and the removal.
    if (*fd >= 0 && fd_is_at(*fd, path) && unlink(path) < 0)
        result = -errno;
    fd_close(fd);
    return result;
}
