// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/memory.h"
#include "config/document.h"

#include <limits.h>
#include <string.h>

static struct document *document;

static void setup(void)
{
    document = document_create();
}

static void teardown(void)
{
    document_destroy(document);
}

static struct node *scalar(const char *text)
{
    return document_scalar(document, (struct place){0}, text, strlen(text));
}

static struct node *list(void)
{
    return document_list(document, (struct place){0});
}

static struct node *map(void)
{
    return document_map(document, (struct place){0});
}

START_TEST(destroying_nothing_is_harmless)
{
    document_destroy(NULL);
}
END_TEST

START_TEST(a_source_copies_its_name_and_text)
{
    char name[] = "helperd.yaml", text[] = "a\0b";
    const struct source *source = document_add_source(document, name, text, 3);
    name[0] = text[0] = 'X';
    ck_assert_str_eq(source->name, "helperd.yaml");
    ck_assert_uint_eq(source->length, 3);
    ck_assert_mem_eq(source->text, "a\0b", 4);
}
END_TEST

START_TEST(a_source_may_have_no_text)
{
    const struct source *source = document_add_source(document, "gone.yaml", NULL, 0);
    ck_assert_ptr_null(source->text);
    ck_assert_uint_eq(source->length, 0);
}
END_TEST

START_TEST(sources_stay_where_they_are)
{
    const struct source *first = document_add_source(document, "first", "text", 4);
    size_t size = 1024 * 1024;
    memory_auto char *large = memory_new(size, 1);
    memset(large, 'x', size);
    for (int i = 0; i < 10; i++) {
        const struct source *source = document_add_source(document, "large", large, size);
        ck_assert_mem_eq(source->text, large, size);
        ck_assert_int_eq(source->text[size], '\0');
    }
    ck_assert_str_eq(first->name, "first");
    ck_assert_str_eq(first->text, "text");
}
END_TEST

START_TEST(a_scalar_copies_its_text_and_knows_its_place)
{
    char text[] = "always, and more";
    const struct source *source = document_add_source(document, "f", "", 0);
    const struct node *node = document_scalar(document, (struct place){source, 3, 5, 6}, text, 6);
    text[0] = 'X';
    ck_assert_int_eq(node->kind, NODE_SCALAR);
    ck_assert_str_eq(node->text, "always");
    ck_assert_uint_eq(node->length, 6);
    ck_assert_ptr_eq(node->place.source, source);
    ck_assert_uint_eq(node->place.line, 3);
    ck_assert_uint_eq(node->place.column, 5);
    ck_assert(!node->quoted);
}
END_TEST

START_TEST(a_list_keeps_its_items_in_order)
{
    struct node *node = list();
    for (int i = 0; i < 1000; i++) {
        memory_auto char *text = memory_format("%d", i);
        document_list_append(document, node, scalar(text));
    }
    ck_assert_uint_eq(node->count, 1000);
    for (int i = 0; i < 1000; i++) {
        memory_auto char *text = memory_format("%d", i);
        ck_assert_str_eq(node->items[i]->text, text);
    }
}
END_TEST

START_TEST(a_name_is_found_in_maps_of_any_size)
{
    struct node *node = map();
    for (int size = 0; size < 200; size++) {
        for (int i = 0; i < size; i++) {
            memory_auto char *name = memory_format("helper%d", i);
            const struct pair *pair = node_pair(node, name);
            ck_assert_ptr_eq(pair, &node->pairs[i]);
            ck_assert_ptr_eq(node_get(node, name), pair->value);
        }
        memory_auto char *next = memory_format("helper%d", size);
        ck_assert_ptr_null(node_pair(node, next));
        ck_assert_ptr_null(node_get(node, ""));
        document_map_append(document, node, scalar(next), scalar("value"));
    }
}
END_TEST

START_TEST(a_map_of_many_helpers_keeps_its_order)
{
    struct node *node = map();
    for (int i = 0; i < 100000; i++) {
        memory_auto char *name = memory_format("helper%d", i);
        ck_assert_ptr_null(node_pair(node, name));
        document_map_append(document, node, scalar(name), scalar("value"));
    }
    ck_assert_uint_eq(node->pair_count, 100000);
    ck_assert_str_eq(node->pairs[0].key->text, "helper0");
    ck_assert_str_eq(node->pairs[99999].key->text, "helper99999");
    ck_assert_ptr_eq(node_pair(node, "helper54321"), &node->pairs[54321]);
}
END_TEST

