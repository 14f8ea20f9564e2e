// SPDX-License-Identifier: MIT
// A control room of a fleet: it hears of what its helpers do, as it does from the daemon.
#pragma once

#include "../supervise/fleet.h"
#include "room.h"

void fleet_room_open(const char *yaml);
void fleet_room_close(void);

// What it answers to a request begins with the status, and has the words in it.
void fleet_room_expect(const char *head, int status, const char *words);

// Calls it in the loop, a little later.
void fleet_room_later(void (*action)(void));
