// SPDX-License-Identifier: MIT
#include "pidfile.h"

#include "base/fd.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_LIMIT = 32 }; // bytes; longer than any pid

static bool fail(const char *path, const char *reason)
{
    log_error("cannot use the pid file %s: %s", path, reason);
    return false;
}

// 0 where there is no pid in it. False: it holds something else than one.
static bool read_pid(int fd, long *pid)
{
    char text[TEXT_LIMIT + 1] = {0};
    ssize_t length = pread(fd, text, sizeof(text), 0);
    if (length < 0 || length > TEXT_LIMIT)
        return false;
    char *end;
    *pid = strtol(text, &end, 10);
    end += strspn(end, " \n");
    // NULs are what a crash of the machine may leave of it.
    while (end < text + length && *end == '\0')
        end++;
    return end == text + length && *pid >= 0;
}

static bool check_file(int fd, const char *path)
{
    struct stat file;
    long pid;
    if (fstat(fd, &file) < 0)
        return fail(path, strerror(errno));
    if (!S_ISREG(file.st_mode))
        return fail(path, "it is no file");
    if (file.st_nlink > 1)
        return fail(path, "it has more than one name (hard links)");
    if (!read_pid(fd, &pid))
        return fail(path, "it holds something else than a pid");
    return true;
}

static bool say_in_use(int fd, const char *path)
{
    long pid = 0;
    if (read_pid(fd, &pid) && pid > 0)
        log_error("%s: another helperd runs already (pid %ld)", path, pid);
    else
        log_error("%s: another helperd runs already", path);
    return false;
}

// Opens and locks what has the name now. False: it cannot be had, which was said.
static bool take(struct pidfile *pidfile)
{
    // O_NONBLOCK: a FIFO or a device must not hang us.
    pidfile->fd = open(pidfile->path,
                       O_RDWR | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC | O_NONBLOCK, 0644);
    if (pidfile->fd < 0)
        return fail(pidfile->path, errno == ELOOP ? "it is a symbolic link" : strerror(errno));
    if (flock(pidfile->fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    return errno == EWOULDBLOCK ? say_in_use(pidfile->fd, pidfile->path)
                                : fail(pidfile->path, strerror(errno));
}

bool pidfile_take(struct pidfile *pidfile, const char *path)
{
    *pidfile = (struct pidfile){.path = path, .fd = -1};
    while (take(pidfile)) {
        // One that just ended may have removed the file between the opening and the lock.
        if (fd_is_at(pidfile->fd, path)) {
            if (check_file(pidfile->fd, path))
                return true;
            break;
        }
        fd_close(&pidfile->fd);
    }
    fd_close(&pidfile->fd);
    return false;
}

bool pidfile_write(const struct pidfile *pidfile)
{
    if (pidfile->fd < 0)
        return true;
    char text[TEXT_LIMIT];
    int length = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
    // Written before it is cut, so that whoever reads meanwhile never finds it empty.
    ssize_t written = pwrite(pidfile->fd, text, (size_t)length, 0);
    if (written == length && ftruncate(pidfile->fd, length) == 0)
        return true;
    return fail(pidfile->path,
                written >= 0 && written < length ? "it is not written whole" : strerror(errno));
}

void pidfile_remove(struct pidfile *pidfile)
{
    if (pidfile->fd < 0)
        return;
    // Still locked: nobody else can have taken it between the look and the removal.
    if (fd_is_at(pidfile->fd, pidfile->path) && unlink(pidfile->path) < 0)
        log_warning("cannot remove the pid file %s: %s", pidfile->path, strerror(errno));
    fd_close(&pidfile->fd);
}

void pidfile_close(struct pidfile *pidfile)
{
    fd_close(&pidfile->fd);
}
