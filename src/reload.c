// SPDX-License-Identifier: MIT
#include "reload.h"

#include "base/memory.h"
#include "config/diff.h"
#include "logging.h"

enum { NAMES_SHOWN = 5 }; // in the log, of each kind of change

static void write_part(struct buffer *out, size_t count, const char *what)
{
    if (count > 0)
        buffer_printf(out, "%s%zu %s", out->length > 0 ? ", " : "", count, what);
}

// "2 added (a, b)", with how many more there are than names.
static void write_changes(struct buffer *out, const struct changes *changes, const char *what)
{
    write_part(out, changes->count, what);
    size_t shown = 0;
    for (; shown < changes->names.count && shown < NAMES_SHOWN; shown++)
        buffer_printf(out, "%s%s", shown == 0 ? " (" : ", ", changes->names.items[shown]);
    if (changes->count > shown)
        buffer_printf(out, " and %zu more", changes->count - shown);
    if (changes->count > 0)
        buffer_append_char(out, ')');
}

static void announce(const struct apply_report *report, bool dry)
{
    struct buffer text = {0};
    write_changes(&text, &report->added, "added");
    write_changes(&text, &report->removed, "removed");
    write_changes(&text, &report->restarted, "restarted");
    write_changes(&text, &report->changed, "changed in place");
    write_part(&text, report->same, "the same");
    memory_auto char *line = buffer_take(&text);
    log_info("reload%s: %s", dry ? ", dry run" : "", *line != '\0' ? line : "there are no helpers");
}

// A line for those who asked and, unless it is a dry run, for the log.
static void say(void *owner, bool warning, const char *line)
{
    struct reload *reload = owner;
    strings_append(warning ? &reload->warnings : &reload->errors, line);
    if (!reload->dry)
        log_message(warning ? LEVEL_WARNING : LEVEL_ERROR, "reload: %s", line);
}

static void warn_of_daemon_settings(struct reload *reload, const struct config *after)
{
    struct strings names = {0};
    diff_daemon(reload->config, after, &names);
    for (size_t i = 0; i < names.count; i++) {
        memory_auto char *line = memory_format(
            "the change of \"%s\" takes effect when helperd is started anew", names.items[i]);
        say(reload, true, line);
    }
    strings_finish(&names);
}

// Whether the log goes where it says from now on.
static bool take_log(struct reload *reload, const struct config *config)
{
    memory_auto char *problem = logging_reload(reload->router, config, reload->options);
    if (problem != NULL)
        say(reload, false, problem);
    return problem == NULL;
}

// What was good on trial is read here. False: nothing has changed.
static bool apply(struct reload *reload, struct apply_report *report)
{
    struct errors errors = {0};
    struct config *config = config_load_again(reload->config, &errors);
    errors_say(&errors, say, reload);
    errors_finish(&errors);
    bool good = config != NULL && (reload->dry || take_log(reload, config));
    if (good)
        warn_of_daemon_settings(reload, config);
    if (good && reload->dry) {
        supervisor_plan(reload->supervisor, config, report);
    } else if (good) {
        supervisor_apply(reload->supervisor, config, report);
        struct config *before = reload->config;
        reload->config = config_hold(config);
        config_release(before);
    }
    config_release(config);
    return good;
}

static void tell_all(struct reload *reload, struct list *listeners, bool good,
                     const struct apply_report *report)
{
    while (!list_is_empty(listeners)) {
        struct reload_listener *listener = LIST_FIRST(struct reload_listener, listeners, link);
        list_remove(&listener->link);
        listener->ended(listener, good, report, &reload->errors, &reload->warnings);
    }
}

static void forget_lines(struct reload *reload)
{
    strings_finish(&reload->errors);
    strings_finish(&reload->warnings);
}

static void log_end(const struct reload *reload, bool good, const struct apply_report *report)
{
    if (good)
        announce(report, reload->dry);
    else if (reload->dry)
        log_info("reload, dry run: the configuration would be refused");
    else
        log_error("reload: nothing was changed");
}

static void begin_next(struct reload *reload);

static void on_tried(void *owner, bool good)
{
    struct reload *reload = owner;
    struct apply_report report = {0};
    good = good && apply(reload, &report);
    log_end(reload, good, &report);
    tell_all(reload, &reload->answered, good, &report);
    if (!reload->dry)
        reload->ended(reload->owner, good, &report, &reload->errors, !reload->next.asked);
    apply_report_finish(&report);
    forget_lines(reload);
    reload->under_way = false;
    begin_next(reload);
}

static const struct trial_listener trial_listener = {.said = say, .ended = on_tried};

static void begin(struct reload *reload, struct reload_round *round, bool dry)
{
    reload->under_way = true;
    reload->dry = dry;
    round->asked = false;
    list_append_all(&reload->answered, &round->listeners);
    trial_begin(&reload->trial, reload->loop, reload->config, reload->options, &trial_listener,
                reload);
}

static void begin_next(struct reload *reload)
{
    if (reload->next.asked)
        begin(reload, &reload->next, false);
    else if (reload->next_dry.asked)
        begin(reload, &reload->next_dry, true);
}

void reload_init(struct reload *reload, struct ev_loop *loop, const struct options *options,
                 struct router *router, struct supervisor *supervisor, reload_ended *ended,
                 void *owner)
{
    *reload = (struct reload){
        .loop = loop,
        .options = options,
        .router = router,
        .supervisor = supervisor,
        .config = reload->config,
        .ended = ended,
        .owner = owner,
    };
    list_init(&reload->answered);
    list_init(&reload->next.listeners);
    list_init(&reload->next_dry.listeners);
}

void reload_begin(struct reload *reload, bool dry, struct reload_listener *listener)
{
    struct reload_round *round = dry ? &reload->next_dry : &reload->next;
    round->asked = true;
    if (listener != NULL)
        list_append(&round->listeners, &listener->link);
    if (reload->under_way)
        return;
    if (!dry)
        log_info("reload: reading %s again", reload->config->path);
    begin_next(reload);
}

void reload_cancel(struct reload *reload)
{
    if (reload->loop == NULL)
        return;
    trial_finish(&reload->trial);
    const struct apply_report nothing = {0};
    forget_lines(reload);
    strings_append(&reload->errors, "helperd is stopping; nothing was changed");
    reload->next.asked = reload->next_dry.asked = false;
    tell_all(reload, &reload->answered, false, &nothing);
    tell_all(reload, &reload->next.listeners, false, &nothing);
    tell_all(reload, &reload->next_dry.listeners, false, &nothing);
    forget_lines(reload);
    reload->under_way = false;
}

void reload_finish(struct reload *reload)
{
    reload_cancel(reload);
    config_release(reload->config);
    reload->config = NULL;
}
