// SPDX-License-Identifier: MIT
#include "control/metrics.h"

#include "base/memory.h"

// A family has one of the three: what gives a sample for each helper, or the only sample, or
// writes samples with labels of their own. A negative value is none.
struct family {
    struct metrics_family text;
    double (*of_helper)(const struct metrics_helper *helper);
    double (*of_all)(const struct metrics *metrics);
    void (*write)(const struct metrics_family *family, const struct metrics *metrics,
                  struct buffer *out);
};

static void write_labelled(const struct metrics_family *family, const char *name, const char *value,
                           double number, struct buffer *out)
{
    metrics_text_sample(family, NULL, &(struct metrics_label){name, value}, 1, number, out);
}

static void write_helper_states(const struct metrics_family *family, const struct metrics *metrics,
                                struct buffer *out)
{
    for (size_t i = 0; i < metrics->helper_count; i++) {
        const struct helper_status *status = &metrics->helpers[i].status;
        const struct metrics_label labels[] = {{"helper", status->name},
                                               {"state", state_names[status->state]}};
        metrics_text_sample(family, NULL, labels, LENGTH(labels), 1, out);
    }
}

static void write_helper_exits(const struct metrics_family *family, const struct metrics *metrics,
                               struct buffer *out)
{
    for (size_t i = 0; i < metrics->helper_count; i++) {
        const struct metrics_helper *helper = &metrics->helpers[i];
        for (size_t kind = 0; kind < EXIT_KIND_COUNT; kind++) {
            const struct metrics_label labels[] = {{"helper", helper->status.name},
                                                   {"kind", exit_kind_names[kind]}};
            double count = helper->exits != NULL ? (double)helper->exits[kind] : 0;
            metrics_text_sample(family, NULL, labels, LENGTH(labels), count, out);
        }
    }
}

static void write_exits(const struct metrics_family *family, const struct metrics *metrics,
                        struct buffer *out)
{
    for (size_t kind = 0; kind < EXIT_KIND_COUNT; kind++)
        write_labelled(family, "kind", exit_kind_names[kind], (double)metrics->exits[kind], out);
}

static double wanted(const struct metrics_helper *helper)
{
    return helper->status.wanted;
}

static double ready(const struct metrics_helper *helper)
{
    return helper->status.ready;
}

static double starts(const struct metrics_helper *helper)
{
    return (double)helper->status.starts;
}

static double restarts(const struct metrics_helper *helper)
{
    return (double)helper->status.restarts;
}

static double uptime(const struct metrics_helper *helper)
{
    return helper->status.uptime;
}

static double cpu(const struct metrics_helper *helper)
{
    return helper->status.cpu;
}

static double memory(const struct metrics_helper *helper)
{
    return helper->status.pid > 0 ? (double)helper->status.memory : -1;
}

static double lines(const struct metrics_helper *helper)
{
    return (double)helper->log.lines;
}

static double bytes(const struct metrics_helper *helper)
{
    return (double)helper->log.bytes;
}

static double dropped(const struct metrics_helper *helper)
{
    return (double)helper->log.dropped;
}

static void write_counts(const struct metrics_family *family, const struct metrics *metrics,
                         struct buffer *out)
{
    size_t counts[STATE_COUNT] = {0};
    for (size_t i = 0; i < metrics->helper_count; i++)
        counts[metrics->helpers[i].status.state]++;
    for (size_t state = 0; state < STATE_COUNT; state++)
        write_labelled(family, "state", state_names[state], (double)counts[state], out);
}

static void write_queues(const struct metrics_family *family, const struct metrics *metrics,
                         struct buffer *out)
{
    for (size_t i = 0; i < metrics->sink_count; i++)
        write_labelled(family, "sink", metrics->sinks[i].name, (double)metrics->sinks[i].queued,
                       out);
}

