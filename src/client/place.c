// SPDX-License-Identifier: MIT
#include "client/place.h"

#include "base/buffer.h"
#include "base/fd.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { TOKEN_LIMIT = 4096 };

#define SOCKET_OF_FOLDER ".helperd.sock"
#define SOCKET_OF_SYSTEM "/run/helperd/helperd.sock"
#define HOW_TO_START "start one with: helperd -c helperd.yaml"

void place_list(struct strings *paths, const char *folder, const char *runtime)
{
    memory_auto char *at = memory_copy(folder != NULL && folder[0] == '/' ? folder : NULL);
    while (at != NULL) {
        strings_append_owned(
            paths, memory_format("%s%s" SOCKET_OF_FOLDER, at, strcmp(at, "/") == 0 ? "" : "/"));
        char *slash = strrchr(at, '/');
        if (slash[1] == '\0')
            break;
        slash[slash == at ? 1 : 0] = '\0';
    }
    if (runtime != NULL && runtime[0] == '/')
        strings_append_owned(paths, memory_format("%s/helperd.sock", runtime));
    strings_append(paths, SOCKET_OF_SYSTEM);
}

// "alice (uid 1000)", on the heap.
static char *owner_name(uid_t uid)
{
    const struct passwd *user = getpwuid(uid);
    return user != NULL ? memory_format("%s (uid %u)", user->pw_name, (unsigned)uid)
                        : memory_format("uid %u", (unsigned)uid);
}

// Whether the path is a socket that may be used; notes takes what is worth telling if it is not.
static bool is_usable(const char *path, struct buffer *notes)
{
    struct stat status;
    if (stat(path, &status) < 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            buffer_printf(notes, "\n  %s cannot be looked at: %s", path, strerror(errno));
        return false;
    }
    if (!S_ISSOCK(status.st_mode)) {
        buffer_printf(notes, "\n  %s is no socket", path);
        return false;
    }
    if (status.st_uid == geteuid() || status.st_uid == 0)
        return true;
    memory_auto char *owner = owner_name(status.st_uid);
    buffer_printf(notes, "\n  %s belongs to %s: to use it nevertheless, name it with -s", path,
                  owner);
    return false;
}

static char *search(char **problem)
{
    struct strings paths = {0};
    struct buffer notes = {0};
    char *found = NULL;
    memory_auto char *folder = getcwd(NULL, 0);
    place_list(&paths, folder, secure_getenv("XDG_RUNTIME_DIR"));
    for (size_t i = 0; i < paths.count && found == NULL; i++) {
        if (is_usable(paths.items[i], &notes))
            found = memory_copy(paths.items[i]);
    }
    if (found == NULL) {
        struct buffer text = {0};
        buffer_append_text(&text,
                           "no helperd is found; there is no socket at any of these places:");
        for (size_t i = 0; i < paths.count; i++)
            buffer_printf(&text, "\n  %s", paths.items[i]);
        if (notes.length > 0)
            buffer_append_text(&text, "\nof which:");
        buffer_append(&text, notes.data, notes.length);
        buffer_append_text(&text, "\n" HOW_TO_START ", or name its socket with -s");
        *problem = buffer_take(&text);
    }
    buffer_finish(&notes);
    strings_finish(&paths);
    return found;
}

// The secret that $HELPERD_TOKEN_FILE holds, if it is set. False: it cannot be used.
static bool read_token(char **token, char **problem)
{
    const char *path = secure_getenv("HELPERD_TOKEN_FILE");
    if (path == NULL || path[0] == '\0')
        return true;
    char *text;
    size_t length;
    int error = fd_read_file(path, TOKEN_LIMIT, &text, &length);
    if (error < 0) {
        *problem = memory_format("cannot read the token in %s (HELPERD_TOKEN_FILE): %s", path,
                                 strerror(-error));
        return false;
    }
    length = strcspn(text, " \t\r\n");
    bool is_word = length > 0 && text[length + strspn(text + length, " \t\r\n")] == '\0';
    for (size_t i = 0; i < length && is_word; i++)
        is_word = text[i] > ' ' && text[i] <= '~';
    if (is_word)
        *token = memory_copy_bytes(text, length);
    else
        *problem = memory_format("%s (HELPERD_TOKEN_FILE) holds no token", path);
    free(text);
    return is_word;
}

