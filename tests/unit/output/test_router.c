// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/fd.h"
#include "base/memory.h"
#include "output/route.h"
#include "output/router.h"
#include "writing.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
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

static void on_beat(struct ev_loop *in, ev_timer *timer, int events)
{
    (void)in;
    (void)timer;
    (void)events;
}

// Turns the loop until something is so, which is looked at from time to time.
static void turn_until(bool (*is_so)(void))
{
    ev_timer patience, beat;
    ev_timer_init(&patience, on_patience_lost, 60, 0);
    ev_timer_init(&beat, on_beat, 0.01, 0.01);
    ev_now_update(loop);
    ev_timer_start(loop, &patience);
    ev_timer_start(loop, &beat);
    while (!is_so())
        ev_run(loop, EVRUN_ONCE);
    ev_timer_stop(loop, &patience);
    ev_timer_stop(loop, &beat);
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

// The log's descriptor leads to a full disk, until it leads to the pipe again.
static int fail_log(void)
{
    int pipe = fcntl(writer, F_DUPFD_CLOEXEC, 3), full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    ck_assert_int_eq(dup2(full, writer), writer);
    fd_close(&full);
    return pipe;
}

static bool log_fails(void)
{
    sink_collect(router->own.sink);
    return router->own.sink->failing != 0;
}

START_TEST(what_failed_and_is_tried_again_is_waited_for_at_the_end)
{
    int pipe = fail_log();
    log_numbers(0, 2000);
    turn_until(log_fails);
    ck_assert_int_eq(dup2(pipe, writer), writer);
    drained = false;
    router_drain(router, on_drained, &drained);
    for (int i = 0; i < 5; i++)
        ev_run(loop, EVRUN_NOWAIT);
    ck_assert(!drained); // nobody has read yet
    read_log();
    turn_until(is_drained);
    ck_assert_ptr_nonnull(strstr(seen.data, "line 1999\n"));
    buffer_finish(&seen);
    fd_close(&pipe);
}
END_TEST

START_TEST(what_goes_on_failing_is_not_waited_for_at_the_end)
{
    int pipe = fail_log();
    log_numbers(0, 20);
    turn_until(log_fails);
    drained = false;
    router_drain(router, on_drained, &drained);
    turn_until(is_drained);
    fd_close(&pipe);
}
END_TEST

// A helper's route into files.
static struct helper_log_config settings;
static struct route route;

static void open_route(const char *file)
{
    settings = (struct helper_log_config){.file_format = FORMAT_RAW, .stdout_file = (char *)file};
    route_init(&route, router, "web", 0, &settings);
}

static void change_route(const char *file)
{
    settings.stdout_file = (char *)file;
    route_configure(&route, "web", &settings);
}

static void configure(size_t queue, enum on_full on_full)
{
    struct record_style style = router->style;
    const struct log_config config = {.queue = queue, .on_full = on_full};
    router_configure(router, NULL, &style, &config);
}

static void put_lines(unsigned count)
{
    static const struct record_source web = {
        .helper = "web", .prefix = "web", .kind = STREAM_STDOUT, .pid = 4711};
    for (unsigned i = 0; i < count; i++) {
        memory_auto char *text = memory_format("line %u", i);
        const struct record record = {
            .source = &web, .level = LEVEL_INFO, .text = text, .length = strlen(text)};
        route_put(&route, &record);
    }
}

static void use_log(void)
{
    log_set_writer(router_write_own, router);
}

static struct sink *find_sink(const char *name)
{
    LIST_EACH (struct sink, sink, &router->sinks.all, link) {
        if (strcmp(sink->name, name) == 0)
            return sink;
    }
    return NULL;
}

static bool is_gone(void)
{
    return find_sink("file") == NULL && find_sink("/dev/full") == NULL;
}

// A file that hangs: a FIFO with room for little, and its reading end.
static int make_fifo(const char *path)
{
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ck_assert_int_eq(fcntl(fd, F_SETPIPE_SZ, 4096), 4096);
    return fd;
}

static bool woken;

static void on_wake(struct waiter *waiter)
{
    (void)waiter;
    woken = true;
}

static int hanging;

static bool hangs(void)
{
    int waiting = 0;
    return ioctl(hanging, FIONREAD, &waiting) == 0 && waiting == 4096;
}

// Lets somebody wait for the route's file, which hangs.
static int hang_route(struct waiter *waiter)
{
    int fifo = make_fifo("fifo");
    open_route("fifo");
    put_lines(1000);
    hanging = fifo;
    turn_until(hangs);
    turn_until(is_quiet);
    while (route_has_room(&route, STREAM_STDOUT, waiter))
        put_lines(100);
    woken = false;
    return fifo;
}

static void init_waiter(struct waiter *waiter)
{
    waiter->wake = on_wake;
    list_init(&waiter->link);
}

// It was woken, and not in vain.
static void expect_to_go_on(struct waiter *waiter)
{
    ck_assert(woken);
    ck_assert(route_has_room(&route, STREAM_STDOUT, waiter));
}

static void empty_fifo(int fifo)
{
    char bytes[4096];
    while (!sink_is_idle(find_sink("fifo"))) {
        (void)read(fifo, bytes, sizeof(bytes));
        ev_run(loop, EVRUN_NOWAIT);
        if (find_sink("fifo") == NULL)
            break;
    }
    fd_close(&fifo);
}

START_TEST(who_waits_goes_on_when_the_lines_go_to_another_file)
{
    struct waiter waiter;
    init_waiter(&waiter);
    int fifo = hang_route(&waiter);
    change_route("file");
    expect_to_go_on(&waiter);
    put_lines(1);
    turn_until(file_has_text);
    expect_content("file", "line 0\n");
    empty_fifo(fifo);
    route_finish(&route);
}
END_TEST

START_TEST(who_waits_goes_on_when_nobody_is_to_wait)
{
    struct waiter waiter;
    init_waiter(&waiter);
    int fifo = hang_route(&waiter);
    configure(100000, ON_FULL_DROP);
    expect_to_go_on(&waiter);
    empty_fifo(fifo);
    route_finish(&route);
}
END_TEST

START_TEST(who_waits_goes_on_when_there_is_more_room)
{
    struct waiter waiter;
    init_waiter(&waiter);
    int fifo = hang_route(&waiter);
    configure(10000000, ON_FULL_BLOCK);
    expect_to_go_on(&waiter);
    empty_fifo(fifo);
    route_finish(&route);
}
END_TEST

static bool old_log_is_written(void)
{
    char bytes[4096];
    (void)read(reader, bytes, sizeof(bytes));
    return sink_is_idle(router->error); // which has the same name
}

START_TEST(who_waits_for_the_log_goes_on_with_another_log)
{
    struct waiter waiter;
    init_waiter(&waiter);
    open_route(NULL);
    hang_log();
    while (route_has_room(&route, STREAM_STDOUT, &waiter))
        put_lines(100);
    woken = false;
    struct log_target target = {.fd = -1, .name = "file"};
    const char *reason;
    ck_assert_int_eq(log_file_open(&target.file, "file", &reason), 0);
    struct record_style style = router->style;
    const struct log_config config = {.queue = 100000};
    router_configure(router, &target, &style, &config);
    expect_to_go_on(&waiter);
    put_lines(1);
    turn_until(file_has_text);
    expect_content("file", "line 0\n");
    ck_assert_int_eq(fd_set_nonblocking(reader), 0);
    turn_until(old_log_is_written);
    route_finish(&route);
}
END_TEST

START_TEST(every_outlet_has_room_by_the_new_size_of_the_queue)
{
    configure(8 << 20, ON_FULL_DROP);
    open_route("file");
    settings.file = (char *)"copy";
    settings.stderr_file = (char *)"errors";
    route_configure(&route, "web", &settings);
    configure(512 << 10, ON_FULL_DROP);
    // Its helper gets no other settings here: it may be leaving.
    put_lines(2000);
    ck_assert_uint_eq(route.outlets[ROUTE_STDOUT].dropped, 0);
    ck_assert_uint_eq(route.outlets[ROUTE_FILE].dropped, 0);
    ck_assert_uint_eq(route.outlets[ROUTE_STDERR].reserve, router_reserve(router));
    ck_assert_uint_eq(route.outlets[ROUTE_LOG].reserve, router_reserve(router));
    route_finish(&route);
}
END_TEST

static const char *awaited;

static bool log_has_it(void)
{
    char bytes[4097];
    ssize_t got = read(reader, bytes, 4096);
    if (got > 0)
        buffer_append(&seen, bytes, (size_t)got);
    return seen.length > 0 && memmem(seen.data, seen.length, awaited, strlen(awaited)) != NULL;
}

static void await_in_log(const char *text)
{
    awaited = text;
    ck_assert_int_eq(fd_set_nonblocking(reader), 0);
    turn_until(log_has_it);
}

START_TEST(drops_into_a_file_are_told_without_another_line)
{
    use_log();
    configure(64 << 10, ON_FULL_DROP);
    open_route("file");
    put_lines(20000);
    uint64_t dropped = route.outlets[ROUTE_STDOUT].dropped;
    ck_assert_uint_gt(dropped, 0);
    memory_auto char *text =
        memory_format("web: %lu lines dropped (file does not keep up)\n", (unsigned long)dropped);
    await_in_log(text);
    ck_assert_uint_eq(route.outlets[ROUTE_STDOUT].dropped, 0);
    route_finish(&route);
    buffer_finish(&seen);
}
END_TEST

START_TEST(drops_that_nobody_would_see_told_are_not)
{
    use_log();
    configure(64 << 10, ON_FULL_DROP);
    open_route("file");
    put_lines(20000);
    uint64_t dropped = route.outlets[ROUTE_STDOUT].dropped;
    ck_assert_uint_gt(dropped, 0);
    router->level = LEVEL_ERROR;
    ck_assert(route_tell_dropped(&route));
    ck_assert_uint_eq(route.outlets[ROUTE_STDOUT].dropped, dropped); // they count at the end
    router->level = LEVEL_INFO;
    route_finish(&route);
    buffer_finish(&seen);
}
END_TEST

// There is no room for the word when the file is changed: it is said later.
START_TEST(drops_are_told_though_the_file_is_changed)
{
    use_log();
    configure(64 << 10, ON_FULL_DROP);
    open_route("file");
    put_lines(20000);
    uint64_t dropped = route.outlets[ROUTE_STDOUT].dropped;
    log_numbers(0, 20000);
    change_route("other");
    memory_auto char *text =
        memory_format("%lu lines were dropped (file did not keep up)\n", (unsigned long)dropped);
    await_in_log(text);
    ck_assert_ptr_null(memmem(seen.data, seen.length, "can be written again", 20));
    turn_until(is_gone);
    route_finish(&route);
    buffer_finish(&seen);
}
END_TEST

START_TEST(drops_are_told_though_the_helper_is_gone)
{
    use_log();
    configure(64 << 10, ON_FULL_DROP);
    open_route("file");
    put_lines(20000);
    uint64_t dropped = route.outlets[ROUTE_STDOUT].dropped;
    log_numbers(0, 20000);
    route_finish(&route);
    memory_auto char *text =
        memory_format("%lu lines were dropped (file did not keep up)\n", (unsigned long)dropped);
    await_in_log(text);
    buffer_finish(&seen);
}
END_TEST

START_TEST(lines_over_the_rate_are_told_without_another_line)
{
    use_log();
    open_route(NULL);
    settings.rate_limit = 1;
    for (int i = 0; i < 10; i++)
        (void)route_admits_line(&route);
    memory_auto char *text =
        memory_format("web: %u lines dropped (more than 1 a second)\n", (unsigned)route.over_rate);
    await_in_log(text);
    route_finish(&route);
    buffer_finish(&seen);
}
END_TEST

START_TEST(a_file_nobody_uses_is_closed)
{
    open_route("file");
    put_lines(1);
    change_route(NULL);
    turn_until(is_gone);
    expect_content("file", "line 0\n");
    route_finish(&route);
}
END_TEST

// To close it may hang as well. Here its writer hangs with the log, and the loop turns on.
START_TEST(a_file_nobody_uses_is_closed_by_a_writer)
{
    open_route("file");
    put_lines(1);
    turn_until(file_has_text);
    hang_log();
    struct sink *sink = find_sink("file");
    ck_assert(sink_is_idle(sink));
    change_route(NULL);
    ev_run(loop, EVRUN_NOWAIT);
    ck_assert_ptr_eq(find_sink("file"), sink);
    ck_assert(sink_is_busy(sink));
    turn_until(is_gone);
    read_log();
    route_finish(&route);
    buffer_finish(&seen);
}
END_TEST

START_TEST(a_file_that_is_taken_back_is_opened_again)
{
    open_route("file");
    put_lines(1);
    turn_until(file_has_text);
    change_route(NULL);
    ck_assert_int_eq(unlink("file"), 0);
    change_route("file");
    put_lines(2);
    turn_until(file_has_text);
    expect_content("file", "line 0\nline 1\n");
    route_finish(&route);
}
END_TEST

START_TEST(a_file_nobody_uses_is_not_made_again)
{
    open_route("file");
    turn_until(file_is_there);
    change_route(NULL);
    ck_assert_int_eq(unlink("file"), 0);
    ck_assert_uint_eq(router_reopen(router), 0);
    turn_until(is_gone);
    expect_no_file("file");
    route_finish(&route);
}
END_TEST

static unsigned count_in(const char *text, const char *part)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

static bool file_fails(void)
{
    struct sink *sink = find_sink("/dev/full");
    return sink != NULL && sink->failing != 0 && sink->told;
}

START_TEST(one_that_fails_goes_with_one_count)
{
    use_log();
    open_route("/dev/full");
    put_lines(5);
    turn_until(file_fails);
    put_lines(3);
    change_route(NULL);
    turn_until(is_gone);
    read_log();
    ck_assert_uint_eq(count_in(seen.data, "8 lines of the log were lost (/dev/full: "), 1);
    ck_assert_uint_eq(count_in(seen.data, "lost"), 1);
    ck_assert_uint_eq(count_in(seen.data, "cannot write to /dev/full"), 1);
    ck_assert_uint_eq(count_in(seen.data, "can be written again"), 0);
    route_finish(&route);
    buffer_finish(&seen);
}
END_TEST

START_TEST(last_words_are_written_though_their_file_is_being_opened)
{
    open_route("file");
    put_lines(1);
    route_finish(&route);
    router_destroy(router);
    router = NULL;
    time_t deadline = time(NULL) + 60;
    while (!file_has_text() && time(NULL) <= deadline)
        sched_yield(); // a writer that gets no processor is not waited for long
    expect_content("file", "line 0\n");
}
END_TEST

static void add_routes(Suite *suite)
{
    TCase *routes = tcase_create("routes");
    tcase_set_timeout(routes, 30);
    tcase_add_checked_fixture(routes, start, end);
    tcase_add_test(routes, who_waits_goes_on_when_the_lines_go_to_another_file);
    tcase_add_test(routes, who_waits_goes_on_when_nobody_is_to_wait);
    tcase_add_test(routes, who_waits_goes_on_when_there_is_more_room);
    tcase_add_test(routes, who_waits_for_the_log_goes_on_with_another_log);
    tcase_add_test(routes, every_outlet_has_room_by_the_new_size_of_the_queue);
    tcase_add_test(routes, drops_into_a_file_are_told_without_another_line);
    tcase_add_test(routes, drops_that_nobody_would_see_told_are_not);
    tcase_add_test(routes, drops_are_told_though_the_file_is_changed);
    tcase_add_test(routes, drops_are_told_though_the_helper_is_gone);
    tcase_add_test(routes, lines_over_the_rate_are_told_without_another_line);
    tcase_add_test(routes, a_file_nobody_uses_is_closed);
    tcase_add_test(routes, a_file_nobody_uses_is_closed_by_a_writer);
    tcase_add_test(routes, a_file_that_is_taken_back_is_opened_again);
    tcase_add_test(routes, a_file_nobody_uses_is_not_made_again);
    tcase_add_test(routes, one_that_fails_goes_with_one_count);
    tcase_add_test(routes, last_words_are_written_though_their_file_is_being_opened);
    suite_add_tcase(suite, routes);
}

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
    tcase_add_test(turns, what_failed_and_is_tried_again_is_waited_for_at_the_end);
    tcase_add_test(turns, what_goes_on_failing_is_not_waited_for_at_the_end);
    suite_add_tcase(suite, turns);
    add_routes(suite);
    return suite;
}
