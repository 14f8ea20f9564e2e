// SPDX-License-Identifier: MIT
// The table of the settings of a helper.
#include "config/settings.h"

#include "base/memory.h"
#include "config/config.h"

#define FIELD(field) .offset = offsetof(struct helper_config, field)

static const char *const type_words[] = {"service", "oneshot", NULL};
static const char *const restart_words[] = {"always", "on-failure", "never", NULL};
static const char *const kill_words[] = {"group", "process", NULL};
static const char *const later_kill_words[] = {"cgroup", NULL};
static const char *const stdin_words[] = {"null", "hold", "inherit", NULL};
static const char *const condition_words[] = {"started", "ready", "completed", NULL};

static const struct setting backoff_rows[] = {
    {.name = "initial",
     .kind = KIND_DURATION,
     FIELD(backoff.initial),
     .fallback = "200ms",
     .text = "The delay before the first restart of a helper that was not up for reset_after. "
             "One that was restarts at once."},
    {.name = "factor",
     .kind = KIND_FACTOR,
     FIELD(backoff.factor),
     .fallback = "2",
     .least = 1,
     .most = 100,
     .text = "By how much each further delay is longer."},
    {.name = "max",
     .kind = KIND_DURATION,
     FIELD(backoff.max),
     .fallback = "30s",
     .text = "The longest delay."},
    {.name = "jitter",
     .kind = KIND_FRACTION,
     FIELD(backoff.jitter),
     .fallback = "10%",
     .least = 0,
     .most = 1,
     .text = "By how much a delay varies at random, up and down."},
    {.name = "reset_after",
     .kind = KIND_DURATION,
     FIELD(backoff.reset_after),
     .fallback = "10s",
     .text = "How long a helper must be up for its failures to be forgotten."},
};
static const struct settings backoff_settings = {"backoff", backoff_rows, LENGTH(backoff_rows)};

static const struct setting start_limit_rows[] = {
    {.name = "burst",
     .kind = KIND_COUNT,
     FIELD(start_limit.burst),
     .fallback = "0",
     .least = 0,
     .most = 10000,
     .text =
         "A helper that starts more often than this in the interval has failed. 0 is no limit."},
    {.name = "interval",
     .kind = KIND_DURATION,
     FIELD(start_limit.interval),
     .fallback = "60s",
     .text = "The time in which starts are counted."},
};
static const struct settings start_limit_settings = {"start_limit", start_limit_rows,
                                                     LENGTH(start_limit_rows)};

static const struct setting limits_rows[] = {
    {.name = "nofile",
     .kind = KIND_LIMIT,
     .reach = REACH_RESTART,
     FIELD(limits[LIMIT_NOFILE]),
     .text = "Open descriptors. Without it what helperd was started with."},
    {.name = "nproc",
     .kind = KIND_LIMIT,
     .reach = REACH_RESTART,
     FIELD(limits[LIMIT_NPROC]),
     .text = "Processes and threads of its user, counting those that are no helper's. Root has no "
             "such limit."},
    {.name = "core",
     .kind = KIND_LIMIT_SIZE,
     .reach = REACH_RESTART,
     FIELD(limits[LIMIT_CORE]),
     .text = "Size of a core file."},
    {.name = "as",
     .kind = KIND_LIMIT_SIZE,
     .reach = REACH_RESTART,
     FIELD(limits[LIMIT_AS]),
     .text = "Address space."},
    {.name = "fsize",
     .kind = KIND_LIMIT_SIZE,
     .reach = REACH_RESTART,
     FIELD(limits[LIMIT_FSIZE]),
     .text = "Size of a file that it writes."},
    {.name = "memlock",
     .kind = KIND_LIMIT_SIZE,
     .reach = REACH_RESTART,
     FIELD(limits[LIMIT_MEMLOCK]),
     .text = "Locked memory."},
    {.name = "stack",
     .kind = KIND_LIMIT_SIZE,
     .reach = REACH_RESTART,
     FIELD(limits[LIMIT_STACK]),
     .text = "Size of the stack."},
    {.name = "cpu",
     .kind = KIND_LIMIT_TIME,
     .reach = REACH_RESTART,
     FIELD(limits[LIMIT_CPU]),
     .text = "Processor time of each process."},
};
static const struct settings limits_settings = {"limits", limits_rows, LENGTH(limits_rows)};

