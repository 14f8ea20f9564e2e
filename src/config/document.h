// SPDX-License-Identifier: MIT
// What every reader makes of a text: a tree of scalars, lists and maps in which each node knows
// where it was written. No types yet: a scalar is a text and whether it was quoted.
//
// A document owns its nodes and its sources; both live until document_destroy.
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    DOCUMENT_NESTING_LIMIT = 64,
    DOCUMENT_NODE_LIMIT = 1000000, // after aliases: each use of an alias counts all below it
    DOCUMENT_TEXT_LIMIT = 16 * 1024 * 1024,
};

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    bool quoted;          // scalar in '…', "…", | or >: a text whatever it looks like
    bool faulty;          // something wrong with it was said already
    unsigned char height; // levels of lists and maps from here down; 0: a scalar
    struct place place;
    unsigned weight; // nodes in this subtree, aliases counted in full
    union {
        struct {              // NODE_SCALAR
            const char *text; // NUL-terminated, no NUL inside
            size_t length;
        };
        struct { // NODE_LIST
            struct node **items;
            size_t count;
        };
        struct { // NODE_MAP; in the order written, no name twice
            struct pair *pairs;
            size_t pair_count;
            struct node_index *index; // private; NULL in a small map
        };
    };
};

struct pair {
    struct node *key; // a scalar
    struct node *value;
};

struct document;

struct document *document_create(void);
void document_destroy(struct document *document);

// Takes a copy of the text (NULL: none) into the document as one of its sources.
struct source *document_add_source(struct document *document, const char *name, const char *text,
                                   size_t length);

// Nodes in the document's memory. Texts are copied.
struct node *document_scalar(struct document *document, struct place place, const char *text,
                             size_t length);
struct node *document_list(struct document *document, struct place place);
struct node *document_map(struct document *document, struct place place);
void document_list_append(struct document *document, struct node *list, struct node *item);
void document_map_append(struct document *document, struct node *map, struct node *key,
                         struct node *value);

// The value of a name in a map, or NULL. Safe on any node, and on NULL. Maps of more than a
// few pairs find a name through an index, so a map of 10,000 helpers is read in linear time.
struct node *node_get(const struct node *map, const char *name);
struct pair *node_pair(const struct node *map, const char *name);

bool node_is_null(const struct node *node);      // NULL, or an unquoted empty scalar, ~ or null
const char *node_kind_name(enum node_kind kind); // "a value", "a list", "a map", for messages
