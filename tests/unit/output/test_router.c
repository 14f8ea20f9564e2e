// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/fd.h"
#include "base/memory.h"
#include "output/router.h"
#include "writing.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ev_loop *loop;
static struct router *router;
static int reader, writer; // the log's pipe

static void start(void)
{
    enter_folder();
    make_pipe(&reader, &writer);
    loop = ev_loop_new(EVFLAG_AUTO);
    struct record_style style;
    record_style_init(&style, FORMAT_RAW, LOG_TIME_NONE, false, false, 0);
    const struct log_target target = {.fd = writer, .name = "the log", .file = {.fd = -1}};
    const struct log_config config = {.queue = 100000};
    router = router_create(loop, &target, &style, &config);
}

static void end(void)
{
    router_destroy(router);
    ev_loop_destroy(loop);
    fd_close(&reader);
    fd_close(&writer);
    leave_folder();
}

static void on_patience_lost(struct ev_loop *in, ev_timer *timer, int events)
{
    (void)in;
    (void)timer;
    (void)events;
    ck_abort_msg("it did not come to that");
}

// Turns the loop until something is so.
static void turn_until(bool (*is_so)(void))
{
    ev_timer patience;
    ev_timer_init(&patience, on_patience_lost, 10, 0);
    ev_now_update(loop);
    ev_timer_start(loop, &patience);
    while (!is_so())
        ev_run(loop, EVRUN_ONCE);
    ev_timer_stop(loop, &patience);
}

static void log_numbers(unsigned first, unsigned count)
{
    for (unsigned i = first; i < first + count; i++) {
        memory_auto char *text = memory_format("line %u", i);
        router_write_own(router, LEVEL_INFO, text);
    }
}

static struct buffer seen; // of the log

static void on_readable(struct ev_loop *in, ev_io *io, int events)
{
    (void)in;
    (void)events;
    ssize_t got = read(io->fd, buffer_reserve(&seen, 4096), 4096);
    ck_assert_int_gt(got, 0);
    seen.length += (size_t)got;
}

static bool log_is_written(void)
{
    return sink_is_idle(router->own.sink);
}

static void read_log(void)
{
    ev_io io;
    ev_io_init(&io, on_readable, reader, EV_READ);
    ev_io_start(loop, &io);
    turn_until(log_is_written);
    ev_io_stop(loop, &io);
    ck_assert_int_eq(fd_set_nonblocking(reader), 0);
    ssize_t got;
    while ((got = read(reader, buffer_reserve(&seen, 4096), 4096)) > 0)
        seen.length += (size_t)got;
    buffer_append_char(&seen, '\0');
}

static bool is_quiet(void)
{
    return !ev_is_active(&router->grow);
}

static bool file_is_there(void)
{
    return access("file", F_OK) == 0;
}

static bool file_has_text(void)
{
    struct stat file;
    return stat("file", &file) == 0 && file.st_size > 0;
}

// Fills the log's pipe, so that its writer hangs, and nothing else waits for one.
static void hang_log(void)
{
    log_numbers(0, 2000);
    ev_run(loop, EVRUN_NOWAIT);
    await_full(reader);
    turn_until(is_quiet);
}

START_TEST(writes_its_own_lines_in_order)
{
    log_numbers(0, 2000);
    read_log();
    expect_numbers(seen.data, 0, 2000);
    buffer_finish(&seen);
}
END_TEST

START_TEST(a_log_that_hangs_holds_up_no_file)
{
    hang_log();
    struct sink *sink = sinks_path(&router->sinks, "file");
    put_text(sink, NULL, "one\n");
    turn_until(file_has_text);
    expect_content("file", "one\n");
    read_log();
    buffer_finish(&seen);
}
END_TEST

START_TEST(a_log_that_hangs_holds_up_no_opening)
{
    hang_log();
    (void)sinks_path(&router->sinks, "file");
    turn_until(file_is_there);
    read_log();
    buffer_finish(&seen);
}
END_TEST

START_TEST(a_log_that_hangs_holds_up_no_reopening)
{
    struct outlet outlet; // without one the sink would be gone when it is idle
    outlet_open(&outlet, sinks_path(&router->sinks, "file"), &router->style, 0);
    turn_until(file_is_there);
    hang_log();
    ck_assert_int_eq(rename("file", "file.old"), 0);
    ck_assert_uint_eq(router_reopen(router), 1);
    turn_until(file_is_there);
    read_log();
    outlet_close(&outlet);
    buffer_finish(&seen);
}
END_TEST

static bool drained;

static void on_drained(void *context)
{
    *(bool *)context = true;
}

static bool is_drained(void)
{
    return drained;
}

START_TEST(is_drained_when_all_is_written)
{
    struct sink *sink = sinks_path(&router->sinks, "file");
    put_bytes(sink, NULL, 'x', 1000);
    drained = false;
    router_drain(router, on_drained, &drained);
    ck_assert(!drained);
    turn_until(is_drained);
    memory_auto char *text = read_content("file");
    ck_assert_uint_eq(strlen(text), 1000);
}
END_TEST

Suite *router_suite(void)
{
    Suite *suite = suite_create("router");
    TCase *turns = tcase_create("turns");
    tcase_set_timeout(turns, 30);
    tcase_add_checked_fixture(turns, start, end);
    tcase_add_test(turns, writes_its_own_lines_in_order);
    tcase_add_test(turns, a_log_that_hangs_holds_up_no_file);
    tcase_add_test(turns, a_log_that_hangs_holds_up_no_opening);
    tcase_add_test(turns, a_log_that_hangs_holds_up_no_reopening);
    tcase_add_test(turns, is_drained_when_all_is_written);
    suite_add_tcase(suite, turns);
    return suite;
}
