// SPDX-License-Identifier: MIT
// Who may do what through the control room. All but peer_init and access_local are pure.
//
// Over the Unix socket the kernel says who it is. Over TCP nobody knows who it is, and any web page
// that a person on this machine looks at can make a browser connect; so there a request must carry
// the secret, and be for this very address, and not come from a page.
#pragma once

#include "config/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

enum access { ACCESS_NONE, ACCESS_READ, ACCESS_CONTROL };

// Who is at the other end of a Unix socket, as it was when he connected.
struct peer {
    pid_t pid; // 0: of another PID namespace
    uid_t uid;
    gid_t gid;
    gid_t *groups; // supplementary; heap
    size_t group_count;
};

// 0 or a negative errno, and then a peer that may nothing.
int peer_init(struct peer *peer, int fd);
void peer_finish(struct peer *peer);

// own is the user that helperd runs as.
enum access access_of_peer(const struct peer *peer, uid_t own, const struct control_config *config);

// What the headers of a request over TCP say; NULL: it has none of that name.
struct claim {
    const char *host, *origin, *authorization;
};

enum verdict {
    VERDICT_CONTROL,      // it may do all
    VERDICT_FORBIDDEN,    // 403: from where it comes, or for what it takes us
    VERDICT_UNAUTHORIZED, // 401: it does not know the secret
};

// local is the address of ours that it came to, see access_local. *reason is static; NULL where it
// may.
enum verdict access_of_claim(const struct claim *claim, const struct sockaddr_storage *local,
                             const char *token, const char **reason);

// Whether a Host names an address of ours: itself with its port (which may be left out where it is
// 80), or localhost where it is of this machine alone.
bool access_host_fits(const char *host, const struct sockaddr_storage *local);

// Whether an Authorization is "Bearer TOKEN". How long that takes does not tell how much of it
// fits.
bool access_token_fits(const char *authorization, const char *token);

// The address of ours that a connection came to. 0 or a negative errno.
int access_local(int fd, struct sockaddr_storage *local);
