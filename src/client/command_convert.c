// SPDX-License-Identifier: MIT
// convert: a configuration of any format that helperd reads, as YAML.
#include "client/commands.h"

#include "client/session.h"
#include "config/config.h"
#include "config/describe.h"
#include "config/format.h"

#include <stdio.h>
#include <sys/resource.h>

// The soft limit of descriptors that helperd would have if it were started from here.
static rlim_t descriptor_limit(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

int command_convert(struct session *session)
{
    const char *path = session->arguments.words[0], *name = session->arguments.format;
    const struct format *format = name != NULL ? format_find(name) : format_of_path(path);
    if (!format_is_read(format)) {
        complain("%s: the %s format is not supported yet by this version", path, format->name);
        return EXIT_REFUSED;
    }
    struct config_options options = {.format = (enum config_format)format->format,
                                     .descriptors = descriptor_limit()};
    struct errors errors = {0};
    struct config *config = config_load(path, &options, &errors);
    errors_print(&errors, stderr);
    errors_finish(&errors);
    if (config == NULL)
        return EXIT_REFUSED;
    struct buffer out = {0};
    describe_config_briefly(config, &out);
    show_write(&out);
    buffer_finish(&out);
    config_release(config);
    return 0;
}
