// SPDX-License-Identifier: MIT
// log.rules: which lines of a helper get another level, or are dropped.
#pragma once

#include "config/schema.h"

void rules_read(const struct reading *reading, const struct setting *setting, struct node *node,
                struct helper_config *helper);
void rules_free(struct helper_config *helper);
