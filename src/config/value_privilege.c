// SPDX-License-Identifier: MIT
#include "config/value_privilege.h"

#include "base/memory.h"
#include "config/account.h"
#include "config/capability.h"
#include "config/value.h"

#include <stdlib.h>

enum { ACCOUNTS_LIMIT = 65536 }; // of the kernel's, for groups

// Whether a text of the setting names a group; then *name is behind the mark of one.
static bool names_group(const struct setting *setting, const char *text, const char **name)
{
    bool has_mark = setting->kind == KIND_READERS && *text == '@';
    *name = has_mark ? text + 1 : text;
    return has_mark || setting->kind == KIND_GROUP || setting->kind == KIND_GROUPS;
}

// Finds a user or group; false: it is none, and said.
static bool find_account(const struct reading *reading, const struct setting *setting,
                         struct node *node, const char *text, struct account_config *account)
{
    char *reason = NULL;
    const char *name;
    *account = (struct account_config){.is_group = names_group(setting, text, &name)};
    if (*name == '\0')
        return value_complain(reading, setting, node, text);
    if (account_find(account->is_group ? ACCOUNT_GROUP : ACCOUNT_USER, name, &account->id,
                     &reason)) {
        account->text = memory_copy(text);
        return true;
    }
    reading_complain(reading, node, "\"%s\": %s", reading_name(reading, setting), reason);
    free(reason);
    return false;
}

void value_read_account(const struct reading *reading, const struct setting *setting,
                        struct node *node, const char *text, void *target)
{
    struct account_config *account = setting_field(setting, target), found;
    if (!find_account(reading, setting, node, text, &found))
        return;
    value_free_account(account);
    *account = found;
}

void value_free_account(struct account_config *account)
{
    free(account->text);
    *account = (struct account_config){0};
}

void value_read_accounts(const struct reading *reading, const struct setting *setting,
                         struct node *node, struct accounts_config *accounts)
{
    if (node->kind != NODE_LIST) {
        value_complain(reading, setting, node, NULL);
        return;
    }
    if (node->count > ACCOUNTS_LIMIT) {
        reading_complain(reading, node, "\"%s\" has more than %d entries",
                         reading_name(reading, setting), ACCOUNTS_LIMIT);
        return;
    }
    value_free_accounts(accounts);
    accounts->items = memory_new(node->count + 1, sizeof(*accounts->items));
    bool good = true;
    for (size_t i = 0; i < node->count; i++) {
        struct node *item = node->items[i];
        memory_auto char *own = NULL;
        if (item->kind != NODE_SCALAR || node_is_null(item)) {
            good = value_complain(reading, setting, item, NULL);
            continue;
        }
        const char *text = reading_text(reading, setting, item, &own);
        if (text != NULL &&
            find_account(reading, setting, item, text, &accounts->items[accounts->count]))
            accounts->count++;
        else
            good = false;
    }
    accounts->is_set = good;
}

void value_free_accounts(struct accounts_config *accounts)
{
    for (size_t i = 0; i < accounts->count; i++)
        free(accounts->items[i].text);
    free(accounts->items);
    *accounts = (struct accounts_config){0};
}

// Adds one by its name. False: there is none, or helperd does not have it, which is said.
static bool add_capability(const struct reading *reading, const struct setting *setting,
                           struct node *node, const char *name, uint64_t *mask)
{
    const char *nearest;
    int capability = capability_find(name, &nearest);
    if (capability < 0) {
        const char *before = nearest != NULL ? " (did you mean \"" : "";
        return reading_complain(reading, node, "\"%s\": there is no capability \"%s\"%s%s%s",
                                setting->name, name, before, nearest != NULL ? nearest : "",
                                nearest != NULL ? "\"?)" : "");
    }
    if (!capability_is_in(capability_own().permitted, capability))
        return reading_complain(reading, node, "\"%s\": helperd itself does not have %s",
                                setting->name, capability_name(capability));
    *mask |= (uint64_t)1 << capability;
    return true;
}

void value_read_capabilities(const struct reading *reading, const struct setting *setting,
                             struct node *node, struct capabilities_config *capabilities)
{
    if (node->kind != NODE_LIST) {
        value_complain(reading, setting, node, NULL);
        return;
    }
    struct capabilities_config read = {.is_set = true};
    for (size_t i = 0; i < node->count; i++) {
        struct node *item = node->items[i];
        memory_auto char *own = NULL;
        if (item->kind != NODE_SCALAR || node_is_null(item)) {
            read.is_set = value_complain(reading, setting, item, NULL);
            continue;
        }
        const char *name = reading_text(reading, setting, item, &own);
        if (name == NULL || !add_capability(reading, setting, item, name, &read.mask))
            read.is_set = false;
    }
    if (read.is_set)
        *capabilities = read;
}

void value_write_capabilities(struct buffer *out, const struct capabilities_config *capabilities)
{
    const char *before = "";
    buffer_append_char(out, '[');
    for (int i = 0; i < CAPABILITIES; i++) {
        if (!capability_is_in(capabilities->mask, i))
            continue;
        buffer_printf(out, "%s%s", before, capability_name(i));
        before = ", ";
    }
    buffer_append_char(out, ']');
}
