// SPDX-License-Identifier: MIT
// The settings in force, typed: what all other rooms read. Text becomes this in one step or not
// at all, so whoever holds a config holds a valid one. It is counted: a run that goes on under
// earlier settings holds them as long as it does, whatever was read since.
#pragma once

#include "base/error.h"
#include "base/exit_status.h"
#include "base/log.h"
#include "base/pattern.h"
#include "base/strings.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>

enum {
    HELPER_NAME_LIMIT = 64,
    INSTANCES_LIMIT = 10000,
    INTEGER_UNSET = INT_MIN, // of a setting without a fallback: helperd's own
};

enum log_format {
    FORMAT_AUTO, // dev in developer mode, syslog under the journal, else text
    FORMAT_TEXT,
    FORMAT_DEV,
    FORMAT_JSON,
    FORMAT_LOGFMT,
    FORMAT_QGODA,
    FORMAT_SYSLOG,
    FORMAT_RAW, // a helper's own files only: its bytes as they came
    FORMAT_COUNT
};
enum log_time { LOG_TIME_UTC, LOG_TIME_LOCAL, LOG_TIME_NONE }; // time.h has a TIME_UTC of its own
enum on_full { ON_FULL_BLOCK, ON_FULL_DROP };
enum stream_mode {
    STREAM_LOG,
    STREAM_DISCARD,
    STREAM_INHERIT,
    STREAM_JOIN, // standard error only: the very pipe of standard output
};
enum helper_type { TYPE_SERVICE, TYPE_ONESHOT };
enum restart_policy { RESTART_ALWAYS, RESTART_ON_FAILURE, RESTART_NEVER };
enum kill_mode { KILL_GROUP, KILL_PROCESS };
enum stdin_mode { STDIN_NULL, STDIN_HOLD, STDIN_INHERIT };
enum limit {
    LIMIT_NOFILE,
    LIMIT_NPROC,
    LIMIT_CORE,
    LIMIT_AS,
    LIMIT_FSIZE,
    LIMIT_MEMLOCK,
    LIMIT_STACK,
    LIMIT_CPU,
    LIMIT_COUNT
};
enum condition { CONDITION_STARTED, CONDITION_READY, CONDITION_COMPLETED };

// What to execute. A shell command keeps its text and runs as /bin/sh -c TEXT; else argv runs
// as it is, looked up in the PATH of the helper's environment.
struct command {
    struct strings argv; // also filled in for the shell: /bin/sh, -c, TEXT
    bool shell;
};

struct dependency {
    size_t helper; // index in config.helpers
    enum condition condition;
};

struct log_rule {
    struct pattern *match;
    char *text; // the pattern as written
    enum level level;
    bool drop;
};

struct stream_config {
    enum stream_mode mode;
    enum level level; // of its lines, with STREAM_LOG
};

struct helper_log_config {
    struct stream_config stdout_stream, stderr_stream;
    char *prefix; // shown instead of the name; NULL: the name
    uint64_t max_line;
    bool parse_priority;
    struct log_rule *rules; // the first that matches decides
    size_t rule_count;
    char *file;                      // a copy of all lines; or NULL
    char *stdout_file, *stderr_file; // instead of the log; or NULL
    enum log_format file_format;     // of these files; FORMAT_AUTO: text
    uint64_t max_size, max_files;    // of these files; max_size 0: never rotated
    uint64_t rate_limit;             // lines a second; 0: any number
    uint64_t history;                // bytes of the latest lines that are kept
};

struct backoff_config {
    double initial, factor, max; // seconds, number, seconds
    double jitter;               // fraction: 0.1 is ±10 %
    double reset_after;
};

struct start_limit_config {
    uint64_t burst; // 0: none
    double interval;
};

// Of helper_config.start_retries: restart alone decides.
#define START_RETRIES_NONE UINT64_MAX

// A user or a group: its name or number as written, and the number it stands for.
struct account_config {
    char *text; // NULL: not given; among readers a group has @ before it
    bool is_group;
    uint32_t id;
};

struct accounts_config {
    bool is_set; // an empty list too
    struct account_config *items;
    size_t count;
};

// Who a helper runs as, where that is not who helperd is: what user, group and groups come to.
struct identity {
    bool is_set;
    bool sets_groups; // the supplementary groups differ as well
    uid_t uid;
    gid_t gid;
    gid_t *groups;
    size_t group_count;
};

