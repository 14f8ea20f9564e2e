// SPDX-License-Identifier: MIT
// The table of the settings of a helper's log, and what the words of its streams say.
#include "config/settings.h"

#include "base/memory.h"
#include "config/config.h"

#define FIELD(field) .offset = offsetof(struct helper_config, field)

static const char *const stream_words[] = {
    [LEVEL_DEBUG] = "debug",
    [LEVEL_INFO] = "info",
    [LEVEL_WARNING] = "warning",
    [LEVEL_ERROR] = "error",
    [STREAM_WORD_DISCARD] = "discard",
    [STREAM_WORD_INHERIT] = "inherit",
    NULL,
};
static const char *const stderr_words[] = {
    [LEVEL_DEBUG] = "debug",           [LEVEL_INFO] = "info",
    [LEVEL_WARNING] = "warning",       [LEVEL_ERROR] = "error",
    [STREAM_WORD_DISCARD] = "discard", [STREAM_WORD_INHERIT] = "inherit",
    [STREAM_WORD_STDOUT] = "stdout",   NULL,
};
static const char *const file_format_words[] = {
    [FORMAT_AUTO] = "auto",     [FORMAT_TEXT] = "text",     [FORMAT_DEV] = "dev",
    [FORMAT_JSON] = "json",     [FORMAT_LOGFMT] = "logfmt", [FORMAT_QGODA] = "qgoda",
    [FORMAT_SYSLOG] = "syslog", [FORMAT_RAW] = "raw",       [FORMAT_COUNT] = NULL,
};

static const struct setting rule_rows[] = {
    [RULE_MATCH] = {.name = "match",
                    .kind = KIND_TEXT,
                    .required = true,
                    .text = "The regular expression (PCRE2) that a line matches."},
    [RULE_LEVEL] = {.name = "level",
                    .kind = KIND_WORD,
                    .words = setting_level_words,
                    .text = "The level that such a line gets."},
    [RULE_DROP] = {.name = "drop", .kind = KIND_BOOL, .text = "true leaves such a line out."},
};
const struct settings rule_settings = {"log.rules", rule_rows, LENGTH(rule_rows)};

static const struct setting log_rows[] = {
    {.name = "stdout",
     .kind = KIND_STREAM,
     .reach = REACH_RESTART,
     FIELD(log.stdout_stream),
     .fallback = "info",
     .words = stream_words,
     .text = "The level of lines of its standard output; discard opens /dev/null instead, inherit "
             "leaves it helperd's own. A reload applies another level in place."},
    {.name = "stderr",
     .kind = KIND_STREAM,
     .reach = REACH_RESTART,
     FIELD(log.stderr_stream),
     .fallback = "warning",
     .words = stderr_words,
     .text = "The same for its standard error; stdout joins it to standard output in one pipe, as "
             "2>&1 does."},
    {.name = "prefix",
     .kind = KIND_LINE,
     FIELD(log.prefix),
     .text = "Shown in the log instead of its name."},
    {.name = "file",
     .kind = KIND_PATH,
     FIELD(log.file),
     .text = "A file of its own that gets all its lines, beside where they go else."},
    {.name = "max_size",
     .kind = KIND_SIZE,
     FIELD(log.max_size),
     .fallback = "0",
     .text = "The size that its files do not grow beyond, as the log's own max_size."},
    {.name = "max_files",
     .kind = KIND_COUNT,
     FIELD(log.max_files),
     .fallback = "5",
     .least = 0,
     .most = 1000,
     .text = "How many renamed ones of each are kept."},
    {.name = "max_line",
     .kind = KIND_SIZE,
     FIELD(log.max_line),
     .fallback = "16KiB",
     .least = 64,
     .most = 16 * 1024 * 1024,
     .text = "A longer line becomes several records."},
    {.name = "stdout_file",
     .kind = KIND_PATH,
     FIELD(log.stdout_file),
     .text = "A file that gets the lines of its standard output instead of the log."},
    {.name = "stderr_file",
     .kind = KIND_PATH,
     FIELD(log.stderr_file),
     .text = "The same for its standard error. It may be the same file."},
    {.name = "file_format",
     .kind = KIND_WORD,
     FIELD(log.file_format),
     .fallback = "text",
     .words = file_format_words,
     .text = "The format of these files; auto is text, raw the bytes as they came."},
    {.name = "rate_limit",
     .kind = KIND_COUNT,
     FIELD(log.rate_limit),
     .fallback = "0",
     .least = 0,
     .most = 1000000000,
     .text = "How many lines a second are kept; the rest is left out, and it is said how many. 0 "
             "is no limit."},
    {.name = "history",
     .kind = KIND_SIZE,
     FIELD(log.history),
     .fallback = "64KiB",
     .least = 0,
     .most = 16 * 1024 * 1024,
     .text =
         "How much memory its latest lines may take, with 32 bytes for each time that some "
         "came. They are what the control socket gives as its logs. Of a helper that failed for "
         "good and whose lines are not in the log, the last of them are shown there."},
    {.name = "parse_priority",
     .kind = KIND_BOOL,
     FIELD(log.parse_priority),
     .fallback = "false",
     .text = "Whether <N> at the start of a line is its priority, as for the journal."},
    {.name = "rules",
     .kind = KIND_RULES,
     FIELD(log.rules),
     .text = "A list of {match: REGEX, level: LEVEL} and {match: REGEX, drop: true}. The first "
             "whose regular expression (PCRE2) matches a line gives its level, or drops it."},
};
const struct settings helper_log_settings = {"log", log_rows, LENGTH(log_rows)};

struct stream_config setting_stream_of_word(int word)
{
    struct stream_config stream = {.mode = STREAM_LOG, .level = LEVEL_INFO};
    if (word == STREAM_WORD_DISCARD)
        stream.mode = STREAM_DISCARD;
    else if (word == STREAM_WORD_INHERIT)
        stream.mode = STREAM_INHERIT;
    else if (word == STREAM_WORD_STDOUT)
        stream.mode = STREAM_JOIN;
    else
        stream.level = (enum level)word;
    return stream;
}

int setting_word_of_stream(const struct stream_config *stream)
{
    switch (stream->mode) {
    case STREAM_DISCARD:
        return STREAM_WORD_DISCARD;
    case STREAM_INHERIT:
        return STREAM_WORD_INHERIT;
    case STREAM_JOIN:
        return STREAM_WORD_STDOUT;
    case STREAM_LOG:
        break;
    }
    return (int)stream->level;
}
