// SPDX-License-Identifier: MIT
#include "workplace.h"

#include "base/fd.h"
#include "base/memory.h"
#include "config/config.h"
#include "measure.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
    char path[PATH_MAX];
    char programs[PATH_MAX]; // the folder that this program is in
    char helperd[PATH_MAX];
    pid_t owner;
} workplace;

// Only what a signal handler may do.
static void leave(void)
{
    if (getpid() != workplace.owner)
        return;
    (void)unlink(WORKPLACE_CONFIG);
    (void)unlink(WORKPLACE_LOG);
    (void)chdir("/");
    (void)rmdir(workplace.path);
}

static void on_interrupt(int number)
{
    leave();
    _exit(128 + number);
}

static void find_programs(void)
{
    ssize_t length = readlink("/proc/self/exe", workplace.programs, PATH_MAX - 1);
    if (length < 0)
        measure_fail("cannot read /proc/self/exe: %s", strerror(errno));
    *strrchr(workplace.programs, '/') = '\0';
    const char *given = getenv("HELPERD");
    memory_auto char *beside = memory_format("%s/../src/helperd", workplace.programs);
    if (realpath(given != NULL ? given : beside, workplace.helperd) == NULL)
        measure_fail("cannot find helperd at %s: %s", given != NULL ? given : beside,
                     strerror(errno));
}

static bool make_folder(const char *where)
{
    snprintf(workplace.path, PATH_MAX, "%s/helperd-bench.XXXXXX", where);
    return mkdtemp(workplace.path) != NULL;
}

void workplace_enter(void)
{
    find_programs();
    const char *elsewhere = getenv("TMPDIR");
    if (!make_folder("/dev/shm") && !make_folder(elsewhere != NULL ? elsewhere : "/tmp"))
        measure_fail("cannot make the folder %s: %s", workplace.path, strerror(errno));
    workplace.owner = getpid();
    if (chdir(workplace.path) < 0)
        measure_fail("cannot enter %s: %s", workplace.path, strerror(errno));
    atexit(leave);
    const struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

const char *workplace_path(void)
{
    return workplace.path;
}

const char *workplace_helperd(void)
{
    return workplace.helperd;
}

char *workplace_program(const char *name)
{
    return memory_format("%s/%s", workplace.programs, name);
}

void workplace_write(const char *name, const struct buffer *text)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        measure_fail("cannot open %s/%s: %s", workplace.path, name, strerror(errno));
    measure_write(fd, text->data, text->length);
    fd_close(&fd);
}

struct config *workplace_load(void)
{
    const struct config_options options = {.descriptors = RLIM_INFINITY};
    struct errors errors = {0};
    struct config *config = config_load(WORKPLACE_CONFIG, &options, &errors);
    errors_print(&errors, stderr);
    errors_finish(&errors);
    if (config == NULL)
        measure_fail("cannot load %s/" WORKPLACE_CONFIG, workplace.path);
    return config;
}

struct config *workplace_load_helpers(const char *before, size_t count, const char *helper)
{
    struct buffer text = {0};
    buffer_printf(&text, "%shelpers:\n", before);
    for (size_t i = 0; i < count; i++)
        buffer_printf(&text, "  h%zu: %s\n", i, helper);
    workplace_write(WORKPLACE_CONFIG, &text);
    buffer_finish(&text);
    return workplace_load();
}

void workplace_clear_log(size_t bytes)
{
    (void)unlink(WORKPLACE_LOG);
    if (bytes == 0)
        return;
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (pages != MAP_FAILED)
        (void)munmap(pages, bytes);
}

pid_t workplace_start(const char *const argv[], int output)
{
    pid_t pid = vfork(); // a copy of our own memory would be measured with it
    if (pid < 0)
        measure_fail("cannot fork: %s", strerror(errno));
    if (pid > 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (dup2(output, STDOUT_FILENO) >= 0)
        execv(argv[0], (char *const *)argv);
    dprintf(STDERR_FILENO, "cannot execute %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

void workplace_wait(pid_t pid, const char *name)
{
    int status;
    if (waitpid(pid, &status, 0) < 0)
        measure_fail("cannot wait for %s: %s", name, strerror(errno));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        measure_fail("%s did not end with success (wait status %#x)", name, (unsigned)status);
}