// A path that is too long for a socket's address is reached through a descriptor of its folder.
static bool shorten(struct place *place, char **problem)
{
    enum { ROOM = sizeof(((struct sockaddr_un *)NULL)->sun_path) };
    place->reach = memory_copy(place->path);
    if (strlen(place->path) < ROOM)
        return true;
    const char *slash = strrchr(place->path, '/');
    if (slash != NULL) {
        memory_auto char *folder =
            memory_copy_bytes(place->path, (size_t)(slash - place->path) + 1);
        place->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
    if (place->folder >= 0) {
        free(place->reach);
        place->reach = memory_format("/proc/self/fd/%d%s", place->folder, slash);
        if (strlen(place->reach) < ROOM)
            return true;
    }
    *problem = memory_format("%s: the path is too long for a socket", place->path);
    return false;
}

static bool take_address(struct place *place, const char *address, char **problem)
{
    size_t length = strlen(address);
    while (length > 0 && address[length - 1] == '/')
        length--;
    place->address = memory_copy_bytes(address, length);
    if (strpbrk(place->address + strlen("http://"), "/?#@") == NULL && length > strlen("http:/"))
        return read_token(&place->token, problem);
    *problem = memory_format("%s is no address like http://127.0.0.1:PORT", address);
    return false;
}

bool place_find(struct place *place, const char *named, char **problem)
{
    *place = (struct place){.folder = -1};
    *problem = NULL;
    const char *variable = secure_getenv("HELPERD_SOCKET");
    if (named == NULL && variable != NULL && variable[0] != '\0')
        named = variable;
    if (named != NULL && strncmp(named, "http://", strlen("http://")) == 0)
        return take_address(place, named, problem);
    if (named != NULL && (named[0] == '\0' || strcmp(named, "none") == 0)) {
        *problem = memory_format("the socket is \"%s\", by %s: there is nothing to talk to", named,
                                 named == variable ? "HELPERD_SOCKET" : "-s");
        return false;
    }
    place->path = named != NULL ? memory_copy(named) : search(problem);
    return place->path != NULL && shorten(place, problem);
}

void place_finish(struct place *place)
{
    free(place->path);
    free(place->address);
    free(place->token);
    free(place->reach);
    fd_close(&place->folder);
    *place = (struct place){.folder = -1};
}

const char *place_name(const struct place *place)
{
    return place->path != NULL ? place->path : place->address;
}

// Who keeps us out: the socket itself or its folder.
static char *explain_denial(const char *path)
{
    struct stat status;
    memory_auto char *folder = memory_copy(path);
    char *slash = strrchr(folder, '/');
    if (slash != NULL)
        slash[slash == folder ? 1 : 0] = '\0';
    const char *whose = stat(path, &status) == 0                      ? path
                        : slash != NULL && stat(folder, &status) == 0 ? folder
                                                                      : NULL;
    if (whose == NULL)
        return memory_format("%s: permission denied", path);
    memory_auto char *owner = owner_name(status.st_uid);
    return memory_format("%s: permission denied: %s belongs to %s, mode %04o", path, whose, owner,
                         (unsigned)status.st_mode & 07777);
}

char *place_explain(const struct place *place, int error)
{
    const char *name = place_name(place);
    struct stat status;
    if (place->path == NULL)
        return memory_format("no helperd answers at %s: %s", name, strerror(error));
    if (error == ECONNREFUSED && stat(place->path, &status) == 0 && !S_ISSOCK(status.st_mode))
        return memory_format("%s is no socket", name);
    switch (error) {
    case EACCES:
    case EPERM:
        return explain_denial(name);
    case ENOENT:
    case ENOTDIR:
        return memory_format("there is no socket %s; " HOW_TO_START, name);
    case ECONNREFUSED:
        return memory_format("no helperd answers at %s: the socket was left over by one that has "
                             "ended; " HOW_TO_START,
                             name);
    default:
        return memory_format("no helperd answers at %s: %s", name, strerror(error));
    }
}

pid_t place_listener(const struct place *place)
{
    if (place->reach == NULL)
        return 0;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct ucred peer = {0};
    socklen_t length = sizeof(peer);
    memcpy(address.sun_path, place->reach, strlen(place->reach));
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
        peer.pid = 0;
    fd_close(&fd);
    return peer.pid;
}
