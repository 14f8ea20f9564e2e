// SPDX-License-Identifier: MIT
#include "control/activation.h"

#include "base/fd.h"
#include "base/quantity.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIRST_DESCRIPTOR = 3 }; // of the protocol

static const char control_name[] = "control";

// The place of a name in a list with colons between; -1: it is not in it.
static int name_index(const char *names, const char *name)
{
    int index = 0;
    size_t length = strcspn(names, ":");
    while (strlen(name) != length || strncmp(names, name, length) != 0) {
        if (names[length] == '\0')
            return -1;
        names += length + 1;
        length = strcspn(names, ":");
        index++;
    }
    return index;
}

int activation_find(const struct activation *activation, pid_t self, bool *named)
{
    int64_t pid, count;
    *named = false;
    if (activation->pid == NULL || activation->count == NULL ||
        !text_parse_integer(activation->pid, &pid) || pid != self ||
        !text_parse_integer(activation->count, &count) || count < 1 ||
        count > INT_MAX - FIRST_DESCRIPTOR)
        return -1;
    int index = activation->names != NULL ? name_index(activation->names, control_name) : -1;
    *named = index >= 0 && index < count;
    if (*named)
        return FIRST_DESCRIPTOR + index;
    return count == 1 ? FIRST_DESCRIPTOR : -1;
}

static bool has_option(int fd, int option, int expected)
{
    int value;
    socklen_t size = sizeof(value);
    return getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 && value == expected;
}

static bool is_listening(int fd)
{
    return has_option(fd, SO_DOMAIN, AF_UNIX) && has_option(fd, SO_TYPE, SOCK_STREAM) &&
           has_option(fd, SO_ACCEPTCONN, 1);
}

int activation_take(const char **reason)
{
    const struct activation activation = {
        .pid = secure_getenv("LISTEN_PID"),
        .count = secure_getenv("LISTEN_FDS"),
        .names = secure_getenv("LISTEN_FDNAMES"),
    };
    bool named;
    *reason = NULL;
    int fd = activation_find(&activation, getpid(), &named);
    // --daemon has closed it.
    if (fd < 0 || fcntl(fd, F_GETFD) < 0)
        return -ENOENT;
    if (!is_listening(fd)) {
        *reason = "it is no Unix stream socket that listens";
        return named ? -EINVAL : -ENOENT;
    }
    int result = fd_set_nonblocking(fd);
    if (result == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
        result = -errno;
    if (result < 0)
        *reason = strerror(-result);
    return result < 0 ? result : fd;
}
