// SPDX-License-Identifier: MIT
#include "config/document.h"

#include "base/memory.h"

#include <limits.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
    CHUNK_SIZE = 64 * 1024,
    PAIRS_WITHOUT_INDEX = 8, // so many are found as fast by looking at each
};

// A piece of the document's memory, handed out from its start to its end and freed with all.
struct chunk {
    struct chunk *next;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

struct document {
    struct chunk *chunks; // the first one is being filled
    uint64_t seed;        // of the indexes, so that no file can choose names that collide
};

// Where the pairs of a map are found by name: open addressing, at most half full.
struct node_index {
    uint64_t seed;
    size_t mask;      // slots - 1; their number is a power of two
    uint32_t slots[]; // number of the pair, from 1; 0: free
};

struct document *document_create(void)
{
    struct document *document = memory_new(1, sizeof(*document));
    if (getrandom(&document->seed, sizeof(document->seed), GRND_NONBLOCK) < 0)
        document->seed = (uintptr_t)document; // early at boot an address must do
    return document;
}

void document_destroy(struct document *document)
{
    if (document == NULL)
        return;
    for (struct chunk *chunk = document->chunks; chunk != NULL;) {
        struct chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    free(document);
}

// Zeroed memory that lives as long as the document.
static void *document_allocate(struct document *document, size_t size)
{
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct chunk *chunk = document->chunks;
    if (chunk == NULL || chunk->size - chunk->used < size) {
        bool is_large = size > CHUNK_SIZE / 4;
        size_t room = is_large ? size : CHUNK_SIZE;
        chunk = memory_new(1, sizeof(*chunk) + room);
        chunk->size = room;
        if (is_large && document->chunks != NULL) {
            chunk->next = document->chunks->next; // the first one has room for small things still
            document->chunks->next = chunk;
        } else {
            chunk->next = document->chunks;
            document->chunks = chunk;
        }
    }
    void *memory = chunk->bytes + chunk->used;
    chunk->used += size;
    return memory;
}

static char *document_copy(struct document *document, const char *bytes, size_t length)
{
    char *copy = document_allocate(document, length + 1);
    if (length > 0)
        memcpy(copy, bytes, length);
    return copy;
}

// The array itself or, when it is full, a copy with room for one more. Room grows at the powers
// of two, so that no capacity has to be kept.
static void *document_grow(struct document *document, void *array, size_t count, size_t size)
{
    if ((count & (count - 1)) != 0)
        return array;
    void *larger = document_allocate(document, (count > 0 ? count * 2 : 1) * size);
    if (count > 0)
        memcpy(larger, array, count * size);
    return larger;
}

struct source *document_add_source(struct document *document, const char *name, const char *text,
                                   size_t length)
{
    struct source *source = document_allocate(document, sizeof(*source));
    source->name = document_copy(document, name, strlen(name));
    if (text != NULL) {
        source->text = document_copy(document, text, length);
        source->length = length;
    }
    return source;
}

static struct node *document_node(struct document *document, enum node_kind kind,
                                  struct place place)
{
    struct node *node = document_allocate(document, sizeof(*node));
    node->kind = kind;
    node->place = place;
    node->weight = 1;
    return node;
}

struct node *document_scalar(struct document *document, struct place place, const char *text,
                             size_t length)
{
    struct node *scalar = document_node(document, NODE_SCALAR, place);
    scalar->text = document_copy(document, text, length);
    scalar->length = length;
    return scalar;
}

struct node *document_list(struct document *document, struct place place)
{
    struct node *list = document_node(document, NODE_LIST, place);
    list->height = 1;
    return list;
}

struct node *document_map(struct document *document, struct place place)
{
    struct node *map = document_node(document, NODE_MAP, place);
    map->height = 1;
    return map;
}

static void count_child(struct node *parent, const struct node *child)
{
    if (__builtin_add_overflow(parent->weight, child->weight, &parent->weight))
        parent->weight = UINT_MAX;
    if (parent->height <= child->height)
        parent->height = child->height < UCHAR_MAX ? (unsigned char)(child->height + 1) : UCHAR_MAX;
}

void document_list_append(struct document *document, struct node *list, struct node *item)
{
    list->items = document_grow(document, list->items, list->count, sizeof(*list->items));
    list->items[list->count++] = item;
    count_child(list, item);
}

static uint64_t hash_name(uint64_t seed, const char *name)
{
    uint64_t hash = seed;
    for (; *name != '\0'; name++) {
        hash = (hash ^ (unsigned char)*name) * 0x9e3779b97f4a7c15U;
        hash ^= hash >> 32;
    }
    return hash;
}

// The slot in which a name is, or the free one where it belongs.
static uint32_t *index_slot(struct node_index *index, const struct pair *pairs, const char *name)
{
    size_t at = hash_name(index->seed, name) & index->mask;
    while (index->slots[at] != 0 && strcmp(pairs[index->slots[at] - 1].key->text, name) != 0)
        at = (at + 1) & index->mask;
    return &index->slots[at];
}

// Puts the pair that was added last into the index, which is made or made larger if need be.
static void index_last(struct document *document, struct node *map)
{
    struct node_index *index = map->index;
    size_t first = map->pair_count - 1;
    if (index == NULL || map->pair_count > (index->mask + 1) / 2) {
        size_t slots = index != NULL ? (index->mask + 1) * 2 : 4 * PAIRS_WITHOUT_INDEX;
        index = document_allocate(document, sizeof(*index) + slots * sizeof(index->slots[0]));
        index->seed = document->seed;
        index->mask = slots - 1;
        map->index = index;
        first = 0;
    }
    for (size_t i = first; i < map->pair_count; i++)
        *index_slot(index, map->pairs, map->pairs[i].key->text) = (uint32_t)(i + 1);
}

void document_map_append(struct document *document, struct node *map, struct node *key,
                         struct node *value)
{
    map->pairs = document_grow(document, map->pairs, map->pair_count, sizeof(*map->pairs));
    map->pairs[map->pair_count++] = (struct pair){.key = key, .value = value};
    count_child(map, key);
    count_child(map, value);
    if (map->pair_count > PAIRS_WITHOUT_INDEX)
        index_last(document, map);
}

struct pair *node_pair(const struct node *map, const char *name)
{
    if (map == NULL || map->kind != NODE_MAP)
        return NULL;
    if (map->index != NULL) {
        uint32_t number = *index_slot(map->index, map->pairs, name);
        return number > 0 ? &map->pairs[number - 1] : NULL;
    }
    for (size_t i = 0; i < map->pair_count; i++) {
        if (strcmp(map->pairs[i].key->text, name) == 0)
            return &map->pairs[i];
    }
    return NULL;
}

struct node *node_get(const struct node *map, const char *name)
{
    struct pair *pair = node_pair(map, name);
    return pair != NULL ? pair->value : NULL;
}

bool node_is_null(const struct node *node)
{
    if (node == NULL)
        return true;
    return node->kind == NODE_SCALAR && !node->quoted &&
           (node->length == 0 || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0);
}

const char *node_kind_name(enum node_kind kind)
{
    static const char *const names[] = {
        [NODE_SCALAR] = "a value",
        [NODE_LIST] = "a list",
        [NODE_MAP] = "a map",
    };
    _Static_assert(LENGTH(names) == NODE_MAP + 1, "a kind has no name");
    return names[kind];
}
