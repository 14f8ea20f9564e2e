// SPDX-License-Identifier: MIT
// Preloaded into a program, makes calls of its fail as a file says that somebody else may write at
// any time: for helperd, whose children before their exec are under the same rule.
//
// FAIL_CALLS is the path of that file. It has lines of the form "TIMES SKIP ERROR CALL": after SKIP
// calls (a digit), the next TIMES (a digit, or * for all) fail with ERROR, by its name. SHORT
// instead of an error lets a write take one byte. A close that fails has closed.
// FAIL_ALLOCATION is the number of the one allocation that fails, from 1.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SHORT = -1, FILE_SIZE = 4096 };

static const struct {
    const char *name;
    int number;
} errors[] = {
    {"EACCES", EACCES}, {"EAGAIN", EAGAIN}, {"EBADF", EBADF},     {"EBUSY", EBUSY},
    {"EINTR", EINTR},   {"EINVAL", EINVAL}, {"EIO", EIO},         {"ELOOP", ELOOP},
    {"EMFILE", EMFILE}, {"ENFILE", ENFILE}, {"ENOENT", ENOENT},   {"ENOMEM", ENOMEM},
    {"ENOSPC", ENOSPC}, {"ENOSYS", ENOSYS}, {"ENOTDIR", ENOTDIR}, {"ENXIO", ENXIO},
    {"EPERM", EPERM},   {"ESRCH", ESRCH},   {"ETXTBSY", ETXTBSY}, {"E2BIG", E2BIG},
    {"SHORT", SHORT},
};

// Shared with the file and with children, so that what failed once has failed for all.
static char *rules;

// The functions behind ours. Looked up before the first call, since a child may look up nothing.
static struct {
    int (*pipe2)(int *ends, int flags);
    int (*open)(const char *path, int flags, ...);
    int (*fcntl)(int fd, int act, ...);
    int (*fchown)(int fd, uid_t user, gid_t group);
    int (*clone)(int (*run)(void *), void *stack, int flags, void *argument, ...);
    int (*poll)(struct pollfd *fds, nfds_t count, int timeout);
    ssize_t (*read)(int fd, void *bytes, size_t length);
    ssize_t (*write)(int fd, const void *bytes, size_t length);
    int (*close)(int fd);
    pid_t (*waitpid)(pid_t pid, int *status, int options);
    int (*waitid)(idtype_t type, id_t id, siginfo_t *info, int options);
    int (*epoll_ctl)(int epoll, int act, int fd, struct epoll_event *event);
    int (*epoll_wait)(int epoll, struct epoll_event *events, int count, int timeout);
    pid_t (*setsid)(void);
    int (*dup2)(int from, int to);
    int (*dup3)(int from, int to, int flags);
    int (*close_range)(unsigned first, unsigned last, int flags);
    int (*setrlimit)(__rlimit_resource_t resource, const struct rlimit *limit);
    int (*setpriority)(__priority_which_t which, id_t who, int value);
    int (*prctl)(int option, ...);
    int (*chdir)(const char *path);
    int (*sigprocmask)(int how, const sigset_t *set, sigset_t *before);
    int (*execve)(const char *path, char *const argv[], char *const envp[]);
    int (*rename)(const char *from, const char *to);
    int (*pthread_create)(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
    long (*syscall)(long number, ...);
    void *(*malloc)(size_t size);
    void *(*calloc)(size_t count, size_t size);
    void *(*realloc)(void *old, size_t size);
} real;

#define FIND(name) (real.name = (__typeof__(real.name))dlsym(RTLD_NEXT, #name))
// Other libraries call some of them before we begin.
#define REAL(name) (real.name != NULL ? real.name : (__typeof__(real.name))dlsym(RTLD_NEXT, #name))

static long allocation_that_fails, allocations;

__attribute__((constructor)) static void begin(void)
{
    FIND(pipe2);
    FIND(open);
    FIND(fcntl);
    FIND(fchown);
    FIND(clone);
    FIND(poll);
    FIND(read);
    FIND(write);
    FIND(close);
    FIND(waitpid);
    FIND(waitid);
    FIND(epoll_ctl);
    FIND(epoll_wait);
    FIND(setsid);
    FIND(dup2);
    FIND(dup3);
    FIND(close_range);
    FIND(setrlimit);
    FIND(setpriority);
    FIND(prctl);
    FIND(chdir);
    FIND(sigprocmask);
    FIND(execve);
    FIND(rename);
    FIND(pthread_create);
    FIND(syscall);
    const char *number = getenv("FAIL_ALLOCATION"), *path = getenv("FAIL_CALLS");
    if (number != NULL)
        allocation_that_fails = atol(number);
    int fd = path != NULL ? real.open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd >= 0) {
        char *map = mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        real.close(fd);
        if (map != MAP_FAILED)
            rules = map;
    }
    unsetenv("LD_PRELOAD"); // the helpers are not meant
}

