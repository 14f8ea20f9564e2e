// SPDX-License-Identifier: MIT
#include "systemd.h"

#include "base/fd.h"
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void systemd_init(struct systemd *systemd)
{
    systemd->socket = -1;
    const char *path = secure_getenv("NOTIFY_SOCKET");
    if (path == NULL || path[0] == '\0')
        return;

    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if ((path[0] != '/' && path[0] != '@') || length >= sizeof(address.sun_path)) {
        log_warning("NOTIFY_SOCKET \"%s\" is no address that can be used", path);
        return;
    }
    memcpy(address.sun_path, path, length);
    if (path[0] == '@') // an abstract socket
        address.sun_path[0] = '\0';
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    systemd->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (systemd->socket < 0 ||
        connect(systemd->socket, (const struct sockaddr *)&address, size) < 0) {
        log_warning("cannot notify %s: %s", path, strerror(errno));
        fd_close(&systemd->socket);
    }
}

void systemd_finish(struct systemd *systemd)
{
    fd_close(&systemd->socket);
}

bool systemd_notify(const struct systemd *systemd, const char *format, ...)
{
    if (systemd->socket < 0)
        return true;
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    if (send(systemd->socket, message, strlen(message), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
        return true;
    log_debug("cannot notify systemd: %s", strerror(errno));
    return false;
}

int systemd_journal_fd(void)
{
    const char *stream = secure_getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    if (stream == NULL || sscanf(stream, "%llu:%llu", &device, &inode) != 2)
        return -1;
    if (fd_is_file(STDOUT_FILENO, device, inode))
        return STDOUT_FILENO;
    return fd_is_file(STDERR_FILENO, device, inode) ? STDERR_FILENO : -1;
}
