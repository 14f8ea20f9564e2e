// SPDX-License-Identifier: MIT
// Any text with any values of variables: expansion ends, keeps its limit, never looks at what it
// put in, and gives an escaped text back.
//
// The input: the value of A, a newline, the value of LONG_1, a newline, the text.
#include "fuzz.h"

#include "config/expand.h"

// Stands for a value in the text; three characters that begin nothing in any form.
static const char marker[] = "\x01\x02\x01";

static char *take_line(const char **text)
{
    size_t length = strcspn(*text, "\n");
    char *line = memory_copy_bytes(*text, length);
    *text += length + ((*text)[length] == '\n');
    return line;
}

// Expands with these values; NULL and a reason where that is refused.
static char *expand(const char *text, const char *a, const char *long_1)
{
    struct strings near = {0}, far = {0};
    const struct scope behind = {.variables = &far};
    const struct scope scope = {.variables = &near, .next = &behind};
    char *reason = NULL;
    if (a != NULL)
        strings_set_variable(&near, "A", a);
    strings_set_variable(&far, "LONG_1", long_1);
    strings_set_variable(&far, "A", "hidden behind the near one");
    char *result = expand_text(text, &scope, &reason);
    require((result == NULL) == (reason != NULL));
    require(result == NULL || strlen(result) <= EXPAND_LIMIT);
    require(result == NULL || expand_is_needed(text) || strcmp(result, text) == 0);
    free(reason);
    strings_finish(&near);
    strings_finish(&far);
    return result;
}

// The text with each marker replaced by the value.
static char *put_value(const char *text, const char *value)
{
    struct buffer out = {0};
    const char *found;
    while ((found = strstr(text, marker)) != NULL) {
        buffer_append(&out, text, (size_t)(found - text));
        buffer_append_text(&out, value);
        text = found + strlen(marker);
    }
    buffer_append_text(&out, text);
    return buffer_take(&out);
}

// A value is put in as it is: with another value all else stays the same.
static void check_value_is_not_read(const char *text, const char *a, const char *long_1)
{
    memory_auto char *given = expand(text, a, long_1);
    memory_auto char *marked = expand(text, marker, long_1);
    if (marked == NULL || strlen(a) == 0 || !text_is_utf8(a, strlen(a)))
        return;
    memory_auto char *expected = put_value(marked, a);
    if (strlen(expected) > EXPAND_LIMIT)
        require(given == NULL);
    else
        require(given != NULL && strcmp(given, expected) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    memory_auto char *all = memory_copy_bytes((const char *)bytes, size);
    const char *text = all;
    memory_auto char *a = take_line(&text);
    memory_auto char *long_1 = take_line(&text);

    memory_auto char *escaped = expand_escape(text);
    memory_auto char *plain = expand(escaped, a, long_1);
    require(plain != NULL || strlen(text) > EXPAND_LIMIT);
    require(plain == NULL || strcmp(plain, text) == 0);
    if (strchr(all, '\x01') == NULL)
        check_value_is_not_read(text, a, long_1);
    return 0;
}
