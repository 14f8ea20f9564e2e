// SPDX-License-Identifier: MIT
#include "writing.h"

#include "base/fd.h"
#include "base/memory.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = 60, MIB = 1024 * 1024 }; // seconds

struct writers writers;

static char *folder;
static struct list changed; // sink.changed_link
static int news_reader, news_writer;

void enter_folder(void)
{
    const char *parent = getenv("TMPDIR");
    folder = memory_format("%s/helperd-output.XXXXXX", parent != NULL ? parent : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    umask(022);
    (void)signal(SIGPIPE, SIG_IGN); // as helperd itself does
    (void)signal(SIGXFSZ, SIG_IGN);
}

void leave_folder(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    memory_auto char *command = memory_format("rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
    free(folder);
}

static void note_news(void *context)
{
    (void)context;
    if (write(news_writer, "", 1) < 0 && errno != EAGAIN)
        abort();
}

void start_writing(void)
{
    enter_folder();
    list_init(&changed);
    ck_assert_int_eq(fd_pipe(&news_reader, &news_writer), 0);
    ck_assert_int_eq(fd_set_nonblocking(news_writer), 0);
    writers_init(&writers, note_news, NULL);
}

void finish_writers(void)
{
    time_t deadline = time(NULL) + PATIENCE;
    while (!writers_finish(&writers)) {
        if (time(NULL) > deadline)
            ck_abort_msg("the writers do not end");
    }
}

void end_writing(void)
{
    finish_writers();
    writers_destroy(&writers);
    fd_close(&news_reader);
    fd_close(&news_writer);
    leave_folder();
}

struct sink *open_file(const char *path)
{
    struct sink *sink = sink_create_file(&writers, &changed, path, NULL);
    sink->limit = 64 * MIB;
    sink_reopen(sink);
    while (!sink_is_idle(sink) && sink->failing == 0)
        await_news();
    return sink;
}

struct sink *open_fd(int fd)
{
    struct sink *sink = sink_create_standard(&writers, &changed, fd, "standard output");
    sink->limit = 64 * MIB;
    return sink;
}

void end_sink(struct sink *sink)
{
    ck_assert(sink_is_idle(sink) || sink->failing != 0);
    sink_destroy(sink);
}

void make_pipe(int *reader, int *writer)
{
    ck_assert_int_eq(fd_pipe(reader, writer), 0);
    ck_assert_int_eq(fcntl(*writer, F_SETPIPE_SZ, 4096), 4096);
}

static void put(struct sink *sink, struct outlet *outlet, const char *text, size_t length)
{
    buffer_append(sink_filling(sink), text, length);
    sink_put(sink, outlet, length);
}

void put_text(struct sink *sink, struct outlet *outlet, const char *text)
{
    put(sink, outlet, text, strlen(text));
}

void put_bytes(struct sink *sink, struct outlet *outlet, char letter, size_t length)
{
    memory_auto char *text = memory_new(length, 1);
    memset(text, letter, length - 1);
    text[length - 1] = '\n';
    put(sink, outlet, text, length);
}

void put_number(struct sink *sink, struct outlet *outlet, unsigned number)
{
    memory_auto char *text = memory_format("line %u\n", number);
    put_text(sink, outlet, text);
}

void hand_over(void)
{
    while (!list_is_empty(&changed)) {
        struct sink *sink = LIST_FIRST(struct sink, &changed, changed_link);
        list_remove(&sink->changed_link);
        sink_hand_over(sink);
    }
}

static void attend_to_news(void)
{
    char bytes[64];
    if (read(news_reader, bytes, sizeof(bytes)) <= 0)
        ck_abort_msg("no news can be read");
    for (;;) {
        pthread_mutex_lock(&writers.lock);
        struct sink *sink = LIST_FIRST(struct sink, &writers.news, news_link);
        if (sink != NULL)
            list_remove(&sink->news_link);
        pthread_mutex_unlock(&writers.lock);
        if (sink == NULL)
            return;
        sink_collect(sink);
        sink_hand_over(sink);
        sink_wake(sink);
    }
}

void await_news(void)
{
    struct pollfd news = {.fd = news_reader, .events = POLLIN};
    if (poll(&news, 1, PATIENCE * 1000) <= 0)
        ck_abort_msg("no news came");
    attend_to_news();
}

void write_all(struct sink *sink)
{
    hand_over();
    while (!sink_is_idle(sink))
        await_news();
}

void await_failure(struct sink *sink)
{
    hand_over();
    while (sink->failing == 0)
        await_news();
}

bool is_busy(struct sink *sink)
{
    pthread_mutex_lock(&writers.lock);
    bool busy = sink->busy;
    pthread_mutex_unlock(&writers.lock);
    return busy;
}

void await_rest(struct sink *sink)
{
    while (!sink_is_idle(sink) && is_busy(sink)) // the one asks for the news of the other
        await_news();
    sink_collect(sink);
}

// Waits for bytes of a pipe, or for news; reads at most so much of the one, attends to the others.
static void read_some(int fd, struct buffer *text, size_t most)
{
    struct pollfd both[] = {{.fd = fd, .events = POLLIN}, {.fd = news_reader, .events = POLLIN}};
    if (poll(both, 2, PATIENCE * 1000) <= 0)
        ck_abort_msg("nothing came after %zu bytes", text->length);
    if (both[1].revents != 0)
        attend_to_news();
    if (both[0].revents == 0)
        return;
    ssize_t got = read(fd, buffer_reserve(text, most), most);
    if (got <= 0)
        ck_abort_msg("the pipe ended after %zu bytes", text->length);
    text->length += (size_t)got;
}

void read_pipe(int fd, struct buffer *text, size_t length)
{
    hand_over();
    while (text->length < length)
        read_some(fd, text, length - text->length);
}

void read_all(struct sink *sink, int fd, struct buffer *text)
{
    int rest = 0;
    hand_over();
    while (!sink_is_idle(sink) || (ioctl(fd, FIONREAD, &rest) == 0 && rest > 0))
        read_some(fd, text, 65536);
}

void await_full(int reader)
{
    time_t deadline = time(NULL) + PATIENCE;
    for (int waiting = 0; waiting < 4096; sched_yield()) {
        if (ioctl(reader, FIONREAD, &waiting) < 0 || time(NULL) > deadline)
            ck_abort_msg("the pipe has only %d bytes", waiting);
    }
}

void fail_at_size(struct sink *sink, rlim_t size)
{
    struct rlimit before;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit limit = before;
    limit.rlim_cur = size;
    if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
        ck_abort_msg("setrlimit");
    sink_retry(sink);
    await_rest(sink);
    int result = setrlimit(RLIMIT_FSIZE, &before);
    ck_assert_int_eq(result, 0);
    ck_assert_int_eq(sink->failing, EFBIG);
}

void write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    fd_close(&fd);
}

char *read_content(const char *path)
{
    char *text;
    size_t length;
    ck_assert_msg(fd_read_file(path, 64 * MIB, &text, &length) == 0, "%s: not there", path);
    ck_assert_uint_eq(length, strlen(text));
    return text;
}

void expect_content(const char *path, const char *expected)
{
    memory_auto char *text = read_content(path);
    ck_assert_msg(strcmp(text, expected) == 0, "%s: \"%.200s\"", path, text);
}

void expect_no_file(const char *path)
{
    ck_assert_msg(access(path, F_OK) < 0 && errno == ENOENT, "%s is there", path);
}

void expect_numbers(const char *text, unsigned first, unsigned count)
{
    for (unsigned i = first; i < first + count; i++) {
        memory_auto char *line = memory_format("line %u\n", i);
        if (strncmp(text, line, strlen(line)) != 0)
            ck_abort_msg("line %u is \"%.40s\"", i, text);
        text += strlen(line);
    }
    ck_assert_str_eq(text, "");
}
