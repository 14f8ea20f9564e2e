// SPDX-License-Identifier: MIT
// Starts, one after the other, and what becomes of the others when one hangs in its exec: a lease
// on the program keeps whoever executes it waiting.
#include "../suites.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/memory.h"
#include "process/launcher_inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STARTS = 20 };

static const double patience = 20; // seconds

// What was told of one start.
struct outcome {
    struct launch_job *job;
    bool told;
    unsigned turn; // the how manieth it was
    struct launched launched;
    struct launch_error error;
};

static struct ev_loop *loop;
static struct launcher *launcher;
static struct launcher *volatile left_behind; // with a thread that hung
static unsigned told;
static char *no_environment[] = {NULL};
static const struct launch_context context = {.environ = no_environment};
static struct config no_config = {.holders = 1};
static struct helper_config helper;
static char program[32];
static int lease;

static void set_up(void)
{
    loop = ev_loop_new(EVFLAG_NOENV);
    launcher = launcher_create(loop, &context);
    told = 0;
    helper = (struct helper_config){
        .owner = &no_config,
        .working_dir = (char *)"/",
        .umask = -1,
        .nice = INTEGER_UNSET,
        .io_priority = INTEGER_UNSET,
        .oom_score_adj = INTEGER_UNSET,
        .stdin_mode = STDIN_NULL,
    };
}

static void tear_down(void)
{
    if (program[0] != '\0')
        unlink(program);
    launcher_destroy(launcher);
    ev_loop_destroy(loop);
    ck_assert_uint_eq(no_config.holders, 1);
}

static void on_told(void *owner, const struct launched *launched, struct launch_error error)
{
    struct outcome *outcome = owner;
    ck_assert(!outcome->told);
    *outcome = (struct outcome){
        .told = true,
        .turn = ++told,
        .launched = *launched,
        .error = error,
    };
}

static void submit_for(const struct helper_config *config, struct outcome *outcome,
                       const struct command *command)
{
    *outcome = (struct outcome){.told = false};
    outcome->job =
        launcher_submit(launcher, config, command, (struct strings){0}, on_told, outcome);
}

static void submit(struct outcome *outcome, const struct command *command)
{
    submit_for(&helper, outcome, command);
}

static void on_late(struct ev_loop *running, ev_timer *timer, int events)
{
    (void)running;
    (void)timer;
    (void)events;
    ck_abort_msg("it was waited for in vain");
}

static void await(const struct outcome *outcome)
{
    ev_timer late;
    ev_timer_init(&late, on_late, patience, 0);
    ev_now_update(loop);
    ev_timer_start(loop, &late);
    while (!outcome->told)
        ev_run(loop, EVRUN_ONCE);
    ev_timer_stop(loop, &late);
}

static int reap(pid_t pid)
{
    int status = -1;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status;
}

static void expect_started(struct outcome *outcome)
{
    await(outcome);
    ck_assert_int_eq(outcome->error.step, STEP_NONE);
    ck_assert_int_gt(outcome->launched.pid, 0);
}

static void expect_success(struct outcome *outcome)
{
    expect_started(outcome);
    ck_assert_int_eq(reap(outcome->launched.pid), 0);
    launched_close(&outcome->launched);
}

static char *true_words[] = {(char *)"/bin/true", NULL};
static const struct command true_command = {.argv = {true_words, 1}};
static char *held_words[] = {program, NULL};
static const struct command held_command = {.argv = {held_words, 1}};

// A program that cannot be executed until release; false: not on this file system.
static bool hold_program(void)
{
    strcpy(program, "/tmp/helperd-test.XXXXXX");
    fd_close(&(int){mkstemp(program)});
    memory_auto char *command = memory_format("cp /bin/true %s && chmod 0700 %s", program, program);
    ck_assert_int_eq(system(command), 0);
    signal(SIGIO, SIG_IGN);
    lease = open(program, O_RDONLY | O_CLOEXEC);
    return fcntl(lease, F_SETLEASE, F_WRLCK) == 0;
}

// It stays until the test is over: whoever was to be held may not have come to it yet.
static void release_program(void)
{
    fd_close(&lease);
}

