// SPDX-License-Identifier: MIT
#include "process/plan.h"

#include "base/buffer.h"
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
    [STEP_THREAD] = "pthread_create",
    [STEP_MEMORY] = "allocate memory",
    [STEP_FIND] = "find",
    [STEP_NULL_DEVICE] = "open /dev/null",
    [STEP_PIPE] = "pipe",
    [STEP_CLONE] = "clone",
    [STEP_UNSHARE] = "unshare",
    [STEP_SESSION] = "setsid",
    [STEP_STDIO] = "dup2",
    [STEP_OOM_SCORE] = "write /proc/self/oom_score_adj",
    [STEP_LIMITS] = "setrlimit",
    [STEP_NICE] = "setpriority",
    [STEP_IO_PRIORITY] = "ioprio_set",
    [STEP_PROCESSORS] = "sched_setaffinity",
    [STEP_BOUNDING_SET] = "prctl PR_CAPBSET_DROP",
    [STEP_GROUPS] = "setgroups",
    [STEP_GROUP] = "setresgid",
    [STEP_KEEP_CAPABILITIES] = "prctl PR_SET_KEEPCAPS",
    [STEP_USER] = "setresuid",
    [STEP_IDENTITY] = "getresuid",
    [STEP_CAPABILITIES] = "capset",
    [STEP_AMBIENT_SET] = "prctl PR_CAP_AMBIENT_RAISE",
    [STEP_NO_NEW_PRIVILEGES] = "prctl PR_SET_NO_NEW_PRIVS",
    [STEP_DIRECTORY] = "chdir",
    [STEP_PARENT] = "prctl PR_SET_PDEATHSIG",
    [STEP_SIGNALS] = "sigprocmask",
    [STEP_REPORT] = "wait for exec",
    [STEP_EXEC] = "exec",
};
_Static_assert(LENGTH(step_names) == STEP_COUNT, "a step has no name");

