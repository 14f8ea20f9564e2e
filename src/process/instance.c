// SPDX-License-Identifier: MIT
#include "process/instance.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static bool streams_ended(const struct instance *instance)
{
    return !stream_is_open(&instance->streams[0]) && !stream_is_open(&instance->streams[1]);
}

static bool is_spent(const struct instance *instance)
{
    return instance->over && streams_ended(instance);
}

static void become_over(struct instance *instance)
{
    instance->over = true;
    // Nobody of this run is left to see the end of it.
    fd_close(&instance->stdin_writer);
    instance->listener->over(instance->owner, instance);
    if (is_spent(instance))
        instance->listener->spent(instance->owner, instance);
}

static void on_stream_ended(void *owner, struct stream *stream)
{
    (void)stream;
    struct instance *instance = owner;
    if (is_spent(instance))
        instance->listener->spent(instance->owner, instance);
}

// Whoever ended has written all it ever will: what is in the pipes, and their end, which makes a
// line of words without a newline. One read for each; what is more than that comes by the loop.
static void read_last_words(struct instance *instance)
{
    for (int i = 0; i < 2; i++) {
        for (int index = 0; index < 2; index++) {
            if (stream_is_open(&instance->streams[index]))
                stream_read_last(&instance->streams[index]);
        }
    }
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static void note_usage(struct instance *instance, const struct rusage *usage)
{
    struct rusage own = {0};
    (void)getrusage(RUSAGE_SELF, &own);
    instance->cpu = seconds(usage->ru_utime) + seconds(usage->ru_stime);
    // One that is not above ours may be ours, from before the exec.
    bool known = usage->ru_maxrss > own.ru_maxrss;
    instance->memory = known ? (uint64_t)usage->ru_maxrss * 1024 : 0;
}

void instance_reaped(struct instance *instance, const struct reaped *reaped)
{
    if (instance->reaped)
        return;
    instance->reaped = true;
    instance->status = exit_status_from(&reaped->info);
    note_usage(instance, &reaped->usage);
    instance->ended = clock_monotonic();
    ev_io_stop(instance->context->loop, &instance->exit_watcher);
    fd_close(&instance->pidfd);
    reaper_remove(instance->context->reaper, instance);
    read_last_words(instance);

    if (instance->config->kill_mode == KILL_PROCESS ||
        !reaper_watch_group(instance->context->reaper, instance))
        become_over(instance);
    else
        instance->listener->exited(instance->owner, instance);
}

void instance_group_ended(struct instance *instance)
{
    become_over(instance);
}

static void on_pidfd(struct ev_loop *loop, ev_io *io, int events)
{
    (void)loop;
    (void)events; // with EV_ERROR the kernel cannot watch it: then the sweep finds the exit
    struct instance *instance = io->data;
    struct reaped reaped;
    if (reaper_reap(instance->pid, &reaped))
        instance_reaped(instance, &reaped);
}

static const struct stream_config *stream_mode(const struct helper_config *config, int index)
{
    return index == 0 ? &config->log.stdout_stream : &config->log.stderr_stream;
}

static const char *shown_name(const struct helper_config *config)
{
    return config->log.prefix != NULL ? config->log.prefix : config->name;
}

static void start_stream(struct instance *instance, int index, int fd)
{
    const struct helper_config *config = instance->config;
    if (fd < 0)
        return;
    const struct record_source source = {
        .helper = config->name,
        .prefix = shown_name(config),
        .kind = index == 0 ? STREAM_STDOUT : STREAM_STDERR,
        .pid = instance->pid,
        .color = instance->color,
    };
    stream_init(&instance->streams[index], instance->context->reader, fd, instance->route,
                &config->log, stream_mode(config, index), source, on_stream_ended, instance);
}

static void begin(struct instance *instance, const struct launched *launched)
{
    const struct instance_context *context = instance->context;
    instance->pid = launched->pid;
    instance->pidfd = launched->pidfd;
    instance->stdin_writer = launched->stdin_writer;
    instance->started = clock_monotonic();
    start_stream(instance, 0, launched->stdout_reader);
    start_stream(instance, 1, launched->stderr_reader);
    ev_io_set(&instance->exit_watcher, instance->pidfd, EV_READ);
    if (instance->pidfd >= 0)
        ev_io_start(context->loop, &instance->exit_watcher);
    reaper_add(context->reaper, instance);
}

static void on_launched(void *owner, const struct launched *launched, struct launch_error error)
{
    struct instance *instance = owner;
    instance->job = NULL;
    if (error.step == STEP_NONE) {
        begin(instance, launched);
        instance->listener->launched(instance->owner, instance);
        return;
    }
    if (launched->pid > 0)
        reaper_take(launched->pid);
    instance->listener->failed(instance->owner, instance, error);
    (void)instance_destroy(instance);
}

struct instance *instance_create(const struct instance_context *context,
                                 const struct helper_config *config, struct route *route,
                                 const struct command *command, struct strings more, unsigned color,
                                 const struct instance_listener *listener, void *owner)
{
    struct instance *instance = memory_new(1, sizeof(*instance));
    list_init(&instance->link);
    list_init(&instance->reaper_link);
    instance->config = config;
    instance->listener = listener;
    instance->owner = owner;
    instance->context = context;
    instance->route = route;
    instance->color = color;
    instance->pidfd = instance->stdin_writer = -1;
    for (int index = 0; index < 2; index++)
        instance->streams[index].fd = -1;
    ev_io_init(&instance->exit_watcher, on_pidfd, -1, EV_READ);
    ev_set_priority(&instance->exit_watcher, PRIORITY_EXIT);
    instance->exit_watcher.data = instance;
    instance->job =
        launcher_submit(context->launcher, config, command, more, on_launched, instance);
    return instance;
}

bool instance_is_launching(const struct instance *instance)
{
    return instance->job != NULL;
}

bool instance_has_process(const struct instance *instance)
{
    return instance->job == NULL || launcher_has_begun(instance->context->launcher, instance->job);
}

bool instance_call_off(struct instance *instance)
{
    if (instance->job == NULL || !launcher_cancel(instance->context->launcher, instance->job))
        return false;
    instance->job = NULL;
    (void)instance_destroy(instance);
    return true;
}

bool instance_is_blocked(const struct instance *instance)
{
    for (int i = 0; i < 2; i++) {
        const struct stream *stream = &instance->streams[i];
        if (stream_is_open(stream) && !stream_is_waiting(stream))
            return false;
    }
    return true;
}

void instance_configure(struct instance *instance, const struct helper_config *config)
{
    instance->config = config;
    for (int index = 0; index < 2; index++) {
        if (stream_is_open(&instance->streams[index]))
            stream_configure(&instance->streams[index], &config->log, stream_mode(config, index),
                             config->name, shown_name(config));
    }
}

uint64_t instance_destroy(struct instance *instance)
{
    if (instance == NULL)
        return 0;
    if (instance->job != NULL)
        launcher_abandon(instance->context->launcher, instance->job);
    list_remove(&instance->link);
    reaper_remove(instance->context->reaper, instance);
    ev_io_stop(instance->context->loop, &instance->exit_watcher);
    fd_close(&instance->pidfd);
    fd_close(&instance->stdin_writer);
    uint64_t lost = stream_close(&instance->streams[0]) + stream_close(&instance->streams[1]);
    free(instance);
    return lost;
}

void instance_signal(struct instance *instance, int signal)
{
    if (instance->job != NULL && signal == SIGKILL)
        launcher_kill(instance->context->launcher, instance->job);
    if (instance->job != NULL || instance->over)
        return;
    // Neither number can be anybody else's: the main process is not reaped, or others of its group
    // live, and the kernel gives out no pid that a group bears. What is left of the group is all
    // that is left, whatever the settings have become meanwhile.
    bool group = instance->config->kill_mode == KILL_GROUP || instance->reaped;
    (void)kill(group ? -instance->pid : instance->pid, signal);
}
