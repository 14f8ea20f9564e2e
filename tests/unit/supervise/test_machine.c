// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/memory.h"
#include "supervise/machine.h"

#include <string.h>

static const enum state with_process[] = {STATE_STARTING, STATE_RUNNING, STATE_STOPPING};
static const enum state without_process[] = {STATE_STOPPED, STATE_WAITING, STATE_BACKOFF,
                                             STATE_COMPLETED, STATE_FAILED};
// Those a person starts again; waiting starts by itself.
static const enum state startable[] = {STATE_STOPPED, STATE_BACKOFF, STATE_COMPLETED, STATE_FAILED};

static bool has_process(enum state state)
{
    for (size_t i = 0; i < LENGTH(with_process); i++) {
        if (state == with_process[i])
            return true;
    }
    return false;
}

static bool ends_run(enum event event)
{
    return event == EVENT_LAUNCH_ERROR || event == EVENT_FINISHED;
}

// Wanted, and nothing stands in its way.
static const struct facts fine = {.wanted = true, .dependencies_up = true};

static struct facts without_dependencies(void)
{
    struct facts facts = fine;
    facts.dependencies_up = false;
    return facts;
}

static struct facts with_readiness(enum readiness readiness)
{
    struct facts facts = fine;
    facts.readiness = readiness;
    return facts;
}

static void expect(enum state state, enum event event, struct facts facts, enum state next,
                   enum action action)
{
    struct step step = machine_step(state, event, &facts);
    ck_assert_msg(step.next == next && step.action == action,
                  "%s, %s: led to %s with action %d, not to %s with action %d", state_names[state],
                  event_names[event], state_names[step.next], (int)step.action, state_names[next],
                  (int)action);
}

static void expect_nothing(enum state state, enum event event)
{
    expect(state, event, fine, state, ACTION_NONE);
}

START_TEST(starts_what_is_at_rest_when_it_is_wanted_up)
{
    for (size_t i = 0; i < LENGTH(startable); i++)
        expect(startable[i], EVENT_WANT_UP, fine, STATE_STARTING, ACTION_LAUNCH);
}
END_TEST

START_TEST(starts_what_is_at_rest_when_it_is_restarted)
{
    for (size_t i = 0; i < LENGTH(startable); i++)
        expect(startable[i], EVENT_RESTART, fine, STATE_STARTING, ACTION_LAUNCH);
}
END_TEST

START_TEST(is_stopped_when_what_it_came_to_is_forgotten)
{
    expect(STATE_COMPLETED, EVENT_RESET, (struct facts){0}, STATE_STOPPED, ACTION_NONE);
    expect(STATE_FAILED, EVENT_RESET, (struct facts){0}, STATE_STOPPED, ACTION_NONE);
}
END_TEST

START_TEST(goes_on_when_only_failures_are_forgotten)
{
    for (int state = 0; state < STATE_COUNT; state++) {
        if (state != STATE_COMPLETED && state != STATE_FAILED)
            expect_nothing((enum state)state, EVENT_RESET);
    }
}
END_TEST

START_TEST(waits_when_a_dependency_is_missing)
{
    for (size_t i = 0; i < LENGTH(startable); i++) {
        expect(startable[i], EVENT_WANT_UP, without_dependencies(), STATE_WAITING, ACTION_NONE);
        expect(startable[i], EVENT_RESTART, without_dependencies(), STATE_WAITING, ACTION_NONE);
    }
}
END_TEST

START_TEST(starts_what_waits_when_its_dependencies_are_up)
{
    expect(STATE_WAITING, EVENT_DEPENDENCIES_UP, fine, STATE_STARTING, ACTION_LAUNCH);
    expect(STATE_WAITING, EVENT_DEPENDENCIES_UP, without_dependencies(), STATE_WAITING,
           ACTION_NONE);
}
END_TEST

START_TEST(waits_on_whoever_asks_for_it)
{
    expect_nothing(STATE_WAITING, EVENT_WANT_UP);
    expect_nothing(STATE_WAITING, EVENT_RESTART);
}
END_TEST

