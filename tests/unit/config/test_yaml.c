// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "config/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct document *document;
static struct errors errors;

static void setup(void)
{
    document = document_create();
}

static void teardown(void)
{
    errors_finish(&errors);
    document_destroy(document);
}

static struct node *read_bytes(const char *text, size_t length)
{
    return yaml_read(document, document_add_source(document, "f", text, length), &errors);
}

static struct node *read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

// Appends a node in short: scalars bare or in quotes, [lists], {maps}.
static void tell(struct buffer *out, const struct node *node)
{
    switch (node->kind) {
    case NODE_SCALAR:
        buffer_printf(out, node->quoted ? "'%s'" : "%s", node->text);
        break;
    case NODE_LIST:
        buffer_append_char(out, '[');
        for (size_t i = 0; i < node->count; i++) {
            buffer_append_text(out, i > 0 ? " " : "");
            tell(out, node->items[i]);
        }
        buffer_append_char(out, ']');
        break;
    case NODE_MAP:
        buffer_append_char(out, '{');
        for (size_t i = 0; i < node->pair_count; i++) {
            buffer_append_text(out, i > 0 ? " " : "");
            tell(out, node->pairs[i].key);
            buffer_append_char(out, ':');
            tell(out, node->pairs[i].value);
        }
        buffer_append_char(out, '}');
        break;
    }
}

static void assert_reads(const char *text, const char *expected)
{
    const struct node *root = read_text(text);
    ck_assert_uint_eq(errors.count, 0);
    ck_assert_ptr_nonnull(root);
    struct buffer told = {0};
    tell(&told, root);
    memory_auto char *short_form = buffer_take(&told);
    ck_assert_str_eq(short_form, expected);
}

static void assert_error(size_t number, unsigned line, unsigned column, const char *text)
{
    ck_assert_uint_gt(errors.kept, number);
    const struct error *error = &errors.items[number];
    ck_assert_str_eq(error->text, text);
    ck_assert_uint_eq(error->line, line);
    ck_assert_uint_eq(error->column, column);
}

// That the text makes no tree, for one reason.
static void assert_refused_bytes(const char *text, size_t length, unsigned line, unsigned column,
                                 const char *reason)
{
    ck_assert_ptr_null(read_bytes(text, length));
    ck_assert_uint_eq(errors.count, 1);
    assert_error(0, line, column, reason);
    errors_finish(&errors);
}

static void assert_refused(const char *text, unsigned line, unsigned column, const char *reason)
{
    assert_refused_bytes(text, strlen(text), line, column, reason);
}

// That the text has one error, beside which it can be looked through.
static void assert_wrong(const char *text, unsigned line, unsigned column, const char *reason)
{
    ck_assert_ptr_nonnull(read_text(text));
    ck_assert_uint_eq(errors.count, 1);
    assert_error(0, line, column, reason);
    errors_finish(&errors);
}

static char *repeat(const char *text, size_t times)
{
    struct buffer buffer = {0};
    for (size_t i = 0; i < times; i++)
        buffer_append_text(&buffer, text);
    return buffer_take(&buffer);
}

START_TEST(reads_scalars_lists_and_maps)
{
    assert_reads("helpers:\n"
                 "  assets: [webpack, --watch]\n"
                 "  db:\n"
                 "    command:\n"
                 "    - postgres\n"
                 "    ready: {after: 1s}\n",
                 "{helpers:{assets:[webpack --watch] db:{command:[postgres] ready:{after:1s}}}}");
}
END_TEST

START_TEST(an_empty_text_is_an_empty_map)
{
    assert_reads("", "{}");
    assert_reads("# nothing\n\n", "{}");
    assert_reads("---\n", "{}");
    assert_reads("\xef\xbb\xbf", "{}");
}
END_TEST

START_TEST(scalars_know_whether_they_are_quoted)
{
    assert_reads("[no, 'no', \"no\", ~, '']", "[no 'no' 'no' ~ '']");
    assert_reads("- |\n a\n- >-\n b\n c\n", "['a\n' 'b c']");
}
END_TEST

START_TEST(nodes_know_where_they_are_in_characters)
{
    const struct node *root =
        read_text("\xef\xbb\xbfüb: \"€\"\nlist:\n  - 'ä' # note\n  - long one \n");
    const struct pair *first = &root->pairs[0];
    ck_assert_uint_eq(first->key->place.line, 1);
    ck_assert_uint_eq(first->key->place.column, 1);
    ck_assert_uint_eq(first->key->place.length, 2);
    ck_assert_uint_eq(first->value->place.column, 5);
    ck_assert_uint_eq(first->value->place.length, 3);
    const struct node *list = node_get(root, "list");
    ck_assert_uint_eq(list->place.line, 3);
    ck_assert_uint_eq(list->place.column, 3);
    ck_assert_uint_eq(list->items[0]->place.column, 5);
    ck_assert_uint_eq(list->items[1]->place.line, 4);
    ck_assert_uint_eq(list->items[1]->place.length, strlen("long one"));
}
END_TEST

