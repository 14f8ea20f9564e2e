// SPDX-License-Identifier: MIT
#include "control/socket.h"

#include "base/address.h"
#include "base/directory.h"
#include "base/fd.h"
#include "base/lock_file.h"
#include "base/log.h"
#include "base/memory.h"
#include "config/path.h"
#include "control/access.h"
#include "control/activation.h"
#include "control/token.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    BACKLOG = 128,
    PATH_LIMIT = sizeof((struct sockaddr_un){0}.sun_path) - 1, // bytes
};

// Notes what is wrong; how bad that is, is known at the end.
__attribute__((format(printf, 2, 3))) static bool fail(struct control_socket *socket,
                                                       const char *format, ...)
{
    struct buffer text = {0};
    va_list arguments;
    va_start(arguments, format);
    buffer_vprintf(&text, format, arguments);
    va_end(arguments);
    free(socket->problem);
    socket->problem = buffer_take(&text);
    return false;
}

static bool fail_at(struct control_socket *socket, const char *reason)
{
    return fail(socket, "cannot open the control socket %s: %s", socket->path, reason);
}

mode_t control_socket_mode(const struct control_config *config)
{
    if (config->mode >= 0)
        return (mode_t)config->mode;
    if (config->readers.count > 0)
        return 0666; // who may do what is told by who it is
    return config->group.text != NULL ? 0660 : 0600;
}

// Makes the directory, if it is not there, but none above it.
static bool make_directory(struct control_socket *socket, mode_t mode)
{
    memory_auto char *directory = path_directory(socket->path);
    bool is_for_others = (mode & (S_IRWXG | S_IRWXO)) != 0;
    mode_t mask = umask(0);
    int result = mkdir(directory, is_for_others ? 0755 : 0700);
    umask(mask);
    if (result == 0 || errno == EEXIST)
        return true;
    return fail(socket, "cannot make the directory %s of the control socket: %s", directory,
                strerror(errno));
}

static bool check_place(struct control_socket *socket, mode_t mode)
{
    const char *reason;
    size_t length = strlen(socket->path);
    if (length > PATH_LIMIT)
        return fail(socket,
                    "cannot open the control socket %s: its path has %zu bytes, and a socket's can "
                    "have %d",
                    socket->path, length, PATH_LIMIT);
    if (!make_directory(socket, mode))
        return false;
    int result = directory_check(socket->path, &reason);
    return result == 0 || fail_at(socket, reason != NULL ? reason : strerror(-result));
}

static bool fail_in_use(struct control_socket *socket, pid_t holder)
{
    if (holder > 0)
        return fail(socket, "%s: another helperd (pid %ld) has it", socket->path, (long)holder);
    return fail(socket, "%s: another helperd has it", socket->path);
}

static bool take_lock(struct control_socket *socket)
{
    pid_t holder;
    struct stat file;
    const char *reason;
    socket->lock_path = memory_format("%s.lock", socket->path);
    int result =
        lock_file_take(socket->lock_path, S_IRUSR | S_IWUSR, &socket->lock, &holder, &reason);
    if (result == -EWOULDBLOCK)
        return fail_in_use(socket, holder);
    // Whoever owns it could lock it at any time.
    if (result == 0 && (fstat(socket->lock, &file) < 0 || file.st_uid != geteuid())) {
        reason = "it belongs to another user";
        fd_close(&socket->lock);
    }
    return socket->lock >= 0 ||
           fail(socket, "cannot use the lock file %s: %s", socket->lock_path, reason);
}

static struct sockaddr_un local_address(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path)); // its length was looked at
    return address;
}

