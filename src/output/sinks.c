// SPDX-License-Identifier: MIT
#include "output/sinks.h"

#include "base/fd.h"
#include "base/memory.h"

#include <string.h>
#include <unistd.h>

// What stands for one of our own descriptors: opening it again would give a second offset into the
// same file.
static const struct {
    const char *path;
    int fd;
} standard_paths[] = {
    {"stdout", STDOUT_FILENO},          {"stderr", STDERR_FILENO},
    {"/dev/stdout", STDOUT_FILENO},     {"/dev/fd/1", STDOUT_FILENO},
    {"/proc/self/fd/1", STDOUT_FILENO}, {"/dev/stderr", STDERR_FILENO},
    {"/dev/fd/2", STDERR_FILENO},       {"/proc/self/fd/2", STDERR_FILENO},
};

int sinks_standard_fd(const char *path)
{
    for (size_t i = 0; i < LENGTH(standard_paths); i++) {
        if (strcmp(standard_paths[i].path, path) == 0)
            return standard_paths[i].fd;
    }
    return -1;
}

const char *sinks_standard_name(int fd)
{
    return fd == STDOUT_FILENO ? "standard output" : "standard error";
}

static struct list *bucket_of(struct sinks *sinks, const char *name)
{
    size_t hash = 5381;
    for (; *name != '\0'; name++)
        hash = hash * 33 + (unsigned char)*name;
    return &sinks->buckets[hash % SINK_BUCKETS];
}

static struct sink *look_up(struct sinks *sinks, const char *name)
{
    LIST_EACH (struct sink, sink, bucket_of(sinks, name), bucket_link) {
        if (strcmp(sink->name, name) == 0)
            return sink;
    }
    return NULL;
}

static struct sink *enter(struct sinks *sinks, struct sink *sink)
{
    sink->limit = sinks->limit;
    list_append(&sinks->all, &sink->link);
    list_append(bucket_of(sinks, sink->name), &sink->bucket_link);
    return sink;
}

struct sink *sinks_standard(struct sinks *sinks, int fd)
{
    struct sink *sink = look_up(sinks, sinks_standard_name(fd));
    if (sink != NULL)
        return sink;
    return enter(sinks,
                 sink_create_standard(sinks->writers, sinks->changed, fd, sinks_standard_name(fd)));
}

struct sink *sinks_file(struct sinks *sinks, const char *path, const struct log_file *opened)
{
    struct sink *sink = look_up(sinks, path);
    if (sink != NULL) {
        if (opened != NULL) // some helper's file is the log's, too
            fd_close(&(int){opened->fd});
        if (sink->users == 0) // about to be closed; the path may lead to another file now
            sink_reopen(sink);
        return sink;
    }
    sink = sink_create_file(sinks->writers, sinks->changed, path, opened);
    if (opened == NULL) // at once, so that it is there before its first line
        sink_reopen(sink);
    return enter(sinks, sink);
}

struct sink *sinks_path(struct sinks *sinks, const char *path)
{
    int fd = sinks_standard_fd(path);
    return fd >= 0 ? sinks_standard(sinks, fd) : sinks_file(sinks, path, NULL);
}

void sinks_init(struct sinks *sinks, struct writers *writers, struct list *changed)
{
    sinks->writers = writers;
    sinks->changed = changed;
    list_init(&sinks->all);
    for (size_t i = 0; i < SINK_BUCKETS; i++)
        list_init(&sinks->buckets[i]);
}

void sinks_set_limit(struct sinks *sinks, size_t limit)
{
    sinks->limit = limit;
    LIST_EACH (struct sink, sink, &sinks->all, link)
        sink->limit = limit;
}
