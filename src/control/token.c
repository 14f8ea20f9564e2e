// SPDX-License-Identifier: MIT
#include "control/token.h"

#include "base/fd.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RANDOM_BYTES = 32 };

static char *fail(const char *path, const char *why, char **reason)
{
    *reason = memory_format("cannot use the token file %s: %s", path, why);
    return NULL;
}

// Whether nobody else can have read it or written it; *why is static.
static bool is_private(int fd, const char **why)
{
    struct stat file;
    *why = NULL;
    if (fstat(fd, &file) < 0)
        *why = strerror(errno);
    else if (!S_ISREG(file.st_mode))
        *why = "it is no file";
    else if (file.st_uid != geteuid())
        *why = "it belongs to another user";
    else if ((file.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        *why = "others have access to it (its mode must be 0600)";
    else if (file.st_nlink > 1)
        *why = "it has more than one name (hard links)";
    return *why == NULL;
}

static bool is_secret(const char *text, size_t length)
{
    if (length < TOKEN_SHORTEST || length > TOKEN_LONGEST)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    }
    return true;
}

static char *read_secret(int fd, const char *path, char **reason)
{
    const char *why;
    char text[TOKEN_LONGEST + 2]; // with a newline, and one more to see that there is more
    if (!is_private(fd, &why))
        return fail(path, why, reason);
    ssize_t got = pread(fd, text, sizeof(text), 0);
    if (got < 0)
        return fail(path, strerror(errno), reason);
    size_t length = (size_t)got;
    if (length > 0 && text[length - 1] == '\n')
        length--;
    if (is_secret(text, length))
        return memory_copy_bytes(text, length);
    memory_auto char *wanted =
        memory_format("it must hold %d to %d printable characters in one line (without it a new "
                      "one is made)",
                      TOKEN_SHORTEST, TOKEN_LONGEST);
    return fail(path, wanted, reason);
}

// A new secret as hexadecimal digits and a newline. False: errno says why.
static bool make_secret(char text[RANDOM_BYTES * 2 + 1])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[RANDOM_BYTES];
    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        return false;
    for (size_t i = 0; i < RANDOM_BYTES; i++) {
        text[i * 2] = digits[bytes[i] >> 4];
        text[i * 2 + 1] = digits[bytes[i] & 15];
    }
    text[RANDOM_BYTES * 2] = '\n';
    return true;
}

static bool write_secret(int fd)
{
    char text[RANDOM_BYTES * 2 + 1];
    if (!make_secret(text) || fchmod(fd, S_IRUSR | S_IWUSR) < 0)
        return false;
    ssize_t written = write(fd, text, sizeof(text));
    if (written >= 0 && written < (ssize_t)sizeof(text))
        errno = ENOSPC;
    return written == (ssize_t)sizeof(text);
}

// Makes the file, which is not there. -EEXIST: it is by now.
static int make_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return -errno;
    int result = write_secret(fd) ? 0 : -errno;
    if (result < 0)
        (void)unlink(path); // what is in it is no secret
    fd_close(&fd);
    return result;
}

static int open_file(const char *path)
{
    // O_NONBLOCK: a FIFO must not hang us.
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

char *token_load(const char *path, char **reason)
{
    *reason = NULL;
    int fd = open_file(path);
    if (fd == -ENOENT) {
        int made = make_file(path);
        if (made < 0 && made != -EEXIST)
            return fail(path, strerror(-made), reason);
        fd = open_file(path);
    }
    if (fd < 0)
        return fail(path, fd == -ELOOP ? "it is a symbolic link" : strerror(-fd), reason);
    char *token = read_secret(fd, path, reason);
    fd_close(&fd);
    return token;
}
