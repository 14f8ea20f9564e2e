// SPDX-License-Identifier: MIT
// Who a helper runs as: what its user, group and groups come to together, and whether helperd has
// the right to it.
#pragma once

#include "config/schema.h"

// Fills in helper->identity from its settings, and looks whether what they and its capabilities
// need is there. What is wrong is said at its place in the map.
void identity_settle(const struct reading *reading, const struct node *map,
                     struct helper_config *helper);
