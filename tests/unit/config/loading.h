// SPDX-License-Identifier: MIT
// Configurations in a folder of their own, loaded and compared; for the tests of config_load.
#pragma once

#include "base/buffer.h"
#include "base/fd.h"
#include "base/memory.h"
#include "config/config.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/helperd-config-XXXXXX";
static struct errors errors;
static struct config *config;

static inline void write_file(const char *name, const char *text)
{
    memory_auto char *path = memory_format("%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    fd_close(&fd);
}

static inline void set_up(void)
{
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    memory_auto char *inner = memory_format("%s/conf.d", folder);
    ck_assert_int_eq(mkdir(inner, 0700), 0);
    ck_assert_int_eq(chdir(folder), 0);
}

static inline void tear_down(void)
{
    config_release(config);
    config = NULL;
    errors_finish(&errors);
    memory_auto char *command = memory_format("rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

// The soft limit of them that helperd was started with.
static rlim_t descriptors = 1024;

static inline void load_file(const char *path, bool developer)
{
    struct config_options options = {
        .format = path[0] == '_'                  ? CONFIG_QGODA
                  : strstr(path, ".conf") != NULL ? CONFIG_SUPERVISORD
                                                  : CONFIG_YAML,
        .developer = developer,
        .descriptors = descriptors,
    };
    config_release(config);
    errors_finish(&errors);
    errors = (struct errors){0};
    config = config_load(path, &options, &errors);
}

static inline void load_as(const char *text, const char *name, bool developer)
{
    write_file(name, text);
    load_file(name, developer);
}

// Loads a text that is right.
static inline void load(const char *text)
{
    load_as(text, "a.yaml", false);
    errors_print(&errors, stderr);
    ck_assert_ptr_nonnull(config);
    ck_assert_uint_eq(errors.count, 0);
}

// What was found wrong with the file of that name: each error is "LINE:COLUMN: TEXT" (or
// "FILE:LINE:COLUMN: TEXT" outside of the main file), one a line.
static inline void check_errors(const char *name, const char *expected)
{
    struct buffer found = {0};
    for (size_t i = 0; i < errors.kept; i++) {
        const struct error *error = &errors.items[i];
        if (error->file != NULL && strcmp(error->file, name) != 0)
            buffer_printf(&found, "%s:", error->file);
        buffer_printf(&found, "%u:%u: %s\n", error->line, error->column, error->text);
    }
    memory_auto char *all = buffer_take(&found);
    ck_assert_str_eq(all, expected);
}

// Loads a text that is wrong.
static inline void refuse_as(const char *text, const char *name, const char *expected)
{
    load_as(text, name, false);
    check_errors(name, expected);
    ck_assert_ptr_null(config);
}

static inline void refuse(const char *text, const char *expected)
{
    refuse_as(text, "a.yaml", expected);
}

static inline const struct helper_config *helper(const char *name)
{
    ssize_t index = config_find(config, name);
    ck_assert_msg(index >= 0, "no helper %s", name);
    return &config->helpers[index];
}

static inline void check_argv(const char *name, const char *expected)
{
    struct buffer joined = {0};
    const struct strings *argv = &helper(name)->command.argv;
    for (size_t i = 0; i < argv->count; i++)
        buffer_printf(&joined, "%s%s", i > 0 ? "|" : "", argv->items[i]);
    memory_auto char *text = buffer_take(&joined);
    ck_assert_str_eq(text, expected);
}

static inline const char *variable(const char *name, const char *of)
{
    const char *value = strings_variable(&helper(name)->environment, of);
    return value != NULL ? value : "(none)";
}
