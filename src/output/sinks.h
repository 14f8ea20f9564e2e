// SPDX-License-Identifier: MIT
// All sinks, each once, by the name of what it leads to.
#pragma once

#include "output/sink.h"

enum { SINK_BUCKETS = 256 };

struct sinks {
    struct writers *writers;
    struct list *changed;              // sink.changed_link
    size_t limit;                      // bytes that may wait for one
    struct list all;                   // sink.link
    struct list buckets[SINK_BUCKETS]; // sink.bucket_link
};

void sinks_init(struct sinks *sinks, struct writers *writers, struct list *changed);
void sinks_set_limit(struct sinks *sinks, size_t limit);

// Finds a sink, or makes it. An opened file is taken over.
struct sink *sinks_standard(struct sinks *sinks, int fd);
struct sink *sinks_file(struct sinks *sinks, const char *path, const struct log_file *opened);
// A file, or where its path is one of them, a descriptor of ours.
struct sink *sinks_path(struct sinks *sinks, const char *path);

// The descriptor of ours that stdout, or a path like /dev/stdout, stands for, or -1.
int sinks_standard_fd(const char *path);

// What a sink is called: "standard output", or the path of a file.
const char *sinks_standard_name(int fd);
