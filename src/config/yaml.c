// SPDX-License-Identifier: MIT
#include "config/yaml.h"

#include "base/memory.h"
#include "config/yaml_text.h"

#include <string.h>
#include <yaml.h>

static const char standard_tag[] = "tag:yaml.org,2002:";

// A list or map that has begun and not ended.
struct frame {
    struct node *node;
    struct node *key;    // of a map: the key whose value comes next
    struct node *merge;  // of a map: the key << itself
    struct node *merged; // the value of <<
};

struct reader {
    yaml_parser_t parser;
    struct document *document;
    const struct source *source;
    struct errors *errors;
    const char *part;      // the name at the top whose value matters; NULL: all of it
    struct errors unheard; // mistakes in the rest
    struct frame frames[DOCUMENT_NESTING_LIMIT];
    size_t depth;         // frames in use
    struct node *anchors; // map from the name of an anchor to its latest node
    size_t nodes;         // so far, aliases counted in full
    struct node *root;
    bool finished; // nothing more is to be read
    bool failed;   // and what was read makes no tree
};

static struct place place_of(const struct reader *reader, yaml_mark_t mark)
{
    return (struct place){
        .source = reader->source,
        .line = (unsigned)mark.line + 1,
        .column = (unsigned)mark.column + 1,
    };
}

// The place of what an event stands for, with its length if it is on one line.
static struct place event_place(const struct reader *reader, const yaml_event_t *event)
{
    struct place place = place_of(reader, event->start_mark);
    if (event->start_mark.line == event->end_mark.line)
        place.length = (unsigned)(event->end_mark.column - event->start_mark.column);
    return place;
}

static void stop(struct reader *reader)
{
    reader->finished = true;
    reader->failed = true;
}

static bool is_merge_key(const struct node *key)
{
    return !key->quoted && strcmp(key->text, "<<") == 0;
}

// Where a mistake is said that leaves the rest of the text readable: nowhere, outside of the part.
static struct errors *errors_here(struct reader *reader)
{
    if (reader->part == NULL)
        return reader->errors;
    const struct node *key = reader->depth > 0 ? reader->frames[0].key : NULL;
    bool is_in_part =
        key != NULL && key->kind == NODE_SCALAR && strcmp(key->text, reader->part) == 0;
    return is_in_part ? reader->errors : &reader->unheard;
}

// Takes a key into the innermost map. One that cannot be used is marked, and so lost with its
// value.
static void take_key(struct reader *reader, struct frame *map, struct node *key)
{
    map->key = key;
    if (key->kind != NODE_SCALAR) {
        errors_add(errors_here(reader), key->place, "%s cannot be a key",
                   node_kind_name(key->kind));
        return;
    }
    const struct pair *pair = node_pair(map->node, key->text);
    const struct node *first = is_merge_key(key) ? map->merge : pair != NULL ? pair->key : NULL;
    if (first != NULL) {
        errors_add(errors_here(reader), key->place, "duplicate key \"%s\" (first at line %u)",
                   key->text, first->place.line);
        key->faulty = true;
    } else if (is_merge_key(key)) {
        map->merge = key;
    }
}

static void take_value(struct reader *reader, struct frame *map, struct node *value)
{
    struct node *key = map->key;
    map->key = NULL;
    if (key->kind != NODE_SCALAR || key->faulty)
        return;
    if (key == map->merge)
        map->merged = value;
    else
        document_map_append(reader->document, map->node, key, value);
}

// Puts a node where it belongs: into the innermost list or map, or at the root.
static void take_node(struct reader *reader, struct node *node)
{
    if (reader->depth == 0) {
        reader->root = node;
        return;
    }
    struct frame *frame = &reader->frames[reader->depth - 1];
    if (frame->node->kind == NODE_LIST)
        document_list_append(reader->document, frame->node, node);
    else if (frame->key == NULL)
        take_key(reader, frame, node);
    else
        take_value(reader, frame, node);
}

// Counts what is about to be added; false past a limit.
static bool within_limits(struct reader *reader, struct place place, size_t weight, size_t height)
{
    reader->nodes += weight;
    if (reader->nodes > DOCUMENT_NODE_LIMIT) {
        errors_add(reader->errors, place, "more than %d values, aliases counted in full",
                   DOCUMENT_NODE_LIMIT);
        stop(reader);
    } else if (reader->depth + height > DOCUMENT_NESTING_LIMIT) {
        errors_add(reader->errors, place, "nested more than %d levels deep",
                   DOCUMENT_NESTING_LIMIT);
        stop(reader);
    }
    return !reader->failed;
}

// Makes an alias of this name stand for the node from here on.
static void set_anchor(struct reader *reader, const yaml_char_t *anchor, struct node *node)
{
    if (anchor == NULL)
        return;
    const char *name = (const char *)anchor;
    struct pair *pair = node_pair(reader->anchors, name);
    if (pair != NULL) {
        pair->value = node;
        return;
    }
    struct node *key = document_scalar(reader->document, node->place, name, strlen(name));
    document_map_append(reader->document, reader->anchors, key, node);
}

