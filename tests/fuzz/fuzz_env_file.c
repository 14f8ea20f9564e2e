// SPDX-License-Identifier: MIT
// Any bytes as an env file: each mistake is said, what is taken are variables that can stand in
// an environment, and written again in double quotes they read back.
#include "fuzz.h"

#include "config/env_file.h"
#include "config/value.h"

enum { BUDGET = 256 * 1024 * 1024 };

static bool parse(const char *text, size_t length, struct strings *variables)
{
    struct strings outer = {0};
    strings_set_variable(&outer, "A", "${A}$$");
    strings_set_variable(&outer, "EMPTY", "");
    const struct scope scope = {.variables = &outer};
    struct errors errors = {0};
    size_t budget = BUDGET;
    const struct reading reading = {.errors = &errors, .scope = &scope, .budget = &budget};
    char name[] = "fuzz.env";
    memory_auto char *copy = memory_copy_bytes(text, length);
    const struct source source = {.name = name, .text = copy, .length = length};
    bool good = env_file_parse(&reading, &source, variables);
    require(good == (errors.count == 0));
    require_harmless(&errors);
    errors_finish(&errors);
    strings_finish(&outer);
    return good;
}

static void write_quoted(struct buffer *out, const char *value)
{
    buffer_append_char(out, '"');
    for (; *value != '\0'; value++) {
        if (*value == '\n')
            buffer_append_text(out, "\\n");
        else if (strchr("\"\\$", *value) != NULL)
            buffer_append(out, (char[]){'\\', *value}, 2);
        else
            buffer_append_char(out, *value);
    }
    buffer_append_text(out, "\"\n");
}

static void check_variables(const struct strings *variables)
{
    struct buffer again = {0};
    for (size_t i = 0; i < variables->count; i++) {
        const char *entry = variables->items[i];
        const char *value = strchr(entry, '=') + 1;
        memory_auto char *name = memory_copy_bytes(entry, (size_t)(value - 1 - entry));
        const char *reason;
        require(value_check_variable_name(name, &reason));
        require(strings_variable(variables, name) == value); // so none is there twice
        require(text_is_utf8(entry, strlen(entry)));
        buffer_printf(&again, "export %s=", name); // the word makes "#" a name as any other
        write_quoted(&again, value);
    }
    struct strings read_back = {0};
    require(parse(again.data != NULL ? again.data : "", again.length, &read_back));
    require_equal_lists(variables, &read_back);
    strings_finish(&read_back);
    buffer_finish(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct strings variables = {0};
    parse((const char *)bytes, size, &variables);
    check_variables(&variables);
    strings_finish(&variables);
    return 0;
}
