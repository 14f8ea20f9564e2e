// SPDX-License-Identifier: MIT
// The steps of loading a configuration, in their order: files to helpers as written, these to
// typed ones, then what needs more than one helper. Private to load.c and the load_*.c files.
#pragma once

#include "config/document.h"
#include "config/schema.h"

enum {
    INCLUDE_NESTING_LIMIT = 16,
    HELPERS_LIMIT = 100000,
};

// One entry of a map of helpers, over the defaults of its file.
struct written_helper {
    struct node *name;
    struct node *own;    // its map as written
    struct node *map;    // the same over the defaults
    const char *file;    // belongs to config.files
    size_t first, count; // its instances in config.helpers
};

// The variables of an env_file, kept because many helpers may name the same one.
struct env_file {
    char *path;
    struct strings variables;
};

struct loading {
    struct document *document;
    const struct config_options *options;
    bool again; // it was read before, and what it said then may be gone
    struct errors *errors;
    struct config *config;
    const char *cwd;   // belongs to config
    char *working_dir; // of helpers that have none
    size_t text_left, nodes_left, budget;
    struct node *top_fallbacks, *helper_fallbacks;
    struct helper_config plain; // the plain fallbacks; every helper starts as a copy

    struct strings real_paths; // of the files read so far
    struct node *names;        // a map by which a name is found: its n-th pair is the n-th written
    struct written_helper *written;
    size_t written_count, written_room;

    // What the values of all helpers see, from first to last.
    struct strings environment, env_file;
    struct scope environment_scope, env_file_scope, own_scope;
    struct env_file *env_files;
    size_t env_file_count;
    struct wishes wishes;
};

// A reading of one map with messages about the object.
struct reading loading_read(struct loading *loading, const char *object, const struct scope *scope);

// Reads a text as a source of the document. NULL with *reason when it cannot be.
struct source *load_source(struct loading *loading, const char *name, size_t limit,
                           const char **reason);

// The root of our own format out of a supervisord.conf with all it includes, or NULL.
struct node *load_supervisord(struct loading *loading, const struct source *source);

// Reads the main file and all it includes: the top level into config, helpers into written.
void load_files(struct loading *loading, const char *path);

// Reads the env_file setting of a map: paths with path_scope, values in them with value_scope.
void load_env_files(struct loading *loading, struct reading *reading,
                    const struct settings *settings, const struct node *map,
                    const struct scope *path_scope, const struct scope *value_scope,
                    struct strings *variables);

// Makes the typed helpers out of the written ones.
void load_helpers(struct loading *loading);

// The helper's map over the defaults: maps are merged, other values replaced.
struct node *load_merge(struct loading *loading, struct node *defaults, struct node *own);

// Finds who is meant by each dependency and by shutdown.exit_with, and cycles among dependencies.
void load_dependencies(struct loading *loading);
