// SPDX-License-Identifier: MIT
#include "control/access.h"

#include "base/address.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    GROUPS_EXPECTED = 32,
    HTTP_PORT = 80,
};

#define NOBODY ((uid_t)-1) // no process has it

static int read_groups(int fd, struct peer *peer)
{
    socklen_t size = GROUPS_EXPECTED * sizeof(gid_t), room;
    int result;
    do {
        room = size;
        peer->groups = memory_resize(peer->groups, room, 1);
        result = getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, peer->groups, &size) < 0 ? -errno : 0;
    } while (result == -ERANGE && size > room);
    if (result == 0)
        peer->group_count = size / sizeof(gid_t);
    return result;
}

int peer_init(struct peer *peer, int fd)
{
    struct ucred credentials;
    socklen_t size = sizeof(credentials);
    *peer = (struct peer){.uid = NOBODY, .gid = NOBODY};
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
        return -errno;
    int result = read_groups(fd, peer);
    if (result < 0 && result != -ENOPROTOOPT) { // a kernel before 4.13 knows of one group only
        peer_finish(peer);
        return result;
    }
    peer->pid = credentials.pid;
    peer->uid = credentials.uid;
    peer->gid = credentials.gid;
    return 0;
}

void peer_finish(struct peer *peer)
{
    free(peer->groups);
    *peer = (struct peer){.uid = NOBODY, .gid = NOBODY};
}

static bool is_in_group(const struct peer *peer, gid_t group)
{
    bool is_in = peer->gid == group;
    for (size_t i = 0; i < peer->group_count && !is_in; i++)
        is_in = peer->groups[i] == group;
    return is_in;
}

static bool is_meant(const struct peer *peer, const struct account_config *account)
{
    return account->is_group ? is_in_group(peer, account->id) : peer->uid == account->id;
}

enum access access_of_peer(const struct peer *peer, uid_t own, const struct control_config *config)
{
    if (peer->uid == NOBODY)
        return ACCESS_NONE;
    if (peer->uid == 0 || peer->uid == own ||
        (config->group.text != NULL && is_meant(peer, &config->group)))
        return ACCESS_CONTROL;
    for (size_t i = 0; i < config->readers.count; i++) {
        if (is_meant(peer, &config->readers.items[i]))
            return ACCESS_READ;
    }
    return ACCESS_NONE;
}

// Whether a text is the name with the port behind it.
static bool is_name_with_port(const char *text, const char *name, unsigned port)
{
    size_t length = strlen(name);
    if (strncasecmp(text, name, length) != 0)
        return false;
    memory_auto char *behind = memory_format(":%u", port);
    return strcmp(text + length, behind) == 0 || (port == HTTP_PORT && text[length] == '\0');
}

bool access_host_fits(const char *host, const struct sockaddr_storage *local)
{
    struct buffer name = {0};
    address_write_host(&name, local);
    memory_auto char *own = buffer_take(&name);
    unsigned port = address_port(local);
    return *own != '\0' &&
           (is_name_with_port(host, own, port) ||
            (address_is_loopback(local) && is_name_with_port(host, "localhost", port)));
}

static bool is_same_secret(const char *given, const char *secret)
{
    size_t given_length = strlen(given), length = strlen(secret);
    // Where the lengths differ something is compared all the same.
    const char *other = given_length == length ? given : secret;
    volatile unsigned char difference = given_length != length;
    for (size_t i = 0; i < length; i++)
        difference |= (unsigned char)(other[i] ^ secret[i]);
    return difference == 0;
}

bool access_token_fits(const char *authorization, const char *token)
{
    static const char scheme[] = "Bearer ";
    size_t length = strlen(scheme);
    if (*token == '\0' || strncasecmp(authorization, scheme, length) != 0)
        return false;
    authorization += length;
    return is_same_secret(authorization + strspn(authorization, " "), token);
}

enum verdict access_of_claim(const struct claim *claim, const struct sockaddr_storage *local,
                             const char *token, const char **reason)
{
    *reason = NULL;
    if (claim->host == NULL || !access_host_fits(claim->host, local)) {
        *reason = "the Host of the request is not the address that it came to";
        return VERDICT_FORBIDDEN;
    }
    if (claim->origin != NULL) {
        *reason = "requests of web pages (with an Origin) are refused";
        return VERDICT_FORBIDDEN;
    }
    if (claim->authorization == NULL || !access_token_fits(claim->authorization, token)) {
        *reason = "the request needs the token: Authorization: Bearer TOKEN";
        return VERDICT_UNAUTHORIZED;
    }
    return VERDICT_CONTROL;
}

int access_local(int fd, struct sockaddr_storage *local)
{
    socklen_t size = sizeof(*local);
    *local = (struct sockaddr_storage){0};
    return getsockname(fd, (struct sockaddr *)local, &size) < 0 ? -errno : 0;
}
