// SPDX-License-Identifier: MIT
// helperd: reads a configuration of helper processes and keeps them running.
#include "base/fd.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/describe.h"
#include "daemon.h"
#include "detach.h"
#include "locate.h"
#include "logging.h"
#include "options.h"
#include "pidfile.h"
#include "signals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

// Writes the text to standard output and lets go of it.
static int print(struct buffer *text)
{
    fwrite(text->data, 1, text->length, stdout);
    buffer_finish(text);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool check_names(const struct config *config, const struct options *options)
{
    bool known = true;
    for (size_t i = 0; i < options->name_count; i++) {
        if (config_find(config, options->names[i]) >= 0)
            continue;
        fprintf(stderr, "helperd: %s has no helper \"%s\"\n", config->path, options->names[i]);
        known = false;
    }
    return known;
}

// The soft limit of descriptors.
static rlim_t descriptor_limit(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

static struct config *load(const struct options *options)
{
    char *path;
    struct config_options how = {
        .developer = options->developer,
        .descriptors = descriptor_limit(), // nobody has raised it yet
    };
    if (!locate_config(options, &path, &how.format))
        return NULL;
    struct errors errors = {0};
    struct config *config = config_load(path, &how, &errors);
    errors_print(&errors, stderr);
    errors_finish(&errors);
    free(path);
    return config;
}

// The control socket, before there are threads and while there is somebody to tell.
static bool open_socket(struct control_socket *socket, const struct config *config,
                        const struct options *options)
{
    memory_auto char *directory = getcwd(NULL, 0);
    const struct place_wishes wishes = {
        .option = options->socket,
        .setting = config->control.path,
        .variable = secure_getenv("HELPERD_SOCKET"),
        .runtime = secure_getenv("XDG_RUNTIME_DIR"),
        .directory = directory != NULL ? directory : "/",
        .developer = options->developer,
        .root = geteuid() == 0,
    };
    struct control_place place = control_place_find(&wishes);
    bool opened = control_socket_open(socket, &place, &config->control);
    control_place_finish(&place);
    return opened;
}

// Supervises, here or detached; the first process of a detached one returns too. Takes over what
// the caller holds of the config.
static int run(struct config *config, const struct options *options)
{
    struct pidfile pidfile = {.fd = -1};
    struct detach detach = DETACH_NONE;
    int status = EXIT_FAILURE;
    if (options->daemon && getpid() == 1) {
        fputs("helperd: --daemon is not for PID 1: all processes end when that does\n", stderr);
        config_release(config);
        return EXIT_USAGE;
    }
    if (options->daemon) // one of them may be the terminal, or a pipe whose end is waited for
        fd_close_from(STDERR_FILENO + 1);
    if (options->pidfile != NULL && !pidfile_take(&pidfile, options->pidfile)) {
        config_release(config);
        return EXIT_FAILURE;
    }
    struct control_socket socket = CONTROL_SOCKET_NONE;
    if (!open_socket(&socket, config, options)) {
        pidfile_remove(&pidfile);
        config_release(config);
        return EXIT_FAILURE;
    }
    enum detached detached = DETACHED_DAEMON;
    if (options->daemon)
        detached = detach_begin(&detach, logging_kept_descriptor(config, options), &status);
    if (detached == DETACHED_FIRST) {
        pidfile_close(&pidfile);
        control_socket_close(&socket);
        config_release(config);
        return status;
    }
    if (detached == DETACHED_DAEMON && pidfile_write(&pidfile))
        status = daemon_run(config, options, &detach, &socket);
    else
        config_release(config);
    control_socket_remove(&socket);
    pidfile_remove(&pidfile);
    detach_report(&detach, status);
    return status;
}

static int print_config(const struct config *config)
{
    struct buffer text = {0};
    describe_config(config, &text);
    return print(&text);
}

static int print_check(const struct config *config)
{
    printf("%s: no errors, %zu %s\n", config->path, config->helper_count,
           config->helper_count == 1 ? "helper" : "helpers");
    return EXIT_SUCCESS;
}

// Takes over what the caller holds of the config.
static int act(struct config *config, const struct options *options)
{
    int status = EXIT_USAGE;
    if (check_names(config, options)) {
        if (!options->check && !options->print_config)
            return run(config, options);
        status = options->check ? print_check(config) : print_config(config);
    }
    config_release(config);
    return status;
}

int main(int argc, char *argv[])
{
    struct options options;
    memory_return_large();
    // What arrives before there are handlers would be lost to PID 1; elsewhere it ends us, which
    // is not what those who ask for a reload or a rotation mean.
    signals_block(getpid() == 1);
    int opened = fd_open_standard();
    if (opened < 0) { // said in vain where it is standard error that is closed
        fprintf(stderr, "helperd: cannot open /dev/null: %s\n", strerror(-opened));
        return EXIT_FAILURE;
    }
    fd_close_others_on_exec();
    if (!options_parse(&options, argc, argv) || !logging_knows_format(&options) ||
        !locate_knows_format(&options))
        return EXIT_USAGE;
    if (options.help) {
        options_print_help();
        return EXIT_SUCCESS;
    }
    if (options.version) {
        puts("helperd " VERSION);
        return EXIT_SUCCESS;
    }
    if (options.print_schema) {
        struct buffer text = {0};
        describe_schema(&text);
        return print(&text);
    }

    struct config *config = load(&options);
    if (config == NULL)
        return EXIT_CONFIGURATION;
    return act(config, &options);
}
