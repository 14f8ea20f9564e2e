// SPDX-License-Identifier: MIT
// What the parent resolves for a child, and the words for what fails.
#include "../suites.h"

#include "base/memory.h"
#include "process/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static char *arguments[] = {"/bin/true", NULL};
static const struct command command = {.argv = {arguments, 1}};
static char *no_environment[] = {NULL};
static struct config no_config;
static struct plan plan;

// A helper that asks for nothing.
static struct helper_config plain_helper(void)
{
    return (struct helper_config){
        .owner = &no_config,
        .working_dir = "/",
        .umask = -1,
        .nice = INTEGER_UNSET,
        .io_priority = INTEGER_UNSET,
        .oom_score_adj = INTEGER_UNSET,
    };
}

static void make_plan(const struct helper_config *helper)
{
    const struct launch_context context = {
        .environ = no_environment,
        .nofile = {.rlim_cur = 100, .rlim_max = 200},
    };
    struct launch_error error;
    ck_assert(plan_make(&plan, helper, &command, &context, &(struct strings){0}, &error));
}

START_TEST(a_helper_that_asks_for_nothing_gets_nothing)
{
    struct helper_config helper = plain_helper();
    make_plan(&helper);
    ck_assert_str_eq(plan.oom_score_adj, "");
    ck_assert(!plan.identity->is_set && !plan.sets_capabilities && !plan.limits_capabilities);
    // But for the limit that helperd raised for itself.
    ck_assert_uint_eq(plan.limit_count, 1);
    ck_assert_int_eq(plan.limits[0].resource, RLIMIT_NOFILE);
    ck_assert_uint_eq(plan.limits[0].value.rlim_cur, 100);
    plan_finish(&plan);
}
END_TEST

START_TEST(limits_of_the_helper_win)
{
    struct helper_config helper = plain_helper();
    helper.limits[LIMIT_NOFILE] = (struct limit_config){true, 5, UINT64_MAX};
    helper.limits[LIMIT_CPU] = (struct limit_config){true, 60, 120};
    make_plan(&helper);
    ck_assert_uint_eq(plan.limit_count, 2);
    ck_assert_uint_eq(plan.limits[0].value.rlim_cur, 5);
    ck_assert(plan.limits[0].value.rlim_max == RLIM_INFINITY);
    ck_assert_int_eq(plan.limits[1].resource, RLIMIT_CPU);
    ck_assert_uint_eq(plan.limits[1].value.rlim_max, 120);
    plan_finish(&plan);
}
END_TEST

START_TEST(another_user_has_no_capabilities_unless_given)
{
    struct helper_config helper = plain_helper();
    helper.identity = (struct identity){.is_set = true, .uid = getuid() + 1, .gid = getgid()};
    make_plan(&helper);
    ck_assert(plan.sets_capabilities && !plan.limits_capabilities);
    ck_assert_uint_eq(plan.capabilities, 0);
    plan_finish(&plan);

    helper.capabilities = (struct capabilities_config){.is_set = true, .mask = 5};
    make_plan(&helper);
    ck_assert(plan.sets_capabilities && plan.limits_capabilities);
    ck_assert_uint_eq(plan.capabilities, 5);
    plan_finish(&plan);

    // Another group alone changes nothing about them.
    helper = plain_helper();
    helper.identity = (struct identity){.is_set = true, .uid = getuid(), .gid = getgid() + 1};
    make_plan(&helper);
    ck_assert(!plan.sets_capabilities);
    plan_finish(&plan);
}
END_TEST

static void check_words(struct launch_error error, const char *expected)
{
    struct helper_config helper = plain_helper();
    helper.user.text = "www-data";
    helper.nice = -5;
    helper.oom_score_adj = -900;
    char text[512];
    ck_assert_str_eq(launch_error_describe(error, &helper, &command, text, sizeof(text)), expected);
}

START_TEST(a_failure_names_its_step_and_object)
{
    check_words((struct launch_error){STEP_USER, EPERM, LIMIT_NOFILE},
                "cannot start: Operation not permitted (step: setresuid \"www-data\")");
    check_words((struct launch_error){STEP_GROUPS, EPERM, LIMIT_NOFILE},
                "cannot start: Operation not permitted (step: setgroups \"www-data\")");
    check_words((struct launch_error){STEP_LIMITS, EPERM, LIMIT_MEMLOCK},
                "cannot start: Operation not permitted (step: setrlimit RLIMIT_MEMLOCK)");
    check_words((struct launch_error){STEP_NICE, EACCES, LIMIT_NOFILE},
                "cannot start: Permission denied (step: setpriority -5)");
    check_words((struct launch_error){STEP_OOM_SCORE, EACCES, LIMIT_NOFILE},
                "cannot start: Permission denied (step: write /proc/self/oom_score_adj -900)");
    check_words((struct launch_error){STEP_EXEC, EAGAIN, LIMIT_NOFILE},
                "cannot execute: Resource temporarily unavailable (step: exec \"/bin/true\")");
    check_words((struct launch_error){STEP_PIPE, EMFILE, LIMIT_NOFILE},
                "cannot start: Too many open files (step: pipe)");
}
END_TEST

#ifndef __SANITIZE_ADDRESS__ // it would end the program itself
START_TEST(want_of_memory_is_a_failed_start)
{
    enum { MANY = 4 * 1024 * 1024 }; // more entries than there is room for in what is free
    char **entries = calloc(MANY + 1, sizeof(*entries));
    ck_assert_ptr_nonnull(entries);
    for (size_t i = 0; i < MANY; i++)
        entries[i] = arguments[0];
    const struct launch_context context = {.environ = entries};
    struct helper_config helper = plain_helper();
    struct launch_error error;
    struct rlimit before, none = {0};
    ck_assert_int_eq(getrlimit(RLIMIT_AS, &before), 0);
    none.rlim_max = before.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &none), 0);
    bool made = plan_make(&plan, &helper, &command, &context, &(struct strings){0}, &error);
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &before), 0);
    free(entries);
    ck_assert(!made);
    ck_assert_int_eq(error.error, ENOMEM);
    ck_assert(launch_error_is_shortage(error));
    char text[200];
    ck_assert_str_eq(launch_error_describe(error, &helper, &command, text, sizeof(text)),
                     "cannot start: Cannot allocate memory (step: allocate memory)");
}
END_TEST
#endif

START_TEST(want_of_resources_is_no_crash)
{
    ck_assert(launch_error_is_shortage((struct launch_error){STEP_EXEC, EAGAIN, LIMIT_NOFILE}));
    ck_assert(!launch_error_is_shortage((struct launch_error){STEP_USER, EPERM, LIMIT_NOFILE}));
}
END_TEST

Suite *plan_suite(void)
{
    Suite *suite = suite_create("plan");
    TCase *tests = tcase_create("plan");
    tcase_add_test(tests, a_helper_that_asks_for_nothing_gets_nothing);
    tcase_add_test(tests, limits_of_the_helper_win);
    tcase_add_test(tests, another_user_has_no_capabilities_unless_given);
    tcase_add_test(tests, a_failure_names_its_step_and_object);
#ifndef __SANITIZE_ADDRESS__
    tcase_add_test(tests, want_of_memory_is_a_failed_start);
#endif
    tcase_add_test(tests, want_of_resources_is_no_crash);
    suite_add_tcase(suite, tests);
    return suite;
}
