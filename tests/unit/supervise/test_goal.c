// SPDX-License-Identifier: MIT
// Waits for a goal: where each stands in each state.
#include "suites.h"

#include "base/memory.h"
#include "supervise/command.h"

#include <string.h>

// Where a wait stands: a letter for each goal in the order of the states, then ready and ended;
// reached (=), pending (.) or hopeless (x).
struct row {
    enum state state;
    bool wanted;
    const char *outcomes;
};

static const struct row rows[] = {
    {STATE_STOPPED, .wanted = false, "=xxxxxxxx="},
    {STATE_STARTING, .wanted = true, "..=......."},
    {STATE_STARTING, .wanted = false, "..=......."},
    {STATE_RUNNING, .wanted = true, "...=....=."},
    {STATE_STOPPING, .wanted = true, "....=....."},
    {STATE_STOPPING, .wanted = false, ".xxx=xxxx."},
    {STATE_BACKOFF, .wanted = true, ".....=...."},
    {STATE_COMPLETED, .wanted = true, "xxxxxx=x=="},
    {STATE_FAILED, .wanted = true, "xxxxxxx=x="},
};

START_TEST(stands_where_the_table_says)
{
    static const char letters[] = {
        [OUTCOME_PENDING] = '.', [OUTCOME_REACHED] = '=', [OUTCOME_HOPELESS] = 'x'};
    const struct row *row = &rows[_i];
    const struct helper helper = {.state = row->state, .wanted = row->wanted};
    ck_assert_uint_eq(strlen(row->outcomes), GOAL_COUNT);
    for (int goal = 0; goal < GOAL_COUNT; goal++)
        ck_assert_msg(letters[helper_outcome(&helper, goal)] == row->outcomes[goal],
                      "%s, wanted %d, goal %d: %c", state_names[row->state], row->wanted, goal,
                      letters[helper_outcome(&helper, goal)]);
}
END_TEST

START_TEST(has_not_ended_while_its_stop_command_runs)
{
    struct instance stop_run = {0};
    const struct helper helper = {.state = STATE_FAILED, .wanted = true, .stop_run = &stop_run};
    ck_assert_int_eq(helper_outcome(&helper, GOAL_ENDED), OUTCOME_PENDING);
    ck_assert_int_eq(helper_outcome(&helper, STATE_FAILED), OUTCOME_REACHED);
}
END_TEST

START_TEST(knows_the_words)
{
    int goal;
    for (int state = 0; state < STATE_COUNT; state++) {
        ck_assert(goal_parse(state_names[state], &goal));
        ck_assert_int_eq(goal, state);
    }
    ck_assert(goal_parse("ready", &goal));
    ck_assert_int_eq(goal, GOAL_READY);
    ck_assert(goal_parse("ended", &goal));
    ck_assert_int_eq(goal, GOAL_ENDED);
    ck_assert(!goal_parse("up", &goal));
    ck_assert(!goal_parse("", &goal));
    ck_assert_int_eq(goal, GOAL_ENDED);
}
END_TEST

Suite *goal_suite(void)
{
    Suite *suite = suite_create("goal");
    TCase *goals = tcase_create("goals");
    tcase_add_loop_test(goals, stands_where_the_table_says, 0, (int)LENGTH(rows));
    tcase_add_test(goals, has_not_ended_while_its_stop_command_runs);
    tcase_add_test(goals, knows_the_words);
    suite_add_tcase(suite, goals);
    return suite;
}