START_TEST(stays_as_it_is_when_dependencies_come_up_elsewhere)
{
    for (int state = 0; state < STATE_COUNT; state++) {
        if (state != STATE_WAITING)
            expect_nothing((enum state)state, EVENT_DEPENDENCIES_UP);
    }
}
END_TEST

START_TEST(stops_at_once_without_a_process)
{
    struct facts facts = {.dependencies_up = true, .stop_asked = true};
    for (size_t i = 0; i < LENGTH(without_process); i++)
        expect(without_process[i], EVENT_WANT_DOWN, facts, STATE_STOPPED, ACTION_NONE);
}
END_TEST

START_TEST(tells_the_process_to_end_when_it_is_wanted_down)
{
    struct facts facts = {.dependencies_up = true, .stop_asked = true};
    expect(STATE_STARTING, EVENT_WANT_DOWN, facts, STATE_STOPPING, ACTION_STOP);
    expect(STATE_RUNNING, EVENT_WANT_DOWN, facts, STATE_STOPPING, ACTION_STOP);
}
END_TEST

START_TEST(tells_the_process_to_end_when_it_is_restarted)
{
    expect(STATE_STARTING, EVENT_RESTART, fine, STATE_STOPPING, ACTION_STOP);
    expect(STATE_RUNNING, EVENT_RESTART, fine, STATE_STOPPING, ACTION_STOP);
}
END_TEST

START_TEST(leaves_a_process_alone_that_is_wanted_up)
{
    for (size_t i = 0; i < LENGTH(with_process); i++)
        expect_nothing(with_process[i], EVENT_WANT_UP);
}
END_TEST

START_TEST(is_running_once_executed_without_a_readiness_test)
{
    expect(STATE_STARTING, EVENT_LAUNCHED, with_readiness(READINESS_NONE), STATE_RUNNING,
           ACTION_NONE);
}
END_TEST

START_TEST(is_starting_until_it_is_ready)
{
    expect(STATE_STARTING, EVENT_LAUNCHED, with_readiness(READINESS_AFTER), STATE_STARTING,
           ACTION_NONE);
    expect(STATE_STARTING, EVENT_LAUNCHED, with_readiness(READINESS_TEST), STATE_STARTING,
           ACTION_NONE);
    expect(STATE_STARTING, EVENT_READY, with_readiness(READINESS_TEST), STATE_RUNNING, ACTION_NONE);
    expect_nothing(STATE_RUNNING, EVENT_READY);
}
END_TEST

START_TEST(is_running_when_it_stayed_up_long_enough)
{
    expect(STATE_STARTING, EVENT_TIMER, with_readiness(READINESS_AFTER), STATE_RUNNING,
           ACTION_NONE);
}
END_TEST

START_TEST(is_stopped_when_it_gets_ready_too_slowly)
{
    expect(STATE_STARTING, EVENT_TIMER, with_readiness(READINESS_TEST), STATE_STOPPING,
           ACTION_STOP);
}
END_TEST

START_TEST(forgets_failures_when_it_ran_long_enough)
{
    expect(STATE_RUNNING, EVENT_TIMER, fine, STATE_RUNNING, ACTION_FORGET);
}
END_TEST

START_TEST(ends_what_the_main_process_left_behind)
{
    expect(STATE_STARTING, EVENT_EXITED, fine, STATE_STOPPING, ACTION_END_LEFTOVERS);
    expect(STATE_RUNNING, EVENT_EXITED, fine, STATE_STOPPING, ACTION_END_LEFTOVERS);
    expect(STATE_STOPPING, EVENT_EXITED, fine, STATE_STOPPING, ACTION_END_LEFTOVERS);
}
END_TEST