static bool word_is(const char *text, const char *word)
{
    size_t length = strlen(word);
    return strncmp(text, word, length) == 0 && (text[length] == ' ' || text[length] == '\n');
}

static bool take_one(char *digit)
{
    char value = __atomic_load_n(digit, __ATOMIC_SEQ_CST);
    while (value >= '1' && value <= '9') {
        if (__atomic_compare_exchange_n(digit, &value, (char)(value - 1), false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_SEQ_CST))
            return true;
    }
    return false;
}

// What the call is to fail with; 0: nothing.
static int failure_of(const char *call)
{
    for (char *line = rules; line != NULL && *line != '\0'; line = strchr(line, '\n') + 1) {
        char *error = line + 4, *name = strchr(error, ' ');
        if (name == NULL || !word_is(name + 1, call) || line[0] == '0')
            continue;
        if (take_one(line + 2) || (line[0] != '*' && !take_one(line)))
            continue;
        for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
            if (word_is(error, errors[i].name))
                return errors[i].number;
        }
    }
    return 0;
}

static bool fails(const char *call)
{
    int saved = errno, error = failure_of(call);
    errno = error != 0 ? error : saved;
    return error != 0;
}

int pipe2(int ends[2], int flags)
{
    return fails("pipe2") ? -1 : REAL(pipe2)(ends, flags);
}

int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    return fails("open") ? -1 : REAL(open)(path, flags, mode);
}

int fcntl(int fd, int act, ...)
{
    va_list rest;
    va_start(rest, act);
    void *value = va_arg(rest, void *);
    va_end(rest);
    return fails("fcntl") ? -1 : REAL(fcntl)(fd, act, value);
}

int fchown(int fd, uid_t user, gid_t group)
{
    return fails("fchown") ? -1 : REAL(fchown)(fd, user, group);
}

int clone(int (*run)(void *), void *stack, int flags, void *argument, ...)
{
    va_list rest;
    va_start(rest, argument);
    void *pidfd = va_arg(rest, void *), *tls = va_arg(rest, void *), *pid = va_arg(rest, void *);
    va_end(rest);
    return fails("clone") ? -1 : REAL(clone)(run, stack, flags, argument, pidfd, tls, pid);
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    return fails("poll") ? -1 : REAL(poll)(fds, count, timeout);
}

// Reads from pipes and writes into pipes and files are meant: the event loop uses descriptors of
// its own whenever it likes.
static mode_t type_of(int fd)
{
    struct stat status;
    return rules != NULL && fstat(fd, &status) == 0 ? status.st_mode & S_IFMT : 0;
}

ssize_t read(int fd, void *bytes, size_t length)
{
    return type_of(fd) == S_IFIFO && fails("read") ? -1 : REAL(read)(fd, bytes, length);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    int saved = errno;
    mode_t type = type_of(fd);
    int error = type == S_IFIFO || type == S_IFREG ? failure_of("write") : 0;
    errno = error > 0 ? error : saved;
    return error > 0 ? -1 : REAL(write)(fd, bytes, error == SHORT ? 1 : length);
}

int close(int fd)
{
    int result = REAL(close)(fd);
    return fails("close") ? -1 : result;
}

pid_t waitpid(pid_t pid, int *status, int options)
{
    return fails("waitpid") ? -1 : REAL(waitpid)(pid, status, options);
}

int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    return fails("waitid") ? -1 : REAL(waitid)(type, id, info, options);
}

int epoll_ctl(int epoll, int act, int fd, struct epoll_event *event)
{
    return fails("epoll_ctl") ? -1 : REAL(epoll_ctl)(epoll, act, fd, event);
}

