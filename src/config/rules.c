// SPDX-License-Identifier: MIT
#include "config/rules.h"

#include "base/memory.h"
#include "base/text.h"
#include "config/value.h"

#include <stdlib.h>
#include <string.h>

enum { PATTERN_COST = 4 }; // for each byte of a compiled pattern, as it takes time, too

static const struct setting *row(size_t rule)
{
    return &rule_settings.rows[rule];
}

// The pattern of the sibling's rule in the same place, where it is the same: instances and helpers
// with the rules of the defaults have one for all.
static struct pattern *find_shared(const struct reading *reading, size_t index, const char *text)
{
    const struct helper_config *sibling = reading->sibling;
    if (sibling == NULL || index >= sibling->log.rule_count ||
        strcmp(sibling->log.rules[index].text, text) != 0)
        return NULL;
    return pattern_share(sibling->log.rules[index].match);
}

static bool rule_match(const struct reading *reading, struct node *node, size_t index,
                       struct log_rule *rule)
{
    memory_auto char *own = NULL;
    if (node->kind != NODE_SCALAR || node_is_null(node))
        return value_complain(reading, row(RULE_MATCH), node, NULL);
    const char *text = reading_text(reading, row(RULE_MATCH), node, &own);
    if (text == NULL)
        return false;
    rule->text = memory_copy(text);
    rule->match = find_shared(reading, index, text);
    if (rule->match != NULL)
        return true;
    char reason[128];
    size_t offset;
    rule->match = pattern_create(text, reason, &offset);
    if (rule->match == NULL)
        return reading_complain(reading, node, "\"log.rules.match\": %s (at offset %zu of \"%s\")",
                                reason, offset, text);
    return reading_spend(reading, node->place, PATTERN_COST * pattern_size(rule->match));
}

static bool rule_level(const struct reading *reading, struct node *node, struct log_rule *rule)
{
    memory_auto char *own = NULL;
    if (node->kind != NODE_SCALAR)
        return value_complain(reading, row(RULE_LEVEL), node, NULL);
    const char *text = reading_text(reading, row(RULE_LEVEL), node, &own);
    if (text == NULL)
        return false;
    int level = setting_word_value(row(RULE_LEVEL), text);
    if (level < 0)
        return value_complain(reading, row(RULE_LEVEL), node, text);
    rule->level = (enum level)level;
    return true;
}

static bool rule_drop(const struct reading *reading, struct node *node, struct log_rule *rule)
{
    if (!value_read_bool(reading, row(RULE_DROP), node, &rule->drop))
        return false;
    if (!rule->drop)
        return reading_complain(reading, node, "\"log.rules.drop\" can only be true");
    return true;
}

static bool rule_check_keys(const struct reading *reading, struct node *node)
{
    bool good = true;
    for (size_t i = 0; i < node->pair_count; i++) {
        if (settings_find(&rule_settings, node->pairs[i].key->text) == NULL) {
            schema_unknown(reading, &rule_settings, node->pairs[i].key);
            good = false;
        }
    }
    return good;
}

static bool rule_read(const struct reading *reading, struct node *node, size_t index,
                      struct log_rule *rule)
{
    if (node->kind != NODE_MAP)
        return reading_complain(reading, node,
                                "\"log.rules\" must be a list of maps (like {match: REGEX, level: "
                                "error})");
    struct node *match = node_get(node, row(RULE_MATCH)->name);
    struct node *level = node_get(node, row(RULE_LEVEL)->name);
    struct node *drop = node_get(node, row(RULE_DROP)->name);
    if (!rule_check_keys(reading, node))
        return false;
    if (match == NULL)
        return reading_complain(reading, node, "\"log.rules\": a rule needs \"match\"");
    if ((level == NULL) == (drop == NULL))
        return reading_complain(reading, node,
                                "\"log.rules\": a rule needs either \"level\" or \"drop: true\"");
    bool good = rule_match(reading, match, index, rule);
    return (level != NULL ? rule_level(reading, level, rule) : rule_drop(reading, drop, rule)) &&
           good;
}

static void rule_finish(struct log_rule *rule)
{
    pattern_destroy(rule->match);
    free(rule->text);
}

void rules_read(const struct reading *reading, const struct setting *setting, struct node *node,
                struct helper_config *helper)
{
    struct reading inner = *reading;
    inner.within = "log.rules";
    rules_free(helper);
    if (node_is_null(node))
        return;
    if (node->kind != NODE_LIST) {
        value_complain(reading, setting, node, NULL);
        return;
    }
    helper->log.rules = memory_new(node->count, sizeof(*helper->log.rules));
    for (size_t i = 0; i < node->count; i++) {
        struct log_rule rule = {0};
        if (rule_read(&inner, node->items[i], helper->log.rule_count, &rule))
            helper->log.rules[helper->log.rule_count++] = rule;
        else
            rule_finish(&rule);
    }
}

void rules_free(struct helper_config *helper)
{
    for (size_t i = 0; i < helper->log.rule_count; i++)
        rule_finish(&helper->log.rules[i]);
    free(helper->log.rules);
    helper->log.rules = NULL;
    helper->log.rule_count = 0;
}
