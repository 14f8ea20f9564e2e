// SPDX-License-Identifier: MIT
// Any files as a configuration: it is refused with a mistake said, or what comes out is in order
// and what --print-config prints of it reads back to the same.
//
// The input: a digit of choices, then files with "%%" on a line between them. They are served
// from memory, so that nothing reaches the file system; the linker puts the functions called
// __wrap_X in the place of X.
#include "fuzz.h"

#include "base/fd.h"
#include "config/config.h"
#include "config/describe.h"

#include <errno.h>
#include <fnmatch.h>
#include <glob.h>

enum { INSTANCES_AT_MOST = 200, DESCRIBED_LIMIT = 256 * 1024 };

int __real_fd_read_file(const char *path, size_t limit, char **text, size_t *length);
int __wrap_fd_read_file(const char *path, size_t limit, char **text, size_t *length);
int __wrap_glob(const char *pattern, int flags, int (*on_error)(const char *, int), glob_t *found);
void __wrap_globfree(glob_t *found);
char *__wrap_realpath(const char *path, char *resolved);

static const char *const names[] = {"/a.yaml", "/b.yaml", "/c.yaml", "/a.env", "/b.env"};
static struct buffer files[LENGTH(names)];
static size_t file_count; // 0: the real file system

int __wrap_fd_read_file(const char *path, size_t limit, char **text, size_t *length)
{
    if (file_count == 0)
        return __real_fd_read_file(path, limit, text, length);
    for (size_t i = 0; i < file_count; i++) {
        if (strcmp(path, names[i]) != 0)
            continue;
        if (files[i].length > limit)
            return -EFBIG;
        *length = files[i].length;
        *text = memory_copy_bytes(files[i].data != NULL ? files[i].data : "", *length);
        return 0;
    }
    return -ENOENT;
}

int __wrap_glob(const char *pattern, int flags, int (*on_error)(const char *, int), glob_t *found)
{
    (void)flags;
    (void)on_error;
    struct strings paths = {0};
    for (size_t i = 0; i < file_count; i++) {
        if (fnmatch(pattern, names[i], FNM_PATHNAME) == 0)
            strings_append(&paths, names[i]);
    }
    found->gl_pathc = paths.count;
    found->gl_pathv = paths.items;
    return paths.count > 0 ? 0 : GLOB_NOMATCH;
}

void __wrap_globfree(glob_t *found)
{
    struct strings paths = {.items = found->gl_pathv, .count = found->gl_pathc};
    strings_finish(&paths);
}

char *__wrap_realpath(const char *path, char *resolved)
{
    require(resolved == NULL);
    return memory_copy(path);
}

static void set_files(const char *text, size_t length)
{
    static const char separator[] = "\n%%\n";
    const char *end = text + length;
    for (file_count = 0; file_count < LENGTH(names) && text != NULL; file_count++) {
        const char *next = memmem(text, (size_t)(end - text), separator, strlen(separator));
        const char *stop = next != NULL ? next + 1 : end; // the newline belongs to the file
        files[file_count] = (struct buffer){0};
        buffer_append(&files[file_count], text, (size_t)(stop - text));
        text = next != NULL ? next + strlen(separator) : NULL;
    }
}

static void forget_files(void)
{
    for (size_t i = 0; i < file_count; i++)
        buffer_finish(&files[i]);
    file_count = 0;
}

static struct config *load(const struct config_options *options)
{
    struct errors errors = {0};
    struct config *config = config_load(names[0], options, &errors);
    require((config == NULL) == (errors.count > 0));
    require_harmless(&errors);
    errors_finish(&errors);
    return config;
}

static void check_helper(const struct config *config, size_t index)
{
    const struct helper_config *helper = &config->helpers[index];
    require(strlen(helper->name) > 0 && strlen(helper->name) <= HELPER_NAME_LIMIT);
    require(config_find(config, helper->name) == (ssize_t)index);
    require(command_is_set(&helper->command) && helper->command.argv.items[0][0] != '\0');
    require(helper->working_dir != NULL && helper->working_dir[0] == '/');
    require(helper->success_count > 0);
    require(helper->stop_signal > 0 && helper->stop_timeout >= 0);
    for (size_t i = 0; i < helper->dependency_count; i++) {
        size_t target = helper->dependencies[i].helper;
        require(target < config->helper_count && target != index);
    }
}

static char *describe(const struct config *config)
{
    struct buffer out = {0};
    describe_config(config, &out);
    return buffer_take(&out);
}

static void require_same(const struct helper_config *a, const struct helper_config *b)
{
    require_equal(a->name, b->name);
    require_equal(a->working_dir, b->working_dir);
    require_equal_lists(&a->command.argv, &b->command.argv);
    require_equal_lists(&a->stop_command.argv, &b->stop_command.argv);
    require_equal_lists(&a->environment, &b->environment);
    require_equal_lists(&a->inherited, &b->inherited);
    require_equal_lists(&a->labels, &b->labels);
    require(a->command.shell == b->command.shell && a->restart == b->restart);
    require(memcmp(&a->backoff, &b->backoff, sizeof(a->backoff)) == 0);
    require(a->success_count == b->success_count);
    require(a->dependency_count == b->dependency_count);
    require(a->log.rule_count == b->log.rule_count);
}

static void check_reads_back(const struct config *config)
{
    memory_auto char *text = describe(config);
    if (strlen(text) > DESCRIBED_LIMIT)
        return;
    forget_files();
    set_files(text, strlen(text));
    struct config *again = load(&(struct config_options){.format = CONFIG_YAML});
    require(again != NULL);
    memory_auto char *text_again = describe(again);
    require_equal(text, text_again);
    require(config->helper_count == again->helper_count);
    for (size_t i = 0; i < config->helper_count; i++)
        require_same(&config->helpers[i], &again->helpers[i]);
    config_release(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    const struct config_options options = {
        .format = (bytes[0] & 4) != 0   ? CONFIG_SUPERVISORD
                  : (bytes[0] & 1) != 0 ? CONFIG_QGODA
                                        : CONFIG_YAML,
        .developer = (bytes[0] & 2) != 0,
    };
    set_files((const char *)bytes + 1, size - 1);
    struct config *config = load(&options);
    if (config != NULL && config->helper_count <= INSTANCES_AT_MOST) {
        for (size_t i = 0; i < config->helper_count; i++)
            check_helper(config, i);
        check_reads_back(config);
    }
    config_release(config);
    forget_files();
    return 0;
}