static int make_socket(int family)
{
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

// Whether anybody listens there: 0, and who it is (or 0). A negative errno; -ECONNREFUSED: nobody.
static int find_listener(const char *path, pid_t *listener)
{
    *listener = 0;
    int fd = make_socket(AF_UNIX);
    if (fd < 0)
        return -errno;
    struct sockaddr_un address = local_address(path);
    int result = 0;
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
        result = errno == EAGAIN ? 0 : -errno; // too many wait for it to accept them
    struct ucred credentials;
    socklen_t size = sizeof(credentials);
    if (result == 0 && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0)
        *listener = credentials.pid;
    fd_close(&fd);
    return result;
}

// Removes a socket at which nobody listens. False: there is something else.
static bool clear_path(struct control_socket *socket)
{
    struct stat file;
    pid_t listener;
    if (lstat(socket->path, &file) < 0)
        return errno == ENOENT || fail_at(socket, strerror(errno));
    if (S_ISLNK(file.st_mode))
        return fail_at(socket, "there is a symbolic link");
    if (!S_ISSOCK(file.st_mode))
        return fail_at(socket, "what is there is no socket");
    int result = find_listener(socket->path, &listener);
    if (result == 0 && listener > 0)
        return fail(socket, "%s: another program (pid %ld) listens there", socket->path,
                    (long)listener);
    if (result == 0)
        return fail(socket, "%s: another program listens there", socket->path);
    if (result != -ECONNREFUSED)
        return fail_at(socket, strerror(-result));
    return unlink(socket->path) == 0 || errno == ENOENT || fail_at(socket, strerror(errno));
}

// What is to be known of the file that bind has made, and its group.
static bool own_file(struct control_socket *socket, const struct control_config *config)
{
    struct stat file;
    int fd = open(socket->path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &file) < 0)
        fail_at(socket, strerror(errno));
    else if (!S_ISSOCK(file.st_mode) || file.st_uid != geteuid())
        fail_at(socket, "it is another file by now");
    else
        socket->is_bound = true;
    if (socket->is_bound) {
        socket->device = file.st_dev;
        socket->inode = file.st_ino;
    }
    bool good = socket->is_bound;
    if (good && config->group.text != NULL &&
        fchownat(fd, "", (uid_t)-1, config->group.id, AT_EMPTY_PATH) < 0)
        good = fail(socket, "cannot give the control socket %s to the group \"%s\": %s",
                    socket->path, config->group.text, strerror(errno));
    fd_close(&fd);
    return good;
}

// The file has its mode from birth, and until it has its group nobody can connect.
static bool listen_locally(struct control_socket *socket, const struct control_config *config,
                           mode_t mode)
{
    socket->local = make_socket(AF_UNIX);
    if (socket->local < 0)
        return fail_at(socket, strerror(errno));
    struct sockaddr_un address = local_address(socket->path);
    mode_t mask = umask(~mode & 0777);
    int result = bind(socket->local, (const struct sockaddr *)&address, sizeof(address));
    umask(mask);
    if (result < 0)
        return fail_at(socket, strerror(errno));
    if (!own_file(socket, config))
        return false;
    return listen(socket->local, BACKLOG) == 0 || fail_at(socket, strerror(errno));
}

static bool open_own(struct control_socket *socket, const struct control_place *place,
                     const struct control_config *config)
{
    mode_t mode = control_socket_mode(config);
    socket->path = memory_copy(place->path);
    return check_place(socket, mode) && take_lock(socket) && clear_path(socket) &&
           listen_locally(socket, config, mode);
}

// The path that a Unix socket has, or NULL.
static char *path_of(int fd)
{
    struct sockaddr_un address;
    socklen_t size = sizeof(address);
    if (getsockname(fd, (struct sockaddr *)&address, &size) < 0 ||
        size <= offsetof(struct sockaddr_un, sun_path) || address.sun_path[0] != '/')
        return NULL;
    size_t room = size - offsetof(struct sockaddr_un, sun_path);
    return memory_copy_bytes(address.sun_path, strnlen(address.sun_path, room));
}

static bool open_local(struct control_socket *socket, const struct control_place *place,
                       const struct control_config *config)
{
    const char *reason;
    if (place->path == NULL && place->asked_for)
        return true;
    int fd = activation_take(&reason);
    if (fd >= 0) {
        socket->local = fd;
        socket->path = path_of(fd);
        return true;
    }
    if (fd != -ENOENT)
        return fail(socket, "cannot use the control socket that systemd hands over: %s", reason);
    if (place->path == NULL)
        return fail(socket, "%s", place->missing);
    return open_own(socket, place, config);
}

