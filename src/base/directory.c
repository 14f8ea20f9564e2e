// SPDX-License-Identifier: MIT
#include "base/directory.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

int directory_check(const char *path, const char **reason)
{
    char copy[PATH_MAX];
    struct stat directory;
    *reason = NULL;
    if (snprintf(copy, sizeof(copy), "%s", path) >= PATH_MAX)
        return -ENAMETOOLONG;
    if (stat(dirname(copy), &directory) < 0)
        return -errno;
    // Its owner and group were chosen by somebody; /var/log has a group that writes in some places.
    if ((directory.st_mode & S_IWOTH) == 0 || (directory.st_mode & S_ISVTX) != 0)
        return 0;
    *reason = "its directory can be written to by everybody";
    return -EPERM;
}
