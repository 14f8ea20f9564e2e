// SPDX-License-Identifier: MIT
#include "reload.h"

#include "base/memory.h"
#include "config/diff.h"
#include "logging.h"
#include "supervise/apply.h"

static void write_part(struct buffer *out, size_t count, const char *what)
{
    if (count > 0)
        buffer_printf(out, "%s%zu %s", out->length > 0 ? ", " : "", count, what);
}

// "2 added (a, b)", with how many more there are than names.
static void write_changes(struct buffer *out, const struct changes *changes, const char *what)
{
    write_part(out, changes->count, what);
    for (size_t i = 0; i < changes->names.count; i++)
        buffer_printf(out, "%s%s", i == 0 ? " (" : ", ", changes->names.items[i]);
    if (changes->count > changes->names.count)
        buffer_printf(out, " and %zu more", changes->count - changes->names.count);
    if (changes->count > 0)
        buffer_append_char(out, ')');
}

static void announce(const struct apply_report *report)
{
    struct buffer text = {0};
    write_changes(&text, &report->added, "added");
    write_changes(&text, &report->removed, "removed");
    write_changes(&text, &report->restarted, "restarted");
    write_changes(&text, &report->changed, "changed in place");
    write_part(&text, report->same, "the same");
    memory_auto char *line = buffer_take(&text);
    log_info("reload: %s", *line != '\0' ? line : "there are no helpers");
}

static void warn_of_daemon_settings(const struct config *before, const struct config *after)
{
    struct strings names = {0};
    diff_daemon(before, after, &names);
    for (size_t i = 0; i < names.count; i++)
        log_warning("reload: the change of \"%s\" takes effect when helperd is started anew",
                    names.items[i]);
    strings_finish(&names);
}

// What was good on trial is read here. False: nothing has changed.
static bool apply(struct reload *reload)
{
    struct errors errors = {0};
    struct config *config = config_load_again(reload->config, &errors);
    errors_say(&errors, trial_say, NULL);
    errors_finish(&errors);
    if (config == NULL || !logging_reload(reload->router, config, reload->options)) {
        config_release(config);
        return false;
    }
    warn_of_daemon_settings(reload->config, config);
    struct apply_report report = {0};
    supervisor_apply(reload->supervisor, config, &report);
    announce(&report);
    apply_report_finish(&report);
    config_release(reload->config);
    reload->config = config;
    return true;
}

static void begin(struct reload *reload);

static void end(struct reload *reload, bool good)
{
    if (!good)
        log_error("reload: nothing was changed");
    if (reload->again) {
        reload->again = false;
        begin(reload);
    } else {
        reload->ended(reload->owner, good);
    }
}

static void on_tried(void *owner, bool good)
{
    struct reload *reload = owner;
    end(reload, good && apply(reload));
}

static void begin(struct reload *reload)
{
    if (!trial_begin(&reload->trial, reload->loop, reload->config, reload->options, on_tried,
                     reload))
        end(reload, false);
}

void reload_begin(struct reload *reload)
{
    if (reload->trial.child > 0) {
        reload->again = true;
        return;
    }
    log_info("reload: reading %s again", reload->config->path);
    begin(reload);
}

void reload_cancel(struct reload *reload)
{
    trial_finish(&reload->trial);
}

void reload_finish(struct reload *reload)
{
    reload_cancel(reload);
    config_release(reload->config);
    reload->config = NULL;
}
