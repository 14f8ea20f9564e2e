// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/memory.h"
#include "control/metrics.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE = 1024 };

static struct metrics_helper helpers[] = {
    {
        .status = {.name = "web",
                   .base = "web",
                   .state = STATE_RUNNING,
                   .wanted = true,
                   .ready = true,
                   .pid = 4711,
                   .uptime = 12.345,
                   .starts = 4,
                   .restarts = 3,
                   .cpu = 1.5,
                   .memory = 1234567},
        .log = {.lines = 10, .bytes = 200, .dropped = 1},
        .exits = (const uint64_t[EXIT_KIND_COUNT]){[EXIT_KIND_FAILURE] = 2, [EXIT_KIND_SIGNAL] = 1},
    },
    {
        .status = {.name = "worker@1",
                   .base = "worker",
                   .state = STATE_FAILED,
                   .wanted = true,
                   .uptime = -1,
                   .cpu = -1,
                   .starts = 1},
        .exits = (const uint64_t[EXIT_KIND_COUNT]){[EXIT_KIND_COULD_NOT_START] = 1},
    },
};

static const struct metrics_sink sinks[] = {
    {.name = "standard output", .queued = 100, .limit = 4194304},
    {.name = "/var/log/a \"b\"\\c\nd\xff.log", .limit = 4194304, .failing = true},
};

static struct loop_delay delay;

static char *render(enum metrics_format format)
{
    delay = (struct loop_delay){0};
    loop_delay_add(&delay, 0.00005);
    loop_delay_add(&delay, 0.002);
    loop_delay_add(&delay, 5);
    struct metrics metrics = {
        .helpers = helpers,
        .helper_count = LENGTH(helpers),
        .sinks = sinks,
        .sink_count = LENGTH(sinks),
        .delay = &delay,
        .process = {.cpu = 0.25, .memory = 4096000, .open_files = 12, .max_files = 1024},
        .starts = 7,
        .restarts = 3,
        .exits = {[EXIT_KIND_SUCCESS] = 2, [EXIT_KIND_SIGNAL] = 1},
        .started = INT64_C(1795255200123000),
        .events = 42,
        .connections = 2,
    };
    struct buffer text = {0};
    metrics_render(&metrics, format, &text);
    return buffer_take(&text);
}

static void expect_line(const char *text, const char *line)
{
    memory_auto char *whole = memory_format("\n%s\n", line);
    ck_assert_msg(strstr(text, whole) != NULL, "\"%s\" is not in\n%s", line, text);
}

static void expect_no(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) == NULL, "\"%s\" is in\n%s", part, text);
}

START_TEST(helpers_are_told)
{
    memory_auto char *text = render(METRICS_OPENMETRICS);
    expect_line(text, "helperd_helper_state{helper=\"web\",state=\"running\"} 1");
    expect_line(text, "helperd_helper_state{helper=\"worker@1\",state=\"failed\"} 1");
    expect_line(text, "helperd_helper_wanted{helper=\"worker@1\"} 1");
    expect_line(text, "helperd_helper_ready{helper=\"web\"} 1");
    expect_line(text, "helperd_helper_ready{helper=\"worker@1\"} 0");
    expect_line(text, "helperd_helper_starts_total{helper=\"web\"} 4");
    expect_line(text, "helperd_helper_restarts_total{helper=\"web\"} 3");
    expect_line(text, "helperd_helper_exits_total{helper=\"web\",kind=\"success\"} 0");
    expect_line(text, "helperd_helper_exits_total{helper=\"web\",kind=\"failure\"} 2");
    expect_line(text, "helperd_helper_exits_total{helper=\"web\",kind=\"signal\"} 1");
    expect_line(text, "helperd_helper_exits_total{helper=\"worker@1\",kind=\"could_not_start\"} 1");
    expect_line(text, "helperd_helper_uptime_seconds{helper=\"web\"} 12.345000");
    expect_line(text, "helperd_helper_cpu_seconds_total{helper=\"web\"} 1.500000");
    expect_line(text, "helperd_helper_memory_resident_bytes{helper=\"web\"} 1234567");
    expect_line(text, "helperd_helper_log_lines_total{helper=\"web\"} 10");
    expect_line(text, "helperd_helper_log_bytes_total{helper=\"web\"} 200");
    expect_line(text, "helperd_helper_log_dropped_lines_total{helper=\"web\"} 1");
}
END_TEST

