// SPDX-License-Identifier: MIT
#include "config/account.h"

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

enum {
    ENTRY_SIZE = 1024,          // bytes of an entry of the database, to begin with
    ENTRY_LIMIT = 16 << 20,     // a group may have very many members
    CANDIDATES_LIMIT = 1000,    // names that are looked at for the nearest
    ID_LIMIT = UINT32_MAX - 1U, // UINT32_MAX means "leave it" to the kernel
};

static const char *const kind_names[] = {
    [ACCOUNT_USER] = "user",
    [ACCOUNT_GROUP] = "group",
};

// Asks the database once. 0 or an errno; ENOENT: there is none of that name.
static int look_up(enum account_kind kind, const char *name, char *entry, size_t size, uint32_t *id)
{
    struct passwd user, *found_user = NULL;
    struct group group, *found_group = NULL;
    int error = kind == ACCOUNT_USER ? getpwnam_r(name, &user, entry, size, &found_user)
                                     : getgrnam_r(name, &group, entry, size, &found_group);
    if (found_user != NULL)
        *id = user.pw_uid;
    else if (found_group != NULL)
        *id = group.gr_gid;
    else if (error == 0 || error == ESRCH || error == EBADF || error == EPERM)
        return ENOENT; // the ways in which databases say so
    return error;
}

static int find_name(enum account_kind kind, const char *name, uint32_t *id)
{
    int error;
    size_t size = ENTRY_SIZE;
    do {
        size *= 2;
        memory_auto char *entry = memory_new(size, 1);
        error = look_up(kind, name, entry, size, id);
    } while (error == ERANGE && size < ENTRY_LIMIT);
    if (error == ENOMEM)
        memory_run_out();
    return error;
}

static char *nearest_name(enum account_kind kind, const char *name)
{
    struct strings names = {0};
    const struct passwd *user;
    const struct group *group;
    if (kind == ACCOUNT_USER) {
        setpwent();
        while (names.count < CANDIDATES_LIMIT && (user = getpwent()) != NULL)
            strings_append(&names, user->pw_name);
        endpwent();
    } else {
        setgrent();
        while (names.count < CANDIDATES_LIMIT && (group = getgrent()) != NULL)
            strings_append(&names, group->gr_name);
        endgrent();
    }
    char *nearest = memory_copy(text_nearest(name, (const char *const *)names.items, names.count));
    strings_finish(&names);
    return nearest;
}

static char *describe_unknown(enum account_kind kind, const char *name)
{
    memory_auto char *nearest = nearest_name(kind, name);
    if (nearest == NULL)
        return memory_format("there is no %s \"%s\"", kind_names[kind], name);
    return memory_format("there is no %s \"%s\" (did you mean \"%s\"?)", kind_names[kind], name,
                         nearest);
}

static bool is_number(const char *text)
{
    const char *digits = text + (*text == '-');
    return *digits != '\0' && digits[strspn(digits, "0123456789")] == '\0';
}

bool account_find(enum account_kind kind, const char *text, uint32_t *id, char **reason)
{
    if (is_number(text)) {
        int64_t number;
        if (text_parse_integer(text, &number) && number >= 0 && number <= (int64_t)ID_LIMIT) {
            *id = (uint32_t)number;
            return true;
        }
        *reason = memory_format("the number of a %s is from 0 to %u, not %s", kind_names[kind],
                                (unsigned)ID_LIMIT, text);
        return false;
    }
    int error = find_name(kind, text, id);
    if (error == ENOENT)
        *reason = describe_unknown(kind, text);
    else if (error != 0)
        *reason = memory_format("cannot look up the %s \"%s\": %s", kind_names[kind], text,
                                strerror(error));
    return error == 0;
}

// The name and the primary group of a user. 0 or an errno; ENOENT: there is none.
static int find_user(uid_t uid, char **name, gid_t *primary)
{
    int error;
    size_t size = ENTRY_SIZE;
    do {
        size *= 2;
        memory_auto char *entry = memory_new(size, 1);
        struct passwd user, *found = NULL;
        error = getpwuid_r(uid, &user, entry, size, &found);
        if (found != NULL) {
            *name = memory_copy(user.pw_name);
            *primary = user.pw_gid;
        } else if (error == 0 || error == ESRCH || error == EBADF || error == EPERM) {
            error = ENOENT;
        }
    } while (error == ERANGE && size < ENTRY_LIMIT);
    if (error == ENOMEM)
        memory_run_out();
    return error;
}

int account_groups(uid_t uid, gid_t *primary, gid_t **groups, size_t *count)
{
    memory_auto char *name = NULL;
    int error = find_user(uid, &name, primary);
    if (error != 0)
        return -error;
    int room = 32, needed = room;
    gid_t *list = memory_new((size_t)room, sizeof(*list));
    while (getgrouplist(name, *primary, list, &needed) < 0) {
        // Some databases do not say how many there are.
        room = needed > room ? needed : room * 2;
        needed = room;
        list = memory_resize(list, (size_t)room, sizeof(*list));
    }
    *groups = list;
    *count = (size_t)needed;
    return 0;
}