static void write_queue_limits(const struct metrics_family *family, const struct metrics *metrics,
                               struct buffer *out)
{
    for (size_t i = 0; i < metrics->sink_count; i++)
        write_labelled(family, "sink", metrics->sinks[i].name, (double)metrics->sinks[i].limit,
                       out);
}

static void write_failing(const struct metrics_family *family, const struct metrics *metrics,
                          struct buffer *out)
{
    for (size_t i = 0; i < metrics->sink_count; i++)
        write_labelled(family, "sink", metrics->sinks[i].name, metrics->sinks[i].failing, out);
}

static void write_build(const struct metrics_family *family, const struct metrics *metrics,
                        struct buffer *out)
{
    (void)metrics;
    write_labelled(family, "version", VERSION, 1, out);
}

static void write_turns(const struct metrics_family *family, const struct metrics *metrics,
                        struct buffer *out)
{
    const struct loop_delay *delay = metrics->delay;
    if (delay == NULL)
        return;
    uint64_t count = 0;
    for (size_t i = 0; i <= LOOP_DELAY_BOUNDS; i++) {
        const char *bound = i < LOOP_DELAY_BOUNDS ? loop_delay_bounds[i].text : "+Inf";
        count += delay->turns[i];
        metrics_text_sample(family, "_bucket", &(struct metrics_label){"le", bound}, 1,
                            (double)count, out);
    }
    metrics_text_sample(family, "_sum", NULL, 0, delay->sum, out);
    metrics_text_sample(family, "_count", NULL, 0, (double)count, out);
}

static double longest_turn(const struct metrics *metrics)
{
    return metrics->delay != NULL ? metrics->delay->longest : -1;
}

static double all_starts(const struct metrics *metrics)
{
    return (double)metrics->starts;
}

static double all_restarts(const struct metrics *metrics)
{
    return (double)metrics->restarts;
}

static double events(const struct metrics *metrics)
{
    return (double)metrics->events;
}

static double connections(const struct metrics *metrics)
{
    return (double)metrics->connections;
}

static double started(const struct metrics *metrics)
{
    return (double)metrics->started / 1e6;
}

static double own_cpu(const struct metrics *metrics)
{
    return metrics->process.cpu;
}

static double own_memory(const struct metrics *metrics)
{
    return (double)metrics->process.memory;
}

static double open_files(const struct metrics *metrics)
{
    return (double)metrics->process.open_files;
}

static double max_files(const struct metrics *metrics)
{
    return (double)metrics->process.max_files;
}