START_TEST(windows_line_ends_count_once)
{
    assert_reads("a: b\r\nc: d\r\n", "{a:b c:d}");
    assert_wrong("a: b\r\na: d\r\n", 2, 1, "duplicate key \"a\" (first at line 1)");
}
END_TEST

START_TEST(an_alias_is_what_its_anchor_was_last_set_to)
{
    assert_reads("[&a x, *a, &a [y, &b z], *a, *b]", "[x x [y z] [y z] z]");
}
END_TEST

START_TEST(aliases_count_in_full)
{
    const struct node *root = read_text("[&a [x, y], *a]");
    ck_assert_uint_eq(root->weight, 7);
    ck_assert_ptr_eq(root->items[0], root->items[1]);
}
END_TEST

START_TEST(an_alias_as_key_is_wrong_where_it_is_used)
{
    assert_reads("{&a a: 1, b: *a}", "{a:1 b:a}");
    assert_wrong("&a a: 1\n*a : 2\n", 2, 1, "duplicate key \"a\" (first at line 1)");
}
END_TEST

START_TEST(an_alias_needs_an_anchor_before_it)
{
    assert_wrong("a: *x\nb: &x y\n", 1, 4, "alias \"*x\" has no anchor \"&x\" before it");
}
END_TEST

START_TEST(an_alias_that_contains_itself_is_refused)
{
    assert_wrong("a: &a [b, *a]\n", 1, 11, "alias \"*a\" contains itself");
    assert_wrong("&a {b: {<<: *a}}\n", 1, 13, "alias \"*a\" contains itself");
    assert_wrong("&a {*a : b}\n", 1, 5, "alias \"*a\" contains itself");
}
END_TEST

START_TEST(a_reported_node_is_marked_faulty)
{
    const struct node *root = read_text("[*x, !foo y, \"a\\0b\", z]");
    ck_assert_uint_eq(errors.count, 3);
    ck_assert_uint_eq(root->count, 4);
    ck_assert(root->items[0]->faulty);
    ck_assert(root->items[1]->faulty);
    ck_assert(root->items[2]->faulty);
    ck_assert(!root->items[3]->faulty);
}
END_TEST

START_TEST(merged_pairs_come_after_the_maps_own)
{
    assert_reads("[&a {x: 1, y: 2}, {<<: *a, y: 3, z: 4}]", "[{x:1 y:2} {y:3 z:4 x:1}]");
}
END_TEST

START_TEST(of_several_merged_maps_the_earlier_wins)
{
    assert_reads("[&a {x: 1, y: 2}, &b {y: 3, z: 4}, {<<: [*a, *b]}]",
                 "[{x:1 y:2} {y:3 z:4} {x:1 y:2 z:4}]");
}
END_TEST

START_TEST(merged_maps_may_have_merged_others)
{
    assert_reads("[&a {x: 1}, &b {<<: *a, y: 2}, {<<: *b}]", "[{x:1} {y:2 x:1} {y:2 x:1}]");
    assert_reads("{<<: {x: 1, <<: [{y: 2}]}}", "{x:1 y:2}");
}
END_TEST

START_TEST(a_quoted_merge_key_is_a_normal_key)
{
    assert_reads("{'<<': 3}", "{'<<':3}");
    assert_reads("{!!str <<: 3}", "{'<<':3}");
}
END_TEST

START_TEST(only_maps_can_be_merged)
{
    assert_wrong("a:\n  <<: 3\n", 2, 3, "\"<<\" takes a map or a list of maps, not a value");
    assert_wrong("a:\n  <<: [{x: y}, [z]]\n", 2, 3,
                 "\"<<\" takes a map or a list of maps, not a list");
}
END_TEST

START_TEST(a_map_is_merged_into_once)
{
    assert_wrong("<<: {a: b}\n<<: {c: d}\n", 2, 1, "duplicate key \"<<\" (first at line 1)");
}
END_TEST