// A run that ended by itself: what its end leads to.
static const struct {
    struct facts facts;
    enum state next;
} falls[] = {
    {{.wanted = true, .restart = RESTART_ALWAYS}, STATE_BACKOFF},
    {{.wanted = true, .restart = RESTART_ALWAYS, .success = true}, STATE_BACKOFF},
    {{.wanted = true, .restart = RESTART_ON_FAILURE}, STATE_BACKOFF},
    {{.wanted = true, .restart = RESTART_ON_FAILURE, .success = true}, STATE_COMPLETED},
    {{.wanted = true, .restart = RESTART_NEVER}, STATE_FAILED},
    {{.wanted = true, .restart = RESTART_NEVER, .success = true}, STATE_COMPLETED},
    // Past its start limit.
    {{.wanted = true, .restart = RESTART_ALWAYS, .limit_reached = true}, STATE_FAILED},
    {{.wanted = true, .restart = RESTART_ALWAYS, .limit_reached = true, .success = true},
     STATE_FAILED},
    {{.wanted = true, .restart = RESTART_ON_FAILURE, .limit_reached = true}, STATE_FAILED},
    {{.wanted = true, .restart = RESTART_ON_FAILURE, .limit_reached = true, .success = true},
     STATE_COMPLETED},
    // A failed start is tried again whatever the policy, until that is enough.
    {{.wanted = true, .restart = RESTART_NEVER, .start_failed = true}, STATE_BACKOFF},
    {{.wanted = true, .restart = RESTART_NEVER, .start_failed = true, .success = true},
     STATE_BACKOFF},
    {{.wanted = true, .restart = RESTART_ON_FAILURE, .start_failed = true, .success = true},
     STATE_BACKOFF},
    {{.wanted = true,
      .restart = RESTART_ON_FAILURE,
      .start_failed = true,
      .limit_reached = true,
      .success = true},
     STATE_FAILED},
    {{.wanted = false, .start_failed = true}, STATE_STOPPED},
    // Want of resources is nobody's failure, neither by policy nor by count.
    {{.wanted = true, .restart = RESTART_ALWAYS, .short_of_resources = true}, STATE_BACKOFF},
    {{.wanted = true, .restart = RESTART_NEVER, .short_of_resources = true}, STATE_BACKOFF},
    {{.wanted = true, .short_of_resources = true, .limit_reached = true}, STATE_BACKOFF},
    // Not wanted any more.
    {{.wanted = false, .restart = RESTART_ALWAYS}, STATE_STOPPED},
    {{.wanted = false, .restart = RESTART_NEVER}, STATE_STOPPED},
    {{.wanted = false, .restart = RESTART_NEVER, .success = true}, STATE_STOPPED},
    {{.wanted = false, .short_of_resources = true}, STATE_STOPPED},
    {{.wanted = false, .limit_reached = true}, STATE_STOPPED},
};

static void expect_fall(enum state state, enum event event, size_t row)
{
    struct facts facts = falls[row].facts;
    facts.dependencies_up = true;
    expect(state, event, facts, falls[row].next, ACTION_NONE);
}

START_TEST(falls_when_a_run_is_over)
{
    expect_fall(STATE_STARTING, EVENT_FINISHED, (size_t)_i);
    expect_fall(STATE_RUNNING, EVENT_FINISHED, (size_t)_i);
}
END_TEST

START_TEST(falls_when_no_process_came_of_it)
{
    expect_fall(STATE_STARTING, EVENT_LAUNCH_ERROR, (size_t)_i);
}
END_TEST

START_TEST(falls_after_a_stop_that_nobody_asked_for)
{
    expect_fall(STATE_STOPPING, EVENT_FINISHED, (size_t)_i);
    expect_fall(STATE_STOPPING, EVENT_LAUNCH_ERROR, (size_t)_i);
}
END_TEST