START_TEST(what_a_helper_without_a_process_has_not_is_left_out)
{
    memory_auto char *text = render(METRICS_OPENMETRICS);
    expect_no(text, "uptime_seconds{helper=\"worker@1\"}");
    expect_no(text, "cpu_seconds_total{helper=\"worker@1\"}");
    expect_no(text, "memory_resident_bytes{helper=\"worker@1\"}");
}
END_TEST

START_TEST(helperd_itself_is_told)
{
    memory_auto char *text = render(METRICS_OPENMETRICS);
    expect_line(text, "helperd_helpers{state=\"stopped\"} 0");
    expect_line(text, "helperd_helpers{state=\"running\"} 1");
    expect_line(text, "helperd_helpers{state=\"failed\"} 1");
    expect_line(text, "helperd_starts_total 7");
    expect_line(text, "helperd_restarts_total 3");
    expect_line(text, "helperd_exits_total{kind=\"success\"} 2");
    expect_line(text, "helperd_exits_total{kind=\"could_not_start\"} 0");
    expect_line(text, "helperd_log_queue_bytes{sink=\"standard output\"} 100");
    expect_line(text, "helperd_log_queue_limit_bytes{sink=\"standard output\"} 4194304");
    expect_line(text, "helperd_log_sink_failing{sink=\"standard output\"} 0");
    expect_line(text, "helperd_events_total 42");
    expect_line(text, "helperd_control_connections 2");
    expect_line(text, "helperd_build_info{version=\"" VERSION "\"} 1");
    expect_line(text, "process_start_time_seconds 1795255200.123000");
    expect_line(text, "process_cpu_seconds_total 0.250000");
    expect_line(text, "process_resident_memory_bytes 4096000");
    expect_line(text, "process_open_fds 12");
    expect_line(text, "process_max_fds 1024");
}
END_TEST

START_TEST(turns_of_the_loop_are_a_histogram)
{
    memory_auto char *text = render(METRICS_OPENMETRICS);
    expect_line(text, "helperd_loop_turn_seconds_bucket{le=\"0.0001\"} 1");
    expect_line(text, "helperd_loop_turn_seconds_bucket{le=\"0.001\"} 1");
    expect_line(text, "helperd_loop_turn_seconds_bucket{le=\"0.003\"} 2");
    expect_line(text, "helperd_loop_turn_seconds_bucket{le=\"3.0\"} 2");
    expect_line(text, "helperd_loop_turn_seconds_bucket{le=\"+Inf\"} 3");
    expect_line(text, "helperd_loop_turn_seconds_sum 5.002050");
    expect_line(text, "helperd_loop_turn_seconds_count 3");
    expect_line(text, "helperd_loop_longest_turn_seconds 5");
}
END_TEST

START_TEST(any_bytes_are_a_label)
{
    memory_auto char *text = render(METRICS_OPENMETRICS);
    expect_line(text, "helperd_log_sink_failing{sink=\"/var/log/a \\\"b\\\"\\\\c\\nd\xef\xbf\xbd"
                      ".log\"} 1");
}
END_TEST

