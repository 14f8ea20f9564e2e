// SPDX-License-Identifier: MIT
// Users and groups of the system: who has a name, and what belongs to a user.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum account_kind { ACCOUNT_USER, ACCOUNT_GROUP };

// The number of a user or a group that is written as a name or as a number (digits alone are a
// number, whether or not there is such an account). False: *reason is why, on the heap.
bool account_find(enum account_kind kind, const char *text, uint32_t *id, char **reason);

// The primary group of a user and all its groups, that one among them; groups are on the heap.
// 0 or a negative errno; -ENOENT: no account has this number.
int account_groups(uid_t uid, gid_t *primary, gid_t **groups, size_t *count);
