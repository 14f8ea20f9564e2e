// SPDX-License-Identifier: MIT
// The table of what a supervisord.conf may hold and what becomes of it. The reader of that format
// and the manual read these rows and nothing else.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum supervisord_section {
    SECTION_SUPERVISORD,
    SECTION_INCLUDE,
    SECTION_GROUP,
    SECTION_PROGRAM,
    SECTION_READ, // sections up to here are read
    SECTION_LEFT = SECTION_READ,
    SECTION_REFUSED,
    SECTION_UNKNOWN
};

enum supervisord_key {
    SUPERVISORD_DIRECTORY,
    SUPERVISORD_ENVIRONMENT,
    SUPERVISORD_MINFDS,
    SUPERVISORD_NODAEMON,
    SUPERVISORD_UMASK,
    SUPERVISORD_USER,
    INCLUDE_FILES,
    GROUP_PROGRAMS,
    GROUP_PRIORITY,
    PROGRAM_COMMAND,
    PROGRAM_PROCESS_NAME,
    PROGRAM_NUMPROCS,
    PROGRAM_NUMPROCS_START,
    PROGRAM_PRIORITY,
    PROGRAM_AUTOSTART,
    PROGRAM_STARTSECS,
    PROGRAM_STARTRETRIES,
    PROGRAM_AUTORESTART,
    PROGRAM_EXITCODES,
    PROGRAM_STOPSIGNAL,
    PROGRAM_STOPWAITSECS,
    PROGRAM_STOPASGROUP,
    PROGRAM_KILLASGROUP,
    PROGRAM_USER,
    PROGRAM_REDIRECT_STDERR,
    PROGRAM_STDOUT_LOGFILE,
    PROGRAM_STDOUT_MAXBYTES,
    PROGRAM_STDOUT_BACKUPS,
    PROGRAM_STDERR_LOGFILE,
    PROGRAM_STDERR_MAXBYTES,
    PROGRAM_STDERR_BACKUPS,
    PROGRAM_ENVIRONMENT,
    PROGRAM_DIRECTORY,
    PROGRAM_UMASK,
    KEYS_READ, // keys from here on are ignored
};

struct supervisord_row {
    enum supervisord_section section;
    const char *name;
    const char *fallback; // as supervisord has it; NULL: none; of ignored keys a pattern of what
                          // changes nothing, so that no word is lost on it
    const char *to;       // the setting it becomes; NULL: none
    const char *text;     // for the manual
};

extern const struct supervisord_row supervisord_rows[]; // by enum supervisord_key, then the rest
extern const size_t supervisord_row_count;

struct supervisord_section_row {
    const char *name; // with its colon where a name follows
    enum supervisord_section section;
    const char *text; // for the manual
};

extern const struct supervisord_section_row supervisord_section_rows[];
extern const size_t supervisord_section_count;

// The row of a section by its name, with or without what follows a colon; or NULL.
const struct supervisord_section_row *supervisord_section_find(const char *name);

// The row of a key, or NULL.
const struct supervisord_row *supervisord_row_find(enum supervisord_section section,
                                                   const char *name);