START_TEST(settles_after_a_stop_that_was_asked_for)
{
    static const enum event ends[] = {EVENT_FINISHED, EVENT_LAUNCH_ERROR};
    for (size_t i = 0; i < LENGTH(ends); i++) {
        // How it ended, its policy and its limit do not matter.
        struct facts facts = {
            .stop_asked = true, .limit_reached = true, .restart = RESTART_NEVER, .success = false};
        expect(STATE_STOPPING, ends[i], facts, STATE_STOPPED, ACTION_NONE);
        facts.wanted = true;
        expect(STATE_STOPPING, ends[i], facts, STATE_WAITING, ACTION_NONE);
        facts.dependencies_up = true;
        expect(STATE_STOPPING, ends[i], facts, STATE_STARTING, ACTION_LAUNCH);
    }
}
END_TEST

START_TEST(kills_what_does_not_stop_in_time_and_goes_on_waiting)
{
    expect(STATE_STOPPING, EVENT_TIMER, fine, STATE_STOPPING, ACTION_KILL);
}
END_TEST

START_TEST(does_nothing_more_while_it_stops)
{
    static const enum event ignored[] = {EVENT_WANT_UP, EVENT_WANT_DOWN,       EVENT_RESTART,
                                         EVENT_RESET,   EVENT_DEPENDENCIES_UP, EVENT_LAUNCHED,
                                         EVENT_READY};
    for (size_t i = 0; i < LENGTH(ignored); i++)
        expect_nothing(STATE_STOPPING, ignored[i]);
}
END_TEST

START_TEST(starts_again_after_the_delay)
{
    expect(STATE_BACKOFF, EVENT_TIMER, fine, STATE_STARTING, ACTION_LAUNCH);
    expect(STATE_BACKOFF, EVENT_TIMER, without_dependencies(), STATE_WAITING, ACTION_NONE);
}
END_TEST

// A letter for each event in the order of the enum: want Up, want Down, Restart, reSet,
// dePendencies up, Launched, launch Error, reaDy, eXited, Finished, Timer; a dash where it cannot
// come.
START_TEST(knows_which_events_can_come)
{
    static const char *const rows[] = {
        [STATE_STOPPED] = "UDRS-------",   [STATE_WAITING] = "UDRSP------",
        [STATE_STARTING] = "UDRS-LEDXFT",  [STATE_RUNNING] = "UDRS---DXFT",
        [STATE_STOPPING] = "UDRS-LEDXFT",  [STATE_BACKOFF] = "UDRS------T",
        [STATE_COMPLETED] = "UDRS-------", [STATE_FAILED] = "UDRS-------",
    };
    for (int state = 0; state < STATE_COUNT; state++) {
        ck_assert_uint_eq(strlen(rows[state]), EVENT_COUNT);
        for (int event = 0; event < EVENT_COUNT; event++)
            ck_assert_msg(machine_expects((enum state)state, (enum event)event) ==
                              (rows[state][event] != '-'),
                          "%s, %s", state_names[state], event_names[event]);
    }
}
END_TEST

START_TEST(has_the_state_names_of_the_manual)
{
    static const char *const names[] = {"stopped",  "waiting", "starting",  "running",
                                        "stopping", "backoff", "completed", "failed"};
    for (size_t i = 0; i < STATE_COUNT; i++)
        ck_assert_str_eq(state_names[i], names[i]);
    for (size_t i = 0; i < EVENT_COUNT; i++)
        ck_assert_msg(event_names[i] != NULL && event_names[i][0] != '\0', "event %zu", i);
}
END_TEST

START_TEST(is_active_with_a_process_or_a_scheduled_start)
{
    for (int state = 0; state < STATE_COUNT; state++) {
        bool active = has_process((enum state)state) || state == STATE_BACKOFF;
        ck_assert_msg(state_is_active((enum state)state) == active, "%s", state_names[state]);
    }
}
END_TEST

// Each of them on or off, three policies, three kinds of readiness.
enum { FACTS_COUNT = 128 * 3 * 3 };