static const struct {
    const char *name;
    unsigned char resource;
} limits[] = {
    [LIMIT_NOFILE] = {"RLIMIT_NOFILE", RLIMIT_NOFILE},
    [LIMIT_NPROC] = {"RLIMIT_NPROC", RLIMIT_NPROC},
    [LIMIT_CORE] = {"RLIMIT_CORE", RLIMIT_CORE},
    [LIMIT_AS] = {"RLIMIT_AS", RLIMIT_AS},
    [LIMIT_FSIZE] = {"RLIMIT_FSIZE", RLIMIT_FSIZE},
    [LIMIT_MEMLOCK] = {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
    [LIMIT_STACK] = {"RLIMIT_STACK", RLIMIT_STACK},
    [LIMIT_CPU] = {"RLIMIT_CPU", RLIMIT_CPU},
};
_Static_assert(LENGTH(limits) == LIMIT_COUNT, "a limit has no name");

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

// NULL: no memory.
static char **build_environment(const struct helper_config *helper,
                                const struct launch_context *context, const struct strings *more)
{
    const struct strings *shared = &helper->owner->environment;
    size_t inherited = 0;
    while (context->environ[inherited] != NULL)
        inherited++;
    size_t most = inherited + shared->count + helper->environment.count + more->count;
    struct environment environment = {.entries = calloc(most + 1, sizeof(char *))};
    if (environment.entries == NULL)
        return NULL;
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
        char *candidate;
        if (asprintf(&candidate, "%s%s%.*s%s%s", base, *base != '\0' ? "/" : "", (int)length, path,
                     length > 0 ? "/" : "", name) < 0) {
            *error = ENOMEM;
            return NULL;
        }
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
static void fill_script_argv(char **argv, const struct command *command, const char *program)
{
    argv[0] = (char *)"/bin/sh";
    argv[1] = (char *)program;
    for (size_t i = 1; i < command->argv.count; i++)
        argv[i + 1] = command->argv.items[i];
}

static rlim_t to_rlim(uint64_t limit)
{
    return limit >= RLIM_INFINITY ? RLIM_INFINITY : (rlim_t)limit;
}

static void add_limit(struct plan *plan, enum limit limit, struct rlimit value)
{
    plan->limits[plan->limit_count++] =
        (struct plan_limit){.limit = limit, .resource = limits[limit].resource, .value = value};
}

static void plan_limits(struct plan *plan, const struct helper_config *helper,
                        const struct launch_context *context)
{
    for (enum limit i = 0; i < LIMIT_COUNT; i++) {
        const struct limit_config *limit = &helper->limits[i];
        if (limit->is_set)
            add_limit(plan, i,
                      (struct rlimit){.rlim_cur = to_rlim(limit->soft),
                                      .rlim_max = to_rlim(limit->hard)});
    }
    // Helperd raised its own for itself.
    if (!helper->limits[LIMIT_NOFILE].is_set && context->nofile.rlim_max > 0)
        add_limit(plan, LIMIT_NOFILE, context->nofile);
}

static void plan_rights(struct plan *plan, const struct helper_config *helper)
{
    const struct capabilities_config *capabilities = &helper->capabilities;
    plan->identity = &helper->identity;
    plan->limits_capabilities = capabilities->is_set;
    // The kernel takes them away where root becomes another user, but nowhere else.
    plan->sets_capabilities =
        capabilities->is_set || (helper->identity.is_set && helper->identity.uid != getuid());
    plan->capabilities = capabilities->mask;
    plan->no_new_privileges = helper->no_new_privileges;
}

static bool find_program(struct plan *plan, const struct helper_config *helper, const char *name,
                         struct launch_error *error)
{
    plan->program = name;
    if (strchr(name, '/') != NULL)
        return true;
    int reason;
    plan->found = find_in_path(name, path_variable(plan->envp), helper->working_dir, &reason);
    plan->program = plan->found;
    *error = (struct launch_error){.step = STEP_FIND, .error = reason};
    return plan->found != NULL;
}

bool plan_make(struct plan *plan, const struct helper_config *helper, const struct command *command,
               const struct launch_context *context, const struct strings *more,
               struct launch_error *error)
{
    *plan = (struct plan){
        .argv = command->argv.items,
        .script_argv = calloc(command->argv.count + 2, sizeof(char *)),
        .envp = build_environment(helper, context, more),
        .directory = helper->working_dir,
        .umask = helper->umask,
        .stdio = {-1, -1, -1},
        .nice = helper->nice,
        .io_priority = helper->io_priority,
        .processors = &helper->processors,
        .parent = context->die_with_parent ? getpid() : 0,
    };
    plan_limits(plan, helper, context);
    plan_rights(plan, helper);
    if (helper->oom_score_adj != INTEGER_UNSET)
        snprintf(plan->oom_score_adj, sizeof(plan->oom_score_adj), "%d", helper->oom_score_adj);
    *error = (struct launch_error){.step = STEP_MEMORY, .error = ENOMEM};
    if (plan->script_argv == NULL || plan->envp == NULL ||
        !find_program(plan, helper, command->argv.items[0], error)) {
        plan_finish(plan);
        return false;
    }
    fill_script_argv(plan->script_argv, command, plan->program);
    *error = (struct launch_error){.step = STEP_NONE};
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
    case ETIMEDOUT: // a machine or a file system that is too slow
        return true;
    default:
        return false;
    }
}

// What a step was to do, where its name alone does not tell: ` "www-data"`.
static void describe_object(struct launch_error error, const struct helper_config *helper,
                            const char *program, struct buffer *out)
{
    const char *group = helper->group.text != NULL ? helper->group.text : helper->user.text;
    switch (error.step) {
    case STEP_EXEC:
        buffer_printf(out, " \"%s\"", program);
        break;
    case STEP_FIND:
        buffer_printf(out, " \"%s\" in PATH", program);
        break;
    case STEP_DIRECTORY:
        buffer_printf(out, " \"%s\"", helper->working_dir);
        break;
    case STEP_OOM_SCORE:
        buffer_printf(out, " %d", helper->oom_score_adj);
        break;
    case STEP_LIMITS:
        buffer_printf(out, " %s", limits[error.limit].name);
        break;
    case STEP_NICE:
        buffer_printf(out, " %d", helper->nice);
        break;
    case STEP_USER:
        if (helper->user.text != NULL)
            buffer_printf(out, " \"%s\"", helper->user.text);
        break;
    case STEP_GROUP:
    case STEP_GROUPS:
        if (group != NULL)
            buffer_printf(out, " \"%s\"", group);
        break;
    case STEP_NONE:
    case STEP_THREAD:
    case STEP_MEMORY:
    case STEP_NULL_DEVICE:
    case STEP_PIPE:
    case STEP_CLONE:
    case STEP_UNSHARE:
    case STEP_SESSION:
    case STEP_STDIO:
    case STEP_IO_PRIORITY:
    case STEP_PROCESSORS:
    case STEP_BOUNDING_SET:
    case STEP_KEEP_CAPABILITIES:
    case STEP_IDENTITY:
    case STEP_CAPABILITIES:
    case STEP_AMBIENT_SET:
    case STEP_NO_NEW_PRIVILEGES:
    case STEP_PARENT:
    case STEP_SIGNALS:
    case STEP_REPORT:
    case STEP_COUNT:
        break;
    }
}

const char *launch_error_describe(struct launch_error error, const struct helper_config *helper,
                                  const struct command *command, char *text, size_t size)
{
    struct buffer object = {0};
    bool is_about_program = error.step == STEP_EXEC || error.step == STEP_FIND;
    describe_object(error, helper, command->argv.items[0], &object);
    snprintf(text, size, "cannot %s: %s (step: %s%.*s)", is_about_program ? "execute" : "start",
             strerror(error.error), step_names[error.step], (int)object.length,
             object.data != NULL ? object.data : "");
    buffer_finish(&object);
    return text;
}
