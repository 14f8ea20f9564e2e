// SPDX-License-Identifier: MIT
// All that one child needs, resolved and checked in the parent, so that nothing has to be thought
// about between clone and exec. Made anew for each run: a program may have been installed since.
#pragma once

#include "config/config.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

// What a child does in order; the one that failed is named in the error.
enum launch_step {
    STEP_NONE,
    STEP_THREAD,
    STEP_MEMORY,
    STEP_FIND,
    STEP_NULL_DEVICE,
    STEP_PIPE,
    STEP_CLONE,
    STEP_UNSHARE,
    STEP_SESSION,
    STEP_STDIO,
    STEP_OOM_SCORE,
    STEP_LIMITS,
    STEP_NICE,
    STEP_IO_PRIORITY,
    STEP_PROCESSORS,
    STEP_BOUNDING_SET,
    STEP_GROUPS,
    STEP_GROUP,
    STEP_KEEP_CAPABILITIES,
    STEP_USER,
    STEP_IDENTITY,
    STEP_CAPABILITIES,
    STEP_AMBIENT_SET,
    STEP_NO_NEW_PRIVILEGES,
    STEP_DIRECTORY,
    STEP_PARENT,
    STEP_SIGNALS,
    STEP_REPORT,
    STEP_EXEC,
    STEP_COUNT
};

// Why a start failed; step STEP_NONE: it did not.
struct launch_error {
    enum launch_step step;
    int error;        // errno
    enum limit limit; // which one, with STEP_LIMITS
};

// Memory that a child and helperd share, also where the child has a copy of all the rest.
struct launch_shared {
    _Atomic(pid_t) pid;          // the kernel writes it before the child does anything; 0: no child
    atomic_bool has_descriptors; // of its own, and no use for ours any more
    struct launch_error failure; // of the child
};

// The signals whose disposition is not the default.
struct dispositions {
    bool changed[_NSIG];
};

// What is the same for all children of this helperd.
struct launch_context {
    char **environ;       // helperd's own environment
    struct rlimit nofile; // helperd's first descriptor limit; rlim_max 0: not known
    bool die_with_parent; // SIGTERM when helperd dies (developer mode)
};

struct plan_limit {
    enum limit limit;
    unsigned char resource; // as setrlimit takes it
    struct rlimit value;
};

struct plan {
    const char *program; // what to exec
    char *found;         // heap: program where it was looked up in PATH, else NULL
    char *const *argv;   // the config's
    char **script_argv;  // heap: /bin/sh PROGRAM ARGS…, for a script without #!
    char **envp;         // heap; the entries belong to context, config and more
    const char *directory;
    int umask;    // or -1
    int stdio[3]; // descriptors to become 0, 1, 2; set by launch, as is the next
    int beyond;   // where those begin that the child takes no copy of
    struct plan_limit limits[LIMIT_COUNT];
    size_t limit_count;
    char oom_score_adj[12]; // the number as text; "": helperd's own
    int nice, io_priority;  // or INTEGER_UNSET
    const struct processors_config *processors;
    const struct identity *identity;
    bool limits_capabilities; // also what programs may ever gain by being executed
    bool sets_capabilities;
    uint64_t capabilities;
    bool no_new_privileges;
    pid_t parent; // exec only while this is still the parent; 0: whatever happens
    // Set by who launches.
    const struct dispositions *dispositions;
    struct launch_shared *shared;
};

// Fills in a plan for the command in the helper's surroundings; more are variables for this run
// alone. On failure the error says why and the plan holds nothing; want of memory is one, since the
// end for it is not for threads. May take long: directories of PATH may be anywhere.
bool plan_make(struct plan *plan, const struct helper_config *helper, const struct command *command,
               const struct launch_context *context, const struct strings *more,
               struct launch_error *error);
void plan_finish(struct plan *plan);

// Whether the failure tells of a machine short of resources and not of the helper.
bool launch_error_is_shortage(struct launch_error error);

// `cannot execute: No such file or directory (step: exec "/usr/bin/vite")`; returns text.
const char *launch_error_describe(struct launch_error error, const struct helper_config *helper,
                                  const struct command *command, char *text, size_t size);
