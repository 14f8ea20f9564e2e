// SPDX-License-Identifier: MIT
// The files of a configuration: the main one and those it includes.
#include "config/load.h"

#include "base/buffer.h"
#include "base/fd.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/env_file.h"
#include "config/path.h"
#include "config/qgoda.h"
#include "config/value.h"
#include "config/yaml.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

// One file on the way from the main file to the one being read.
struct open_file {
    const char *name;      // as the user knows it
    const char *kept_name; // the same, belongs to config.files
    const char *real_path; // belongs to loading.real_paths
    const struct open_file *parent;
    struct node *defaults; // of its helpers, those of its parents included
    unsigned depth;
};

struct source *load_source(struct loading *loading, const char *name, size_t limit,
                           const char **reason)
{
    memory_auto char *path = path_absolute(loading->cwd, name);
    char *text = NULL;
    size_t length = 0;
    // What was read from one is gone. Another reading would find nothing there, and take that for
    // what is wanted, or wait for what never comes.
    if (loading->again && fd_path_is_fifo(path)) {
        *reason = "it is a FIFO or a pipe, which cannot be read again";
        return NULL;
    }
    if (limit > loading->text_left)
        limit = loading->text_left;
    int result = fd_read_file(path, limit, &text, &length);
    if (result < 0) {
        *reason = strerror(-result);
        if (result == -EFBIG)
            *reason = limit == ENV_FILE_LIMIT ? "it is larger than 1 MiB"
                                              : "all files together are larger than 16 MiB";
        return NULL;
    }
    loading->text_left -= length;
    struct source *source = document_add_source(loading->document, name, text, length);
    free(text);
    strings_append(&loading->config->files, name);
    return source;
}

// The root of a file, or NULL when there is none, which is said at the place.
static struct node *read_root(struct loading *loading, const char *name, struct place place)
{
    const char *reason;
    struct source *source = load_source(loading, name, DOCUMENT_TEXT_LIMIT, &reason);
    if (source == NULL) {
        if (place.source != NULL) {
            errors_add(loading->errors, place, "cannot read \"%s\": %s", name, reason);
        } else {
            place.source = document_add_source(loading->document, name, NULL, 0);
            errors_add(loading->errors, place, "cannot be read: %s", reason);
        }
        return NULL;
    }
    if (loading->options->format == CONFIG_SUPERVISORD)
        return load_supervisord(loading, source);
    // All but the helpers is Qgoda's business.
    const char *part = loading->options->format == CONFIG_QGODA ? "helpers" : NULL;
    struct node *root = yaml_read_part(loading->document, source, part, loading->errors);
    if (root == NULL)
        return NULL;
    if (root->weight > loading->nodes_left) {
        errors_add(loading->errors, root->place,
                   "all files together hold more than %d values, aliases counted in full",
                   DOCUMENT_NODE_LIMIT);
        return NULL;
    }
    loading->nodes_left -= root->weight;
    if (node_is_null(root))
        return document_map(loading->document, root->place);
    if (root->kind != NODE_MAP) {
        errors_add(loading->errors, root->place, "must be a map of settings, not %s",
                   node_kind_name(root->kind));
        return NULL;
    }
    return root;
}

// Whether a file may be read now; it may be once. The real path is kept.
static bool enter_file(struct loading *loading, struct reading *reading, struct node *node,
                       struct open_file *file)
{
    memory_auto char *absolute = path_absolute(loading->cwd, file->name);
    memory_auto char *real = realpath(absolute, NULL);
    const char *path = real != NULL ? real : absolute;
    for (const struct open_file *above = file->parent; above != NULL; above = above->parent) {
        if (strcmp(above->real_path, path) == 0)
            return reading_complain(reading, node, "\"include\": \"%s\" includes itself",
                                    file->name);
    }
    if (strings_contain(&loading->real_paths, path))
        return reading_complain(reading, node, "\"include\": \"%s\" is included twice", file->name);
    if (file->depth > INCLUDE_NESTING_LIMIT)
        return reading_complain(reading, node, "\"include\": nested more than %d deep",
                                INCLUDE_NESTING_LIMIT);
    strings_append(&loading->real_paths, path);
    file->real_path = loading->real_paths.items[loading->real_paths.count - 1];
    return true;
}

static bool is_name(const char *name)
{
    size_t length = strlen(name);
    return length >= 1 && length <= HELPER_NAME_LIMIT && strchr("_.@-", name[0]) == NULL &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.@-") ==
               length;
}

static bool check_name(struct loading *loading, struct reading *reading, struct node *key)
{
    const struct pair *other = node_pair(loading->names, key->text);
    if (strcmp(key->text, "helperd") == 0)
        return reading_complain(reading, key, "a helper cannot be called \"helperd\"");
    if (!is_name(key->text))
        return reading_complain(reading, key,
                                "\"%.100s\" cannot be the name of a helper: it must be at most %d "
                                "letters, digits and _ . @ -, the first a letter or digit",
                                key->text, HELPER_NAME_LIMIT);
    if (other != NULL)
        return reading_complain(reading, key, "helper \"%s\" is there already, at %s:%u", key->text,
                                other->key->place.source->name, other->key->place.line);
    if (loading->written_count == HELPERS_LIMIT)
        return reading_complain(reading, key, "more than %d helpers", HELPERS_LIMIT);
    return true;
}