START_TEST(every_duplicate_key_is_refused_naming_both_places)
{
    const struct node *root = read_text("a:\n  web: 1\n  db: 2\n  'web': 3\nb: 1\nb: 2\n");
    ck_assert_uint_eq(errors.count, 2);
    assert_error(0, 4, 3, "duplicate key \"web\" (first at line 2)");
    assert_error(1, 6, 1, "duplicate key \"b\" (first at line 5)");
    ck_assert_uint_eq(node_get(root, "a")->pair_count, 2);
    ck_assert_str_eq(node_get(root, "b")->text, "1");
}
END_TEST

START_TEST(only_scalars_are_keys)
{
    assert_wrong("a: b\n[c]: d\n", 2, 1, "a list cannot be a key");
    assert_wrong("? {c: d}\n: [e]\n", 1, 3, "a map cannot be a key");
}
END_TEST

START_TEST(nul_in_a_scalar_is_refused)
{
    assert_wrong("a:\n  b: \"x\\0y\"\n", 2, 6, "a text cannot hold a NUL character");
    assert_wrong("\"x\\0y\": a\n", 1, 1, "a text cannot hold a NUL character");
}
END_TEST

START_TEST(one_document_is_read)
{
    assert_reads("---\na: b\n...\n", "{a:b}");
    assert_wrong("a: b\n---\nc: d\n", 2, 1, "a second document begins here; only one is read");
    assert_wrong("---\n---\n", 2, 1, "a second document begins here; only one is read");
}
END_TEST

START_TEST(standard_tags_are_accepted)
{
    assert_reads("[!!int 3, !!bool yes, !!null ~, !!float 1.5, !!seq [], !!map {}]",
                 "[3 yes ~ 1.5 [] {}]");
    assert_reads("%TAG !y! tag:yaml.org,2002:\n---\n[!y!int 3, !<tag:yaml.org,2002:str> no]",
                 "[3 'no']");
}
END_TEST

START_TEST(the_text_tag_makes_a_text)
{
    assert_reads("[!!str no, ! 3]", "['no' '3']");
    assert_reads("!!str", "''");
}
END_TEST

START_TEST(other_tags_are_refused)
{
    assert_wrong("a: !foo b\n", 1, 4, "tag \"!foo\" is not understood");
    assert_wrong("a: !!binary b\n", 1, 4, "tag \"!!binary\" is not understood");
    assert_wrong("a: !foo [b]\n", 1, 4, "tag \"!foo\" is not understood");
}
END_TEST

START_TEST(syntax_errors_say_what_is_wrong_and_where)
{
    static const struct {
        const char *text;
        unsigned line, column;
        const char *reason;
    } table[] = {
        {"a: b\n  c: d\n", 2, 4, "mapping values are not allowed here"},
        {"ü: é\n  ä: d\n", 2, 4, "mapping values are not allowed here"},
        {"a:\n  b: c\n d: e\n", 3, 2,
         "expected a key, indented as the ones before it (in a map that begins at line 1)"},
        {"- a\nb: c\n", 2, 1,
         "expected \"-\", indented as the ones before it (in a list that begins at line 1)"},
        {"a: [b\nc: d\n", 2, 2, "expected \",\" or \"]\" (in a list that begins at line 1)"},
        {"a: b\n\"c\"\nd: e\n", 2, 1, "expected \":\" after this key"},
        {"a: {b: c]\n", 1, 9, "expected \",\" or \"}\""},
        {"x: 1\na: \"b\n\nc: d\n", 2, 4, "this quote is not closed"},
        {"a: 'b", 1, 4, "this quote is not closed"},
        {"a:\n\tb: c\n", 2, 1, "a tab cannot indent"},
        {"a: b\n\tc: d\n", 2, 1, "a tab cannot indent (in a plain scalar that begins at line 1)"},
        {"a: @b\n", 1, 4, "\"@\" cannot begin a text that is not in quotes"},
        {"a: \"\\q\"\n", 1, 5, "unknown escape (in double quotes, \\ is written \\\\)"},
        {"a: !x!y z\n", 1, 4, "this tag has no %TAG line"},
        {"%YAML 9.0\n---\n", 1, 1, "this is neither YAML 1.1 nor 1.2"},
    };
    for (size_t i = 0; i < LENGTH(table); i++)
        assert_refused(table[i].text, table[i].line, table[i].column, table[i].reason);
}
END_TEST

START_TEST(errors_before_a_syntax_error_are_kept)
{
    ck_assert_ptr_null(read_text("a: 1\na: 2\nb: [}\n"));
    ck_assert_uint_eq(errors.count, 2);
    assert_error(0, 2, 1, "duplicate key \"a\" (first at line 1)");
    assert_error(1, 3, 5, "expected a value");
}
END_TEST

