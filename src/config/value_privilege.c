// SPDX-License-Identifier: MIT
#include "config/value_privilege.h"

#include "base/memory.h"
#include "config/account.h"
#include "config/capability.h"
#include "config/value.h"

#include <stdlib.h>

enum { GROUPS_LIMIT = 65536 }; // of the kernel

// Finds a user or group; false: it is none, and said.
static bool find_account(const struct reading *reading, const struct setting *setting,
                         struct node *node, const char *text, uint32_t *id)
{
    char *reason = NULL;
    if (*text == '\0')
        return value_complain(reading, setting, node, text);
    if (account_find(setting->kind == KIND_USER ? ACCOUNT_USER : ACCOUNT_GROUP, text, id, &reason))
        return true;
    reading_complain(reading, node, "\"%s\": %s", reading_name(reading, setting), reason);
    free(reason);
    return false;
}

void value_read_account(const struct reading *reading, const struct setting *setting,
                        struct node *node, const char *text, void *target)
{
    struct account_config *account = setting_field(setting, target);
    uint32_t id;
    if (!find_account(reading, setting, node, text, &id))
        return;
    value_free_account(account);
    *account = (struct account_config){.text = memory_copy(text), .id = id};
}

void value_free_account(struct account_config *account)
{
    free(account->text);
    *account = (struct account_config){0};
}

void value_read_groups(const struct reading *reading, const struct setting *setting,
                       struct node *node, struct groups_config *groups)
{
    if (node->kind != NODE_LIST) {
        value_complain(reading, setting, node, NULL);
        return;
    }
    if (node->count > GROUPS_LIMIT) {
        reading_complain(reading, node, "\"%s\" has more than %d groups", setting->name,
                         GROUPS_LIMIT);
        return;
    }
    value_free_groups(groups);
    groups->items = memory_new(node->count + 1, sizeof(*groups->items));
    bool good = true;
    for (size_t i = 0; i < node->count; i++) {
        struct node *item = node->items[i];
        memory_auto char *own = NULL;
        uint32_t id;
        if (item->kind != NODE_SCALAR || node_is_null(item)) {
            good = value_complain(reading, setting, item, NULL);
            continue;
        }
        const char *text = reading_text(reading, setting, item, &own);
        if (text != NULL && find_account(reading, setting, item, text, &id))
            groups->items[groups->count++] =
                (struct account_config){.text = memory_copy(text), .id = id};
        else
            good = false;
    }
    groups->is_set = good;
}

void value_free_groups(struct groups_config *groups)
{
    for (size_t i = 0; i < groups->count; i++)
        free(groups->items[i].text);
    free(groups->items);
    *groups = (struct groups_config){0};
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
