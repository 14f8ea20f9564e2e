// SPDX-License-Identifier: MIT
#include "fleet.h"

#include "base/fd.h"
#include "base/memory.h"
#include "logging.h"
#include "supervise/command.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double patience = 60; // seconds

struct fleet fleet;

static char *folder;
static char *environment[] = {(char *)"PATH=/usr/local/bin:/usr/bin:/bin", NULL};
static const struct launch_context launching = {.environ = environment};
static const char *awaited; // for those that lose patience

static void on_transition(void *context, const struct transition *transition)
{
    (void)context;
    buffer_printf(&fleet.told, "%s: %s -> %s (%s)\n", transition->helper->config->name,
                  state_names[transition->from], state_names[transition->to], transition->reason);
    fleet.told_pid = transition->pid;
    ck_assert_int_gt(transition->time, 0);
    if (fleet.also_transition != NULL)
        fleet.also_transition(transition);
}

static void do_nothing(void *context)
{
    (void)context;
}

static void on_changed(void *context)
{
    (void)context;
    if (fleet.also_changed != NULL)
        fleet.also_changed();
}

static void on_settled(void *context)
{
    (void)context;
    fleet.settled++;
}

static void on_critical(void *context, const struct helper *helper)
{
    (void)context;
    (void)helper;
}

static void on_exit_with(void *context, const struct helper *helper)
{
    (void)context;
    (void)helper;
    fleet.exit_with++;
}

static void on_ended(void *context)
{
    (void)context;
    fleet.ended++;
}

static const struct supervisor_listener listener = {
    .transition = on_transition,
    .changed = on_changed,
    .settled = on_settled,
    .idle = do_nothing,
    .critical = on_critical,
    .exit_with = on_exit_with,
    .ended = on_ended,
};

void fleet_write(const char *yaml)
{
    int fd = open("helperd.yaml", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, yaml, strlen(yaml)), (ssize_t)strlen(yaml));
    fd_close(&fd);
}

struct config *fleet_read(const char *yaml)
{
    fleet_write(yaml);
    const struct config_options options = {.format = CONFIG_YAML, .descriptors = 1024};
    struct errors errors = {0};
    struct config *config = config_load("helperd.yaml", &options, &errors);
    errors_print(&errors, stderr);
    errors_finish(&errors);
    ck_assert_ptr_nonnull(config);
    return config;
}

void fleet_begin(const char *yaml)
{
    const char *parent = getenv("TMPDIR");
    folder = memory_format("%s/helperd-fleet.XXXXXX", parent != NULL ? parent : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    fleet = (struct fleet){.options = {.log_file = "log"}};
    fleet.loop = ev_loop_new(EVFLAG_NOENV);
    fleet.config = fleet_read(yaml);
    fleet.router = logging_start(fleet.loop, fleet.config, &fleet.options);
    ck_assert_ptr_nonnull(fleet.router);
    log_set_writer(router_write_own, fleet.router);
    fleet.supervisor =
        supervisor_create(fleet.loop, fleet.router, fleet.config, &launching, &listener);
    supervisor_start(fleet.supervisor, NULL, 0);
}

static bool has_ended(void)
{
    return fleet.ended > 0;
}

void fleet_end(void)
{
    supervisor_shutdown(fleet.supervisor, "the test is over");
    fleet_await_that(has_ended);
    ck_assert_uint_eq(fleet.ended, 1);
    supervisor_destroy(fleet.supervisor);
    log_set_writer(NULL, NULL);
    router_destroy(fleet.router);
    config_release(fleet.config);
    ev_loop_destroy(fleet.loop);
    buffer_finish(&fleet.told);
    ck_assert_int_eq(chdir("/"), 0);
    memory_auto char *command = memory_format("rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
    free(folder);
}

struct helper *fleet_helper(const char *name)
{
    struct helpers found = supervisor_find(fleet.supervisor, name);
    ck_assert_msg(found.count == 1, "%zu helpers are called %s", found.count, name);
    struct helper *helper = found.items[0];
    helpers_finish(&found);
    return helper;
}

static void on_patience_lost(struct ev_loop *in, ev_timer *timer, int events)
{
    (void)in;
    (void)timer;
    (void)events;
    ck_abort_msg("%s: it did not come to that: %.*s", awaited, (int)fleet.told.length,
                 fleet.told.data);
}

static void on_beat(struct ev_loop *in, ev_timer *timer, int events)
{
    (void)in;
    (void)timer;
    (void)events;
}

static void turn_until(bool (*is_so)(void))
{
    ev_timer late, beat;
    ev_timer_init(&late, on_patience_lost, patience, 0);
    ev_timer_init(&beat, on_beat, 0.01, 0.01);
    ev_now_update(fleet.loop);
    ev_timer_start(fleet.loop, &late);
    ev_timer_start(fleet.loop, &beat);
    do
        ev_run(fleet.loop, EVRUN_ONCE);
    while (!is_so());
    ev_timer_stop(fleet.loop, &late);
    ev_timer_stop(fleet.loop, &beat);
}

void fleet_await_that(bool (*is_so)(void))
{
    awaited = "all together";
    turn_until(is_so);
}

static enum state awaited_state;

static bool is_in_awaited_state(void)
{
    return fleet_helper(awaited)->state == awaited_state;
}

void fleet_await(const char *name, enum state state)
{
    awaited = name;
    awaited_state = state;
    turn_until(is_in_awaited_state);
}

static bool always(void)
{
    return true;
}

void fleet_turn(void)
{
    turn_until(always);
}

void fleet_expect(const char *name, enum state state)
{
    const struct helper *helper = fleet_helper(name);
    ck_assert_msg(helper->state == state, "%s is %s (%s)", name, state_names[helper->state],
                  helper->reason);
}

void fleet_expect_reason(const char *name, const char *reason)
{
    ck_assert_str_eq(fleet_helper(name)->reason, reason);
}

bool fleet_was_told(const char *words)
{
    memory_auto char *told = memory_copy_bytes(fleet.told.data, fleet.told.length);
    return told != NULL && strstr(told, words) != NULL;
}
