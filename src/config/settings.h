// SPDX-License-Identifier: MIT
// THE tables: every setting of the format once. The parser, the fallbacks, the range checks,
// --print-config, the manual, the JSON Schema and the tests all read these rows and nothing else.
#pragma once

#include "base/buffer.h"
#include "base/log.h"

#include <stdbool.h>
#include <stddef.h>

// What a value is, how it is read, printed and freed.
enum setting_kind {
    KIND_LATER,   // not supported yet by this version: refused where it is written
    KIND_OUTSIDE, // read by config.c before the table is walked: helpers, defaults, include, …
    KIND_MAP,     // a nested table
    // Plain values. The field:
    KIND_BOOL,     // bool
    KIND_SHELL,    // none: part of command
    KIND_COUNT,    // uint64_t
    KIND_FACTOR,   // double
    KIND_DURATION, // double, seconds
    KIND_SIZE,     // uint64_t, bytes
    KIND_FRACTION, // double
    KIND_OCTAL,    // int; negative: not given
    KIND_SIGNAL,   // int
    KIND_HELPER,   // ssize_t, index in config.helpers; known when all helpers are
    KIND_WORD,     // an enum whose words the row has
    KIND_RESTART,  // the same; "no" is "never"
    KIND_STDIN,    // the same; null is "null"
    KIND_STREAM,   // struct stream_config
    // Plain values of a process. The field:
    KIND_INTEGER,      // int; without a fallback INTEGER_UNSET
    KIND_IO_PRIORITY,  // int, or INTEGER_UNSET
    KIND_LIMIT,        // struct limit_config, a number
    KIND_LIMIT_SIZE,   // the same, bytes
    KIND_LIMIT_TIME,   // the same, seconds
    KIND_CAPABILITIES, // struct capabilities_config
    // Values with memory of their own.
    KIND_TEXT,         // char *
    KIND_LINE,         // char * without control characters
    KIND_PATH,         // char *, absolute
    KIND_TARGET,       // char *: NULL (auto), stdout, stderr or an absolute path
    KIND_SOCKET,       // char *: NULL (auto), none or an absolute path
    KIND_VARIABLES,    // struct strings, NAME=VALUE
    KIND_LABELS,       // struct strings, NAME=VALUE
    KIND_COMMAND,      // struct command
    KIND_USER,         // struct account_config
    KIND_GROUP,        // struct account_config
    KIND_GROUPS,       // struct accounts_config
    KIND_READERS,      // the same; users too
    KIND_ADDRESS,      // struct address_config
    KIND_PROCESSORS,   // struct processors_config
    KIND_INHERITED,    // of struct helper_config: inherit_environment, inherited
    KIND_SUCCESS,      // of struct helper_config: success, success_count
    KIND_DEPENDENCIES, // of struct helper_config: dependencies, dependency_count
    KIND_RULES,        // of struct helper_config: log.rules, log.rule_count
    KIND_KINDS
};

// How far a change reaches when the configuration is read again.
enum setting_reach {
    REACH_LIVE,    // in place
    REACH_RESTART, // when the helper is started the next time, which is now
    REACH_DAEMON   // when helperd is started the next time
};

struct settings;
struct stream_config;

struct setting {
    const char *name;
    enum setting_kind kind;
    enum setting_reach reach;
    size_t offset;            // of the field in struct config or struct helper_config
    const char *fallback;     // as a user would write it; NULL: none
    const char *developer;    // in developer mode, where it differs
    double least, most;       // limits of a number; both 0: none but the kind's own
    const char *const *words; // NULL-terminated, in the order of the enum
    const char *const *later; // words that this version refuses, NULL-terminated; or NULL
    const struct settings *nested;
    bool required;
    const char *text; // what it does, for the manual
};

struct settings {
    const char *name; // of the map they stand in, for the manual; "" at the top
    const struct setting *rows;
    size_t count;
};

extern const struct settings top_settings;
extern const struct settings helper_settings;
extern const struct settings helper_log_settings; // nested in it

// The keys of one of log.rules; its rows have no fields.
enum { RULE_MATCH, RULE_LEVEL, RULE_DROP };
extern const struct settings rule_settings;

extern const char *const setting_level_words[]; // level_names with a NULL behind them

// The words that are more than the values of an enum: those of a stream go on behind the levels.
enum { TARGET_WORD_AUTO = 0 };
enum { STREAM_WORD_DISCARD = LEVEL_COUNT, STREAM_WORD_INHERIT, STREAM_WORD_STDOUT };

// What a word of a stream says, and the word that says it.
struct stream_config setting_stream_of_word(int word);
int setting_word_of_stream(const struct stream_config *stream);

// Where the value of a setting stands in its struct; the second for those who only look.
static inline void *setting_field(const struct setting *setting, void *target)
{
    return (char *)target + setting->offset;
}

static inline const void *setting_const_field(const struct setting *setting, const void *target)
{
    return (const char *)target + setting->offset;
}

// The row of a name, or NULL.
const struct setting *settings_find(const struct settings *settings, const char *name);

// The word of a value, and the value of a word (negative: none).
const char *setting_word(const struct setting *setting, int value);
int setting_word_value(const struct setting *setting, const char *word);
// Whether its value is one of its words and nothing else.
bool setting_is_one_of_words(const struct setting *setting);

bool setting_has_later_word(const struct setting *setting, const char *word);

// Whether a number has limits of its row, and what they are: from 64KiB to 1GiB.
bool setting_has_range(const struct setting *setting);
void setting_write_range(struct buffer *out, const struct setting *setting);

// Whether fields of this kind own memory.
bool setting_kind_owns(enum setting_kind kind);

// What a value of this kind is, for messages and the manual: "a duration (like 10s)".
const char *setting_kind_wanted(enum setting_kind kind);