static const struct setting cgroup_rows[] = {
    {.name = "memory_max", .text = "Memory, at most."},
    {.name = "memory_high", .text = "Memory above which the helper is slowed down."},
    {.name = "cpu_max", .text = "Share of processor time."},
    {.name = "pids_max", .text = "Number of processes."},
    {.name = "io_weight", .text = "Share of input and output."},
};
static const struct settings cgroup_settings = {"cgroup", cgroup_rows, LENGTH(cgroup_rows)};

static const struct setting ready_rows[] = {
    {.name = "notify", .text = "The helper says so as in sd_notify(3)."},
    {.name = "fd", .text = "The helper writes a newline to this descriptor."},
    {.name = "log", .text = "A line of its output matches."},
    {.name = "tcp", .text = "The port accepts a connection."},
    {.name = "unix", .text = "The Unix socket accepts a connection."},
    {.name = "http", .text = "The URL answers with success."},
    {.name = "file", .text = "The file is there."},
    {.name = "command", .text = "The command ends with success."},
    {.name = "after",
     .kind = KIND_DURATION,
     FIELD(ready_after),
     .text = "The helper stayed up so long."},
    {.name = "timeout", .text = "How long it may take."},
    {.name = "interval", .text = "How often it is tried."},
};
static const struct settings ready_settings = {"ready", ready_rows, LENGTH(ready_rows)};

static const struct setting health_rows[] = {
    {.name = "tcp", .text = "The port accepts a connection."},
    {.name = "unix", .text = "The Unix socket accepts a connection."},
    {.name = "http", .text = "The URL answers with success."},
    {.name = "command", .text = "The command ends with success."},
    {.name = "interval", .text = "How often it is tried."},
    {.name = "timeout", .text = "How long a try may take."},
    {.name = "retries", .text = "How many failures in a row make it unhealthy."},
    {.name = "start_period", .text = "How long after the start failures do not count."},
};
static const struct settings health_settings = {"health", health_rows, LENGTH(health_rows)};

static const struct setting watch_rows[] = {
    {.name = "paths", .text = "Files, folders and patterns."},
    {.name = "ignore", .text = "What is left out."},
    {.name = "debounce", .text = "How long a burst of changes counts as one."},
    {.name = "action", .text = "What is done: a restart, a signal, a command."},
};
static const struct settings watch_settings = {"watch", watch_rows, LENGTH(watch_rows)};

static const struct setting stdin_rows[] = {
    {.name = "fifo", .text = "A named pipe that any program can write to."},
    {.name = "from", .text = "The helper whose standard output it is."},
};
static const struct settings stdin_settings = {"stdin", stdin_rows, LENGTH(stdin_rows)};