static const struct family families[] = {
    {{"helperd_helper_state", METRICS_GAUGE, NULL, "1 for the state that the helper is in."},
     .write = write_helper_states},
    {{"helperd_helper_wanted", METRICS_GAUGE, NULL, "Whether the helper should be up."},
     .of_helper = wanted},
    {{"helperd_helper_ready", METRICS_GAUGE, NULL, "Whether the helper runs and is ready."},
     .of_helper = ready},
    {{"helperd_helper_starts", METRICS_COUNTER, NULL,
      "Processes that were started for the helper."},
     .of_helper = starts},
    {{"helperd_helper_restarts", METRICS_COUNTER, NULL,
      "Those of them that its restart policy started after an end."},
     .of_helper = restarts},
    {{"helperd_helper_exits", METRICS_COUNTER, NULL,
      "Ends of its processes by their kind; could_not_start: there was no process."},
     .write = write_helper_exits},
    {{"helperd_helper_uptime_seconds", METRICS_GAUGE, "seconds", "Age of the run in progress."},
     .of_helper = uptime},
    {{"helperd_helper_cpu_seconds", METRICS_COUNTER, "seconds",
      "User and system time of its main process; begins anew with each."},
     .of_helper = cpu},
    {{"helperd_helper_memory_resident_bytes", METRICS_GAUGE, "bytes",
      "Resident memory of its main process."},
     .of_helper = memory},
    {{"helperd_helper_log_lines", METRICS_COUNTER, NULL, "Lines that the helper wrote."},
     .of_helper = lines},
    {{"helperd_helper_log_bytes", METRICS_COUNTER, "bytes",
      "Bytes that the helper wrote in lines."},
     .of_helper = bytes},
    {{"helperd_helper_log_dropped_lines", METRICS_COUNTER, NULL,
      "Lines of the helper that found no room in a log, or were beyond its limit."},
     .of_helper = dropped},
    {{"helperd_helpers", METRICS_GAUGE, NULL, "Helpers by their state."}, .write = write_counts},
    {{"helperd_starts", METRICS_COUNTER, NULL,
      "Processes that were started for helpers, those that are gone included."},
     .of_all = all_starts},
    {{"helperd_restarts", METRICS_COUNTER, NULL,
      "Those of them that a restart policy started after an end."},
     .of_all = all_restarts},
    {{"helperd_exits", METRICS_COUNTER, NULL,
      "Ends of processes of helpers by their kind; could_not_start: there was no process."},
     .write = write_exits},
    {{"helperd_log_queue_bytes", METRICS_GAUGE, "bytes", "Bytes that wait to be written to a log."},
     .write = write_queues},
    {{"helperd_log_queue_limit_bytes", METRICS_GAUGE, "bytes",
      "Bytes that may wait to be written to a log."},
     .write = write_queue_limits},
    {{"helperd_log_sink_failing", METRICS_GAUGE, NULL, "Whether a log cannot be written to."},
     .write = write_failing},
    {{"helperd_events", METRICS_COUNTER, NULL, "Events since helperd began."}, .of_all = events},
    {{"helperd_control_connections", METRICS_GAUGE, NULL,
      "Connections to the control socket that are open."},
     .of_all = connections},
    {{"helperd_loop_turn_seconds", METRICS_HISTOGRAM, "seconds",
      "How long turns of the event loop take: so long waits what becomes due meanwhile."},
     .write = write_turns},
    {{"helperd_loop_longest_turn_seconds", METRICS_GAUGE, "seconds",
      "The longest turn of the event loop since helperd began."},
     .of_all = longest_turn},
    {{"helperd_build_info", METRICS_GAUGE, NULL, "1 for the version of helperd."},
     .write = write_build},
    {{"process_start_time_seconds", METRICS_GAUGE, "seconds", "When helperd began, since 1970."},
     .of_all = started},
    {{"process_cpu_seconds", METRICS_COUNTER, "seconds", "User and system time of helperd itself."},
     .of_all = own_cpu},
    {{"process_resident_memory_bytes", METRICS_GAUGE, "bytes",
      "Resident memory of helperd itself."},
     .of_all = own_memory},
    {{"process_open_fds", METRICS_GAUGE, NULL, "Descriptors that helperd has open."},
     .of_all = open_files},
    {{"process_max_fds", METRICS_GAUGE, NULL, "Descriptors that helperd may have open."},
     .of_all = max_files},
};

static void write_family(const struct family *family, const struct metrics *metrics,
                         struct buffer *out)
{
    if (family->write != NULL)
        family->write(&family->text, metrics, out);
    if (family->of_all != NULL && family->of_all(metrics) >= 0)
        metrics_text_sample(&family->text, NULL, NULL, 0, family->of_all(metrics), out);
    if (family->of_helper == NULL)
        return;
    for (size_t i = 0; i < metrics->helper_count; i++) {
        const struct metrics_helper *helper = &metrics->helpers[i];
        double value = family->of_helper(helper);
        if (value >= 0)
            write_labelled(&family->text, "helper", helper->status.name, value, out);
    }
}

void metrics_render(const struct metrics *metrics, enum metrics_format format, struct buffer *out)
{
    for (size_t i = 0; i < LENGTH(families); i++) {
        metrics_text_head(&families[i].text, format, out);
        write_family(&families[i], metrics, out);
    }
    metrics_text_end(out);
}
