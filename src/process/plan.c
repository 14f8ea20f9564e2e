// SPDX-License-Identifier: MIT
#include "process/plan.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const step_names[] = {
    [STEP_NONE] = "none",
    [STEP_FIND] = "find",
    [STEP_NULL_DEVICE] = "open /dev/null",
    [STEP_PIPE] = "pipe",
    [STEP_CLONE] = "clone",
    [STEP_SESSION] = "setsid",
    [STEP_STDIO] = "dup2",
    [STEP_PARENT] = "prctl",
    [STEP_LIMITS] = "setrlimit",
    [STEP_DIRECTORY] = "chdir",
    [STEP_SIGNALS] = "sigprocmask",
    [STEP_EXEC] = "exec",
};
_Static_assert(LENGTH(step_names) == STEP_COUNT, "a step has no name");

// Variables that speak to helperd itself and would lie to a helper.
static bool is_private_to_helperd(const char *entry)
{
    static const char *const prefixes[] = {"NOTIFY_SOCKET=", "LISTEN_", "WATCHDOG_",
                                           "JOURNAL_STREAM="};
    for (size_t i = 0; i < LENGTH(prefixes); i++) {
        if (strncmp(entry, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    }
    return false;
}

static bool same_name(const char *a, const char *b)
{
    size_t length = strcspn(a, "=");
    return strncmp(a, b, length) == 0 && b[length] == '=';
}

// An environment in the making. Entries are borrowed; a later one of the same name replaces.
struct environment {
    char **entries;
    size_t count;
};

static void environment_set(struct environment *environment, size_t replaceable, char *entry)
{
    for (size_t i = 0; i < replaceable; i++) {
        if (same_name(entry, environment->entries[i])) {
            environment->entries[i] = entry;
            return;
        }
    }
    environment->entries[environment->count++] = entry;
}

static void environment_set_all(struct environment *environment, const struct strings *entries)
{
    if (entries == NULL)
        return;
    // Names are unique within one list, so only what was there before can be replaced.
    size_t replaceable = environment->count;
    for (size_t i = 0; i < entries->count; i++)
        environment_set(environment, replaceable, entries->items[i]);
}

static bool is_inherited(const struct helper_config *helper, const char *entry)
{
    if (is_private_to_helperd(entry))
        return false;
    if (helper->inherit_environment)
        return true;
    for (size_t i = 0; i < helper->inherited.count; i++) {
        if (same_name(helper->inherited.items[i], entry))
            return true;
    }
    return false;
}

static char **build_environment(const struct helper_config *helper,
                                const struct launch_context *context, const struct strings *more)
{
    const struct strings *shared = &helper->owner->environment;
    size_t inherited = 0;
    while (context->environ[inherited] != NULL)
        inherited++;
    size_t most = inherited + shared->count + helper->environment.count +
                  (more != NULL ? more->count : 0);
    struct environment environment = {.entries = memory_new(most + 1, sizeof(char *))};
    for (size_t i = 0; i < inherited; i++) {
        if (is_inherited(helper, context->environ[i]))
            environment.entries[environment.count++] = context->environ[i];
    }
    environment_set_all(&environment, shared);
    environment_set_all(&environment, &helper->environment);
    environment_set_all(&environment, more);
    return environment.entries;
}

static const char *path_variable(char *const *environment)
{
    for (; *environment != NULL; environment++) {
        if (strncmp(*environment, "PATH=", 5) == 0)
            return *environment + 5;
    }
    return "/usr/local/bin:/usr/bin:/bin";
}

// Looks the program up as execvp would, with the PATH and the directory the child will have.
static char *find_in_path(const char *name, const char *path, const char *directory, int *error)
{
    *error = ENOENT;
    for (;;) {
        size_t length = strcspn(path, ":");
        const char *base = path[0] == '/' ? "" : directory;
        char *candidate = memory_format("%s%s%.*s%s%s", base, *base != '\0' ? "/" : "", (int)length,
                                        path, length > 0 ? "/" : "", name);
        struct stat file;
        if (stat(candidate, &file) == 0 && S_ISREG(file.st_mode)) {
            if (faccessat(AT_FDCWD, candidate, X_OK, AT_EACCESS) == 0)
                return candidate;
            *error = EACCES; // said if no other directory has a better one
        }
        free(candidate);
        if (path[length] == '\0')
            return NULL;
        path += length + 1;
    }
}

// The arguments for a script without #!, which execvp gives to the shell.
static char **build_script_argv(const struct command *command, const char *program)
{
    char **argv = memory_new(command->argv.count + 2, sizeof(char *));
    argv[0] = (char *)"/bin/sh";
    argv[1] = (char *)program;
    for (size_t i = 1; i < command->argv.count; i++)
        argv[i + 1] = command->argv.items[i];
    return argv;
}

bool plan_make(struct plan *plan, const struct helper_config *helper, const struct command *command,
               const struct launch_context *context, const struct strings *more,
               struct launch_error *error)
{
    const char *name = command->argv.items[0];
    *plan = (struct plan){
        .program = name,
        .argv = command->argv.items,
        .envp = build_environment(helper, context, more),
        .directory = helper->working_dir,
        .umask = helper->umask,
        .stdio = {-1, -1, -1},
        .nofile = context->nofile,
        .parent = context->die_with_parent ? getpid() : 0,
    };
    if (strchr(name, '/') == NULL) {
        int reason;
        plan->found = find_in_path(name, path_variable(plan->envp), helper->working_dir, &reason);
        if (plan->found == NULL) {
            *error = (struct launch_error){.step = STEP_FIND, .error = reason};
            plan_finish(plan);
            return false;
        }
        plan->program = plan->found;
    }
    plan->script_argv = build_script_argv(command, plan->program);
    return true;
}

void plan_finish(struct plan *plan)
{
    free(plan->found);
    free(plan->envp);
    free(plan->script_argv);
    *plan = (struct plan){0};
}

bool launch_error_is_shortage(struct launch_error error)
{
    switch (error.error) {
    case EAGAIN:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
        return true;
    default:
        return false;
    }
}

const char *launch_error_describe(struct launch_error error, const struct helper_config *helper,
                                  const struct command *command, char *text, size_t size)
{
    const char *program = command->argv.items[0];
    const char *reason = strerror(error.error);
    switch (error.step) {
    case STEP_EXEC:
        snprintf(text, size, "cannot execute: %s (step: exec \"%s\")", reason, program);
        break;
    case STEP_FIND:
        snprintf(text, size, "cannot execute: %s (step: find \"%s\" in PATH)", reason, program);
        break;
    case STEP_DIRECTORY:
        snprintf(text, size, "cannot start: %s (step: chdir \"%s\")", reason, helper->working_dir);
        break;
    case STEP_NONE:
    case STEP_NULL_DEVICE:
    case STEP_PIPE:
    case STEP_CLONE:
    case STEP_SESSION:
    case STEP_STDIO:
    case STEP_PARENT:
    case STEP_LIMITS:
    case STEP_SIGNALS:
    case STEP_COUNT:
        snprintf(text, size, "cannot start: %s (step: %s)", reason, step_names[error.step]);
        break;
    }
    return text;
}