// A helper as a map: its short forms are its command.
static struct node *helper_map(struct loading *loading, struct node *value)
{
    if (value->kind == NODE_MAP)
        return value;
    struct node *map = document_map(loading->document, value->place);
    if (!node_is_null(value)) {
        struct node *key = document_scalar(loading->document, value->place, "command", 7);
        document_map_append(loading->document, map, key, value);
    }
    return map;
}

static void collect_helpers(struct loading *loading, struct node *root, const char *file,
                            struct node *defaults)
{
    struct node *helpers = node_get(root, "helpers");
    struct reading reading = loading_read(loading, NULL, &loading->environment_scope);
    if (node_is_null(helpers))
        return;
    if (helpers->kind != NODE_MAP) {
        reading_complain(&reading, helpers, "\"helpers\" must be a map of name to helper, not %s",
                         node_kind_name(helpers->kind));
        return;
    }
    for (size_t i = 0; i < helpers->pair_count; i++) {
        struct pair *pair = &helpers->pairs[i];
        if (!check_name(loading, &reading, pair->key))
            continue;
        if (loading->written_count == loading->written_room) {
            loading->written_room = loading->written_room * 2 + 16;
            loading->written =
                memory_resize(loading->written, loading->written_room, sizeof(*loading->written));
        }
        struct node *own = helper_map(loading, pair->value);
        document_map_append(loading->document, loading->names, pair->key, pair->key);
        loading->written[loading->written_count++] = (struct written_helper){
            .name = pair->key,
            .own = own,
            .map = load_merge(loading, defaults, own),
            .file = file,
        };
    }
}

// The defaults of a file over those above it. What is wrong with them whatever the helper is said
// here, not once for each helper.
static struct node *read_defaults(struct loading *loading, struct node *root, struct node *above)
{
    struct node *defaults = node_get(root, "defaults");
    struct reading reading = loading_read(loading, NULL, NULL);
    if (node_is_null(defaults))
        return above;
    if (defaults->kind != NODE_MAP) {
        reading_complain(&reading, defaults, "\"defaults\" must be a map of settings, not %s",
                         node_kind_name(defaults->kind));
        return above;
    }
    reading.object = "defaults";
    struct helper_config scratch = {0};
    schema_read(&reading, &helper_settings, defaults, &scratch);
    schema_free(&helper_settings, &scratch);
    return load_merge(loading, above, defaults);
}

static void read_parts(struct loading *loading, struct node *root, const struct open_file *file);

static void check_included_keys(struct loading *loading, struct node *root)
{
    static const char *const allowed[] = {"helpers", "defaults", "include"};
    struct reading reading = loading_read(loading, NULL, NULL);
    for (size_t i = 0; i < root->pair_count; i++) {
        struct node *key = root->pairs[i].key;
        bool good = strncmp(key->text, "x-", 2) == 0;
        for (size_t j = 0; j < LENGTH(allowed); j++)
            good = good || strcmp(key->text, allowed[j]) == 0;
        if (good)
            continue;
        if (settings_find(&top_settings, key->text) != NULL)
            reading_complain(&reading, key,
                             "\"%s\" belongs into the main file, not into one that "
                             "is included",
                             key->text);
        else
            schema_unknown(&reading, &top_settings, key);
    }
}

static void include_file(struct loading *loading, struct node *node, const char *name,
                         const struct open_file *parent)
{
    struct reading reading = loading_read(loading, NULL, NULL);
    struct open_file file = {
        .name = name,
        .parent = parent,
        .defaults = parent->defaults,
        .depth = parent->depth + 1,
    };
    if (!enter_file(loading, &reading, node, &file))
        return;
    struct node *root = read_root(loading, name, node->place);
    if (root == NULL)
        return;
    file.kept_name = loading->config->files.items[loading->config->files.count - 1];
    check_included_keys(loading, root);
    read_parts(loading, root, &file);
}

// A pattern that is written in a file, as seen from where that file's name is seen from.
static char *pattern_from(const char *file, const char *pattern, bool escape)
{
    struct buffer out = {0};
    const char *slash = strrchr(file, '/');
    size_t length = pattern[0] == '/' || slash == NULL ? 0 : (size_t)(slash - file) + 1;
    for (size_t i = 0; i < length; i++) {
        if (escape && strchr("*?[\\", file[i]) != NULL)
            buffer_append_char(&out, '\\');
        buffer_append_char(&out, file[i]);
    }
    buffer_append_text(&out, pattern);
    return buffer_take(&out);
}

