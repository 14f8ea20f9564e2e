// SPDX-License-Identifier: MIT
// Whether two values of a setting are the same.
#include "config/value.h"

#include <string.h>

// Either may be NULL.
static bool texts_equal(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool lists_equal(const struct strings *a, const struct strings *b)
{
    bool equal = a->count == b->count;
    for (size_t i = 0; i < a->count && equal; i++)
        equal = strcmp(a->items[i], b->items[i]) == 0;
    return equal;
}

// Names occur once in each, so equal ones are those of which one has all that the other has.
static bool variables_equal(const struct strings *a, const struct strings *b)
{
    bool equal = a->count == b->count;
    for (size_t i = 0; i < a->count && equal; i++)
        equal = strcmp(a->items[i], b->items[i]) == 0 || strings_contain(b, a->items[i]);
    return equal;
}

static bool commands_equal(const struct command *a, const struct command *b)
{
    return a->shell == b->shell && lists_equal(&a->argv, &b->argv);
}

// The level of what is not logged says nothing.
static bool streams_equal(const struct stream_config *a, const struct stream_config *b)
{
    return a->mode == b->mode && (a->mode != STREAM_LOG || a->level == b->level);
}

static bool successes_equal(const struct helper_config *a, const struct helper_config *b)
{
    bool equal = a->success_count == b->success_count;
    for (size_t i = 0; i < a->success_count && equal; i++)
        equal = a->success[i].signal == b->success[i].signal &&
                (a->success[i].signal != 0 || a->success[i].code == b->success[i].code);
    return equal;
}

static bool dependencies_equal(const struct helper_config *a, const struct helper_config *b)
{
    bool equal = a->dependency_count == b->dependency_count;
    for (size_t i = 0; i < a->dependency_count && equal; i++) {
        const struct dependency *of_a = &a->dependencies[i], *of_b = &b->dependencies[i];
        equal =
            of_a->condition == of_b->condition &&
            strcmp(a->owner->helpers[of_a->helper].name, b->owner->helpers[of_b->helper].name) == 0;
    }
    return equal;
}

static bool rules_equal(const struct helper_log_config *a, const struct helper_log_config *b)
{
    bool equal = a->rule_count == b->rule_count;
    for (size_t i = 0; i < a->rule_count && equal; i++) {
        const struct log_rule *of_a = &a->rules[i], *of_b = &b->rules[i];
        equal = of_a->drop == of_b->drop && (of_a->drop || of_a->level == of_b->level) &&
                strcmp(of_a->text, of_b->text) == 0;
    }
    return equal;
}

static bool accounts_equal(const struct account_config *a, const struct account_config *b)
{
    return texts_equal(a->text, b->text) && a->id == b->id;
}

static bool account_lists_equal(const struct accounts_config *a, const struct accounts_config *b)
{
    bool equal = a->is_set == b->is_set && a->count == b->count;
    for (size_t i = 0; i < a->count && equal; i++)
        equal = accounts_equal(&a->items[i], &b->items[i]);
    return equal;
}

// The same name may stand for other numbers, or be in other groups, than when it was read before.
static bool identities_equal(const struct identity *a, const struct identity *b)
{
    bool equal = a->is_set == b->is_set && a->sets_groups == b->sets_groups && a->uid == b->uid &&
                 a->gid == b->gid && a->group_count == b->group_count;
    for (size_t i = 0; i < a->group_count && equal; i++)
        equal = a->groups[i] == b->groups[i];
    return equal;
}

static bool processors_equal(const struct processors_config *a, const struct processors_config *b)
{
    return a->size == b->size && (a->size == 0 || memcmp(a->mask, b->mask, a->size) == 0);
}

static bool limits_equal(const struct limit_config *a, const struct limit_config *b)
{
    return a->is_set == b->is_set && (!a->is_set || (a->soft == b->soft && a->hard == b->hard));
}

static bool capabilities_equal(const struct capabilities_config *a,
                               const struct capabilities_config *b)
{
    return a->is_set == b->is_set && a->mask == b->mask;
}

bool value_equal(const struct setting *setting, const void *a, const void *b)
{
    const void *of_a = setting_const_field(setting, a), *of_b = setting_const_field(setting, b);
    const struct helper_config *helper_a = a, *helper_b = b;
    switch (setting->kind) {
    case KIND_BOOL:
        return *(const bool *)of_a == *(const bool *)of_b;
    case KIND_COUNT:
    case KIND_SIZE:
        return *(const uint64_t *)of_a == *(const uint64_t *)of_b;
    case KIND_FACTOR:
    case KIND_DURATION:
    case KIND_FRACTION:
        return memcmp(of_a, of_b, sizeof(double)) == 0; // both come from a text, by one way
    case KIND_OCTAL:
    case KIND_SIGNAL:
    case KIND_WORD:
    case KIND_RESTART:
    case KIND_STDIN:
    case KIND_INTEGER:
    case KIND_IO_PRIORITY:
        return *(const int *)of_a == *(const int *)of_b;
    case KIND_STREAM:
        return streams_equal(of_a, of_b);
    case KIND_TEXT:
    case KIND_LINE:
    case KIND_PATH:
    case KIND_TARGET:
    case KIND_SOCKET:
        return texts_equal(*(char *const *)of_a, *(char *const *)of_b);
    case KIND_VARIABLES:
    case KIND_LABELS:
        return variables_equal(of_a, of_b);
    case KIND_COMMAND:
        return commands_equal(of_a, of_b);
    case KIND_INHERITED:
        return helper_a->inherit_environment == helper_b->inherit_environment &&
               lists_equal(&helper_a->inherited, &helper_b->inherited);
    case KIND_SUCCESS:
        return successes_equal(helper_a, helper_b);
    case KIND_DEPENDENCIES:
        return dependencies_equal(helper_a, helper_b);
    case KIND_LIMIT:
    case KIND_LIMIT_SIZE:
    case KIND_LIMIT_TIME:
        return limits_equal(of_a, of_b);
    case KIND_PROCESSORS:
        return processors_equal(of_a, of_b);
    case KIND_USER:
        return accounts_equal(of_a, of_b) &&
               identities_equal(&helper_a->identity, &helper_b->identity);
    case KIND_GROUP:
        return accounts_equal(of_a, of_b);
    case KIND_GROUPS:
    case KIND_READERS:
        return account_lists_equal(of_a, of_b);
    case KIND_ADDRESS:
        return texts_equal(((const struct address_config *)of_a)->text,
                           ((const struct address_config *)of_b)->text);
    case KIND_CAPABILITIES:
        return capabilities_equal(of_a, of_b);
    case KIND_RULES:
        return rules_equal(&helper_a->log, &helper_b->log);
    case KIND_HELPER:  // a place among the helpers, which is found anew
    case KIND_SHELL:   // part of the command
    case KIND_OUTSIDE: // what comes of it is in other values
    case KIND_LATER:
    case KIND_MAP: // its rows are compared
    case KIND_KINDS:
        break;
    }
    return true;
}