static bool load_token(struct control_socket *socket)
{
    char *reason;
    const char *why;
    if (socket->path == NULL)
        return fail(socket, "control.http: its token is kept beside the control socket, and there "
                            "is none with a path");
    memory_auto char *path = memory_format("%s.token", socket->path);
    int result = directory_check(path, &why);
    if (result < 0)
        return fail(socket, "cannot use the token file %s: %s", path,
                    why != NULL ? why : strerror(-result));
    socket->token = token_load(path, &reason);
    if (socket->token == NULL) {
        fail(socket, "%s", reason);
        free(reason);
    }
    return socket->token != NULL;
}

static bool open_http(struct control_socket *socket, const struct control_config *config)
{
    if (config->http.text == NULL)
        return true;
    if (!load_token(socket))
        return false;
    const struct sockaddr_storage *address = &config->http.address;
    const int yes = 1;
    int fd = socket->http = make_socket(address->ss_family);
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
        (address->ss_family != AF_INET6 ||
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes)) == 0) &&
        bind(fd, (const struct sockaddr *)address, address_size(address)) == 0 &&
        listen(fd, BACKLOG) == 0)
        return true;
    return fail(socket, "control.http: cannot listen at %s: %s", config->http.text,
                strerror(errno));
}

bool control_socket_open(struct control_socket *socket, const struct control_place *place,
                         const struct control_config *config)
{
    *socket = CONTROL_SOCKET_NONE;
    if (open_local(socket, place, config) && open_http(socket, config))
        return true;
    char *problem = socket->problem;
    socket->problem = NULL;
    control_socket_remove(socket);
    if (place->asked_for || config->http.text != NULL) {
        log_error("%s", problem);
        free(problem);
        return false;
    }
    socket->problem = problem;
    return true;
}

void control_socket_write_http(const struct control_socket *socket, struct buffer *out)
{
    struct sockaddr_storage local;
    if (socket->http >= 0 && access_local(socket->http, &local) == 0)
        address_write(out, &local);
}

// A directory that was made while nobody else was let in, for example.
static bool is_out_of_reach(const struct control_socket *socket)
{
    struct stat file, directory;
    memory_auto char *above = path_directory(socket->path);
    return lstat(socket->path, &file) == 0 && (file.st_mode & (S_IRWXG | S_IRWXO)) != 0 &&
           stat(above, &directory) == 0 && (directory.st_mode & (S_IXGRP | S_IXOTH)) == 0;
}

void control_socket_settle(const struct control_socket *socket)
{
    int result = socket->lock >= 0 ? lock_file_write(socket->lock) : 0;
    if (result < 0)
        log_warning("cannot write the lock file %s: %s", socket->lock_path, strerror(-result));
    if (socket->problem != NULL)
        log_warning("%s; going on without a control socket", socket->problem);
    if (socket->local >= 0)
        log_debug("the control socket is %s%s",
                  socket->path != NULL ? socket->path : "one without a path",
                  socket->is_bound ? "" : ", from systemd");
    if (socket->is_bound && is_out_of_reach(socket))
        log_warning("the mode of the control socket %s lets others in, but that of its directory "
                    "does not",
                    socket->path);
    if (socket->http >= 0) {
        struct buffer place = {0};
        control_socket_write_http(socket, &place);
        log_info("listening at http://%.*s with the token in %s.token", (int)place.length,
                 place.data, socket->path);
        buffer_finish(&place);
    }
}

void control_socket_remove(struct control_socket *socket)
{
    struct stat file;
    if (socket->is_bound && lstat(socket->path, &file) == 0 && file.st_dev == socket->device &&
        file.st_ino == socket->inode && unlink(socket->path) < 0)
        log_warning("cannot remove the control socket %s: %s", socket->path, strerror(errno));
    fd_close(&socket->local); // its lock is the last that goes
    int result = lock_file_remove(&socket->lock, socket->lock_path);
    if (result < 0)
        log_warning("cannot remove the lock file %s: %s", socket->lock_path, strerror(-result));
    control_socket_close(socket);
}

void control_socket_close(struct control_socket *socket)
{
    fd_close(&socket->local);
    fd_close(&socket->http);
    fd_close(&socket->lock);
    free(socket->path);
    free(socket->lock_path);
    free(socket->token);
    free(socket->problem);
    *socket = CONTROL_SOCKET_NONE;
}
