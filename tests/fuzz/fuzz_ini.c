// SPDX-License-Identifier: MIT
// Any bytes as an INI text: sections of keys and values come out, or a mistake is said; and
// written again they are read as the same, but for values that hold what may begin a comment: with
// both signs in a line the first one of them is not always one.
#include "fuzz.h"

#include "config/ini.h"

static void check_text(const struct node *node)
{
    require(node->kind == NODE_SCALAR && strlen(node->text) == node->length);
    require(text_is_utf8(node->text, node->length));
}

static void write_value(struct buffer *out, const char *value)
{
    for (; *value != '\0'; value++) {
        buffer_append_char(out, *value);
        if (*value == '\n')
            buffer_append_char(out, ' '); // a line that goes on is indented
    }
    buffer_append_char(out, '\n');
}

// All that was read as a text that reads as the same.
static char *write_sections(const struct node *sections)
{
    struct buffer out = {0};
    for (size_t i = 0; i < sections->pair_count; i++) {
        const struct pair *section = &sections->pairs[i];
        check_text(section->key);
        require(section->value->kind == NODE_MAP);
        buffer_printf(&out, "[%s]\n", section->key->text);
        for (size_t j = 0; j < section->value->pair_count; j++) {
            const struct pair *pair = &section->value->pairs[j];
            check_text(pair->key);
            check_text(pair->value);
            require(strpbrk(pair->key->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ\n") == NULL);
            require(ini_pair(sections, section->value, pair->key->text) == pair);
            buffer_printf(&out, "%s=", pair->key->text);
            write_value(&out, pair->value->text);
        }
    }
    return buffer_take(&out);
}

static bool may_hold_comment(const char *text)
{
    for (const char *p = strpbrk(text, ";#"); p != NULL; p = strpbrk(p + 1, ";#")) {
        if (p > text && strchr(" \t\n\v\f\r", p[-1]) != NULL)
            return true;
    }
    return false;
}

// Reads the bytes and writes them again; *good: nothing was wrong.
static char *read_and_write(const char *bytes, size_t length, bool *good)
{
    struct document *document = document_create();
    struct errors errors = {0};
    struct node *sections = document_map(document, (struct place){0});
    ini_read(document, sections, document_add_source(document, "a.conf", bytes, length), &errors);
    require_harmless(&errors);
    *good = errors.count == 0;
    char *text = write_sections(sections);
    errors_finish(&errors);
    document_destroy(document);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    bool good;
    memory_auto char *text = read_and_write((const char *)bytes, size, &good);
    if (may_hold_comment(text))
        return 0;
    memory_auto char *again = read_and_write(text, strlen(text), &good);
    require(good);
    require_equal(text, again);
    return 0;
}
