// SPDX-License-Identifier: MIT
#include "output/sink.h"

#include "base/fd.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    QUEUE_KEPT = 512 * 1024,  // capacity an empty queue keeps
    FLUSH_ABOVE = 256 * 1024, // a turn that renders more than this writes in between
};

void sink_init_standard(struct sink *sink, int fd, const char *name)
{
    *sink = (struct sink){.name = memory_copy(name), .fd = fd};
}

// Refuses a directory in which others could put another file under this name.
static int check_directory(const char *path, const char **reason)
{
    memory_auto char *copy = memory_copy(path);
    struct stat directory;
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

static int check_file(int fd, const char *path, const char **reason)
{
    struct stat file;
    if (fstat(fd, &file) < 0)
        return -errno;
    if (S_ISCHR(file.st_mode) || S_ISFIFO(file.st_mode))
        return 0;
    if (!S_ISREG(file.st_mode)) {
        *reason = "it is no file";
        return -EINVAL;
    }
    if (file.st_nlink > 1) {
        *reason = "it has more than one name (hard links)";
        return -EPERM;
    }
    return check_directory(path, reason);
}

int sink_init_file(struct sink *sink, const char *path, const char **reason)
{
    *sink = (struct sink){.fd = -1};
    *reason = NULL;
    if (strcmp(path, "/dev/stdout") == 0 || strcmp(path, "/dev/stderr") == 0) {
        // Opening them again would give a second offset into the same file.
        bool out = strcmp(path, "/dev/stdout") == 0;
        sink_init_standard(sink, out ? STDOUT_FILENO : STDERR_FILENO, path);
        return 0;
    }

    // O_NONBLOCK for the open alone: a FIFO without a reader must not hang us.
    int fd = open(
        path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC | O_NONBLOCK, 0640);
    if (fd < 0) {
        int error = errno;
        if (error == ELOOP)
            *reason = "it is a symbolic link";
        else if (error == ENXIO)
            *reason = "nobody reads from this FIFO";
        return -error;
    }
    int result = check_file(fd, path, reason);
    if (result == 0 && fcntl(fd, F_SETFL, O_APPEND) < 0)
        result = -errno;
    if (result < 0) {
        fd_close(&fd);
        return result;
    }
    *sink = (struct sink){.name = memory_copy(path), .fd = fd, .owned = true};
    return 0;
}

void sink_finish(struct sink *sink)
{
    if (sink->owned)
        fd_close(&sink->fd);
    buffer_finish(&sink->queue);
    free(sink->name);
    *sink = (struct sink){.fd = -1};
}

void sink_append(struct sink *sink, const struct record *record)
{
    size_t waiting = sink->queue.length - sink->queue_start;
    if (sink->error != 0 && waiting + record->length > SINK_QUEUE_LIMIT) {
        sink->dropped++;
        return;
    }
    record_render(record, &sink->style, &sink->queue);
    if (sink->error == 0 && sink->queue.length > FLUSH_ABOVE)
        (void)sink_flush(sink);
}

// An inherited descriptor may have been made non-blocking by somebody else: wait as write would.
static void wait_until_writable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
    (void)poll(&poll_fd, 1, -1);
}

bool sink_flush(struct sink *sink)
{
    while (sink->queue_start < sink->queue.length) {
        ssize_t written = write(sink->fd, sink->queue.data + sink->queue_start,
                                sink->queue.length - sink->queue_start);
        if (written > 0) {
            sink->queue_start += (size_t)written;
            sink->error = 0;
        } else if (written < 0 && errno == EAGAIN) {
            wait_until_writable(sink->fd);
        } else if (written == 0 || errno != EINTR) {
            sink->error = written == 0 ? EIO : errno; // nothing taken and no reason: no end either
            buffer_consume(&sink->queue, sink->queue_start); // what waits is all that is counted
            sink->queue_start = 0;
            return false;
        }
    }
    sink->queue.length = sink->queue_start = 0;
    if (sink->queue.capacity > QUEUE_KEPT)
        buffer_finish(&sink->queue);
    return true;
}
