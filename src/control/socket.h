// SPDX-License-Identifier: MIT
// Where helperd listens to those who ask it: a Unix socket, and where the configuration wants it an
// address of the network.
//
// Whose the Unix socket is goes by a lock on PATH.lock, which lasts as long as helperd lives. So
// one that is left over is told from one that is alive; a live one is never taken, and what is no
// socket is never removed. A socket that systemd hands over is systemd's: it is neither locked nor
// removed.
//
//     control_socket_open ──► (forks) ──► control_socket_settle ──► … ──► control_socket_remove
//                                 └──► control_socket_close, in a process that is not helperd
//
// It is opened before there are threads, since it sets the file mode mask for a moment.
#pragma once

#include "base/buffer.h"
#include "config/config.h"
#include "control/place.h"

#include <stdbool.h>
#include <sys/types.h>

struct control_socket {
    int local;     // the Unix socket, listening, non-blocking; -1: none
    int http;      // the same of control.http
    char *path;    // of the Unix socket; NULL: there is none, or it has no name
    char *token;   // the secret that callers of http must know; NULL: there is no http
    char *problem; // why there is none at the usual place; NULL: all is well
    char *lock_path;
    int lock;
    bool is_bound; // by us, as this file
    dev_t device;
    ino_t inode;
};

// One that is not open, for those who may have to close it before it is.
#define CONTROL_SOCKET_NONE ((struct control_socket){.local = -1, .http = -1, .lock = -1})

// Opens what is asked for. False: that cannot be had, which was said. Where nobody asked for
// anything and the usual place cannot be had it is true, and nothing is open: problem is why.
bool control_socket_open(struct control_socket *socket, const struct control_place *place,
                         const struct control_config *config);

// In the process that goes on: writes its pid into the lock file and logs where it listens, or the
// problem.
void control_socket_settle(const struct control_socket *socket);

// Listens no more, and removes what is ours of the file system but the token.
void control_socket_remove(struct control_socket *socket);

// Lets go of the descriptors and removes nothing.
void control_socket_close(struct control_socket *socket);

// Appends where control.http listens: "127.0.0.1:8080".
void control_socket_write_http(const struct control_socket *socket, struct buffer *out);

// The file mode that a socket gets: the one of the configuration, or what group and readers need.
mode_t control_socket_mode(const struct control_config *config);