START_TEST(characters_that_yaml_does_not_know_are_refused)
{
    assert_refused("a: é\nü: \x01\n", 2, 4, "character U+0001 is not allowed here");
    assert_refused("a: b\xc2\x9b", 1, 5, "character U+009B is not allowed here");
    assert_refused("a: \xef\xbf\xbe", 1, 4, "character U+FFFE is not allowed here");
    assert_refused_bytes("a: b\0c", 6, 1, 5, "character U+0000 is not allowed here");
}
END_TEST

START_TEST(line_ends_that_no_editor_shows_are_refused)
{
    assert_refused("a: b\rc: d\n", 1, 5, "character U+000D is not allowed here");
    assert_refused("# \xe2\x80\xa8"
                   "a: b\n",
                   1, 3, "character U+2028 is not allowed here");
    assert_refused("# \xc2\x85"
                   "a: b\n",
                   1, 3, "character U+0085 is not allowed here");
}
END_TEST

START_TEST(only_utf8_is_read)
{
    assert_refused("a: b\nü: \xff\n", 2, 4, "byte \\xff is not UTF-8");
    assert_refused("a: \xed\xa0\x80\n", 1, 4, "byte \\xed is not UTF-8");
    assert_refused("a: \xc0\x80", 1, 4, "byte \\xc0 is not UTF-8");
    assert_refused("a: \xf4\x90\x80\x80", 1, 4, "byte \\xf4 is not UTF-8");
    assert_refused("a: \xe2\x82", 1, 4, "byte \\xe2 is not UTF-8");
    assert_refused_bytes("\xff\xfe"
                         "a\0:\0",
                         6, 0, 0, "the text is UTF-16; it must be UTF-8");
    assert_refused_bytes("\xfe\xff\0a\0:", 6, 0, 0, "the text is UTF-16; it must be UTF-8");
}
END_TEST

START_TEST(nesting_has_a_limit)
{
    memory_auto char *open = repeat("[", DOCUMENT_NESTING_LIMIT);
    memory_auto char *close = repeat("]", DOCUMENT_NESTING_LIMIT);
    memory_auto char *deepest = memory_format("%sx%s", open, close);
    memory_auto char *too_deep = memory_format("[%sx%s]", open, close);
    ck_assert_uint_eq(read_text(deepest)->height, DOCUMENT_NESTING_LIMIT);
    assert_refused(too_deep, 1, DOCUMENT_NESTING_LIMIT + 1, "nested more than 64 levels deep");
}
END_TEST

START_TEST(nesting_through_aliases_has_the_same_limit)
{
    memory_auto char *open = repeat("[", DOCUMENT_NESTING_LIMIT / 2);
    memory_auto char *close = repeat("]", DOCUMENT_NESTING_LIMIT / 2);
    memory_auto char *half = memory_format("[&a %sx%s, *a]", open, close);
    memory_auto char *whole = memory_format("- &a %sx%s\n- %s*a%s\n", open, close, open, close);
    ck_assert_ptr_nonnull(read_text(half));
    assert_refused(whole, 2, 3 + DOCUMENT_NESTING_LIMIT / 2, "nested more than 64 levels deep");
}
END_TEST