static struct facts facts_number(unsigned number)
{
    unsigned rest = number / 128;
    return (struct facts){
        .wanted = number & 1,
        .dependencies_up = number & 2,
        .stop_asked = number & 4,
        .success = number & 8,
        .short_of_resources = number & 16,
        .limit_reached = number & 32,
        .start_failed = number & 64,
        .restart = (enum restart_policy)(rest % 3),
        .readiness = (enum readiness)(rest / 3),
    };
}

// One step of the walk; before and after are states.
struct walked {
    enum state before, after;
    enum event event;
    struct facts facts;
    enum action action;
};

// Asks before it asserts: check takes note of every assertion, and there are very many.
static void refuse(bool wrong, const struct walked *walked)
{
    if (!wrong)
        return;
    ck_abort_msg("%s, %s (wanted %d, dependencies %d, asked %d): %s, action %d",
                 state_names[walked->before], event_names[walked->event], walked->facts.wanted,
                 walked->facts.dependencies_up, walked->facts.stop_asked,
                 state_names[walked->after], (int)walked->action);
}

static void walk_everything(void (*check)(const struct walked *walked))
{
    for (int state = 0; state < STATE_COUNT; state++) {
        for (int event = 0; event < EVENT_COUNT; event++) {
            for (unsigned number = 0; number < FACTS_COUNT; number++) {
                struct walked walked = {.before = (enum state)state,
                                        .event = (enum event)event,
                                        .facts = facts_number(number)};
                struct step step = machine_step(walked.before, walked.event, &walked.facts);
                walked.after = step.next;
                walked.action = step.action;
                check(&walked);
            }
        }
    }
}

static void check_unexpected(const struct walked *walked)
{
    if (!machine_expects(walked->before, walked->event))
        refuse(walked->after != walked->before || walked->action != ACTION_NONE, walked);
}

START_TEST(unexpected_events_change_nothing)
{
    walk_everything(check_unexpected);
}
END_TEST

static void check_start(const struct walked *walked)
{
    bool starts = walked->after == STATE_STARTING && walked->before != STATE_STARTING;
    refuse(starts != (walked->action == ACTION_LAUNCH), walked);
    refuse(starts && has_process(walked->before) && !ends_run(walked->event), walked);
    refuse(starts && !walked->facts.dependencies_up, walked);
}

START_TEST(every_start_is_a_launch_with_dependencies_and_no_other_process)
{
    walk_everything(check_start);
}
END_TEST

static void check_loss(const struct walked *walked)
{
    refuse(has_process(walked->before) && !has_process(walked->after) && !ends_run(walked->event),
           walked);
    refuse(!has_process(walked->before) && has_process(walked->after) &&
               walked->after != STATE_STARTING,
           walked);
}

START_TEST(a_process_is_left_only_when_its_run_ended)
{
    walk_everything(check_loss);
}
END_TEST

static void check_action(const struct walked *walked)
{
    switch (walked->action) {
    case ACTION_NONE:
    case ACTION_LAUNCH:
        break;
    case ACTION_STOP:
        refuse(walked->before == STATE_STOPPING || walked->after != STATE_STOPPING, walked);
        break;
    case ACTION_END_LEFTOVERS:
        refuse(walked->event != EVENT_EXITED || walked->after != STATE_STOPPING, walked);
        break;
    case ACTION_KILL:
        refuse(walked->before != STATE_STOPPING || walked->after != STATE_STOPPING, walked);
        break;
    case ACTION_FORGET:
        refuse(walked->before != STATE_RUNNING || walked->after != STATE_RUNNING, walked);
        break;
    }
    // Nothing gets to stopping without being told to end.
    refuse(walked->after == STATE_STOPPING && walked->before != STATE_STOPPING &&
               walked->action != ACTION_STOP && walked->action != ACTION_END_LEFTOVERS,
           walked);
}

START_TEST(every_action_fits_the_state)
{
    walk_everything(check_action);
}
END_TEST