static const struct setting helper_rows[] = {
    {.name = "command",
     .kind = KIND_COMMAND,
     .reach = REACH_RESTART,
     FIELD(command),
     .required = true,
     .text = "What to run. A list runs as it is. A string goes to /bin/sh -c if it holds anything "
             "special to the shell or starts with an assignment, a shell keyword or a builtin; "
             "else it is split at blanks and runs as it is."},
    {.name = "shell",
     .kind = KIND_SHELL,
     .reach = REACH_RESTART,
     .text = "true sends any command string to the shell, false splits it by the shell's quotes "
             "and runs it without one. Without it the content decides."},
    {.name = "working_dir",
     .kind = KIND_PATH,
     .reach = REACH_RESTART,
     FIELD(working_dir),
     .text = "The directory it runs in. Without it the configuration file's directory, / for "
             "files below /etc."},
    {.name = "environment",
     .kind = KIND_VARIABLES,
     .reach = REACH_RESTART,
     FIELD(environment),
     .text = "Variables added to the inherited environment: a map, or a list of NAME=VALUE."},
    {.name = "env_file",
     .kind = KIND_OUTSIDE,
     .reach = REACH_RESTART,
     .text = "A file or a list of files with lines NAME=VALUE that come before environment. "
             "Blank lines, lines that start with # and a leading export are fine, and so are "
             "quotes around a value: nothing is special in single quotes, a backslash is "
             "in double ones."},
    {.name = "inherit_environment",
     .kind = KIND_INHERITED,
     .reach = REACH_RESTART,
     FIELD(inherit_environment),
     .fallback = "true",
     .text = "Whether it gets helperd's own environment, or the names of it that it gets."},
    {.name = "user",
     .kind = KIND_USER,
     .reach = REACH_RESTART,
     FIELD(user),
     .text = "The user it runs as, looked up when the configuration is read. Its primary group and "
             "its supplementary groups come with it, HOME and USER do not. Another user than "
             "helperd's own needs root."},
    {.name = "group",
     .kind = KIND_GROUP,
     .reach = REACH_RESTART,
     FIELD(group),
     .text = "The group it runs as, instead of the user's primary one. A user that is a number "
             "without an account needs it."},
    {.name = "groups",
     .kind = KIND_GROUPS,
     .reach = REACH_RESTART,
     FIELD(groups),
     .text = "All of its supplementary groups, instead of the user's; [] is none. Without it and "
             "without user they are helperd's own."},
    {.name = "umask",
     .kind = KIND_OCTAL,
     .reach = REACH_RESTART,
     FIELD(umask),
     .least = 0,
     .most = 0777,
     .text = "Its file mode mask. Without it helperd's own."},
    {.name = "nice",
     .kind = KIND_INTEGER,
     .reach = REACH_RESTART,
     FIELD(nice),
     .least = -20,
     .most = 19,
     .text = "Its scheduling priority, from -20 (first) to 19 (last). Without it helperd's own; "
             "less than that needs root."},
    {.name = "cpu_affinity",
     .kind = KIND_PROCESSORS,
     .reach = REACH_RESTART,
     FIELD(processors),
     .text = "The processors it may use, by number: a text like 0-3,5 or a list of such. One that "
             "the machine does not have is an error. Without it helperd's own."},
    {.name = "io_priority",
     .kind = KIND_IO_PRIORITY,
     .reach = REACH_RESTART,
     FIELD(io_priority),
     .text = "Its priority for input and output, as of ionice(1); 0 is the first, 7 the last, "
             "without N it is 4. realtime needs root. Without it helperd's own."},
    {.name = "oom_score_adj",
     .kind = KIND_INTEGER,
     .reach = REACH_RESTART,
     FIELD(oom_score_adj),
     .least = -1000,
     .most = 1000,
     .text = "How soon the kernel's OOM killer takes it: from -1000 (never) to 1000 (first). "
             "Without it helperd's own; less than that needs root."},
    {.name = "limits",
     .kind = KIND_MAP,
     .nested = &limits_settings,
     .text = "Its resource limits, as of setrlimit(2): one value for both limits, or SOFT:HARD. "
             "Without a value helperd's own; above its hard limit needs root."},
    {.name = "cgroup", .nested = &cgroup_settings, .text = "The limits of its control group."},
    {.name = "no_new_privileges",
     .kind = KIND_BOOL,
     .reach = REACH_RESTART,
     FIELD(no_new_privileges),
     .fallback = "false",
     .text = "Whether set-user-ID programs and file capabilities have no effect in it."},
    {.name = "capabilities",
     .kind = KIND_CAPABILITIES,
     .reach = REACH_RESTART,
     FIELD(capabilities),
     .text = "The capabilities it has, by name with or without CAP_: exactly these, also as "
             "another user; [] is none. To take others away needs root. Without it helperd's "
             "own, as another user none."},
    {.name = "type",
     .kind = KIND_WORD,
     .reach = REACH_RESTART,
     FIELD(type),
     .fallback = "service",
     .words = type_words,
     .text = "A service runs until it is stopped; a oneshot is complete when it exits with "
             "success."},
    {.name = "autostart",
     .kind = KIND_BOOL,
     FIELD(autostart),
     .fallback = "true",
     .text = "Whether it is started with helperd. A reload that makes it true starts a helper that "
             "was never started; one that makes it false stops none."},
    {.name = "restart",
     .kind = KIND_RESTART,
     FIELD(restart),
     .fallback = "always",
     .developer = "on-failure",
     .words = restart_words,
     .text = "Whether it is started again when it ended: always, on-failure or never (also "
             "written no). For a oneshot the default is never; always is refused where the helper "
             "itself says it, and means never where defaults do."},
    {.name = "success_exit_codes",
     .kind = KIND_SUCCESS,
     FIELD(success),
     .fallback = "[0]",
     .text = "The exit codes and signals that count as success."},
    {.name = "backoff",
     .kind = KIND_MAP,
     .nested = &backoff_settings,
     .text = "The delays between restarts."},
    {.name = "start_limit",
     .kind = KIND_MAP,
     .nested = &start_limit_settings,
     .text = "When restarts are given up."},
    {.name = "start_retries",
     .kind = KIND_COUNT,
     FIELD(start_retries),
     .least = 0,
     .most = 1000000000,
     .text = "How often in a row a failed start is tried again, whatever restart says; after that "
             "it has failed for good. A start has failed when the helper ended, in whatever way, "
             "before it was ready, or could not be run at all. Without it restart alone decides."},
    {.name = "critical",
     .kind = KIND_BOOL,
     FIELD(critical),
     .fallback = "false",
     .text = "When it fails for good, helperd stops everything and exits with status 1."},
    {.name = "stop_signal",
     .kind = KIND_SIGNAL,
     FIELD(stop_signal),
     .fallback = "SIGTERM",
     .text = "The signal that asks it to end."},
    {.name = "stop_timeout",
     .kind = KIND_DURATION,
     FIELD(stop_timeout),
     .fallback = "10s",
     .least = 0,
     .most = 86400,
     .text = "How long it may take to end; then SIGKILL. 0 kills at once."},
    {.name = "stop_command",
     .kind = KIND_COMMAND,
     FIELD(stop_command),
     .text = "Run instead of sending the signal."},
    {.name = "kill_mode",
     .kind = KIND_WORD,
     FIELD(kill_mode),
     .fallback = "group",
     .words = kill_words,
     .later = later_kill_words,
     .text = "Who gets the signals: its process group or its main process alone."},
    {.name = "depends_on",
     .kind = KIND_DEPENDENCIES,
     FIELD(dependencies),
     .words = condition_words,
     .text = "The helpers it waits for: a list, or a map of name to started, ready or completed. "
             "In a list each must be ready; for a oneshot ready means completed."},
    {.name = "ready",
     .kind = KIND_MAP,
     .nested = &ready_settings,
     .text = "When it is ready. Without it as soon as it runs."},
    {.name = "health",
     .nested = &health_settings,
     .text = "A test that is repeated; a helper that fails it is restarted."},
    {.name = "watchdog", .text = "How often the helper must say that it is alive."},
    {.name = "watch", .nested = &watch_settings, .text = "Files whose changes restart it."},
    {.name = "stdin",
     .kind = KIND_STDIN,
     .reach = REACH_RESTART,
     FIELD(stdin_mode),
     .fallback = "null",
     .developer = "hold",
     .words = stdin_words,
     .nested = &stdin_settings,
     .text = "Its standard input. hold is a pipe that nobody writes to and that ends when helperd "
             "does; inherit is helperd's own; of a terminal it reads also while helperd is stopped "
             "or in the background."},
    {.name = "tty", .text = "Whether its output goes through pseudo terminals."},
    {.name = "channel", .text = "Whether it gets the pipes of helperd-channel(7)."},
    {.name = "channel_control", .text = "Whether it may control other helpers through them."},
    {.name = "overlap", .text = "Whether a new run starts before the old one is stopped."},
    {.name = "on_demand", .text = "Whether it starts at the first connection to its sockets."},
    {.name = "sockets", .text = "Sockets that helperd opens and passes on."},
    {.name = "instances",
     .kind = KIND_OUTSIDE,
     .fallback = "1",
     .least = 1,
     .most = INSTANCES_LIMIT,
     .text = "How many of it run. With more than one they are called NAME@1, NAME@2 and so on; "
             "${INSTANCE} is the number."},
    {.name = "schedule", .text = "When a oneshot is started."},
    {.name = "log",
     .kind = KIND_MAP,
     .nested = &helper_log_settings,
     .text = "What becomes of its output."},
    {.name = "description", .kind = KIND_TEXT, FIELD(description), .text = "A text for people."},
    {.name = "labels",
     .kind = KIND_LABELS,
     FIELD(labels),
     .text = "Names and texts for programs that look at the helpers."},
};
const struct settings helper_settings = {"helpers.NAME", helper_rows, LENGTH(helper_rows)};
