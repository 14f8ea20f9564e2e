// SPDX-License-Identifier: MIT
// Starting programs: the launcher, and a whole helperd, beside the barest loop of vfork and exec.
// All run /bin/true, which is waited for in the end.
#include "base/fd.h"
#include "base/memory.h"
#include "config/config.h"
#include "measure.h"
#include "process/launcher.h"
#include "workplace.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct work {
    size_t starts;
    const struct config *config;
    struct ev_loop *loop;
    struct launcher *launcher;
    size_t told; // of the starts that were asked for
};

// What is held while programs are started, as by a helperd with many helpers.
struct burden {
    size_t descriptors, megabytes;
    int *fds;
    void *memory;
};

static void reap_all(void *context)
{
    const struct work *work = context;
    size_t count = 0;
    for (int status; waitpid(-1, &status, 0) > 0; count++) {
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            measure_fail("/bin/true did not end with success (wait status %#x)", (unsigned)status);
    }
    if (count != work->starts)
        measure_fail("%zu processes of %zu were started", count, work->starts);
}

static pid_t start_true(void)
{
    char *const argv[] = {(char[]){"/bin/true"}, NULL};
    pid_t pid = vfork();
    if (pid == 0) {
        (void)execve(argv[0], argv, environ);
        _exit(127);
    }
    return pid;
}

static void run_bare(void *context)
{
    const struct work *work = context;
    for (size_t i = 0; i < work->starts; i++) {
        if (start_true() < 0)
            measure_fail("cannot vfork: %s", strerror(errno));
    }
    reap_all(context);
}

static void on_told(void *owner, const struct launched *launched, struct launch_error error)
{
    struct work *work = owner;
    if (error.step != STEP_NONE)
        measure_fail("cannot start /bin/true: %s", strerror(error.error));
    struct launched ends = *launched;
    launched_close(&ends);
    work->told++;
    ev_break(work->loop, EVBREAK_ALL);
}

static void submit(struct work *work)
{
    const struct helper_config *helper = &work->config->helpers[0];
    (void)launcher_submit(work->launcher, helper, &helper->command, (struct strings){0}, on_told,
                          work);
}

// Each is asked for when the one before runs: as helpers that come back one by one.
static void run_one_by_one(void *context)
{
    struct work *work = context;
    work->told = 0;
    while (work->told < work->starts) {
        submit(work);
        ev_run(work->loop, 0);
    }
    reap_all(context);
}

static void run_all_at_once(void *context)
{
    struct work *work = context;
    work->told = 0;
    for (size_t i = 0; i < work->starts; i++)
        submit(work);
    while (work->told < work->starts)
        ev_run(work->loop, 0);
    reap_all(context);
}

// In developer mode it ends when no helper runs any more.
static void run_helperd(void *context)
{
    (void)context;
    const char *const argv[] = {workplace_helperd(), "--dev",       "-c", WORKPLACE_CONFIG,
                                "--log-file",        WORKPLACE_LOG, NULL};
    workplace_wait(workplace_start(argv, STDOUT_FILENO), "helperd");
}

static void clear_log(void *context)
{
    (void)context;
    workplace_clear_log(0);
}

// Each helper leaves one line in the log that says it is completed.
static void check_log(void *context)
{
    const struct work *work = context;
    FILE *log = fopen(WORKPLACE_LOG, "re");
    char line[1024];
    size_t completed = 0;
    while (log != NULL && fgets(line, sizeof(line), log) != NULL)
        completed += strstr(line, "completed") != NULL;
    if (log != NULL)
        (void)fclose(log);
    if (completed != work->starts)
        measure_fail("%zu helpers of %zu were completed", completed, work->starts);
}

static void burden_take(struct burden *burden)
{
    size_t bytes = burden->megabytes * 1000000;
    burden->memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (burden->memory == MAP_FAILED)
        measure_fail("cannot hold %zu MB: %s", burden->megabytes, strerror(errno));
    burden->fds = memory_new(burden->descriptors, sizeof(*burden->fds));
    for (size_t i = 0; i < burden->descriptors; i++) {
        burden->fds[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (burden->fds[i] < 0)
            measure_fail("cannot hold %zu descriptors: %s", burden->descriptors, strerror(errno));
    }
}

static void burden_drop(struct burden *burden)
{
    for (size_t i = 0; i < burden->descriptors; i++)
        fd_close(&burden->fds[i]);
    free(burden->fds);
    (void)munmap(burden->memory, burden->megabytes * 1000000);
}

static void measure_launcher(const struct measure *measure, struct work *work, size_t descriptors,
                             size_t megabytes)
{
    struct burden burden = {.descriptors = measure_amount(measure, descriptors, descriptors / 100),
                            .megabytes = measure_amount(measure, megabytes, 1)};
    const struct way ways[] = {
        {"vfork, exec", run_bare, NULL, NULL, work},
        {"launcher, one by one", run_one_by_one, NULL, NULL, work},
        {"launcher, all at once", run_all_at_once, NULL, NULL, work},
    };
    memory_auto char *title =
        memory_format("%zu more descriptors, %zu MB held", burden.descriptors, burden.megabytes);
    burden_take(&burden);
    measure_ways(measure, title, UNIT_RATE, (double)work->starts, ways, LENGTH(ways));
    burden_drop(&burden);
}

static void measure_helperd(const struct measure *measure, struct work *work)
{
    const struct way ways[] = {
        {"vfork, exec", run_bare, NULL, NULL, work},
        {"helperd from start to end", run_helperd, clear_log, check_log, work},
    };
    memory_auto char *title = memory_format("%zu helpers", work->starts);
    measure_ways(measure, title, UNIT_RATE, (double)work->starts, ways, LENGTH(ways));
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char *argv[])
{
    struct measure measure = measure_begin("spawn", argc, argv);
    workplace_enter();
    raise_descriptor_limit();
    struct work work = {.starts = measure_amount(&measure, 500, 5),
                        .loop = ev_loop_new(EVFLAG_NOENV)};
    struct config *config = workplace_load_helpers("defaults: {restart: never, stdin: null}\n",
                                                   work.starts, "[/bin/true]");
    const struct launch_context context = {.environ = environ};
    work.config = config;
    work.launcher = launcher_create(work.loop, &context);
    measure_launcher(&measure, &work, 0, 10);
    measure_launcher(&measure, &work, 10000, 10);
    measure_launcher(&measure, &work, 0, 500);
    measure_launcher(&measure, &work, 10000, 500);
    measure_helperd(&measure, &work);
    launcher_destroy(work.launcher);
    ev_loop_destroy(work.loop);
    config_release(config);
    return EXIT_SUCCESS;
}
