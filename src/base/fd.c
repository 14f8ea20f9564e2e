// SPDX-License-Identifier: MIT
#include "base/fd.h"

#include "base/buffer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void fd_close(int *fd)
{
    int saved_errno = errno;
    if (*fd >= 0)
        close(*fd); // Linux releases the number even when close reports EINTR
    *fd = -1;
    errno = saved_errno;
}

int fd_pipe(int *reader, int *writer)
{
    int ends[2] = {-1, -1};
    int result = pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0;
    *reader = ends[0];
    *writer = ends[1];
    return result;
}

int fd_set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ? -errno : 0;
}

int fd_open_standard(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        // The lowest free number is taken, and those below are open.
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
            return -errno;
    }
    return 0;
}

void fd_close_others_on_exec(void)
{
    if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
        return;
    // A kernel before 5.11. Without /proc as well they cannot be known.
    DIR *directory = opendir("/proc/self/fd");
    if (directory == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        int fd = atoi(entry->d_name); // 0 of the dots
        if (fd > STDERR_FILENO)
            (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    closedir(directory);
}

void fd_close_from(int first)
{
    if (close_range((unsigned)first, ~0U, 0) == 0)
        return;
    for (int fd = (int)sysconf(_SC_OPEN_MAX) - 1; fd >= first; fd--)
        close(fd);
}

bool fd_is_file(int fd, dev_t device, ino_t inode)
{
    struct stat file;
    return fstat(fd, &file) == 0 && file.st_dev == device && file.st_ino == inode;
}

bool fd_is_same(int fd, int other)
{
    struct stat file;
    return fstat(other, &file) == 0 && fd_is_file(fd, file.st_dev, file.st_ino);
}

bool fd_is_at(int fd, const char *path)
{
    struct stat file;
    return lstat(path, &file) == 0 && fd_is_file(fd, file.st_dev, file.st_ino);
}

bool fd_path_is_fifo(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 && S_ISFIFO(file.st_mode);
}

int fd_read_file(const char *path, size_t limit, char **text, size_t *length)
{
    // O_NONBLOCK for the open alone: a FIFO without a writer must not hang us, but what is written
    // into one (or a pipe of the shell's) is waited for.
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    int result = fcntl(fd, F_SETFL, 0) < 0 ? -errno : 0;

    struct buffer content = {0};
    while (result == 0) {
        char *room = buffer_reserve(&content, 64 * 1024);
        ssize_t got = read(fd, room, 64 * 1024);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            result = -errno;
        if (got <= 0)
            break;
        content.length += (size_t)got;
        if (content.length > limit)
            result = -EFBIG;
    }
    fd_close(&fd);
    if (result < 0) {
        buffer_finish(&content);
        return result;
    }
    *length = content.length;
    *text = buffer_take(&content);
    return 0;
}
