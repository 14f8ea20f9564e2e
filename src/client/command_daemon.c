// SPDX-License-Identifier: MIT
// What concerns helperd as a whole: reload, reopen, shutdown, version.
#include "client/commands.h"

#include "base/fd.h"
#include "base/memory.h"
#include "base/quantity.h"
#include "client/event_lines.h"
#include "client/session.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ASK_AGAIN = 50 }; // milliseconds between two looks whether helperd is still there

// Lines that helperd gives, each as it is.
static void complain_lines(const json_t *lines)
{
    size_t index;
    const json_t *line;
    json_array_foreach (lines, index, line) {
        if (json_is_string(line))
            complain_line(json_string_value(line));
    }
}

static void print_report(const struct http_reply *reply)
{
    struct buffer out = {0};
    event_lines_write_report(&out, json_object_get(reply->body, "report"),
                             member_is_true(reply->body, "dry_run"));
    show_write(&out);
    buffer_finish(&out);
}

int command_reload(struct session *session)
{
    bool dry = arguments_have(&session->arguments, OPTION_DRY_RUN);
    http_limit(session->http, 0); // files may lie where reading takes long
    struct http_reply reply = http_post(session->http, dry ? "/v1/reload?dry_run=1" : "/v1/reload");
    bool good = reply.error == NULL;
    if (good)
        complain_lines(json_object_get(reply.body, "warnings"));
    else
        complain_lines(json_object_get(json_object_get(reply.body, "error"), "details"));
    if (!good)
        session_complain(session, &reply);
    else if (session_is_json(session))
        session_print_json(session, &reply);
    else
        print_report(&reply);
    http_reply_finish(&reply);
    return good ? 0 : EXIT_REFUSED;
}

int command_reopen(struct session *session)
{
    struct http_reply reply;
    bool good = session_post(session, "/v1/reopen", &reply);
    if (good && session_is_json(session)) {
        session_print_json(session, &reply);
    } else if (good) {
        struct buffer out = {0};
        double files = member_number(reply.body, "files", 0);
        buffer_printf(&out, "%.0f %s opened again\n", files, files == 1 ? "file" : "files");
        show_write(&out);
        buffer_finish(&out);
    }
    http_reply_finish(&reply);
    return good ? 0 : EXIT_REFUSED;
}

// A descriptor of helperd's process, which tells its end; -1: it is not known which that is, as
// behind an address or in another container.
static int open_process(struct session *session)
{
    struct http_reply reply = http_get(session->http, "/v1/version");
    pid_t pid = (pid_t)member_number(reply.body, "pid", 0);
    http_reply_finish(&reply);
    if (pid <= 0 || pid != http_listener(session->http))
        return -1;
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

// Until the process has ended, or where none is known, until nobody answers.
static void wait_for_end(struct session *session, int process)
{
    bool answers = true;
    struct pollfd end = {.fd = process, .events = POLLIN};
    while (process >= 0 && poll(&end, 1, -1) < 0 && errno == EINTR)
        continue;
    while (process < 0 && answers) {
        (void)poll(NULL, 0, ASK_AGAIN);
        struct http_reply reply = http_get(session->http, "/v1/version");
        answers = reply.status != 0;
        http_reply_finish(&reply);
    }
}

int command_shutdown(struct session *session)
{
    bool waits = arguments_have(&session->arguments, OPTION_WAIT);
    int process = waits ? open_process(session) : -1;
    struct http_reply reply;
    bool good = session_post(session, "/v1/shutdown", &reply);
    if (good && session_is_json(session))
        session_print_json(session, &reply);
    http_reply_finish(&reply);
    if (good && waits)
        wait_for_end(session, process);
    fd_close(&process);
    return good ? 0 : EXIT_REFUSED;
}

// "helperd 0.1.0 (pid 4711, up 3 min 20 s, /etc/helperd/helperd.yaml)"
static void write_version(struct buffer *out, const json_t *version)
{
    buffer_append_text(out, "helperd ");
    show_text(out, member_text(version, "version"));
    buffer_printf(out, " (pid %.0f, up ", member_number(version, "pid", 0));
    text_describe_duration(out, member_number(version, "uptime", 0));
    if (strcmp(member_text(version, "state"), "stopping") == 0)
        buffer_append_text(out, ", stopping");
    buffer_append_text(out, member_is_true(version, "developer") ? ", developer mode, " : ", ");
    show_text(out, member_text(version, "config"));
    buffer_append_text(out, ")\n");
}

int command_version(struct session *session)
{
    struct http_reply reply;
    bool good = session_get(session, "/v1/version", &reply);
    if (good && session_is_json(session)) {
        session_print_json(session, &reply);
    } else if (good) {
        struct buffer out = {0};
        buffer_append_text(&out, "helperctl " VERSION "\n");
        write_version(&out, reply.body);
        show_write(&out);
        buffer_finish(&out);
    }
    http_reply_finish(&reply);
    return good ? 0 : EXIT_REFUSED;
}
