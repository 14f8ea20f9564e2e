// SPDX-License-Identifier: MIT
#include "logging.h"

#include "base/fd.h"
#include "base/memory.h"
#include "config/settings.h"
#include "config/value.h"
#include "systemd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
    return fd >= 0 && fd == systemd_journal_fd() ? FORMAT_SYSLOG : FORMAT_TEXT;
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

int logging_kept_descriptor(const struct config *config, const struct options *options)
{
    const char *target = options->log_file != NULL ? options->log_file : config->log.target;
    struct stat output;
    if (target == NULL) {
        int journal = systemd_journal_fd();
        if (journal >= 0)
            return journal;
        // A terminal or a pipe would be held open for as long as we run.
        if (fstat(STDOUT_FILENO, &output) == 0 && S_ISREG(output.st_mode))
            return STDOUT_FILENO;
        log_warning("the log goes nowhere, since standard output is no file and is given up; "
                    "log.target or --log-file give it a place");
        return -1;
    }
    return sinks_standard_fd(target);
}

// Where the log is to go. A file is not open yet.
static void choose_target(struct log_target *target, const struct config *config,
                          const struct options *options)
{
    const char *wish = options->log_file != NULL ? options->log_file : config->log.target;
    if (wish == NULL && systemd_journal_fd() == STDERR_FILENO)
        wish = "stderr"; // the journal, where standard output goes elsewhere
    *target = (struct log_target){.fd = -1, .name = wish, .file = {.fd = -1}};
    target->fd = wish == NULL ? STDOUT_FILENO : sinks_standard_fd(wish);
}

// Why it cannot be opened, as heap text; NULL: it is open.
static char *open_target(struct log_target *target)
{
    const char *reason;
    int result = target->fd >= 0 ? 0 : log_file_open(&target->file, target->name, &reason);
    if (result == 0)
        return NULL;
    return memory_format("cannot open the log file %s: %s", target->name,
                         reason != NULL ? reason : strerror(-result));
}

static void make_style(struct record_style *style, const struct log_target *target, bool terminal,
                       const struct config *config, const struct options *options)
{
    record_style_init(style, choose_format(config, options, target->fd), config->log.time, terminal,
                      wants_color(options, terminal), widest_prefix(config));
}

static bool is_terminal(const struct log_target *target)
{
    return isatty(target->fd >= 0 ? target->fd : target->file.fd) == 1;
}

struct router *logging_start(struct ev_loop *loop, const struct config *config,
                             const struct options *options)
{
    struct log_target target;
    struct record_style style;
    choose_target(&target, config, options);
    memory_auto char *problem = open_target(&target);
    if (problem != NULL) {
        log_error("%s", problem);
        return NULL;
    }
    make_style(&style, &target, is_terminal(&target), config, options);
    struct router *router = router_create(loop, &target, &style, &config->log);
    log_set_threshold(options->verbosity);
    log_set_writer(router_write_own, router);
    return router;
}

bool logging_try(const struct config *before, const struct config *after,
                 const struct options *options)
{
    struct log_target old, target;
    choose_target(&old, before, options);
    choose_target(&target, after, options);
    bool same = old.name != NULL && target.name != NULL && strcmp(old.name, target.name) == 0;
    // The reader of a FIFO would take the end of a try for the end of the log, and it is opened
    // without waiting.
    if (same || target.fd >= 0 || fd_path_is_fifo(target.name))
        return true;
    memory_auto char *problem = open_target(&target);
    if (problem != NULL)
        log_error("%s", problem);
    else
        log_file_close(&target.file);
    return problem == NULL;
}

char *logging_reload(struct router *router, const struct config *config,
                     const struct options *options)
{
    struct log_target target;
    struct record_style style;
    choose_target(&target, config, options);
    bool same = router_has_target(router, &target);
    char *problem = same ? NULL : open_target(&target);
    if (problem != NULL)
        return problem;
    // The descriptor of a file that is open already is its writer's.
    bool terminal = same ? router->style.terminal : is_terminal(&target);
    make_style(&style, &target, terminal, config, options);
    router_configure(router, same ? NULL : &target, &style, &config->log);
    return NULL;
}
