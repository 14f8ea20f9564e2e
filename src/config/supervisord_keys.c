// SPDX-License-Identifier: MIT
#include "config/supervisord_keys.h"

#include "base/memory.h"

#include <string.h>

const struct supervisord_section_row supervisord_section_rows[] = {
    {"supervisord", SECTION_SUPERVISORD, "What concerns all programs. It must be there."},
    {"include", SECTION_INCLUDE, "More files."},
    {"group:", SECTION_GROUP, "Programs that belong together."},
    {"program:", SECTION_PROGRAM, "A program: one helper, or several."},
    {"unix_http_server", SECTION_LEFT, NULL},
    {"inet_http_server", SECTION_LEFT, NULL},
    {"supervisorctl", SECTION_LEFT, NULL},
    {"rpcinterface:", SECTION_LEFT, NULL},
    {"ctlplugin:", SECTION_LEFT, NULL},
    {"eventlistener:", SECTION_REFUSED, NULL},
    {"fcgi-program:", SECTION_REFUSED, NULL},
};
const size_t supervisord_section_count = LENGTH(supervisord_section_rows);

const struct supervisord_row supervisord_rows[] = {
    [SUPERVISORD_DIRECTORY] = {SECTION_SUPERVISORD, "directory", NULL, "working_dir",
                               "Of programs without a directory of their own, and where their "
                               "relative paths start; as with supervisord only without nodaemon."},
    [SUPERVISORD_ENVIRONMENT] = {SECTION_SUPERVISORD, "environment", "", "environment",
                                 "The one of the top level; %(ENV_X)s sees it too."},
    [SUPERVISORD_MINFDS] = {SECTION_SUPERVISORD, "minfds", "1024", "limits.nofile",
                            "Of each helper, as its soft limit, if it is above the one that "
                            "helperd was started with."},
    [SUPERVISORD_NODAEMON] = {SECTION_SUPERVISORD, "nodaemon", "false", NULL,
                              "Decides whether directory and umask count, as with supervisord. "
                              "Whether helperd detaches is said by --daemon."},
    [SUPERVISORD_UMASK] = {SECTION_SUPERVISORD, "umask", "022", "umask",
                           "Of programs without one of their own; as with supervisord only without "
                           "nodaemon."},
    [SUPERVISORD_USER] = {SECTION_SUPERVISORD, "user", NULL, "user",
                          "Of programs without one of their own. helperd itself stays who it is."},
    [INCLUDE_FILES] = {SECTION_INCLUDE, "files", NULL, NULL,
                       "Patterns of files, relative to the file. What these include is not read."},
    [GROUP_PROGRAMS] = {SECTION_GROUP, "programs", NULL, NULL,
                        "The helpers of these programs are called GROUP.NAME."},
    [GROUP_PRIORITY] = {SECTION_GROUP, "priority", "999", NULL,
                        "The order in which helpers start. When helperd ends, all are stopped at "
                        "once. Within a group they stand as in programs."},
    [PROGRAM_COMMAND] = {SECTION_PROGRAM, "command", NULL, "command",
                         "A list: no shell sees it, and quotes are taken as supervisord does."},
    [PROGRAM_PROCESS_NAME] = {SECTION_PROGRAM, "process_name", "%(program_name)s", NULL,
                              "The name of the helper."},
    [PROGRAM_NUMPROCS] = {SECTION_PROGRAM, "numprocs", "1", NULL,
                          "So many helpers, each with a process_name of its own."},
    [PROGRAM_NUMPROCS_START] = {SECTION_PROGRAM, "numprocs_start", "0", NULL,
                                "The first %(process_num)d."},
    [PROGRAM_PRIORITY] = {SECTION_PROGRAM, "priority", "999", NULL,
                          "The same for programs that are in no group."},
    [PROGRAM_AUTOSTART] = {SECTION_PROGRAM, "autostart", "true", "autostart", ""},
    [PROGRAM_STARTSECS] = {SECTION_PROGRAM, "startsecs", "1", "ready.after, backoff.reset_after",
                           "0 is no ready; a run of less than a second is then followed by a "
                           "second's wait."},
    [PROGRAM_STARTRETRIES] = {SECTION_PROGRAM, "startretries", "3", "start_retries, backoff",
                              "The waits are 1, 2, 4 … seconds, at most as many seconds as there "
                              "are retries (supervisord: 1, 2, 3 …)."},
    [PROGRAM_AUTORESTART] = {SECTION_PROGRAM, "autorestart", "unexpected", "restart",
                             "true is always, unexpected is on-failure, false is never. A start "
                             "that fails is tried again in any case."},
    [PROGRAM_EXITCODES] = {SECTION_PROGRAM, "exitcodes", "0", "success_exit_codes", ""},
    [PROGRAM_STOPSIGNAL] = {SECTION_PROGRAM, "stopsignal", "TERM", "stop_signal", ""},
    [PROGRAM_STOPWAITSECS] = {SECTION_PROGRAM, "stopwaitsecs", "10", "stop_timeout",
                              "shutdown.timeout is 30 seconds or, if that is more, 5 seconds "
                              "longer than the longest of these."},
    [PROGRAM_STOPASGROUP] = {SECTION_PROGRAM, "stopasgroup", "false", "kill_mode",
                             "true is group; false is process, but with killasgroup group."},
    [PROGRAM_KILLASGROUP] = {SECTION_PROGRAM, "killasgroup", NULL, "kill_mode",
                             "true is group. Without stopasgroup the stop signal then goes to the "
                             "whole group as well, with a warning."},
    [PROGRAM_USER] = {SECTION_PROGRAM, "user", NULL, "user",
                      "Left out where it is who helperd is."},
    [PROGRAM_REDIRECT_STDERR] = {SECTION_PROGRAM, "redirect_stderr", "false", "log.stderr",
                                 "true is stdout."},
    [PROGRAM_STDOUT_LOGFILE] = {SECTION_PROGRAM, "stdout_logfile", "AUTO",
                                "log.stdout_file, log.stdout",
                                "A file gets the bytes as they came (file_format: raw), and the "
                                "log does not. AUTO is the log alone. NONE and /dev/null are "
                                "discard. syslog is not supported: AUTO, with a warning."},
    [PROGRAM_STDOUT_MAXBYTES] = {SECTION_PROGRAM, "stdout_logfile_maxbytes", "50MB", "log.max_size",
                                 "With KB, MB or GB; 0 is no rotation."},
    [PROGRAM_STDOUT_BACKUPS] = {SECTION_PROGRAM, "stdout_logfile_backups", "10", "log.max_files",
                                ""},
    [PROGRAM_STDERR_LOGFILE] = {SECTION_PROGRAM, "stderr_logfile", "AUTO",
                                "log.stderr_file, log.stderr", "As stdout_logfile."},
    [PROGRAM_STDERR_MAXBYTES] = {SECTION_PROGRAM, "stderr_logfile_maxbytes", "50MB", "log.max_size",
                                 "Where both streams have files they share the limits of standard "
                                 "output, with a warning if they differ."},
    [PROGRAM_STDERR_BACKUPS] = {SECTION_PROGRAM, "stderr_logfile_backups", "10", "log.max_files",
                                "The same."},
    [PROGRAM_ENVIRONMENT] = {SECTION_PROGRAM, "environment", "", "environment",
                             "Beside it are SUPERVISOR_ENABLED, SUPERVISOR_PROCESS_NAME and "
                             "SUPERVISOR_GROUP_NAME; there is no SUPERVISOR_SERVER_URL."},
    [PROGRAM_DIRECTORY] = {SECTION_PROGRAM, "directory", NULL, "working_dir",
                           "Without one the directory in which helperd was started."},
    [PROGRAM_UMASK] = {SECTION_PROGRAM, "umask", NULL, "umask", ""},

    {SECTION_SUPERVISORD, "logfile", NULL, NULL, NULL},
    {SECTION_SUPERVISORD, "logfile_maxbytes", NULL, NULL, NULL},
    {SECTION_SUPERVISORD, "logfile_backups", NULL, NULL, NULL},
    {SECTION_SUPERVISORD, "loglevel", NULL, NULL, NULL},
    {SECTION_SUPERVISORD, "silent", NULL, NULL, NULL},
    {SECTION_SUPERVISORD, "pidfile", NULL, NULL, NULL},
    {SECTION_SUPERVISORD, "minprocs", NULL, NULL, NULL},
    {SECTION_SUPERVISORD, "identifier", NULL, NULL, NULL},
    {SECTION_SUPERVISORD, "childlogdir", NULL, NULL, NULL},
    {SECTION_SUPERVISORD, "nocleanup", NULL, NULL, NULL},
    {SECTION_SUPERVISORD, "strip_ansi", NULL, NULL, NULL},
    {SECTION_SUPERVISORD, "profile_options", NULL, NULL, NULL},
    // With "*" only event listeners would see them, and there are none.
    {SECTION_PROGRAM, "stdout_capture_maxbytes", "*", NULL, NULL},
    {SECTION_PROGRAM, "stdout_events_enabled", "*", NULL, NULL},
    {SECTION_PROGRAM, "stdout_syslog", "false", NULL, NULL},
    {SECTION_PROGRAM, "stderr_capture_maxbytes", "*", NULL, NULL},
    {SECTION_PROGRAM, "stderr_events_enabled", "*", NULL, NULL},
    {SECTION_PROGRAM, "stderr_syslog", "false", NULL, NULL},
    {SECTION_PROGRAM, "serverurl", "AUTO", NULL, NULL},
};
const size_t supervisord_row_count = LENGTH(supervisord_rows);

const struct supervisord_section_row *supervisord_section_find(const char *name)
{
    for (size_t i = 0; i < supervisord_section_count; i++) {
        const struct supervisord_section_row *row = &supervisord_section_rows[i];
        size_t length = strlen(row->name);
        bool is_named = row->name[length - 1] == ':';
        bool fits = strncmp(name, row->name, length) == 0 &&
                    (is_named || name[length] == '\0' ||
                     (name[length] == ':' && row->section == SECTION_LEFT));
        if (fits)
            return row;
    }
    return NULL;
}

const struct supervisord_row *supervisord_row_find(enum supervisord_section section,
                                                   const char *name)
{
    for (size_t i = 0; i < supervisord_row_count; i++) {
        const struct supervisord_row *row = &supervisord_rows[i];
        if (row->section == section && strcmp(row->name, name) == 0)
            return row;
    }
    return NULL;
}
