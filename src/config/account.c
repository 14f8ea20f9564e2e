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

// An account as the database has it.
struct account {
    uint32_t id;
    char *name;    // heap, of a user
    gid_t primary; // of a user
};

// What is asked for: the name or, where that is NULL, the number of a user.
struct question {
    enum account_kind kind;
    const char *name;
    uid_t uid;
};

// Asks the database once. 0 or an errno; ENOENT: there is none.
static int look_up(const struct question *question, char *entry, size_t size,
                   struct account *account)
{
    struct passwd user, *found_user = NULL;
    struct group group, *found_group = NULL;
    int error;
    if (question->name == NULL)
        error = getpwuid_r(question->uid, &user, entry, size, &found_user);
    else if (question->kind == ACCOUNT_USER)
        error = getpwnam_r(question->name, &user, entry, size, &found_user);
    else
        error = getgrnam_r(question->name, &group, entry, size, &found_group);
    if (found_user != NULL)
        *account = (struct account){user.pw_uid, memory_copy(user.pw_name), user.pw_gid};
    else if (found_group != NULL)
        *account = (struct account){.id = group.gr_gid};
    else if (error == 0 || error == ESRCH || error == EBADF || error == EPERM)
        return ENOENT; // the ways in which databases say so
    return error;
}

// The same, with as much room as the answer takes.
static int find(const struct question *question, struct account *account)
{
    int error;
    size_t size = ENTRY_SIZE;
    do {
        size *= 2;
        memory_auto char *entry = memory_new(size, 1);
        error = look_up(question, entry, size, account);
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
    struct account account = {0};
    int error = find(&(struct question){.kind = kind, .name = text}, &account);
    free(account.name);
    if (error == 0)
        *id = account.id;
    else if (error == ENOENT)
        *reason = describe_unknown(kind, text);
    else
        *reason = memory_format("cannot look up the %s \"%s\": %s", kind_names[kind], text,
                                strerror(error));
    return error == 0;
}

int account_groups(uid_t uid, gid_t *primary, gid_t **groups, size_t *count)
{
    struct account user = {0};
    int error = find(&(struct question){.kind = ACCOUNT_USER, .uid = uid}, &user);
    if (error != 0)
        return -error;
    memory_auto char *name = user.name;
    *primary = user.primary;
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