static void check_fault(const struct walked *walked)
{
    if (!has_process(walked->before) || !ends_run(walked->event) || walked->facts.stop_asked ||
        !machine_expects(walked->before, walked->event))
        return;
    refuse(walked->action != ACTION_NONE, walked);
    refuse(walked->after != (walked->facts.wanted ? STATE_BACKOFF : STATE_STOPPED) &&
               (!walked->facts.wanted ||
                (walked->after != STATE_FAILED && walked->after != STATE_COMPLETED)),
           walked);
}

START_TEST(an_end_that_nobody_asked_for_never_leads_straight_to_a_start)
{
    walk_everything(check_fault);
}
END_TEST

static void check_want_down(const struct walked *walked)
{
    if (walked->event != EVENT_WANT_DOWN)
        return;
    refuse(walked->after != (has_process(walked->before) ? STATE_STOPPING : STATE_STOPPED), walked);
}

START_TEST(want_down_leads_down_from_everywhere)
{
    walk_everything(check_want_down);
}
END_TEST

Suite *machine_suite(void)
{
    Suite *suite = suite_create("machine");

    TCase *cells = tcase_create("cells");
    tcase_add_test(cells, starts_what_is_at_rest_when_it_is_wanted_up);
    tcase_add_test(cells, starts_what_is_at_rest_when_it_is_restarted);
    tcase_add_test(cells, is_stopped_when_what_it_came_to_is_forgotten);
    tcase_add_test(cells, goes_on_when_only_failures_are_forgotten);
    tcase_add_test(cells, waits_when_a_dependency_is_missing);
    tcase_add_test(cells, starts_what_waits_when_its_dependencies_are_up);
    tcase_add_test(cells, waits_on_whoever_asks_for_it);
    tcase_add_test(cells, stays_as_it_is_when_dependencies_come_up_elsewhere);
    tcase_add_test(cells, stops_at_once_without_a_process);
    tcase_add_test(cells, tells_the_process_to_end_when_it_is_wanted_down);
    tcase_add_test(cells, tells_the_process_to_end_when_it_is_restarted);
    tcase_add_test(cells, leaves_a_process_alone_that_is_wanted_up);
    tcase_add_test(cells, is_running_once_executed_without_a_readiness_test);
    tcase_add_test(cells, is_starting_until_it_is_ready);
    tcase_add_test(cells, is_running_when_it_stayed_up_long_enough);
    tcase_add_test(cells, is_stopped_when_it_gets_ready_too_slowly);
    tcase_add_test(cells, forgets_failures_when_it_ran_long_enough);
    tcase_add_test(cells, ends_what_the_main_process_left_behind);
    tcase_add_loop_test(cells, falls_when_a_run_is_over, 0, (int)LENGTH(falls));
    tcase_add_loop_test(cells, falls_when_no_process_came_of_it, 0, (int)LENGTH(falls));
    tcase_add_loop_test(cells, falls_after_a_stop_that_nobody_asked_for, 0, (int)LENGTH(falls));
    tcase_add_test(cells, settles_after_a_stop_that_was_asked_for);
    tcase_add_test(cells, kills_what_does_not_stop_in_time_and_goes_on_waiting);
    tcase_add_test(cells, does_nothing_more_while_it_stops);
    tcase_add_test(cells, starts_again_after_the_delay);
    tcase_add_test(cells, knows_which_events_can_come);
    tcase_add_test(cells, has_the_state_names_of_the_manual);
    tcase_add_test(cells, is_active_with_a_process_or_a_scheduled_start);
    suite_add_tcase(suite, cells);

    TCase *everything = tcase_create("everything");
    tcase_add_test(everything, unexpected_events_change_nothing);
    tcase_add_test(everything, every_start_is_a_launch_with_dependencies_and_no_other_process);
    tcase_add_test(everything, a_process_is_left_only_when_its_run_ended);
    tcase_add_test(everything, every_action_fits_the_state);
    tcase_add_test(everything, an_end_that_nobody_asked_for_never_leads_straight_to_a_start);
    tcase_add_test(everything, want_down_leads_down_from_everywhere);
    suite_add_tcase(suite, everything);
    return suite;
}
