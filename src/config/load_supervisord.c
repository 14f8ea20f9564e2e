// SPDX-License-Identifier: MIT
// The files of a supervisord.conf: the main one and those it includes.
#include "config/load.h"

#include "base/memory.h"
#include "config/ini.h"
#include "config/supervisord.h"

#include <glob.h>
#include <string.h>

// What cannot be read is passed over, as supervisord does, but not without a word.
static void include_pattern(struct loading *loading, const struct supervisord_input *input,
                            const char *pattern)
{
    glob_t found = {0};
    struct place place = supervisord_includes_place(input);
    int result = glob(pattern, 0, NULL, &found);
    if (result != 0)
        errors_add_warning(input->errors, place, "[include]: no file matches \"%s\"", pattern);
    for (size_t i = 0; result == 0 && i < found.gl_pathc; i++) {
        const char *reason;
        const char *name = found.gl_pathv[i];
        struct source *source = load_source(loading, name, DOCUMENT_TEXT_LIMIT, &reason);
        if (source == NULL)
            errors_add_warning(input->errors, place, "[include]: cannot read \"%s\": %s", name,
                               reason);
        else
            ini_read(input->document, input->sections, source, input->errors);
    }
    globfree(&found);
}

struct node *load_supervisord(struct loading *loading, const struct source *source)
{
    struct supervisord_input input = {
        .document = loading->document,
        .errors = loading->errors,
        .sections = document_map(loading->document, (struct place){.source = source}),
        .main = source,
        .cwd = loading->cwd,
        .descriptors = loading->options->descriptors,
        .budget = &loading->budget,
    };
    size_t errors_before = loading->errors->count;
    ini_read(input.document, input.sections, source, input.errors);
    struct strings patterns = {0};
    supervisord_includes(&input, &patterns);
    for (size_t i = 0; i < patterns.count; i++)
        include_pattern(loading, &input, patterns.items[i]);
    strings_finish(&patterns);
    // Without all of the text what it lacks may be there.
    if (loading->errors->count != errors_before)
        return NULL;
    return supervisord_to_document(&input);
}
