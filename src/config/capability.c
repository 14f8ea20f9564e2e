// SPDX-License-Identifier: MIT
#include "config/capability.h"

#include "base/strings.h"
#include "base/text.h"

#include <cap-ng.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *capability_name(int capability)
{
    static char name[64];
    const char *short_name =
        capability < CAPABILITIES ? capng_capability_to_name((unsigned)capability) : NULL;
    if (short_name == NULL)
        return NULL;
    int length = snprintf(name, sizeof(name), "CAP_%s", short_name);
    for (int i = 0; i < length && i < (int)sizeof(name) - 1; i++)
        name[i] = (char)toupper((unsigned char)name[i]);
    return name;
}

static const char *nearest_name(const char *name)
{
    static char nearest[64];
    struct strings names = {0};
    char upper[64];
    size_t length = 0;
    for (; name[length] != '\0' && length < sizeof(upper) - 1; length++)
        upper[length] = (char)toupper((unsigned char)name[length]);
    upper[length] = '\0';
    const char *full;
    for (int i = 0; (full = capability_name(i)) != NULL; i++)
        strings_append(&names, full + strlen("CAP_"));
    const char *found = text_nearest(upper, (const char *const *)names.items, names.count);
    if (found != NULL)
        snprintf(nearest, sizeof(nearest), "%s", found);
    strings_finish(&names);
    return found != NULL ? nearest : NULL;
}

int capability_find(const char *name, const char **nearest)
{
    const char *rest = strncasecmp(name, "CAP_", 4) == 0 ? name + 4 : name;
    int capability = capng_name_to_capability(rest);
    *nearest = NULL;
    if (capability >= 0 && capability_name(capability) != NULL)
        return capability;
    *nearest = nearest_name(rest);
    return -1;
}

struct capability_rights capability_own(void)
{
    struct capability_rights rights = {0};
    if (capng_get_caps_process() < 0)
        return rights; // as if there were none: what needs some is refused
    for (int i = 0; i < CAPABILITIES && capability_name(i) != NULL; i++) {
        uint64_t bit = (uint64_t)1 << i;
        if (capng_have_capability(CAPNG_EFFECTIVE, (unsigned)i))
            rights.effective |= bit;
        if (capng_have_capability(CAPNG_PERMITTED, (unsigned)i))
            rights.permitted |= bit;
        if (capng_have_capability(CAPNG_BOUNDING_SET, (unsigned)i))
            rights.bounding |= bit;
    }
    return rights;
}

bool capability_is_in(uint64_t mask, int capability)
{
    return (mask >> capability & 1) != 0;
}
