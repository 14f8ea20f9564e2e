// SPDX-License-Identifier: MIT
// start, stop, restart, reset and signal, and waiting for what comes of them. Each helper is told
// before the first one is waited for, so that they go side by side.
#include "client/commands.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "client/detail.h"
#include "client/session.h"

#include <stdlib.h>
#include <string.h>

// Seconds that an answer may come later than helperd promised it.
enum { ANSWER_GRACE = 10 };

// Prints how a helper is by now.
static void print_helper(const struct session *session, const json_t *helper, const char *what)
{
    if (session_is_json(session)) {
        session_print_object(session, helper);
        return;
    }
    struct buffer out = {0};
    show_text(&out, member_text(helper, "name"));
    buffer_append_text(&out, ": ");
    if (what != NULL)
        buffer_printf(&out, "%s, ", what);
    detail_write_state(&out, &session->screen, helper);
    buffer_append_char(&out, '\n');
    show_write(&out);
    buffer_finish(&out);
}

static void hint_at_why(const char *name)
{
    complain("helperctl why %s tells more", name);
}

// Waits until a helper has reached the goal, up to a time on the monotonic clock (0: as long as it
// takes). False: it has not, which is said.
static bool wait_for(struct session *session, const char *name, const char *goal, double deadline)
{
    double left = deadline > 0 ? deadline - clock_monotonic() : 0;
    if (deadline > 0 && left < 0.001)
        left = 0.001; // those behind a slow one may be there all the same
    struct buffer timeout = {0};
    text_format_decimal(&timeout, left);
    memory_auto char *seconds = buffer_take(&timeout);
    memory_auto char *escaped = http_escape(name);
    memory_auto char *path =
        memory_format("/v1/helpers/%s?wait=%s&timeout=%ss", escaped, goal, seconds);
    struct http_reply reply;
    http_limit(session->http, deadline > 0 ? left + ANSWER_GRACE : 0);
    bool good = session_get(session, path, &reply);
    if (good)
        print_helper(session, reply.body, NULL);
    else if (reply.status > 0)
        hint_at_why(name);
    http_reply_finish(&reply);
    return good;
}

static double deadline_of(const struct session *session)
{
    double timeout = session->arguments.timeout;
    return timeout > 0 ? clock_monotonic() + timeout : 0;
}

// Waits for each of those that a list of answers names. False: one has not reached the goal.
static bool wait_for_all(struct session *session, const json_t *helpers, const char *goal)
{
    double deadline = deadline_of(session);
    bool good = true;
    size_t index;
    const json_t *helper;
    json_array_foreach (helpers, index, helper)
        good = wait_for(session, member_text(helper, "name"), goal, deadline) && good;
    return good;
}

// Sends one request for a name and adds the helpers that it was for to the list.
static bool tell(struct session *session, const char *name, const char *action, json_t *helpers)
{
    memory_auto char *escaped = http_escape(name);
    memory_auto char *path = memory_format("/v1/helpers/%s/%s", escaped, action);
    struct http_reply reply;
    bool good = session_post(session, path, &reply);
    if (good)
        json_array_extend(helpers, json_object_get(reply.body, "helpers"));
    http_reply_finish(&reply);
    return good;
}

// The names of all helpers, or of those that are wanted. False: helperd did not say.
static bool list_all(struct session *session, bool wanted, struct strings *names)
{
    struct http_reply reply;
    bool good = session_get(session, "/v1/helpers", &reply);
    size_t index;
    const json_t *helper;
    json_array_foreach (json_object_get(reply.body, "helpers"), index, helper) {
        if (good && (!wanted || member_is_true(helper, "wanted")))
            strings_append(names, member_text(helper, "name"));
    }
    http_reply_finish(&reply);
    return good;
}

// Tells all names to do something. what: a word for the lines that are printed, or NULL. goal: what
// --wait waits for; NULL: it is done at once.
static int act(struct session *session, char *const *words, size_t count, const char *action,
               const char *what, const char *goal)
{
    json_t *helpers = json_array();
    bool good = true;
    for (size_t i = 0; i < count; i++)
        good = tell(session, words[i], action, helpers) && good;
    if (goal != NULL && arguments_have(&session->arguments, OPTION_WAIT)) {
        good = wait_for_all(session, helpers, goal) && good;
    } else {
        size_t index;
        const json_t *helper;
        json_array_foreach (helpers, index, helper)
            print_helper(session, helper, what);
    }
    json_decref(helpers);
    return good ? 0 : EXIT_REFUSED;
}

// The same for the names of the command line, or for all.
static int act_on_names(struct session *session, const char *action, const char *goal,
                        bool only_wanted)
{
    const struct arguments *arguments = &session->arguments;
    if (!arguments_have(arguments, OPTION_ALL))
        return act(session, arguments->words, arguments->count, action, NULL, goal);
    struct strings names = {0};
    int status = EXIT_REFUSED;
    if (list_all(session, only_wanted, &names))
        status = act(session, names.items, names.count, action, NULL, goal);
    strings_finish(&names);
    return status;
}

int command_start(struct session *session)
{
    return act_on_names(session, "start", "ready", false);
}

int command_stop(struct session *session)
{
    return act_on_names(session, "stop", "ended", false);
}

int command_restart(struct session *session)
{
    return act_on_names(session, "restart", "ready", true);
}

int command_reset(struct session *session)
{
    return act_on_names(session, "reset", NULL, false);
}

int command_signal(struct session *session)
{
    const struct arguments *arguments = &session->arguments;
    int number = 0;
    (void)text_parse_signal(arguments->words[0], &number); // it is one, or we would not be here
    memory_auto char *name = memory_copy(text_signal_name(number));
    memory_auto char *escaped = http_escape(name);
    memory_auto char *action = memory_format("signal?signal=%s", escaped);
    memory_auto char *what = memory_format("%s sent", name);
    return act(session, arguments->words + 1, arguments->count - 1, action, what, NULL);
}

int command_wait(struct session *session)
{
    const struct arguments *arguments = &session->arguments;
    memory_auto char *path = session_query("/v1/helpers", "name", arguments->words, 1);
    struct http_reply reply;
    bool good = session_get(session, path, &reply);
    if (good)
        good = wait_for_all(session, json_object_get(reply.body, "helpers"), arguments->words[1]);
    http_reply_finish(&reply);
    return good ? 0 : EXIT_REFUSED;
}
