// SPDX-License-Identifier: MIT
#include "logging.h"

#include "base/memory.h"
#include "config/settings.h"
#include "config/value.h"
#include "systemd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WIDEST_PAD = 24 }; // columns; longer names are not waited for

static const struct setting *format_setting(void)
{
    return settings_find(settings_find(&top_settings, "log")->nested, "format");
}

bool logging_knows_format(const struct options *options)
{
    const char *word = options->log_format;
    if (word == NULL || setting_word_value(format_setting(), word) >= 0)
        return true;
    struct buffer buffer = {0};
    value_append_words(&buffer, format_setting());
    memory_auto char *words = buffer_take(&buffer);
    fprintf(stderr, "helperd: --log-format must be %s, not \"%s\"\n", words, word);
    return false;
}

static enum log_format choose_format(const struct config *config, const struct options *options,
                                     int fd)
{
    enum log_format format =
        options->log_format != NULL
            ? (enum log_format)setting_word_value(format_setting(), options->log_format)
            : config->log.format;
    if (format != FORMAT_AUTO)
        return format;
    if (options->developer)
        return FORMAT_DEV;
    return fd == systemd_journal_fd() ? FORMAT_SYSLOG : FORMAT_TEXT;
}

static bool wants_color(const struct options *options, bool terminal)
{
    switch (options->color) {
    case COLOR_ALWAYS:
        return true;
    case COLOR_NEVER:
        return false;
    case COLOR_AUTO:
        break;
    }
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return terminal && (no_color == NULL || *no_color == '\0') &&
           (term == NULL || strcmp(term, "dumb") != 0);
}

static unsigned widest_prefix(const struct config *config)
{
    size_t widest = strlen("helperd");
    for (size_t i = 0; i < config->helper_count; i++) {
        const struct helper_config *helper = &config->helpers[i];
        size_t width = strlen(helper->log.prefix != NULL ? helper->log.prefix : helper->name);
        if (width > widest)
            widest = width;
    }
    return widest < WIDEST_PAD ? (unsigned)widest : WIDEST_PAD;
}

// What to write to: the path of a file, or "stdout" or "stderr".
static const char *choose_target(const struct config *config, const struct options *options)
{
    const char *target = options->log_file != NULL ? options->log_file : config->log.target;
    if (target != NULL)
        return target;
    // auto: the journal, also where standard output goes elsewhere
    return systemd_journal_fd() == STDERR_FILENO ? "stderr" : "stdout";
}

// What the sink of a target is called.
static const char *sink_name(const char *target)
{
    if (strcmp(target, "stdout") == 0)
        return "standard output";
    return strcmp(target, "stderr") == 0 ? "standard error" : target;
}

// False: the reason says why not.
static bool open_sink(struct sink *sink, const char *target, const char **reason)
{
    if (strcmp(target, "stdout") == 0) {
        sink_init_standard(sink, STDOUT_FILENO, sink_name(target));
        return true;
    }
    if (strcmp(target, "stderr") == 0) {
        sink_init_standard(sink, STDERR_FILENO, sink_name(target));
        return true;
    }
    int result = sink_init_file(sink, target, reason);
    if (result < 0 && *reason == NULL)
        *reason = strerror(-result);
    return result == 0;
}

static void choose_style(struct record_style *style, int fd, const struct config *config,
                         const struct options *options)
{
    bool terminal = isatty(fd) == 1;
    record_style_init(style, choose_format(config, options, fd), config->log.time, terminal,
                      wants_color(options, terminal), widest_prefix(config));
}

struct router *logging_start(struct ev_loop *loop, const struct config *config,
                             const struct options *options)
{
    struct sink sink;
    const char *target = choose_target(config, options), *reason;
    if (!open_sink(&sink, target, &reason)) {
        fprintf(stderr, "helperd: cannot open the log file %s: %s\n", target, reason);
        return NULL;
    }
    choose_style(&sink.style, sink.fd, config, options);
    struct router *router = router_create(loop, &sink, config->log.level);
    log_set_threshold(options->verbosity);
    log_set_writer(router_write_own, router);
    return router;
}

bool logging_reload(struct router *router, const struct config *config,
                    const struct options *options)
{
    const char *target = choose_target(config, options), *reason;
    if (strcmp(sink_name(target), router_sink(router)->name) != 0) {
        struct sink sink;
        if (!open_sink(&sink, target, &reason)) {
            log_error("reload: cannot open the log file %s: %s", target, reason);
            return false;
        }
        router_replace_sink(router, &sink);
    }
    struct record_style style;
    choose_style(&style, router_sink(router)->fd, config, options);
    router_configure(router, &style, config->log.level);
    return true;
}
