// SPDX-License-Identifier: MIT
// The settings in force, typed: what all other rooms read. Text becomes this in one step or not
// at all, so whoever holds a config holds a valid one.
#pragma once

#include "base/error.h"
#include "base/exit_status.h"
#include "base/log.h"
#include "base/pattern.h"
#include "base/strings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    HELPER_NAME_LIMIT = 64,
    INSTANCES_LIMIT = 10000,
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

struct helper_config {
    char *name;       // "worker@2" for an instance
    char *base;       // "worker"; the same text as name where there are no instances
    const char *file; // where it is written; the text belongs to config.files
    unsigned line;
    struct command command;
    char *description;          // or NULL
    struct strings labels;      // NAME=VALUE
    char *working_dir;          // absolute
    struct strings environment; // NAME=VALUE: env_file, environment, INSTANCE; above config's own
    bool inherit_environment;   // all of helperd's environment
    struct strings inherited;   // with inherit_environment false: these names of it
    int umask;                  // or -1: helperd's own
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

struct config {
    char *path;                 // of the main file, as given
    struct strings environment; // NAME=VALUE for every helper, below its own
    struct log_config log;
    double shutdown_timeout;
    struct helper_config *helpers; // in the order of the file, instances apart
    size_t helper_count;
    struct strings files; // every file that was read, env files too
};

// How a file is to be read.
enum config_format { CONFIG_YAML, CONFIG_QGODA, CONFIG_SUPERVISORD };

struct config_options {
    enum config_format format;
    bool developer; // fallbacks of developer mode: restart on-failure, stdin hold, local time
};

// Reads, checks and resolves a file with all it includes. NULL when there was an error; all of
// them are in errors then. Warnings may be there in either case.
struct config *config_load(const char *path, const struct config_options *options,
                           struct errors *errors);
void config_destroy(struct config *config);

// The index of a helper, or -1. A base name finds its first instance.
ssize_t config_find(const struct config *config, const char *name);

bool command_is_set(const struct command *command);
bool helper_exit_is_success(const struct helper_config *helper, struct exit_status status);
