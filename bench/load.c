// SPDX-License-Identifier: MIT
// Loading a configuration with many helpers: by the loader alone and by `helperd --check`, beside
// libyaml's parser, which only tells the events of the same text.
#include "base/buffer.h"
#include "base/memory.h"
#include "config/config.h"
#include "measure.h"
#include "workplace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

struct load {
    size_t helpers;
    struct config *config; // of the latest run
};

static void run_events(void *context)
{
    (void)context;
    FILE *file = fopen(WORKPLACE_CONFIG, "re");
    yaml_parser_t parser;
    if (file == NULL || yaml_parser_initialize(&parser) == 0)
        measure_fail("cannot read " WORKPLACE_CONFIG ": %s", strerror(errno));
    yaml_parser_set_input_file(&parser, file);
    for (bool more = true; more;) {
        yaml_event_t event;
        if (yaml_parser_parse(&parser, &event) == 0)
            measure_fail("libyaml: %s", parser.problem);
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    (void)fclose(file);
}

static void run_load(void *context)
{
    struct load *load = context;
    load->config = workplace_load();
}

static void check_load(void *context)
{
    struct load *load = context;
    if (load->config->helper_count != load->helpers)
        measure_fail("not all %zu helpers were loaded", load->helpers);
    config_release(load->config);
    load->config = NULL;
}

static void run_check(void *context)
{
    (void)context;
    const char *const argv[] = {workplace_helperd(), "--check", "-c", WORKPLACE_CONFIG, NULL};
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    workplace_wait(workplace_start(argv, nowhere), "helperd --check");
    (void)close(nowhere);
}

// A name and a command.
static void write_short(struct buffer *text, size_t number)
{
    buffer_printf(text, "  worker-%zu: exec worker --queue %zu\n", number, number);
}

// What a helper of a careful user says.
static void write_long(struct buffer *text, size_t number)
{
    buffer_printf(text, "  worker-%zu:\n", number);
    buffer_printf(text, "    description: takes jobs of queue %zu\n", number);
    buffer_printf(text, "    command: [/usr/bin/worker, --queue, \"%zu\", --port, \"%zu\"]\n",
                  number, 1024 + number);
    buffer_append_text(text, "    working_dir: /\n");
    buffer_printf(text, "    environment: {QUEUE: \"%zu\", MODE: production, HOST: 127.0.0.1}\n",
                  number);
    buffer_append_text(text, "    restart: on-failure\n"
                             "    backoff: {initial: 200ms, max: 30s}\n"
                             "    stop_timeout: 5s\n");
    if (number % 10 > 0) // each ten have one that the others wait for
        buffer_printf(text, "    depends_on: [worker-%zu]\n", number / 10 * 10);
    buffer_append_text(text, "    log: {max_line: 64KiB, rate_limit: 1000}\n");
}

static void measure_load(const struct measure *measure, const char *kind,
                         void (*write)(struct buffer *text, size_t number))
{
    struct load load = {.helpers = measure_amount(measure, 10000, 10)};
    struct buffer text = {0};
    buffer_append_text(&text, "helpers:\n");
    for (size_t i = 0; i < load.helpers; i++)
        write(&text, i);
    workplace_write(WORKPLACE_CONFIG, &text);

    const struct way ways[] = {
        {"events of libyaml", run_events, NULL, NULL, &load},
        {"config_load", run_load, NULL, check_load, &load},
        {"helperd --check", run_check, NULL, NULL, &load},
    };
    memory_auto char *title =
        memory_format("%zu helpers, %s, %zu KiB", load.helpers, kind, text.length / 1024);
    measure_ways(measure, title, UNIT_SECONDS, 1, ways, LENGTH(ways));
    buffer_finish(&text);
}

int main(int argc, char *argv[])
{
    struct measure measure = measure_begin("load", argc, argv);
    workplace_enter();
    measure_load(&measure, "a line each", write_short);
    measure_load(&measure, "ten settings each", write_long);
    return EXIT_SUCCESS;
}