static unsigned count_entries(const char *path)
{
    unsigned count = 0;
    DIR *directory = opendir(path);
    ck_assert_ptr_nonnull(directory);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

static unsigned count_descriptors(void)
{
    return count_entries("/proc/self/fd");
}

START_TEST(starts_come_in_the_order_in_which_they_were_asked_for)
{
    struct outcome outcomes[STARTS];
    unsigned before = count_descriptors();
    for (unsigned i = 0; i < STARTS; i++)
        submit(&outcomes[i], &true_command);
    ck_assert(launcher_is_busy(launcher));
    ck_assert_uint_eq(told, 0); // never from within
    for (unsigned i = 0; i < STARTS; i++) {
        expect_success(&outcomes[i]);
        ck_assert_uint_eq(outcomes[i].turn, i + 1);
    }
    ck_assert(!launcher_is_busy(launcher));
    ck_assert_uint_eq(count_descriptors(), before);
}
END_TEST

START_TEST(a_child_has_no_other_descriptors)
{
    char *words[] = {(char *)"/bin/sh", (char *)"-c", (char *)"cd /proc/self/fd; echo *", NULL};
    const struct command list = {.argv = {words, 3}};
    helper.log.stderr_stream.mode = STREAM_JOIN;
    struct outcome outcome;
    submit(&outcome, &list);
    expect_started(&outcome);
    ck_assert_int_eq(reap(outcome.launched.pid), 0);
    char text[100] = "";
    ck_assert_int_gt(read(outcome.launched.stdout_reader, text, sizeof(text) - 1), 0);
    ck_assert(strcmp(text, "0 1 2\n") == 0 || strcmp(text, "0 1 2 3\n") == 0); // the shell's own
    ck_assert_int_eq(outcome.launched.stderr_reader, -1);
    ck_assert_int_eq(outcome.launched.stdin_writer, -1);
    launched_close(&outcome.launched);
}
END_TEST

START_TEST(a_failure_names_step_and_child)
{
    char *words[] = {(char *)"/nowhere/at/all", NULL};
    const struct command missing = {.argv = {words, 1}};
    struct outcome outcome;
    submit(&outcome, &missing);
    await(&outcome);
    ck_assert_int_eq(outcome.error.step, STEP_EXEC);
    ck_assert_int_eq(outcome.error.error, ENOENT);
    (void)reap(outcome.launched.pid);
    ck_assert_int_eq(outcome.launched.stdout_reader, -1);
    ck_assert_int_eq(outcome.launched.pidfd, -1);

    words[0] = (char *)"no-such-program-in-any-path";
    submit(&outcome, &missing);
    await(&outcome);
    ck_assert_int_eq(outcome.error.step, STEP_FIND);
    ck_assert_int_eq(outcome.launched.pid, -1);
}
END_TEST

START_TEST(starts_go_on_while_one_hangs)
{
    if (!hold_program())
        return;
    struct outcome held, others[STARTS];
    submit(&held, &held_command);
    for (unsigned i = 0; i < STARTS; i++)
        submit(&others[i], &true_command);
    for (unsigned i = 0; i < STARTS; i++) {
        expect_success(&others[i]);
        ck_assert_uint_eq(others[i].turn, i + 1);
    }
    ck_assert(!held.told && launcher_is_busy(launcher));
    ck_assert(launcher_has_begun(launcher, held.job));
    ck_assert(!launcher_cancel(launcher, held.job));
    release_program();
    expect_success(&held);
}
END_TEST

START_TEST(what_hangs_holds_no_pipe_of_others)
{
    if (!hold_program())
        return;
    struct outcome first, held;
    submit(&first, &true_command);
    submit(&held, &held_command);
    expect_started(&first);
    ck_assert_int_eq(reap(first.launched.pid), 0);
    char byte;
    ssize_t got;
    double begun = clock_monotonic();
    do
        got = read(first.launched.stdout_reader, &byte, 1);
    while (got < 0 && errno == EAGAIN && clock_monotonic() - begun < patience);
    ck_assert_int_eq(got, 0);
    launched_close(&first.launched);
    release_program();
    expect_success(&held);
}
END_TEST

START_TEST(what_hangs_lends_its_pipes_to_no_other)
{
    if (!hold_program())
        return;
    char *words[] = {
        (char *)"/bin/sh",
        (char *)"-c",
        (char *)"echo wrong; echo wrong >&2; [ /proc/self/fd/0 -ef /dev/null ]",
        NULL,
    };
    const struct command command = {.argv = {words, 3}};
    struct helper_config silent = helper;
    silent.log.stdout_stream.mode = silent.log.stderr_stream.mode = STREAM_DISCARD;
    helper.stdin_mode = STDIN_HOLD;
    struct outcome held, other;
    submit(&held, &held_command);
    submit_for(&silent, &other, &command);
    expect_success(&other);
    ck_assert(!held.told);
    release_program();
    expect_started(&held);
    ck_assert_int_eq(reap(held.launched.pid), 0);
    char byte;
    ck_assert_int_eq(read(held.launched.stdout_reader, &byte, 1), 0);
    ck_assert_int_eq(read(held.launched.stderr_reader, &byte, 1), 0);
    launched_close(&held.launched);
}
END_TEST

START_TEST(what_hangs_is_killed)
{
    if (!hold_program())
        return;
    struct outcome held;
    submit(&held, &held_command);
    launcher_kill(launcher, held.job);
    expect_started(&held);
    ck_assert(launcher_holds(launcher, held.launched.pid) == false);
    int status = reap(held.launched.pid);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    launched_close(&held.launched);
    release_program();
}
END_TEST

static bool is_done(const struct launch_job *job)
{
    pthread_mutex_lock(&launcher->lock);
    bool done = job->phase == PHASE_DONE;
    pthread_mutex_unlock(&launcher->lock);
    return done;
}

START_TEST(what_runs_already_is_killed)
{
    char *words[] = {(char *)"/bin/sleep", (char *)"10", NULL};
    const struct command command = {.argv = {words, 2}};
    struct outcome outcome;
    submit(&outcome, &command);
    while (!is_done(outcome.job))
        usleep(1000);
    launcher_kill(launcher, outcome.job);
    expect_started(&outcome);
    int status = reap(outcome.launched.pid);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    launched_close(&outcome.launched);
}
END_TEST

START_TEST(another_users_child_has_not_for_ever)
{
    if (getuid() != 0 || !hold_program())
        return;
    ck_assert_int_eq(chmod(program, 0755), 0);
    helper.identity = (struct identity){.is_set = true, .uid = 65534, .gid = 65534};
    struct outcome held;
    submit(&held, &held_command);
    await(&held);
    ck_assert_int_eq(held.error.step, STEP_REPORT);
    ck_assert_int_eq(held.error.error, ETIMEDOUT);
    int status = reap(held.launched.pid);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    release_program();
}
END_TEST

START_TEST(what_has_not_begun_is_called_off)
{
    struct outcome outcomes[STARTS];
    unsigned called_off = 0;
    for (unsigned i = 0; i < STARTS; i++)
        submit(&outcomes[i], &true_command);
    for (unsigned i = STARTS; i-- > 0;) {
        if (launcher_cancel(launcher, outcomes[i].job)) {
            outcomes[i].job = NULL;
            called_off++;
        }
    }
    for (unsigned i = 0; i < STARTS; i++) {
        if (outcomes[i].job != NULL)
            expect_success(&outcomes[i]);
    }
    ck_assert_uint_gt(called_off, 0);
    while (launcher_is_busy(launcher))
        ev_run(loop, EVRUN_ONCE);
    ck_assert_uint_eq(told, STARTS - called_off);
}
END_TEST

START_TEST(what_is_abandoned_is_ended_and_never_told)
{
    char *words[] = {(char *)"/bin/sleep", (char *)"1000", NULL};
    const struct command command = {.argv = {words, 2}};
    struct outcome outcome;
    submit(&outcome, &command);
    while (!launcher_has_begun(launcher, outcome.job))
        usleep(1000);
    launcher_abandon(launcher, outcome.job);
    while (launcher_is_busy(launcher))
        ev_run(loop, EVRUN_ONCE);
    ck_assert(!outcome.told);
    int status;
    ck_assert_int_gt(wait(&status), 0);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
END_TEST

START_TEST(what_hangs_may_end_after_the_loop)
{
    unsigned threads = count_entries("/proc/self/task");
    if (!hold_program())
        return;
    struct outcome held;
    submit(&held, &held_command);
    while (!launcher_has_begun(launcher, held.job))
        usleep(1000);
    left_behind = launcher;
    launcher_destroy(launcher);
    ck_assert_uint_eq(no_config.holders, 2);
    ev_loop_destroy(loop);
    release_program();
    while (count_entries("/proc/self/task") > threads)
        usleep(1000);
    int status;
    ck_assert_int_gt(wait(&status), 0);
    ck_assert_int_eq(status, 0);
    ck_assert(!held.told);
    ck_assert(!ev_async_pending(&left_behind->done_ready));

    no_config.holders = 1;
    loop = ev_loop_new(EVFLAG_NOENV);
    launcher = NULL;
}
END_TEST

START_TEST(its_end_drops_what_waits)
{
    struct outcome outcomes[STARTS];
    for (unsigned i = 0; i < STARTS; i++)
        submit(&outcomes[i], &true_command);
}
END_TEST

Suite *launcher_suite(void)
{
    Suite *suite = suite_create("launcher");
    TCase *tests = tcase_create("launcher");
    tcase_set_timeout(tests, 2 * patience);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, starts_come_in_the_order_in_which_they_were_asked_for);
    tcase_add_test(tests, a_child_has_no_other_descriptors);
    tcase_add_test(tests, a_failure_names_step_and_child);
    tcase_add_test(tests, starts_go_on_while_one_hangs);
    tcase_add_test(tests, what_hangs_holds_no_pipe_of_others);
    tcase_add_test(tests, what_hangs_lends_its_pipes_to_no_other);
    tcase_add_test(tests, what_hangs_is_killed);
    tcase_add_test(tests, what_runs_already_is_killed);
    tcase_add_test(tests, another_users_child_has_not_for_ever);
    tcase_add_test(tests, what_has_not_begun_is_called_off);
    tcase_add_test(tests, what_is_abandoned_is_ended_and_never_told);
    tcase_add_test(tests, what_hangs_may_end_after_the_loop);
    tcase_add_test(tests, its_end_drops_what_waits);
    suite_add_tcase(suite, tests);
    return suite;
}
