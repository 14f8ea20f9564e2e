// SPDX-License-Identifier: MIT
// A numeric address of the network with a port, as people write it: 127.0.0.1:8080, [::1]:8080,
// localhost:8080. Nothing here asks a name server.
#pragma once

#include "base/buffer.h"

#include <stdbool.h>
#include <sys/socket.h>

// The whole text or nothing; localhost is 127.0.0.1. Port 0 stands for any that is free.
bool address_parse(const char *text, struct sockaddr_storage *address);

// Bytes of an address of its family, for bind and the like.
socklen_t address_size(const struct sockaddr_storage *address);

// Of AF_INET and AF_INET6; 0 for any other.
unsigned address_port(const struct sockaddr_storage *address);

// Whether it can be reached from this machine only.
bool address_is_loopback(const struct sockaddr_storage *address);

// As it is parsed, in its shortest form. The first part alone: "127.0.0.1", "[::1]"; nothing for
// any other family.
void address_write(struct buffer *out, const struct sockaddr_storage *address);
void address_write_host(struct buffer *out, const struct sockaddr_storage *address);
