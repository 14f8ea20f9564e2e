// SPDX-License-Identifier: MIT
#include "pidfile.h"

#include "base/fd.h"
#include "base/lock_file.h"
#include "base/log.h"

#include <errno.h>
#include <string.h>

enum { MODE = 0644 };

static bool fail(const char *path, const char *reason)
{
    log_error("cannot use the pid file %s: %s", path, reason);
    return false;
}

bool pidfile_take(struct pidfile *pidfile, const char *path)
{
    pid_t holder;
    const char *reason;
    *pidfile = (struct pidfile){.path = path, .fd = -1};
    int result = lock_file_take(path, MODE, &pidfile->fd, &holder, &reason);
    if (result == 0)
        return true;
    if (result != -EWOULDBLOCK)
        return fail(path, reason);
    if (holder > 0)
        log_error("%s: another helperd runs already (pid %ld)", path, (long)holder);
    else
        log_error("%s: another helperd runs already", path);
    return false;
}

bool pidfile_write(const struct pidfile *pidfile)
{
    int result = pidfile->fd >= 0 ? lock_file_write(pidfile->fd) : 0;
    return result == 0 || fail(pidfile->path, strerror(-result));
}

void pidfile_remove(struct pidfile *pidfile)
{
    int result = lock_file_remove(&pidfile->fd, pidfile->path);
    if (result < 0)
        log_warning("cannot remove the pid file %s: %s", pidfile->path, strerror(-result));
}

void pidfile_close(struct pidfile *pidfile)
{
    fd_close(&pidfile->fd);
}
