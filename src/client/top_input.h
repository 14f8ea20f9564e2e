// SPDX-License-Identifier: MIT
// What comes from the terminal's side beside keys: signals, and its end. Signals wait in a
// descriptor until the loop reads them, so that none comes between a look and a wait.
#pragma once

#include <signal.h>
#include <stdbool.h>

struct top_input {
    int fd; // readable when there is a key or a signal
    int signals;
    sigset_t before; // the signals that were blocked before
};

// Waits for keys on standard input. False: errno says why not, and nothing has changed.
bool top_input_open(struct top_input *input);
void top_input_close(struct top_input *input);

// The next signal that came, or 0.
int top_input_signal(struct top_input *input);

// Whether the terminal is gone for good.
bool top_input_is_lost(void);

// Does what the signal would have done without us: stops the process until it is continued, or ends
// it.
void top_input_obey(int signal);
