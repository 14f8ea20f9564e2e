// SPDX-License-Identifier: MIT
#include "config/identity.h"

#include "base/memory.h"
#include "config/account.h"
#include "config/capability.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool list_has(const gid_t *groups, size_t count, gid_t group)
{
    for (size_t i = 0; i < count; i++) {
        if (groups[i] == group)
            return true;
    }
    return false;
}

// Whether helperd's own supplementary groups are these. The group that it runs as may stand among
// them or not.
static bool has_groups(const struct identity *identity)
{
    int count = getgroups(0, NULL);
    gid_t *own = memory_new((size_t)(count > 0 ? count : 0) + 1, sizeof(*own));
    count = count > 0 ? getgroups(count, own) : 0;
    bool same = true;
    for (int i = 0; i < count; i++)
        same = same && (own[i] == identity->gid ||
                        list_has(identity->groups, identity->group_count, own[i]));
    for (size_t i = 0; i < identity->group_count; i++)
        same = same && (identity->groups[i] == identity->gid ||
                        list_has(own, (size_t)(count > 0 ? count : 0), identity->groups[i]));
    free(own);
    return same;
}

// The groups that come with the user. False: that is wrong, and said.
static bool take_groups_of_user(const struct reading *reading, struct node *node,
                                const struct helper_config *helper, struct identity *identity)
{
    gid_t primary;
    const char *user = helper->user.text;
    int result = account_groups(identity->uid, &primary, &identity->groups, &identity->group_count);
    if (result == 0 && helper->group.text == NULL)
        identity->gid = primary;
    if (result == -ENOENT && helper->group.text == NULL)
        return reading_complain(
            reading, node, "\"user\": no account has the number %s, so \"group\" is needed", user);
    if (result != 0 && result != -ENOENT)
        return reading_complain(reading, node, "\"user\": cannot look up the groups of \"%s\": %s",
                                user, strerror(-result));
    return true;
}

static void take_groups(const struct accounts_config *groups, struct identity *identity)
{
    free(identity->groups);
    identity->groups = memory_new(groups->count + 1, sizeof(gid_t));
    identity->group_count = groups->count;
    for (size_t i = 0; i < groups->count; i++)
        identity->groups[i] = groups->items[i].id;
}

// Whether helperd may become the one it is to be; if not, that is said.
static bool check_rights(const struct reading *reading, const struct node *map,
                         const struct helper_config *helper, const struct identity *identity,
                         uint64_t rights)
{
    struct node *user = node_get(map, "user");
    struct node *group = node_get(map, "group");
    struct node *groups = node_get(map, "groups");
    bool other_user = identity->uid != getuid() || identity->uid != geteuid();
    bool other_group = identity->gid != getgid() || identity->gid != getegid();
    if (other_user && !capability_is_in(rights, CAP_SETUID))
        return reading_complain(reading, user,
                                "\"user\": to run as \"%s\" helperd needs root (CAP_SETUID)",
                                helper->user.text);
    if (capability_is_in(rights, CAP_SETGID) || (!other_group && !identity->sets_groups))
        return true;
    if (group != NULL && other_group)
        return reading_complain(reading, group,
                                "\"group\": to run as \"%s\" helperd needs root (CAP_SETGID)",
                                helper->group.text);
    return reading_complain(reading, groups != NULL ? groups : user,
                            "\"%s\": to change groups helperd needs root (CAP_SETGID)",
                            groups != NULL ? "groups" : "user");
}

static void settle_identity(const struct reading *reading, const struct node *map,
                            struct helper_config *helper, uint64_t rights)
{
    bool has_user = helper->user.text != NULL, has_group = helper->group.text != NULL;
    struct identity identity = {
        .uid = has_user ? helper->user.id : getuid(),
        .gid = has_group ? helper->group.id : getgid(),
    };
    // Helperd's own user, named as such, is no change where none is possible: its groups may be
    // others by now in the database.
    bool is_own = has_user && identity.uid == getuid() && identity.uid == geteuid() &&
                  identity.gid == getgid() && identity.gid == getegid();
    if (is_own && !helper->groups.is_set && !capability_is_in(rights, CAP_SETGID))
        return;
    if (has_user && !take_groups_of_user(reading, node_get(map, "user"), helper, &identity))
        return;
    if (helper->groups.is_set)
        take_groups(&helper->groups, &identity);
    identity.sets_groups = (has_user || helper->groups.is_set) && !has_groups(&identity);
    identity.is_set = !(identity.uid == getuid() && identity.uid == geteuid() &&
                        identity.gid == getgid() && identity.gid == getegid()) ||
                      identity.sets_groups;
    if (check_rights(reading, map, helper, &identity, rights))
        helper->identity = identity;
    else
        free(identity.groups);
}

void identity_settle(const struct reading *reading, const struct node *map,
                     struct helper_config *helper)
{
    // What was written but could not be read was complained of: nothing may be made of the rest.
    bool reads_user = helper->user.text != NULL || node_get(map, "user") == NULL;
    bool reads_group = helper->group.text != NULL || node_get(map, "group") == NULL;
    bool reads_groups = helper->groups.is_set || node_get(map, "groups") == NULL;
    bool is_given =
        helper->user.text != NULL || helper->group.text != NULL || helper->groups.is_set;
    const struct capabilities_config *capabilities = &helper->capabilities;
    if (!is_given && !capabilities->is_set)
        return;
    struct capability_rights rights = capability_own();
    if (is_given && reads_user && reads_group && reads_groups)
        settle_identity(reading, map, helper, rights.effective);
    if (capabilities->is_set && (rights.bounding & ~capabilities->mask) != 0 &&
        !capability_is_in(rights.effective, CAP_SETPCAP))
        reading_complain(reading, node_get(map, "capabilities"),
                         "\"capabilities\": to take the others away helperd needs root "
                         "(CAP_SETPCAP)");
}