// Marks a node whose tag we know nothing of; the others say nothing that a setting does not know
// better, but for !!str and !: they make a text of a scalar.
static void apply_tag(struct reader *reader, const yaml_char_t *tag, struct node *node)
{
    static const char *const understood[] = {"bool", "float", "int", "map", "null", "seq", "str"};
    if (tag == NULL)
        return;
    const char *name = (const char *)tag;
    bool is_text = strcmp(name, "!") == 0;
    bool is_standard = strncmp(name, standard_tag, strlen(standard_tag)) == 0;
    bool is_understood = is_text;
    if (is_standard) {
        name += strlen(standard_tag);
        for (size_t i = 0; i < LENGTH(understood); i++)
            is_understood = is_understood || strcmp(name, understood[i]) == 0;
        is_text = strcmp(name, "str") == 0;
    }
    if (!is_understood) {
        errors_add(errors_here(reader), node->place, "tag \"%s%s\" is not understood",
                   is_standard ? "!!" : "", name);
        node->faulty = true;
    }
    if (is_text && node->kind == NODE_SCALAR)
        node->quoted = true;
}

static void on_scalar(struct reader *reader, const yaml_event_t *event)
{
    struct place place = event_place(reader, event);
    if (!within_limits(reader, place, 1, 0))
        return;
    const char *text = (const char *)event->data.scalar.value;
    size_t length = strnlen(text, event->data.scalar.length);
    struct node *scalar = document_scalar(reader->document, place, text, length);
    scalar->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (length < event->data.scalar.length) {
        errors_add(errors_here(reader), place, "a text cannot hold a NUL character");
        scalar->faulty = true;
    }
    apply_tag(reader, event->data.scalar.tag, scalar);
    set_anchor(reader, event->data.scalar.anchor, scalar);
    take_node(reader, scalar);
}

static bool is_open(const struct reader *reader, const struct node *node)
{
    for (size_t i = 0; i < reader->depth; i++) {
        if (reader->frames[i].node == node)
            return true;
    }
    return false;
}

// The node that an alias stands for, or NULL after telling why there is none.
static struct node *find_target(struct reader *reader, const char *name, struct place place)
{
    struct node *target = node_get(reader->anchors, name);
    if (target == NULL) {
        errors_add(errors_here(reader), place, "alias \"*%s\" has no anchor \"&%s\" before it",
                   name, name);
        return NULL;
    }
    if (is_open(reader, target)) {
        errors_add(errors_here(reader), place, "alias \"*%s\" contains itself", name);
        return NULL;
    }
    return target;
}

static bool expects_key(const struct reader *reader)
{
    if (reader->depth == 0)
        return false;
    const struct frame *frame = &reader->frames[reader->depth - 1];
    return frame->node->kind == NODE_MAP && frame->key == NULL;
}

static void on_alias(struct reader *reader, const yaml_event_t *event)
{
    struct place place = event_place(reader, event);
    struct node *node = find_target(reader, (const char *)event->data.alias.anchor, place);
    if (!within_limits(reader, place, node != NULL ? node->weight : 1,
                       node != NULL ? node->height : 0))
        return;
    if (node == NULL) {
        node = document_scalar(reader->document, place, "", 0);
        node->faulty = true;
    } else if (expects_key(reader)) {
        // What is wrong with a key is wrong here, not where its text was first written.
        struct node *key = document_scalar(reader->document, place, "", 0);
        *key = *node;
        key->place = place;
        node = key;
    }
    take_node(reader, node);
}

static void begin(struct reader *reader, struct node *node, const yaml_char_t *anchor,
                  const yaml_char_t *tag)
{
    if (!within_limits(reader, node->place, 1, 1))
        return;
    apply_tag(reader, tag, node);
    set_anchor(reader, anchor, node);
    reader->frames[reader->depth++] = (struct frame){.node = node};
}

// Adds the pairs of a merged map that the map of the frame has no names for.
static void merge(struct reader *reader, const struct frame *frame, const struct node *merged)
{
    if (merged->kind != NODE_MAP) {
        if (!merged->faulty)
            errors_add(errors_here(reader), frame->merge->place,
                       "\"<<\" takes a map or a list of maps, not %s",
                       node_kind_name(merged->kind));
        return;
    }
    for (size_t i = 0; i < merged->pair_count; i++) {
        const struct pair *pair = &merged->pairs[i];
        if (node_pair(frame->node, pair->key->text) == NULL)
            document_map_append(reader->document, frame->node, pair->key, pair->value);
    }
}

static void end(struct reader *reader)
{
    const struct frame frame = reader->frames[--reader->depth];
    const struct node *merged = frame.merged;
    if (merged != NULL && merged->kind == NODE_LIST) {
        for (size_t i = 0; i < merged->count; i++)
            merge(reader, &frame, merged->items[i]);
    } else if (merged != NULL) {
        merge(reader, &frame, merged);
    }
    take_node(reader, frame.node);
}