struct processors_config {
    unsigned long *mask; // as sched_setaffinity(2) takes it; NULL: any processor
    size_t size;         // bytes
};

// A resource limit in its own unit: a number, bytes or seconds; UINT64_MAX: unlimited.
struct limit_config {
    bool is_set;
    uint64_t soft, hard;
};

struct capabilities_config {
    bool is_set;
    uint64_t mask; // a bit for each one that is kept
};

struct helper_config {
    struct config *owner; // the one whose helpers hold this
    char *name;           // "worker@2" for an instance
    char *base;           // "worker"; the same text as name where there are no instances
    const char *file;     // where it is written; the text belongs to config.files
    unsigned line;
    struct command command;
    char *description;          // or NULL
    struct strings labels;      // NAME=VALUE
    char *working_dir;          // absolute
    struct strings environment; // NAME=VALUE: env_file, environment, INSTANCE; above config's own
    bool inherit_environment;   // all of helperd's environment
    struct strings inherited;   // with inherit_environment false: these names of it
    int umask;                  // or -1: helperd's own
    struct account_config user, group;
    struct accounts_config groups; // supplementary
    struct identity identity;
    int nice; // or INTEGER_UNSET
    struct processors_config processors;
    int io_priority;   // as ioprio_set(2) takes it; or INTEGER_UNSET
    int oom_score_adj; // or INTEGER_UNSET
    struct limit_config limits[LIMIT_COUNT];
    bool no_new_privileges;
    struct capabilities_config capabilities;
    enum helper_type type;
    bool autostart;
    enum restart_policy restart;
    struct exit_status *success; // code or signal; never empty
    size_t success_count;
    struct backoff_config backoff;
    struct start_limit_config start_limit;
    uint64_t start_retries; // of failed starts in a row; or START_RETRIES_NONE
    bool critical;
    int stop_signal;
    double stop_timeout;
    struct command stop_command; // argv.count 0: none
    enum kill_mode kill_mode;
    struct dependency *dependencies;
    size_t dependency_count;
    double ready_after; // seconds; negative: no readiness test
    enum stdin_mode stdin_mode;
    struct helper_log_config log;
};

struct log_config {
    enum log_format format;
    enum level level; // least level shown
    char *target;     // NULL: auto; "stdout", "stderr", or an absolute path
    enum log_time time;
    enum on_full on_full;
    uint64_t queue;               // bytes that may wait for one target
    uint64_t max_size, max_files; // of the log file; max_size 0: never rotated
};

// An address of the network to listen at.
struct address_config {
    char *text; // as written; NULL: none
    struct sockaddr_storage address;
};

struct control_config {
    char *path;                     // of the socket; NULL: the usual one; "none": no socket
    int mode;                       // of the socket; -1: what group and readers need
    struct account_config group;    // whose members may control
    struct accounts_config readers; // who may look
    struct address_config http;
};

// How a file is to be read.
enum config_format { CONFIG_YAML, CONFIG_QGODA, CONFIG_SUPERVISORD };

struct config_options {
    enum config_format format;
    bool developer;     // fallbacks of developer mode: restart on-failure, stdin hold, local time
    rlim_t descriptors; // the soft limit of them that helperd was started with
};

struct config {
    unsigned holders;
    char *path;                    // of the main file, as given
    char *directory;               // where that starts if it is relative
    struct config_options options; // as which it was read
    struct strings environment;    // NAME=VALUE for every helper, below its own
    struct log_config log;
    struct control_config control;
    double shutdown_timeout;
    ssize_t exit_with;             // index in helpers; -1: none
    struct helper_config *helpers; // in the order of the file, instances apart
    size_t helper_count;
    struct strings files; // every file that was read, env files too
};

// Reads, checks and resolves a file with all it includes. The caller holds what comes of it. NULL
// when there was an error; all of them are in errors then. Warnings may be there in either case.
struct config *config_load(const char *path, const struct config_options *options,
                           struct errors *errors);

// The same file once more, in the same way, also from another working directory. FIFOs are refused.
struct config *config_load_again(const struct config *config, struct errors *errors);

// Freed when the last holder lets go; NULL has none.
struct config *config_hold(struct config *config);
void config_release(struct config *config);

// The index of a helper, or -1. A base name finds its first instance.
ssize_t config_find(const struct config *config, const char *name);

bool command_is_set(const struct command *command);
bool helper_exit_is_success(const struct helper_config *helper, struct exit_status status);