int epoll_wait(int epoll, struct epoll_event *events, int count, int timeout)
{
    return fails("epoll_wait") ? -1 : REAL(epoll_wait)(epoll, events, count, timeout);
}

pid_t setsid(void)
{
    return fails("setsid") ? -1 : REAL(setsid)();
}

int dup2(int from, int to)
{
    return fails("dup2") ? -1 : REAL(dup2)(from, to);
}

int dup3(int from, int to, int flags)
{
    return fails("dup3") ? -1 : REAL(dup3)(from, to, flags);
}

int close_range(unsigned first, unsigned last, int flags)
{
    return fails("close_range") ? -1 : REAL(close_range)(first, last, flags);
}

int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
    return fails("setrlimit") ? -1 : REAL(setrlimit)(resource, limit);
}

int setpriority(__priority_which_t which, id_t who, int value)
{
    return fails("setpriority") ? -1 : REAL(setpriority)(which, who, value);
}

static const char *prctl_name(int option)
{
    switch (option) {
    case PR_CAPBSET_READ:
        return "PR_CAPBSET_READ";
    case PR_CAPBSET_DROP:
        return "PR_CAPBSET_DROP";
    case PR_CAP_AMBIENT:
        return "PR_CAP_AMBIENT";
    case PR_SET_KEEPCAPS:
        return "PR_SET_KEEPCAPS";
    case PR_SET_NO_NEW_PRIVS:
        return "PR_SET_NO_NEW_PRIVS";
    case PR_SET_PDEATHSIG:
        return "PR_SET_PDEATHSIG";
    default:
        return "prctl";
    }
}

int prctl(int option, ...)
{
    va_list rest;
    unsigned long values[4];
    va_start(rest, option);
    for (int i = 0; i < 4; i++)
        values[i] = va_arg(rest, unsigned long);
    va_end(rest);
    return fails(prctl_name(option))
               ? -1
               : REAL(prctl)(option, values[0], values[1], values[2], values[3]);
}

int chdir(const char *path)
{
    return fails("chdir") ? -1 : REAL(chdir)(path);
}

int sigprocmask(int how, const sigset_t *set, sigset_t *before)
{
    return fails("sigprocmask") ? -1 : REAL(sigprocmask)(how, set, before);
}

int execve(const char *path, char *const argv[], char *const envp[])
{
    return fails("execve") ? -1 : REAL(execve)(path, argv, envp);
}

int rename(const char *from, const char *to)
{
    return fails("rename") ? -1 : REAL(rename)(from, to);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument)
{
    int error = failure_of("pthread_create");
    return error != 0 ? error : REAL(pthread_create)(thread, attributes, run, argument);
}

static const char *call_name(long number)
{
    switch (number) {
    case SYS_waitid:
        return "waitid";
    case SYS_unshare:
        return "unshare";
    case SYS_rt_sigaction:
        return "rt_sigaction";
    case SYS_ioprio_set:
        return "ioprio_set";
    case SYS_sched_setaffinity:
        return "sched_setaffinity";
    case SYS_setgroups:
        return "setgroups";
    case SYS_setresgid:
        return "setresgid";
    case SYS_setresuid:
        return "setresuid";
    case SYS_getresuid:
        return "getresuid";
    case SYS_getresgid:
        return "getresgid";
    case SYS_capset:
        return "capset";
    default:
        return "syscall";
    }
}

long syscall(long number, ...)
{
    va_list rest;
    long values[6];
    va_start(rest, number);
    for (int i = 0; i < 6; i++)
        values[i] = va_arg(rest, long);
    va_end(rest);
    return fails(call_name(number)) ? -1
                                    : REAL(syscall)(number, values[0], values[1], values[2],
                                                    values[3], values[4], values[5]);
}

// Whether this is the one; counted are those of the libraries, too.
static bool allocation_fails(void)
{
    if (allocation_that_fails == 0 || ++allocations != allocation_that_fails)
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return allocation_fails() ? NULL : REAL(malloc)(size);
}

void *calloc(size_t count, size_t size)
{
    return allocation_fails() ? NULL : REAL(calloc)(count, size);
}

void *realloc(void *old, size_t size)
{
    return allocation_fails() ? NULL : REAL(realloc)(old, size);
}