START_TEST(numbers_are_exact_to_the_microsecond)
{
    static const struct {
        double value;
        const char *text;
    } numbers[] = {
        {0, "x 0\n"},
        {2.3, "x 2.300000\n"},
        {0.000001, "x 0.000001\n"},
        {0.0000001, "x 0\n"},
        {1.9999999, "x 2\n"},
        {9007199254740991, "x 9007199254740991\n"},
        {1795255200.123, "x 1795255200.123000\n"},
    };
    const struct metrics_family family = {.name = "x", .type = METRICS_GAUGE};
    for (size_t i = 0; i < LENGTH(numbers); i++) {
        struct buffer out = {0};
        metrics_text_sample(&family, NULL, NULL, 0, numbers[i].value, &out);
        memory_auto char *text = buffer_take(&out);
        ck_assert_str_eq(text, numbers[i].text);
    }
}
END_TEST

// How far the text was read, and what the lines that follow belong to.
struct reading {
    enum metrics_format format;
    char family[LINE], type[LINE];
    bool has_help;
    struct buffer seen; // names of families, each between newlines
};

static void begin_family(struct reading *reading, const char *name)
{
    memory_auto char *line = memory_format("\n%s\n", name);
    buffer_append_char(&reading->seen, '\0');
    ck_assert_msg(strstr(reading->seen.data, line) == NULL, "%s comes twice", name);
    reading->seen.length--;
    buffer_append_text(&reading->seen, line);
    strcpy(reading->family, name);
    reading->has_help = true;
}

static void check_comment(struct reading *reading, const char *line)
{
    char word[LINE], name[LINE], rest[LINE];
    ck_assert_int_eq(sscanf(line, "# %1023s %1023s %1023[^\n]", word, name, rest), 3);
    if (strcmp(word, "HELP") == 0) {
        begin_family(reading, name);
        ck_assert_msg(rest[strlen(rest) - 1] == '.', "%s", line);
        return;
    }
    ck_assert_str_eq(name, reading->family);
    if (strcmp(word, "TYPE") == 0) {
        strcpy(reading->type, rest);
        bool has_total = strlen(name) > 6 && strcmp(name + strlen(name) - 6, "_total") == 0;
        ck_assert_int_eq(has_total,
                         reading->format == METRICS_CLASSIC && strcmp(rest, "counter") == 0);
        return;
    }
    ck_assert_str_eq(word, "UNIT");
    ck_assert_int_eq(reading->format, METRICS_OPENMETRICS);
    ck_assert_str_eq(name + strlen(name) - strlen(rest), rest);
}

static void check_sample(const struct reading *reading, const char *line)
{
    char name[LINE], value[LINE];
    ck_assert_int_eq(sscanf(line, "%1023[a-z_]", name), 1);
    const char *space = strrchr(line, ' ');
    ck_assert_ptr_nonnull(space);
    ck_assert_int_eq(sscanf(space, " %1023[0-9.]", value), 1);
    ck_assert_uint_eq(strlen(value), strlen(space + 1));
    size_t length = strlen(reading->family);
    ck_assert_msg(strncmp(name, reading->family, length) == 0, "%s is not of %s", line,
                  reading->family);
    const char *suffix = name + length;
    if (strcmp(reading->type, "histogram") == 0)
        ck_assert(strcmp(suffix, "_bucket") == 0 || strcmp(suffix, "_sum") == 0 ||
                  strcmp(suffix, "_count") == 0);
    else if (strcmp(reading->type, "counter") == 0 && reading->format == METRICS_OPENMETRICS)
        ck_assert_str_eq(suffix, "_total");
    else
        ck_assert_str_eq(suffix, "");
}

static void check_text(enum metrics_format format)
{
    memory_auto char *text = render(format);
    struct reading reading = {.format = format};
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        ck_assert_msg(line[0] != '\0', "an empty line before: %s", rest);
        if (strcmp(line, "# EOF") == 0)
            break;
        if (line[0] == '#')
            check_comment(&reading, line);
        else
            check_sample(&reading, line);
    }
    ck_assert_ptr_nonnull(rest);
    ck_assert_str_eq(rest, "");
    ck_assert(reading.has_help);
    buffer_finish(&reading.seen);
}