// Processor time is taken, so that a busy machine makes no difference.
static double seconds_to_refuse(const char *text)
{
    clock_t start = clock();
    ck_assert_ptr_null(read_text(text));
    ck_assert_uint_eq(errors.count, 1);
    errors_finish(&errors);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

START_TEST(hostile_texts_are_refused_at_once)
{
    static const char *const units[] = {
        "[", "{a: ", "- ", "? ", "[\n", "{a: [\n", "[{? ", "&a [", "\"a\": [", "%TAG !a! b\n",
    };
    for (size_t i = 0; i < LENGTH(units); i++) {
        memory_auto char *text = repeat(units[i], 900000 / strlen(units[i]));
        ck_assert_double_lt(seconds_to_refuse(text), 1);
    }
}
END_TEST

START_TEST(aliases_cannot_multiply_past_the_node_limit)
{
    struct buffer text = {0};
    buffer_append_text(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 30; i++) {
        buffer_printf(&text, "a%d: &a%d [", i, i);
        for (int k = 0; k < 9; k++)
            buffer_printf(&text, "*a%d, ", i - 1);
        buffer_append_text(&text, "]\n");
    }
    memory_auto char *laughs = buffer_take(&text);
    assert_refused(laughs, 7, 10, "more than 1000000 values, aliases counted in full");
}
END_TEST

START_TEST(values_have_a_limit)
{
    memory_auto char *items = repeat("a,", DOCUMENT_NODE_LIMIT - 1);
    memory_auto char *most = memory_format("[%s]", items);
    memory_auto char *too_many = memory_format("[%sa]", items);
    ck_assert_uint_eq(read_text(most)->weight, DOCUMENT_NODE_LIMIT);
    assert_refused(too_many, 1, 2 * DOCUMENT_NODE_LIMIT,
                   "more than 1000000 values, aliases counted in full");
}
END_TEST

START_TEST(many_anchors_are_read_in_linear_time)
{
    struct buffer text = {0};
    for (int i = 0; i < 60000; i++)
        buffer_printf(&text, "- &a%d x\n- *a%d\n", i, i);
    memory_auto char *anchors = buffer_take(&text);
    clock_t start = clock();
    const struct node *root = read_text(anchors);
    ck_assert_double_lt((double)(clock() - start) / CLOCKS_PER_SEC, 2);
    ck_assert_uint_eq(root->count, 120000);
    ck_assert_uint_eq(errors.count, 0);
}
END_TEST

Suite *yaml_suite(void)
{
    Suite *suite = suite_create("yaml");

    TCase *values = tcase_create("values");
    tcase_add_checked_fixture(values, setup, teardown);
    tcase_add_test(values, reads_scalars_lists_and_maps);
    tcase_add_test(values, an_empty_text_is_an_empty_map);
    tcase_add_test(values, scalars_know_whether_they_are_quoted);
    tcase_add_test(values, nodes_know_where_they_are_in_characters);
    tcase_add_test(values, windows_line_ends_count_once);
    tcase_add_test(values, one_document_is_read);
    suite_add_tcase(suite, values);

    TCase *aliases = tcase_create("aliases");
    tcase_add_checked_fixture(aliases, setup, teardown);
    tcase_add_test(aliases, an_alias_is_what_its_anchor_was_last_set_to);
    tcase_add_test(aliases, aliases_count_in_full);
    tcase_add_test(aliases, an_alias_as_key_is_wrong_where_it_is_used);
    tcase_add_test(aliases, an_alias_needs_an_anchor_before_it);
    tcase_add_test(aliases, an_alias_that_contains_itself_is_refused);
    suite_add_tcase(suite, aliases);

    TCase *merging = tcase_create("merging");
    tcase_add_checked_fixture(merging, setup, teardown);
    tcase_add_test(merging, merged_pairs_come_after_the_maps_own);
    tcase_add_test(merging, of_several_merged_maps_the_earlier_wins);
    tcase_add_test(merging, merged_maps_may_have_merged_others);
    tcase_add_test(merging, a_quoted_merge_key_is_a_normal_key);
    tcase_add_test(merging, only_maps_can_be_merged);
    tcase_add_test(merging, a_map_is_merged_into_once);
    suite_add_tcase(suite, merging);

    TCase *tags = tcase_create("tags");
    tcase_add_checked_fixture(tags, setup, teardown);
    tcase_add_test(tags, standard_tags_are_accepted);
    tcase_add_test(tags, the_text_tag_makes_a_text);
    tcase_add_test(tags, other_tags_are_refused);
    suite_add_tcase(suite, tags);

    TCase *mistakes = tcase_create("mistakes");
    tcase_add_checked_fixture(mistakes, setup, teardown);
    tcase_add_test(mistakes, a_reported_node_is_marked_faulty);
    tcase_add_test(mistakes, every_duplicate_key_is_refused_naming_both_places);
    tcase_add_test(mistakes, only_scalars_are_keys);
    tcase_add_test(mistakes, nul_in_a_scalar_is_refused);
    tcase_add_test(mistakes, syntax_errors_say_what_is_wrong_and_where);
    tcase_add_test(mistakes, errors_before_a_syntax_error_are_kept);
    tcase_add_test(mistakes, characters_that_yaml_does_not_know_are_refused);
    tcase_add_test(mistakes, line_ends_that_no_editor_shows_are_refused);
    tcase_add_test(mistakes, only_utf8_is_read);
    suite_add_tcase(suite, mistakes);

    TCase *limits = tcase_create("limits");
    tcase_add_checked_fixture(limits, setup, teardown);
    tcase_set_timeout(limits, 60);
    tcase_add_test(limits, nesting_has_a_limit);
    tcase_add_test(limits, nesting_through_aliases_has_the_same_limit);
    tcase_add_test(limits, hostile_texts_are_refused_at_once);
    tcase_add_test(limits, aliases_cannot_multiply_past_the_node_limit);
    tcase_add_test(limits, values_have_a_limit);
    tcase_add_test(limits, many_anchors_are_read_in_linear_time);
    suite_add_tcase(suite, limits);

    return suite;
}
