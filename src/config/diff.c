// SPDX-License-Identifier: MIT
#include "config/diff.h"

#include "base/memory.h"
#include "config/value.h"

static enum difference diff_setting(const struct setting *setting, const void *before,
                                    const void *after)
{
    if (value_equal(setting, before, after))
        return DIFFERENCE_NONE;
    // Another level of the lines needs no other pipe.
    if (setting->kind == KIND_STREAM) {
        const struct stream_config *was = setting_const_field(setting, before),
                                   *is = setting_const_field(setting, after);
        return was->mode == is->mode ? DIFFERENCE_LIVE : DIFFERENCE_RESTART;
    }
    return setting->reach == REACH_RESTART ? DIFFERENCE_RESTART : DIFFERENCE_LIVE;
}

// The farthest of all differences.
static enum difference diff_table(const struct settings *settings, const void *before,
                                  const void *after)
{
    enum difference farthest = DIFFERENCE_NONE;
    for (size_t i = 0; i < settings->count && farthest < DIFFERENCE_RESTART; i++) {
        const struct setting *setting = &settings->rows[i];
        enum difference difference = setting->kind == KIND_MAP
                                         ? diff_table(setting->nested, before, after)
                                         : diff_setting(setting, before, after);
        if (difference > farthest)
            farthest = difference;
    }
    return farthest;
}

// Of the top level's settings those that reach into every helper.
static bool shared_settings_equal(const struct config *before, const struct config *after)
{
    for (size_t i = 0; i < top_settings.count; i++) {
        const struct setting *setting = &top_settings.rows[i];
        if (setting->reach == REACH_RESTART && !value_equal(setting, before, after))
            return false;
    }
    return true;
}

enum difference diff_helpers(const struct helper_config *before, const struct helper_config *after)
{
    if (!shared_settings_equal(before->owner, after->owner))
        return DIFFERENCE_RESTART;
    return diff_table(&helper_settings, before, after);
}

bool diff_dependencies(const struct helper_config *before, const struct helper_config *after)
{
    return !value_equal(settings_find(&helper_settings, "depends_on"), before, after);
}

static void add_daemon_settings(const struct settings *settings, const char *within,
                                const struct config *before, const struct config *after,
                                struct strings *names)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->rows[i];
        if (setting->kind == KIND_MAP)
            add_daemon_settings(setting->nested, setting->name, before, after, names);
        else if (setting->reach == REACH_DAEMON && !value_equal(setting, before, after))
            strings_append_owned(
                names, memory_format("%s%s%s", within, *within != '\0' ? "." : "", setting->name));
    }
}

void diff_daemon(const struct config *before, const struct config *after, struct strings *names)
{
    add_daemon_settings(&top_settings, "", before, after, names);
}