START_TEST(looking_into_what_is_no_map_finds_nothing)
{
    ck_assert_ptr_null(node_get(NULL, "a"));
    ck_assert_ptr_null(node_get(scalar("a"), "a"));
    ck_assert_ptr_null(node_pair(list(), "a"));
}
END_TEST

START_TEST(weight_counts_shared_nodes_each_time)
{
    struct node *inner = list();
    document_list_append(document, inner, scalar("a"));
    document_list_append(document, inner, scalar("b"));
    ck_assert_uint_eq(inner->weight, 3);
    struct node *outer = map();
    document_map_append(document, outer, scalar("x"), inner);
    document_map_append(document, outer, scalar("y"), inner);
    ck_assert_uint_eq(outer->weight, 1 + 2 * (1 + 3));
}
END_TEST

START_TEST(weight_and_height_stop_at_their_greatest_value)
{
    struct node *node = scalar("x");
    for (int i = 0; i < 300; i++) {
        struct node *parent = list();
        document_list_append(document, parent, node);
        document_list_append(document, parent, node);
        node = parent;
    }
    ck_assert_uint_eq(node->weight, UINT_MAX);
    ck_assert_uint_eq(node->height, UCHAR_MAX);
}
END_TEST

START_TEST(height_counts_levels_of_lists_and_maps)
{
    struct node *inner = list(), *outer = map();
    ck_assert_uint_eq(scalar("x")->height, 0);
    ck_assert_uint_eq(inner->height, 1);
    document_map_append(document, outer, scalar("a"), inner);
    document_map_append(document, outer, scalar("b"), scalar("c"));
    ck_assert_uint_eq(outer->height, 2);
}
END_TEST

START_TEST(null_is_nothing_or_an_unquoted_word_for_it)
{
    ck_assert(node_is_null(NULL));
    ck_assert(node_is_null(scalar("")));
    ck_assert(node_is_null(scalar("~")));
    ck_assert(node_is_null(scalar("null")));
    ck_assert(!node_is_null(scalar("no")));
    ck_assert(!node_is_null(list()));
    ck_assert(!node_is_null(map()));
    struct node *quoted = scalar("");
    quoted->quoted = true;
    ck_assert(!node_is_null(quoted));
}
END_TEST

START_TEST(kinds_have_names_for_messages)
{
    ck_assert_str_eq(node_kind_name(NODE_SCALAR), "a value");
    ck_assert_str_eq(node_kind_name(NODE_LIST), "a list");
    ck_assert_str_eq(node_kind_name(NODE_MAP), "a map");
}
END_TEST

Suite *document_suite(void)
{
    Suite *suite = suite_create("document");

    TCase *memory = tcase_create("memory");
    tcase_add_checked_fixture(memory, setup, teardown);
    tcase_add_test(memory, destroying_nothing_is_harmless);
    tcase_add_test(memory, a_source_copies_its_name_and_text);
    tcase_add_test(memory, a_source_may_have_no_text);
    tcase_add_test(memory, sources_stay_where_they_are);
    suite_add_tcase(suite, memory);

    TCase *nodes = tcase_create("nodes");
    tcase_add_checked_fixture(nodes, setup, teardown);
    tcase_add_test(nodes, a_scalar_copies_its_text_and_knows_its_place);
    tcase_add_test(nodes, a_list_keeps_its_items_in_order);
    tcase_add_test(nodes, a_name_is_found_in_maps_of_any_size);
    tcase_add_test(nodes, a_map_of_many_helpers_keeps_its_order);
    tcase_add_test(nodes, looking_into_what_is_no_map_finds_nothing);
    tcase_add_test(nodes, weight_counts_shared_nodes_each_time);
    tcase_add_test(nodes, weight_and_height_stop_at_their_greatest_value);
    tcase_add_test(nodes, height_counts_levels_of_lists_and_maps);
    tcase_add_test(nodes, null_is_nothing_or_an_unquoted_word_for_it);
    tcase_add_test(nodes, kinds_have_names_for_messages);
    suite_add_tcase(suite, nodes);

    return suite;
}
