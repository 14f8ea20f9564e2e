// SPDX-License-Identifier: MIT
// The notify protocol of systemd: one datagram a message to NOTIFY_SOCKET. Without that variable
// every call does nothing.
#pragma once

#include <stdbool.h>

struct systemd {
    int socket; // -1: nobody wants to be told
};

// Takes NOTIFY_SOCKET out of the hands of helpers and remembers it.
void systemd_init(struct systemd *systemd);
void systemd_finish(struct systemd *systemd);

// Sends a message as of sd_notify(3), "READY=1\nSTATUS=…". False: it did not go through at once
// and was not sent, since nobody waits for systemd.
bool systemd_notify(const struct systemd *systemd, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Which of standard output and standard error is the journal (JOURNAL_STREAM): its descriptor, or
// -1. Standard output comes first.
int systemd_journal_fd(void);
