// SPDX-License-Identifier: MIT
// Parts of value_read, value_free and --print-config for the rights of a process: users, groups,
// capabilities.
#pragma once

#include "config/schema.h"

void value_read_account(const struct reading *reading, const struct setting *setting,
                        struct node *node, const char *text, void *target);
void value_free_account(struct account_config *account);

// A list of groups, or of readers.
void value_read_accounts(const struct reading *reading, const struct setting *setting,
                         struct node *node, struct accounts_config *accounts);
void value_free_accounts(struct accounts_config *accounts);

void value_read_capabilities(const struct reading *reading, const struct setting *setting,
                             struct node *node, struct capabilities_config *capabilities);
void value_write_capabilities(struct buffer *out, const struct capabilities_config *capabilities);
