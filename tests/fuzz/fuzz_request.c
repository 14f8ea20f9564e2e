// SPDX-License-Identifier: MIT
// Any bytes as what a client sends: the server answers in HTTP or closes, forgets nothing, and goes
// on. It has two helpers that are never started, since it says that it is stopping.
#include "fuzz.h"

#include "../unit/control/room.h"
#include "base/fd.h"

#include <ev.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TURNS = 40 };

static char configuration[] = "helpers:\n  web: [sleep, inf]\n  db: {command: [x], instances: 2}\n";
static struct ev_loop *loop;
static struct config *config;
static struct router *router;
static struct supervisor *supervisor;
static const struct launch_context starting;

static void on_changed(void *context)
{
    (void)context;
}

static void on_transition(void *context, const struct transition *transition)
{
    (void)context;
    (void)transition;
}

static const struct supervisor_listener listener = {
    .transition = on_transition,
    .changed = on_changed,
    .settled = on_changed,
    .idle = on_changed,
};

static void drop_message(void *context, enum level level, const char *text)
{
    (void)context;
    (void)level;
    (void)text;
}

static void set_up(void)
{
    char path[] = "/tmp/helperd-fuzz.XXXXXX";
    int file = mkstemp(path);
    require(file >= 0 && write(file, configuration, strlen(configuration)) > 0);
    struct errors errors = {0};
    config = config_load(path, &(struct config_options){.format = CONFIG_YAML}, &errors);
    require(config != NULL);
    fd_close(&file);
    unlink(path);
    loop = ev_loop_new(EVFLAG_NOENV);
    struct record_style style;
    record_style_init(&style, FORMAT_TEXT, LOG_TIME_UTC, false, false, 0);
    const struct log_target target = {.fd = open("/dev/null", O_WRONLY | O_CLOEXEC),
                                      .name = "null"};
    router = router_create(loop, &target, &style, &config->log);
    supervisor = supervisor_create(loop, router, config, &starting, &listener);
    log_set_writer(drop_message, NULL);
}

// What it answers, if anything, is HTTP.
static void check_answer(int client)
{
    char answer[64 * 1024];
    ssize_t got = recv(client, answer, sizeof(answer), MSG_DONTWAIT);
    require(got <= 0 || (got >= 9 && memcmp(answer, "HTTP/1.", 7) == 0));
    while (got > 0)
        got = recv(client, answer, sizeof(answer), MSG_DONTWAIT);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (loop == NULL)
        set_up();
    room_open(loop, router, supervisor, config);
    room.stopping = true;
    int client = room_connect();
    (void)!send(client, bytes, size, MSG_NOSIGNAL);
    for (int turn = 0; turn < TURNS; turn++)
        ev_run(loop, EVRUN_NOWAIT);
    check_answer(client);
    (void)shutdown(client, SHUT_WR);
    for (int turn = 0; turn < TURNS; turn++)
        ev_run(loop, EVRUN_NOWAIT);
    room_close();
    fd_close(&client);
    return 0;
}
