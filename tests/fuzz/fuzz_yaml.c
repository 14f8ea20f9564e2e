// SPDX-License-Identifier: MIT
// Any bytes as YAML: what is made of them is a tree as config/document.h describes it.
#include "fuzz.h"

#include "config/yaml.h"

enum { LOOKED_AT = 10000 }; // nodes; aliases make trees of a million out of a few bytes

static void check_scalar(const struct node *node)
{
    require(node->height == 0 && node->weight == 1);
    require(strlen(node->text) == node->length);
    require(text_is_utf8(node->text, node->length));
}

static void check_node(const struct node *node, const struct source *source, size_t depth)
{
    size_t weight = 1, height = 0;
    require(depth <= DOCUMENT_NESTING_LIMIT);
    require(node->place.source == source);
    if (node->weight > LOOKED_AT)
        return;
    if (node->kind == NODE_SCALAR) {
        check_scalar(node);
        return;
    }
    size_t count = node->kind == NODE_LIST ? node->count : node->pair_count;
    for (size_t i = 0; i < count; i++) {
        const struct pair *pair = node->kind == NODE_MAP ? &node->pairs[i] : NULL;
        const struct node *child = pair != NULL ? pair->value : node->items[i];
        if (pair != NULL) {
            check_node(pair->key, source, depth + 1);
            require(pair->key->kind == NODE_SCALAR);
            require(node_pair(node, pair->key->text) == pair); // so no name is there twice
            weight++;
        }
        check_node(child, source, depth + 1);
        weight += child->weight;
        height = child->height > height ? child->height : height;
    }
    require(node->weight == weight);
    require(node->height == height + 1);
}

// Reads all of the text, or the part under "helpers"; returns how many mistakes were said.
static size_t read_once(const struct source *source, const char *part)
{
    struct document *document = document_create();
    struct errors errors = {0};
    const struct node *root = yaml_read_part(document, source, part, &errors);
    require(root != NULL || errors.count > 0);
    require(errors.kept <= ERRORS_KEPT);
    if (root != NULL) {
        require(root->weight <= DOCUMENT_NODE_LIMIT);
        check_node(root, source, 0);
    }
    require_harmless(&errors);
    size_t count = errors.count;
    errors_finish(&errors);
    document_destroy(document);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    memory_auto char *text = memory_copy_bytes((const char *)bytes, size);
    char name[] = "fuzz.yaml";
    const struct source source = {.name = name, .text = text, .length = size};
    size_t said = read_once(&source, NULL);
    require(read_once(&source, "helpers") <= said);
    return 0;
}
