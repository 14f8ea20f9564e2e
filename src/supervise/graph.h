// SPDX-License-Identifier: MIT
// Who depends on whom, in both directions, and when a condition is met. Pure.
#pragma once

#include "config/config.h"
#include "supervise/machine.h"

#include <stdbool.h>
#include <stddef.h>

struct graph {
    size_t *dependents; // the dependents of helper 0, then those of helper 1, …
    size_t *first;      // where those of each helper start; one entry more than helpers
};

// The helpers that depend on one.
struct dependents {
    const size_t *helpers;
    size_t count;
};

void graph_init(struct graph *graph, const struct config *config);
void graph_finish(struct graph *graph);
struct dependents graph_dependents(const struct graph *graph, size_t helper);

// Whether a helper of that type and state meets the condition.
bool condition_is_met(enum condition condition, enum helper_type type, enum state state);

// Whether it cannot meet it any more without somebody's help: it is at rest and does not.
bool condition_is_hopeless(enum condition condition, enum helper_type type, enum state state);

extern const char *const condition_names[]; // started, ready, completed
