// SPDX-License-Identifier: MIT
// Any text as a value of a supervisord.conf: its %(name)s are replaced within the limit, a text
// with every % doubled comes back as it was, quoted words come back, and lists of variables are
// variables.
#include "fuzz.h"

#include "config/supervisord_expression.h"
#include "config/supervisord_words.h"

static char *expand(const char *text)
{
    struct strings names = {0}, variables = {0};
    strings_set_variable(&names, "n", "%(n)s%%");
    strings_set_variable(&names, "process_num", "7");
    strings_set_variable(&names, "numprocs", "255");
    strings_set_variable(&variables, "A", "%(ENV_A)s");
    const struct scope scope = {.variables = &variables};
    const struct expressions expressions = {&names, &scope};
    char *reason = NULL;
    char *value = supervisord_expand(text, &expressions, &reason);
    require((value == NULL) == (reason != NULL));
    require(value == NULL || strlen(value) <= EXPAND_LIMIT);
    require(value == NULL || strchr(text, '%') != NULL || strcmp(text, value) == 0);
    free(reason);
    strings_finish(&names);
    strings_finish(&variables);
    return value;
}

static void check_doubled(const char *text)
{
    struct buffer doubled = {0};
    for (const char *p = text; *p != '\0'; p++)
        buffer_append_text(&doubled, *p == '%' ? "%%" : (char[]){*p, '\0'});
    memory_auto char *written = buffer_take(&doubled);
    memory_auto char *value = expand(written);
    require(value != NULL || strlen(text) > EXPAND_LIMIT);
    require(value == NULL || strcmp(value, text) == 0);
}

static void check_words(const char *text)
{
    struct strings words = {0}, again = {0};
    struct buffer quoted = {0};
    const char *reason = NULL;
    bool good = supervisord_split(text, &words, &reason);
    require(good || reason != NULL);
    for (size_t i = 0; i < words.count; i++) {
        buffer_append_text(&quoted, i > 0 ? " '" : "'");
        for (const char *p = words.items[i]; *p != '\0'; p++)
            buffer_append_text(&quoted, *p == '\'' ? "'\\''" : (char[]){*p, '\0'});
        buffer_append_char(&quoted, '\'');
    }
    memory_auto char *written = buffer_take(&quoted);
    require(supervisord_split(written, &again, &reason));
    require_equal_lists(&words, &again);
    strings_finish(&words);
    strings_finish(&again);
}

static void check_variables(const char *text)
{
    struct strings variables = {0};
    const char *reason = NULL;
    bool good = supervisord_variables(text, &variables, &reason);
    require(good == (reason == NULL));
    for (size_t i = 0; i < variables.count; i++)
        require(strchr(variables.items[i], '=') != NULL);
    strings_finish(&variables);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    memory_auto char *text = memory_copy_bytes((const char *)bytes, size);
    free(expand(text));
    check_doubled(text);
    check_words(text);
    check_variables(text);
    return 0;
}
