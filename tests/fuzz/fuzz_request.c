// SPDX-License-Identifier: MIT
// Any bytes as what a client sends: the server answers in HTTP or closes, forgets nothing, and goes
// on. It has two helpers that are never started, since it says that it is stopping.
#include "fuzz.h"

#include "base/fd.h"
#include "control/control.h"
#include "control/endpoint.h"

#include <ev.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { TURNS = 40 };

static char configuration[] = "helpers:\n  web: [sleep, inf]\n  db: {command: [x], instances: 2}\n";
static struct ev_loop *loop;
static struct config *config;
static struct router *router;
static struct supervisor *supervisor;
static struct control *control;
static struct control_socket listening = CONTROL_SOCKET_NONE;
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static socklen_t address_length;
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

static void on_reload(void *context, bool dry, struct reload_listener *ended)
{
    (void)context;
    (void)dry;
    (void)ended;
    abort(); // it is stopping
}

static size_t on_reopen(void *context)
{
    (void)context;
    return 1;
}

static void on_shutdown(void *context, const char *reason)
{
    (void)context;
    (void)reason;
}

static bool is_stopping(void *context)
{
    (void)context;
    return true;
}

static const struct config *in_force(void *context)
{
    (void)context;
    return config;
}

static const struct control_host host = {
    .reload = on_reload,
    .reopen = on_reopen,
    .shutdown = on_shutdown,
    .is_stopping = is_stopping,
    .config = in_force,
};

static void drop_message(void *context, enum level level, const char *text)
{
    (void)context;
    (void)level;
    (void)text;
}

// An abstract address: nothing is left of it.
static void listen_somewhere(void)
{
    snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "helperd-fuzz-%d", (int)getpid());
    address_length =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(address.sun_path + 1));
    listening.local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    require(bind(listening.local, (struct sockaddr *)&address, address_length) == 0);
    require(listen(listening.local, 8) == 0);
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
    listen_somewhere();
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
    const struct control_parts parts = {
        .loop = loop, .router = router, .supervisor = supervisor, .host = &host};
    control = control_create(&parts, &listening);
    require(control != NULL);
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    require(connect(client, (struct sockaddr *)&address, address_length) == 0);
    (void)!send(client, bytes, size, MSG_NOSIGNAL);
    for (int turn = 0; turn < TURNS; turn++)
        ev_run(loop, EVRUN_NOWAIT);
    check_answer(client);
    (void)shutdown(client, SHUT_WR);
    for (int turn = 0; turn < TURNS; turn++)
        ev_run(loop, EVRUN_NOWAIT);
    control_destroy(control);
    fd_close(&client);
    return 0;
}
