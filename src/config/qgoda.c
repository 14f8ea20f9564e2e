// SPDX-License-Identifier: MIT
#include "config/qgoda.h"

#include "base/memory.h"
#include "config/expand.h"

#include <string.h>

static struct node *scalar(struct document *document, struct place place, const char *text)
{
    struct node *node = document_scalar(document, place, text, strlen(text));
    node->quoted = true;
    return node;
}

// The list with every "${" written so that we read it as Qgoda does: as it is.
static struct node *convert_list(struct document *document, struct node *list)
{
    struct node *copy = document_list(document, list->place);
    for (size_t i = 0; i < list->count; i++) {
        struct node *item = list->items[i];
        if (item->kind == NODE_SCALAR && expand_is_needed(item->text)) {
            memory_auto char *escaped = expand_escape(item->text);
            item = scalar(document, item->place, escaped);
        }
        document_list_append(document, copy, item);
    }
    return copy;
}

static struct node *convert_helpers(struct document *document, const struct node *helpers,
                                    struct errors *errors)
{
    struct node *copy = document_map(document, helpers->place);
    for (size_t i = 0; i < helpers->pair_count; i++) {
        const struct pair *pair = &helpers->pairs[i];
        struct node *command = pair->value;
        if (command->kind == NODE_MAP || node_is_null(command)) {
            errors_add(errors, pair->key->place,
                       "helper \"%s\": must be a string or a list in this format", pair->key->text);
            continue;
        }
        if (command->kind == NODE_LIST)
            command = convert_list(document, command);
        document_map_append(document, copy, pair->key, command);
    }
    return copy;
}

struct node *qgoda_to_document(struct document *document, struct node *root, struct errors *errors)
{
    struct node *helpers = node_get(root, "helpers");
    if (node_is_null(helpers)) {
        errors_add(errors, (struct place){.source = root->place.source},
                   "there are no \"helpers\" in it");
        return NULL;
    }
    if (helpers->kind != NODE_MAP) {
        errors_add(errors, helpers->place, "\"helpers\" must be a map of name to command, not %s",
                   node_kind_name(helpers->kind));
        return NULL;
    }
    struct node *converted = document_map(document, root->place);
    document_map_append(document, converted, scalar(document, helpers->place, "helpers"),
                        convert_helpers(document, helpers, errors));
    return converted;
}
