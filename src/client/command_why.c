// SPDX-License-Identifier: MIT
// why: what one would look for in several places when a helper is not as it should be.
#include "client/commands.h"

#include "base/clock.h"
#include "base/memory.h"
#include "client/detail.h"
#include "client/log_query.h"
#include "client/session.h"

#include <string.h>

enum { LAST_LINES = 10 };

static void write_lines(struct buffer *out, const struct screen *screen, const char *lines)
{
    if (lines == NULL || lines[0] == '\0')
        return;
    buffer_append_char(out, '\n');
    show_color(out, screen, color_dim);
    buffer_append_text(out, "LAST LINES");
    show_color(out, screen, NULL);
    buffer_append_char(out, '\n');
    buffer_append_text(out, lines); // helperd has made it harmless where that is needed
}

static void print(const struct session *session, const json_t *helper, const char *lines)
{
    struct buffer out = {0};
    const struct screen *screen = &session->screen;
    double now = (double)clock_wall() / 1e6;
    detail_write_sentence(&out, screen, helper, now);
    if (!member_is_true(helper, "wanted") && member_number(helper, "pid", 0) == 0) {
        buffer_append_text(&out, "It is not wanted; to start it: helperctl start ");
        show_text(&out, member_text(helper, "name"));
        buffer_append_char(&out, '\n');
    }
    if (member_number(helper, "failures", 0) > 0)
        buffer_printf(&out, "Failures in a row: %.0f\n", member_number(helper, "failures", 0));
    detail_write_dependencies(&out, screen, helper);
    detail_write_exits(&out, screen, helper, now);
    write_lines(&out, screen, lines);
    show_write(&out);
    buffer_finish(&out);
}

int command_why(struct session *session)
{
    char *const *name = session->arguments.words;
    memory_auto char *escaped = http_escape(name[0]);
    memory_auto char *path = memory_format("/v1/helpers/%s", escaped);
    struct http_reply reply, lines = {0};
    bool good = session_get(session, path, &reply);
    if (good && session_is_json(session)) {
        session_print_json(session, &reply);
    } else if (good) {
        memory_auto char *query = log_query(&session->screen, name, 1, LAST_LINES, false);
        lines = http_get(session->http, query);
        good = lines.error == NULL;
        if (good)
            print(session, reply.body, lines.text);
        else
            session_complain(session, &lines);
    }
    http_reply_finish(&lines);
    http_reply_finish(&reply);
    return good ? 0 : EXIT_REFUSED;
}
