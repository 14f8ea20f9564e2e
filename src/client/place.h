// SPDX-License-Identifier: MIT
// Where helperd is reached: its socket, named or looked for, or an address on the loopback.
//
// What is looked for is taken only if it belongs to us or to root: whoever can put a socket into a
// folder above ours shall not be told what to do in our name. What is named is taken as it is.
#pragma once

#include "base/strings.h"

#include <stdbool.h>
#include <sys/types.h>

struct place {
    char *path;    // of the socket; NULL: an address
    char *address; // "http://127.0.0.1:9000"; NULL: a socket
    char *token;   // for the address; or NULL
    char *reach;   // the path in a form short enough for connect(2)
    int folder;    // that the short form hangs on; -1: none
};

// Finds it: as named (by -s; NULL: it was not), else by $HELPERD_SOCKET, else by looking. False:
// *problem (heap, lines without a newline at the end) says where was looked and what to do.
bool place_find(struct place *place, const char *named, char **problem);
void place_finish(struct place *place);

// As a person would write it behind -s.
const char *place_name(const struct place *place);

// Why nothing answers there, from the errno of connect(2), and what to do; on the heap.
char *place_explain(const struct place *place, int error);

// The process that listens at the socket, as its number is here; 0: not known.
pid_t place_listener(const struct place *place);

// The paths where is looked, best first, for somebody who works in a folder and has this folder
// for what runs (NULL: none). Appended to paths.
void place_list(struct strings *paths, const char *folder, const char *runtime);