// Patterns may fit no file, but what might fit must be readable.
static int on_glob_error(const char *directory, int error)
{
    (void)directory;
    if (error == ENOMEM)
        memory_run_out();
    return error != ENOENT && error != ENOTDIR;
}

static void include_pattern(struct loading *loading, struct node *node, const char *pattern,
                            const struct open_file *file)
{
    if (strpbrk(pattern, "*?[") == NULL) {
        memory_auto char *name = pattern_from(file->name, pattern, false);
        include_file(loading, node, name, file);
        return;
    }
    // Names stay relative where the file's name is, but are looked for where that starts.
    memory_auto char *root = file->name[0] != '/' ? memory_format("%s/", loading->cwd) : NULL;
    memory_auto char *inner = pattern_from(file->name, pattern, true);
    memory_auto char *full = root != NULL ? pattern_from(root, inner, true) : memory_copy(inner);
    size_t skipped = root != NULL && inner[0] != '/' ? strlen(root) : 0;
    glob_t found = {0};
    int result = glob(full, 0, on_glob_error, &found);
    if (result == GLOB_NOSPACE)
        memory_run_out();
    struct reading reading = loading_read(loading, NULL, NULL);
    if (result != 0 && result != GLOB_NOMATCH)
        reading_complain(&reading, node,
                         "\"include\": cannot find the files of \"%s\": a directory cannot be read",
                         inner);
    // glob sorts by the locale's rules, which is the C locale as the program sets no other.
    for (size_t i = 0; result == 0 && i < found.gl_pathc; i++)
        include_file(loading, node, found.gl_pathv[i] + skipped, file);
    globfree(&found);
}

static void read_includes(struct loading *loading, struct node *root, const struct open_file *file)
{
    struct node *node = node_get(root, "include");
    struct reading reading = loading_read(loading, NULL, &loading->environment_scope);
    const struct setting *setting = settings_find(&top_settings, "include");
    if (node_is_null(node))
        return;
    size_t count = node->kind == NODE_LIST ? node->count : 1;
    for (size_t i = 0; i < count; i++) {
        struct node *item = node->kind == NODE_LIST ? node->items[i] : node;
        memory_auto char *own = NULL;
        if (item->kind != NODE_SCALAR || item->length == 0) {
            reading_complain(&reading, item, "\"include\" must be a path or a list of paths");
            continue;
        }
        const char *pattern = reading_text(&reading, setting, item, &own);
        if (pattern != NULL)
            include_pattern(loading, item, pattern, file);
    }
}

static void read_parts(struct loading *loading, struct node *root, const struct open_file *file)
{
    struct open_file with_defaults = *file;
    with_defaults.defaults = read_defaults(loading, root, file->defaults);
    collect_helpers(loading, root, file->kept_name, with_defaults.defaults);
    read_includes(loading, root, &with_defaults);
}

static void read_top(struct loading *loading, struct node *root)
{
    struct reading reading = loading_read(loading, NULL, &loading->env_file_scope);
    struct strings *environment = &loading->config->environment;
    load_env_files(loading, &reading, &top_settings, root, &loading->own_scope, &loading->own_scope,
                   &loading->env_file);
    struct node *variables = node_get(root, "environment");
    if (variables != NULL)
        value_read_variables(&reading, settings_find(&top_settings, "environment"), variables,
                             &loading->environment);
    strings_append_all(environment, &loading->env_file);
    strings_set_all(environment, &loading->environment);
    // From here on env files are those of helpers, whose values see more than the top level's.
    for (size_t i = 0; i < loading->env_file_count; i++)
        loading->env_files[i].path[0] = '\0';

    reading.scope = &loading->environment_scope;
    reading.wishes = &loading->wishes;
    schema_fill(&reading, &top_settings, loading->top_fallbacks, NULL, false, loading->config);
    schema_read(&reading, &top_settings, root, loading->config);
    schema_fill(&reading, &top_settings, loading->top_fallbacks, root, true, loading->config);
}

void load_files(struct loading *loading, const char *path)
{
    size_t errors_before = loading->errors->count;
    struct open_file file = {.name = path};
    struct reading reading = loading_read(loading, NULL, NULL);
    struct node *root = read_root(loading, path, (struct place){0});
    if (root != NULL && loading->options->format == CONFIG_QGODA)
        root = qgoda_to_document(loading->document, root, loading->errors);
    if (root == NULL)
        return;
    // What an editor or a full disk has just cut is not meant to end everything.
    if (loading->again && root->pair_count == 0)
        errors_add(loading->errors, (struct place){.source = root->place.source},
                   "is empty; \"helpers: {}\" would stop all helpers");
    enter_file(loading, &reading, root, &file);
    file.kept_name = loading->config->files.items[0];
    read_top(loading, root);
    read_parts(loading, root, &file);
    if (loading->written_count == 0 && loading->errors->count == errors_before)
        errors_add_warning(loading->errors, (struct place){.source = root->place.source},
                           "there are no helpers in it");
}
