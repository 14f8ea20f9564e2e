// SPDX-License-Identifier: MIT
#include "base/address.h"

#include "base/memory.h"
#include "base/quantity.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

enum { PORT_LIMIT = 65535 };

static bool parse_port(const char *text, in_port_t *port)
{
    int64_t number;
    // No sign.
    if (text[0] < '0' || text[0] > '9' || !text_parse_integer(text, &number) || number > PORT_LIMIT)
        return false;
    *port = htons((in_port_t)number);
    return true;
}

static bool parse_ipv6(const char *text, struct sockaddr_in6 *address)
{
    const char *end = strchr(text, ']');
    if (end == NULL || end[1] != ':' || !parse_port(end + 2, &address->sin6_port))
        return false;
    memory_auto char *host = memory_copy_bytes(text + 1, (size_t)(end - text - 1));
    return inet_pton(AF_INET6, host, &address->sin6_addr) == 1;
}

static bool parse_ipv4(const char *text, struct sockaddr_in *address)
{
    const char *colon = strchr(text, ':');
    if (colon == NULL || !parse_port(colon + 1, &address->sin_port))
        return false;
    memory_auto char *host = memory_copy_bytes(text, (size_t)(colon - text));
    const char *number = strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    return inet_pton(AF_INET, number, &address->sin_addr) == 1;
}

bool address_parse(const char *text, struct sockaddr_storage *address)
{
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
    struct sockaddr_in ipv4 = {.sin_family = AF_INET};
    bool is_ipv6 = text[0] == '[';
    if (is_ipv6 ? !parse_ipv6(text, &ipv6) : !parse_ipv4(text, &ipv4))
        return false;
    *address = (struct sockaddr_storage){0};
    if (is_ipv6)
        memcpy(address, &ipv6, sizeof(ipv6));
    else
        memcpy(address, &ipv4, sizeof(ipv4));
    return true;
}

// The storage is no object of these types: they are copies.
static struct sockaddr_in as_ipv4(const struct sockaddr_storage *address)
{
    struct sockaddr_in ipv4;
    memcpy(&ipv4, address, sizeof(ipv4));
    return ipv4;
}

static struct sockaddr_in6 as_ipv6(const struct sockaddr_storage *address)
{
    struct sockaddr_in6 ipv6;
    memcpy(&ipv6, address, sizeof(ipv6));
    return ipv6;
}

socklen_t address_size(const struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                          : sizeof(struct sockaddr_in);
}

unsigned address_port(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET6)
        return ntohs(as_ipv6(address).sin6_port);
    if (address->ss_family == AF_INET)
        return ntohs(as_ipv4(address).sin_port);
    return 0;
}

bool address_is_loopback(const struct sockaddr_storage *address)
{
    struct sockaddr_in6 ipv6 = as_ipv6(address);
    if (address->ss_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&ipv6.sin6_addr);
    if (address->ss_family == AF_INET)
        return ntohl(as_ipv4(address).sin_addr.s_addr) >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET;
    return false;
}

void address_write_host(struct buffer *out, const struct sockaddr_storage *address)
{
    char host[INET6_ADDRSTRLEN];
    struct sockaddr_in6 ipv6 = as_ipv6(address);
    struct sockaddr_in ipv4 = as_ipv4(address);
    if (address->ss_family == AF_INET6)
        buffer_printf(out, "[%s]", inet_ntop(AF_INET6, &ipv6.sin6_addr, host, sizeof(host)));
    else if (address->ss_family == AF_INET)
        buffer_append_text(out, inet_ntop(AF_INET, &ipv4.sin_addr, host, sizeof(host)));
}

void address_write(struct buffer *out, const struct sockaddr_storage *address)
{
    address_write_host(out, address);
    if (address->ss_family == AF_INET6 || address->ss_family == AF_INET)
        buffer_printf(out, ":%u", address_port(address));
}