START_TEST(families_stand_together_each_with_its_help_and_type)
{
    check_text(METRICS_OPENMETRICS);
    check_text(METRICS_CLASSIC);
}
END_TEST

// Gives the text to a program, where the other one says that it is installed.
static void expect_taken(enum metrics_format format, const char *probe, const char *program)
{
    if (system(probe) != 0)
        return;
    memory_auto char *text = render(format);
    FILE *reader = popen(program, "w");
    ck_assert_ptr_nonnull(reader);
    fputs(text, reader);
    int status = pclose(reader);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}

START_TEST(promtool_finds_nothing)
{
    expect_taken(METRICS_CLASSIC, "command -v promtool >/dev/null 2>&1", "promtool check metrics");
}
END_TEST

START_TEST(a_strict_reader_takes_openmetrics)
{
    expect_taken(METRICS_OPENMETRICS, "/usr/bin/python3 -c 'import prometheus_client' 2>/dev/null",
                 "/usr/bin/python3 -c 'import sys\n"
                 "from prometheus_client.openmetrics.parser import text_string_to_metric_families\n"
                 "families = list(text_string_to_metric_families(sys.stdin.read()))\n"
                 "sys.exit(len(families) < 20)'");
}
END_TEST

START_TEST(openmetrics_is_for_who_asks_for_it)
{
    ck_assert_int_eq(metrics_format_for(NULL), METRICS_CLASSIC);
    ck_assert_int_eq(metrics_format_for("*/*"), METRICS_CLASSIC);
    ck_assert_int_eq(metrics_format_for("text/plain"), METRICS_CLASSIC);
    ck_assert_int_eq(metrics_format_for("application/openmetrics-text"), METRICS_OPENMETRICS);
    // As Prometheus asks.
    ck_assert_int_eq(metrics_format_for("application/openmetrics-text;version=1.0.0,application/"
                                        "openmetrics-text;version=0.0.1;q=0.75,text/plain;version="
                                        "0.0.4;q=0.5,*/*;q=0.1"),
                     METRICS_OPENMETRICS);
}
END_TEST

START_TEST(the_process_is_measured)
{
    struct metrics_process before, after;
    metrics_measure_process(&before);
    ck_assert_uint_gt(before.memory, 100000);
    ck_assert_int_ge(before.open_files, 1);
    ck_assert_uint_ge(before.max_files, (uint64_t)before.open_files);
    int fds[3];
    for (size_t i = 0; i < LENGTH(fds); i++)
        fds[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    metrics_measure_process(&after);
    ck_assert_int_eq(after.open_files, before.open_files + (int)LENGTH(fds));
    ck_assert_double_ge(after.cpu, before.cpu);
    for (size_t i = 0; i < LENGTH(fds); i++)
        close(fds[i]);
}
END_TEST

Suite *metrics_suite(void)
{
    Suite *suite = suite_create("metrics");
    TCase *samples = tcase_create("samples");
    tcase_add_test(samples, helpers_are_told);
    tcase_add_test(samples, what_a_helper_without_a_process_has_not_is_left_out);
    tcase_add_test(samples, helperd_itself_is_told);
    tcase_add_test(samples, turns_of_the_loop_are_a_histogram);
    tcase_add_test(samples, any_bytes_are_a_label);
    tcase_add_test(samples, numbers_are_exact_to_the_microsecond);
    suite_add_tcase(suite, samples);

    TCase *text = tcase_create("text");
    tcase_add_test(text, families_stand_together_each_with_its_help_and_type);
    tcase_add_test(text, promtool_finds_nothing);
    tcase_add_test(text, a_strict_reader_takes_openmetrics);
    tcase_add_test(text, openmetrics_is_for_who_asks_for_it);
    suite_add_tcase(suite, text);

    TCase *sources = tcase_create("sources");
    tcase_add_test(sources, the_process_is_measured);
    suite_add_tcase(suite, sources);
    return suite;
}
