// SPDX-License-Identifier: MIT
#include "locate.h"

#include "base/buffer.h"
#include "base/fd.h"
#include "base/memory.h"
#include "config/document.h"
#include "config/format.h"
#include "config/yaml.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Where helperd looks without -c, in this order.
static const struct search_row {
    const char *path; // a leading "$X" stands for XDG_CONFIG_HOME
    bool developer;   // looked at in developer mode only
} search_rows[] = {
    {"helperd.yaml", false},
    {"_qgoda.yaml", true},
    {"process-compose.yaml", true},
    {"Procfile.dev", true},
    {"Procfile", true},
    {"$X/helperd/helperd.yaml", false},
    {"/etc/helperd/helperd.yaml", false},
};

bool locate_knows_format(const struct options *options)
{
    if (options->format == NULL || format_find(options->format) != NULL)
        return true;
    struct buffer names = {0};
    for (size_t i = 0; format_names[i] != NULL; i++)
        buffer_printf(&names, "%s%s", i > 0 ? ", " : "", format_names[i]);
    memory_auto char *list = buffer_take(&names);
    fprintf(stderr, "helperd: --format: \"%s\" is none of %s\n", options->format, list);
    return false;
}

static bool choose_format(const struct options *options, const char *path,
                          enum config_format *format)
{
    const struct format *row =
        options->format != NULL ? format_find(options->format) : format_of_path(path);
    if (!format_is_read(row)) {
        fprintf(stderr, "helperd: %s: the %s format is not supported yet by this version\n", path,
                row->name);
        return false;
    }
    *format = (enum config_format)row->format;
    return true;
}

// Whether a site's configuration has helpers: many have none, and are none of our business then.
static bool has_helpers(const char *path)
{
    char *text;
    size_t length;
    if (fd_read_file(path, DOCUMENT_TEXT_LIMIT, &text, &length) < 0)
        return false;
    struct document *document = document_create();
    struct errors errors = {0};
    const struct source *source = document_add_source(document, path, text, length);
    const struct node *root = yaml_read_part(document, source, "helpers", &errors);
    // One that cannot be read is looked at, so that its errors are seen.
    bool found = errors.count > 0 || node_get(root, "helpers") != NULL;
    errors_finish(&errors);
    document_destroy(document);
    free(text);
    return found;
}

static char *expand_path(const char *path)
{
    if (strncmp(path, "$X/", 3) != 0)
        return memory_copy(path);
    const char *config_home = secure_getenv("XDG_CONFIG_HOME");
    if (config_home != NULL && config_home[0] == '/')
        return memory_format("%s/%s", config_home, path + 3);
    const char *home = secure_getenv("HOME");
    return home != NULL ? memory_format("%s/.config/%s", home, path + 3) : NULL;
}

static bool is_used(const char *path)
{
    // Anything but "not there" is worth its own error later.
    if (access(path, R_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
        return false;
    const struct format *row = format_of_path(path);
    return row->format == CONFIG_YAML || (row->format == CONFIG_QGODA && has_helpers(path));
}

static char *find_config(bool developer)
{
    struct buffer looked = {0};
    for (size_t i = 0; i < LENGTH(search_rows); i++) {
        if (search_rows[i].developer && !developer)
            continue;
        char *path = expand_path(search_rows[i].path);
        if (path == NULL)
            continue;
        if (is_used(path)) {
            buffer_finish(&looked);
            return path;
        }
        const struct format *row = format_of_path(path);
        if (!format_is_read(row) && access(path, F_OK) == 0)
            fprintf(stderr, "helperd: %s is there, but this version does not read the %s format\n",
                    path, row->name);
        buffer_printf(&looked, "%s%s", looked.length > 0 ? ", " : "", path);
        free(path);
    }
    memory_auto char *places = buffer_take(&looked);
    fprintf(stderr, "helperd: no configuration found (looked for %s); -c names one\n", places);
    return NULL;
}

bool locate_config(const struct options *options, char **path, enum config_format *format)
{
    *path =
        options->config != NULL ? memory_copy(options->config) : find_config(options->developer);
    if (*path == NULL)
        return false;
    if (choose_format(options, *path, format))
        return true;
    free(*path);
    *path = NULL;
    return false;
}
