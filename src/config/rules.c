// SPDX-License-Identifier: MIT
#include "config/rules.h"

#include "base/memory.h"
#include "base/text.h"
#include "config/value.h"

#include <stdlib.h>

static const struct setting *row(size_t rule)
{
    return &rule_settings.rows[rule];
}

static bool rule_match(const struct reading *reading, struct node *node, struct log_rule *rule)
{
    memory_auto char *own = NULL;
    if (node->kind != NODE_SCALAR || node_is_null(node))
        return value_complain(reading, row(RULE_MATCH), node, NULL);
    const char *text = reading_text(reading, row(RULE_MATCH), node, &own);
    if (text == NULL)
        return false;
    char reason[128];
    size_t offset;
    rule->match = pattern_create(text, reason, &offset);
    if (rule->match == NULL)
        return reading_complain(reading, node, "\"log.rules.match\": %s (at offset %zu of \"%s\")",
                                reason, offset, text);
    rule->text = memory_copy(text);
    return true;
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

static bool rule_read(const struct reading *reading, struct node *node, struct log_rule *rule)
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
    bool good = rule_match(reading, match, rule);
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
        if (rule_read(&inner, node->items[i], &rule))
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