static void on_event(struct reader *reader, const yaml_event_t *event)
{
    struct place place = place_of(reader, event->start_mark);
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (reader->root != NULL) {
            errors_add(reader->errors, place, "a second document begins here; only one is read");
            reader->finished = true;
        }
        break;
    case YAML_SCALAR_EVENT:
        on_scalar(reader, event);
        break;
    case YAML_ALIAS_EVENT:
        on_alias(reader, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        begin(reader, document_list(reader->document, place), event->data.sequence_start.anchor,
              event->data.sequence_start.tag);
        break;
    case YAML_MAPPING_START_EVENT:
        begin(reader, document_map(reader->document, place), event->data.mapping_start.anchor,
              event->data.mapping_start.tag);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        end(reader);
        break;
    case YAML_STREAM_END_EVENT:
        reader->finished = true;
        break;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
}

// What libyaml says of the mistakes that people make, in the words of this program.
struct problem {
    const char *text, *clearer;
    bool at_context; // it is noticed late: where the thing began is where to look
};

static const struct problem problems[] = {
    {"mapping values are not allowed in this context", "mapping values are not allowed here",
     false},
    {"mapping keys are not allowed in this context", "mapping keys are not allowed here", false},
    {"block sequence entries are not allowed in this context", "list items are not allowed here",
     false},
    {"could not find expected ':'", "expected \":\" after this key", true},
    {"did not find expected key", "expected a key, indented as the ones before it", false},
    {"did not find expected '-' indicator", "expected \"-\", indented as the ones before it",
     false},
    {"did not find expected ',' or ']'", "expected \",\" or \"]\"", false},
    {"did not find expected ',' or '}'", "expected \",\" or \"}\"", false},
    {"did not find expected node content", "expected a value", false},
    {"did not find expected <document start>", "unexpected text after the end of the document",
     false},
    {"found unexpected end of stream", "this quote is not closed", true},
    {"found unexpected document indicator", "this quote is not closed", true},
    {"found unknown escape character", "unknown escape (in double quotes, \\ is written \\\\)",
     false},
    {"found incompatible YAML document", "this is neither YAML 1.1 nor 1.2", false},
    {"found undefined tag handle", "this tag has no %TAG line", false},
    {"found a tab character that violates indentation", "a tab cannot indent", false},
    {"found a tab character where an indentation space is expected", "a tab cannot indent", false},
};

static struct problem find_problem(const char *text)
{
    for (size_t i = 0; i < LENGTH(problems); i++) {
        if (strcmp(text, problems[i].text) == 0)
            return problems[i];
    }
    return (struct problem){.text = text, .clearer = text};
}

// "while parsing a block mapping": "a map". NULL when it is no thing.
static const char *context_name(const char *context)
{
    if (context == NULL)
        return NULL;
    if (strstr(context, "mapping") != NULL)
        return node_kind_name(NODE_MAP);
    if (strstr(context, "sequence") != NULL || strstr(context, "collection") != NULL)
        return node_kind_name(NODE_LIST);
    const char *article = strstr(context, " a");
    return article != NULL ? article + 1 : NULL;
}

// Adds an error for what libyaml stopped at, with what it was about where that is not in sight.
static void add_syntax_error(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    struct errors *errors = reader->errors;
    if (parser->error == YAML_MEMORY_ERROR)
        memory_run_out();
    struct place place = place_of(reader, parser->problem_mark);
    if (strcmp(parser->problem, "found character that cannot start any token") == 0) {
        char c = (char)*parser->buffer.pointer; // libyaml stands before it
        if (c == '\t')
            errors_add(errors, place, "a tab cannot indent");
        else
            errors_add(errors, place, "\"%c\" cannot begin a text that is not in quotes", c);
        return;
    }
    struct problem problem = find_problem(parser->problem);
    size_t line = parser->context_mark.line;
    const char *what = context_name(parser->context);
    if (problem.at_context)
        errors_add(errors, place_of(reader, parser->context_mark), "%s", problem.clearer);
    else if (what != NULL && line != parser->problem_mark.line)
        errors_add(errors, place, "%s (in %s that begins at line %zu)", problem.clearer, what,
                   line + 1);
    else
        errors_add(errors, place, "%s", problem.clearer);
}

struct node *yaml_read(struct document *document, const struct source *source,
                       struct errors *errors)
{
    return yaml_read_part(document, source, NULL, errors);
}

struct node *yaml_read_part(struct document *document, const struct source *source,
                            const char *name, struct errors *errors)
{
    if (!yaml_check_text(source, errors))
        return NULL;
    struct reader reader = {
        .document = document,
        .source = source,
        .errors = errors,
        .part = name,
        .anchors = document_map(document, (struct place){0}),
    };
    if (yaml_parser_initialize(&reader.parser) == 0)
        memory_run_out();
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)source->text,
                                 source->length);
    while (!reader.finished) {
        yaml_event_t event;
        if (yaml_parser_parse(&reader.parser, &event) == 0) {
            add_syntax_error(&reader);
            stop(&reader);
            break;
        }
        on_event(&reader, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&reader.parser);
    errors_finish(&reader.unheard);
    if (reader.failed)
        return NULL;

    const struct node *root = reader.root;
    bool is_empty = root == NULL || (node_is_null(root) && root->length == 0 && !root->faulty);
    return is_empty ? document_map(document, (struct place){.source = source}) : reader.root;
}
