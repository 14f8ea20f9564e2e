// SPDX-License-Identifier: MIT
// Writes a manual page: the file given, with its lines @SETTINGS@, @SUPERVISORD@, @ROUTES@ and
// @PARAMETERS@ replaced by what the tables say of themselves. It must have two of them.
#include "base/memory.h"
#include "config/describe.h"
#include "control/endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_text(struct buffer *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '-' || *text == '\\')
            buffer_append_char(out, '\\');
        buffer_append_char(out, *text == '\\' ? 'e' : *text);
    }
}

// "/v1/helpers/{name}/start" with what stands for something else as such.
static void write_path(struct buffer *out, const char *path)
{
    static const char variable[] = "{name}";
    const char *place = strstr(path, variable);
    if (place == NULL) {
        write_text(out, path);
        return;
    }
    buffer_printf(out, "%.*s\\fINAME\\fB%s", (int)(place - path), path, place + strlen(variable));
}

static void describe_routes(struct buffer *out)
{
    for (size_t i = 0; i < endpoint_count; i++) {
        const struct endpoint *endpoint = &endpoints[i];
        buffer_printf(out, ".TP\n.B %s ", endpoint->method);
        write_path(out, endpoint->path);
        buffer_append_char(out, '\n');
        write_text(out, endpoint->summary);
        if (endpoint->needs == ACCESS_CONTROL)
            buffer_append_text(out, "\n.I Control.");
        const struct parameter *parameter = endpoint->parameters;
        for (; parameter != NULL && parameter->name != NULL; parameter++) {
            buffer_printf(
                out, parameter == endpoint->parameters ? "\nParameters:\n.BR %s" : " \", \" %s",
                parameter->name);
        }
        buffer_append_text(out, endpoint->parameters != NULL ? " .\n" : "\n");
    }
}

// Whether a route before this one has that very parameter.
static bool was_described(size_t route, const struct parameter *wanted)
{
    for (size_t i = 0; i < route; i++) {
        const struct parameter *parameter = endpoints[i].parameters;
        for (; parameter != NULL && parameter->name != NULL; parameter++) {
            if (strcmp(parameter->name, wanted->name) == 0 &&
                strcmp(parameter->text, wanted->text) == 0)
                return true;
        }
    }
    return false;
}

static void describe_parameters(struct buffer *out)
{
    for (size_t i = 0; i < endpoint_count; i++) {
        const struct parameter *parameter = endpoints[i].parameters;
        for (; parameter != NULL && parameter->name != NULL; parameter++) {
            if (was_described(i, parameter))
                continue;
            buffer_printf(out, ".TP\n.B %s\n(%s%s) ", parameter->name, parameter->type,
                          parameter->repeated ? ", may be repeated" : "");
            write_text(out, parameter->text);
            buffer_append_char(out, '\n');
        }
    }
}

static const struct table {
    const char *line;
    void (*describe)(struct buffer *out);
} tables[] = {
    {"@SETTINGS@\n", describe_manual},
    {"@SUPERVISORD@\n", describe_manual_supervisord},
    {"@ROUTES@\n", describe_routes},
    {"@PARAMETERS@\n", describe_parameters},
};

// Whether the line stands for a table, which was written then.
static bool write_table(const char *line)
{
    for (size_t i = 0; i < LENGTH(tables); i++) {
        if (strcmp(line, tables[i].line) != 0)
            continue;
        struct buffer text = {0};
        tables[i].describe(&text);
        fwrite(text.data, 1, text.length, stdout);
        buffer_finish(&text);
        return true;
    }
    return false;
}

int main(int argc, char *argv[])
{
    FILE *frame = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (frame == NULL) {
        fputs("usage: print_manual man/PAGE.in\n", stderr);
        return EXIT_FAILURE;
    }
    size_t found = 0;
    char line[4096];
    while (fgets(line, sizeof(line), frame) != NULL) {
        if (write_table(line))
            found++;
        else
            fputs(line, stdout);
    }
    fclose(frame);
    return found >= 2 ? EXIT_SUCCESS : EXIT_FAILURE;
}
