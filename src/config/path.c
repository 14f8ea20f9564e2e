// SPDX-License-Identifier: MIT
#include "config/path.h"

#include "base/buffer.h"
#include "base/memory.h"

#include <string.h>

static void append_parts(struct buffer *out, const char *path)
{
    while (*path != '\0') {
        size_t length = strcspn(path, "/");
        if (length > 0 && !(length == 1 && path[0] == '.')) {
            buffer_append_char(out, '/');
            buffer_append(out, path, length);
        }
        path += length;
        path += *path == '/';
    }
}

char *path_absolute(const char *directory, const char *path)
{
    struct buffer out = {0};
    if (path[0] != '/')
        append_parts(&out, directory);
    append_parts(&out, path);
    if (out.length == 0)
        buffer_append_char(&out, '/');
    return buffer_take(&out);
}

char *path_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL || slash == path ? memory_copy("/")
                                          : memory_copy_bytes(path, (size_t)(slash - path));
}
