// SPDX-License-Identifier: MIT
// The machine in a small model of the world: all that persons, processes and the clock can do, in
// every order. What holds in each world that can be reached is proven.
#include "suites.h"

#include "supervise/machine.h"

enum run {
    RUN_NONE,
    RUN_LAUNCHING, // whether it was executed is not known yet
    RUN_ALIVE,
    RUN_LEFTOVERS, // the main process is gone, others of its group live
    RUN_COUNT
};

// One helper and its run, as the rest of the program sees them.
struct world {
    enum state state;
    enum run run;
    bool wanted;
    bool stop_asked; // what comes of the stop in progress was asked for
    bool killed;     // SIGKILL was sent to this run
    bool owes_delay; // it ended by itself and has not waited for that yet
};

enum { WORLD_COUNT = STATE_COUNT * RUN_COUNT * 16 };

static unsigned number_of(struct world world)
{
    unsigned number = (unsigned)world.state * RUN_COUNT + (unsigned)world.run;
    return number * 16 + world.wanted + 2U * world.stop_asked + 4U * world.killed +
           8U * world.owes_delay;
}

// What can happen: the events of the machine, and that a shutdown begins, which is no event.
enum { MOVE_SHUTDOWN_BEGINS = EVENT_COUNT, MOVE_COUNT };

static const char *name_of(int move)
{
    return move == MOVE_SHUTDOWN_BEGINS ? "shutdown begins" : event_names[move];
}

// One thing that happened.
struct happening {
    struct world before, after;
    int move;
    struct facts facts;
    enum action action;
};

// Asks before it asserts: check takes note of every assertion, and there are very many.
static void refuse(bool wrong, const struct happening *happening)
{
    const struct world *before = &happening->before, *after = &happening->after;
    if (!wrong)
        return;
    ck_abort_msg("%s (run %d, wanted %d, asked %d, killed %d), %s: %s (run %d, wanted %d, asked "
                 "%d, killed %d), action %d",
                 state_names[before->state], (int)before->run, before->wanted, before->stop_asked,
                 before->killed, name_of(happening->move), state_names[after->state],
                 (int)after->run, after->wanted, after->stop_asked, after->killed,
                 (int)happening->action);
}

static bool is_by_a_person(int move)
{
    return move == EVENT_WANT_UP || move == EVENT_WANT_DOWN || move == EVENT_RESTART ||
           move == EVENT_RESET || move == MOVE_SHUTDOWN_BEGINS;
}

static bool can_happen(const struct world *world, int move)
{
    switch (move) {
    case MOVE_SHUTDOWN_BEGINS: // at first for what has a run; all others are wanted down at once
        return world->run != RUN_NONE;
    case EVENT_DEPENDENCIES_UP:
        return world->state == STATE_WAITING;
    case EVENT_LAUNCHED:
    case EVENT_LAUNCH_ERROR:
        return world->run == RUN_LAUNCHING;
    case EVENT_EXITED:
        return world->run == RUN_ALIVE;
    case EVENT_READY:
    case EVENT_FINISHED:
        return world->run == RUN_ALIVE || world->run == RUN_LEFTOVERS;
    case EVENT_TIMER: // one without a process has only the delay to wait for
        return world->run != RUN_NONE || world->state == STATE_BACKOFF;
    default:
        return true;
    }
}

// What the move itself changes, before the machine hears of it.
static void follow_move(struct world *world, int move)
{
    switch (move) {
    case EVENT_WANT_UP:
        world->wanted = true;
        world->stop_asked |= world->state == STATE_STOPPING;
        world->owes_delay = false;
        break;
    case EVENT_RESTART:
        world->wanted = true;
        world->stop_asked |= world->run != RUN_NONE;
        world->owes_delay = false;
        break;
    case EVENT_WANT_DOWN:
        world->wanted = false;
        world->stop_asked = true;
        world->owes_delay = false;
        break;
    case EVENT_RESET:
        world->wanted &= world->state != STATE_COMPLETED && world->state != STATE_FAILED;
        break;
    case MOVE_SHUTDOWN_BEGINS:
        world->wanted = false;
        break;
    case EVENT_LAUNCHED:
        world->run = RUN_ALIVE;
        break;
    case EVENT_EXITED:
        world->run = RUN_LEFTOVERS;
        break;
    case EVENT_LAUNCH_ERROR:
    case EVENT_FINISHED:
        world->run = RUN_NONE;
        world->killed = false;
        world->owes_delay = !world->stop_asked;
        break;
    case EVENT_TIMER:
        if (world->state == STATE_BACKOFF)
            world->owes_delay = false;
        break;
    }
}

static void follow_action(struct world *world, enum action action)
{
    if (action == ACTION_LAUNCH) {
        world->run = RUN_LAUNCHING;
        world->stop_asked = false;
    } else if (action == ACTION_KILL) {
        world->killed = true;
    }
}

enum { FACTS_COUNT = 32 * 3 * 3 };

// The facts that the world does not decide.
static struct facts facts_number(unsigned number, const struct world *world)
{
    unsigned rest = number / 32;
    return (struct facts){
        .wanted = world->wanted,
        .stop_asked = world->stop_asked,
        .dependencies_up = number & 1,
        .success = number & 2,
        .short_of_resources = number & 4,
        .limit_reached = number & 8,
        .start_failed = number & 16,
        .restart = (enum restart_policy)(rest % 3),
        .readiness = (enum readiness)(rest / 3),
    };
}

// What must never come of anything that happens, in whatever order.
static void check_launch(const struct happening *happening, const struct world *at_launch)
{
    refuse(at_launch->run != RUN_NONE, happening); // two runs at once
    refuse(!at_launch->wanted, happening);
    refuse(!happening->facts.dependencies_up, happening);
    refuse(at_launch->owes_delay, happening);
}

static void check_action(const struct happening *happening, const struct world *at_action)
{
    switch (happening->action) {
    case ACTION_NONE:
        break;
    case ACTION_LAUNCH:
        check_launch(happening, at_action);
        break;
    case ACTION_STOP:
        refuse(at_action->run != RUN_LAUNCHING && at_action->run != RUN_ALIVE, happening);
        break;
    case ACTION_END_LEFTOVERS:
        refuse(at_action->run != RUN_LEFTOVERS, happening);
        break;
    case ACTION_KILL:
    case ACTION_FORGET:
        refuse(at_action->run == RUN_NONE, happening);
        break;
    }
}

// The time that a run must stay up starts when it was executed.
static bool is_too_early(const struct world *world, int move, unsigned facts)
{
    return move == EVENT_TIMER && world->state == STATE_STARTING && world->run == RUN_LAUNCHING &&
           facts_number(facts, world).readiness == READINESS_AFTER;
}

static struct happening happen(struct world before, int move, unsigned facts)
{
    struct happening happening = {.before = before, .after = before, .move = move};
    struct world *world = &happening.after;
    follow_move(world, move);
    happening.facts = facts_number(facts, world);
    if (move == MOVE_SHUTDOWN_BEGINS)
        return happening;
    refuse(!machine_expects(before.state, (enum event)move), &happening);
    struct step step = machine_step(before.state, (enum event)move, &happening.facts);
    happening.action = step.action;
    check_action(&happening, world);
    world->state = step.next;
    follow_action(world, step.action);
    return happening;
}

// Worlds that were reached, each once, in the order of their discovery.
struct walk {
    struct world worlds[WORLD_COUNT];
    bool seen[WORLD_COUNT];
    size_t count;
};

static void discover(struct walk *walk, struct world world)
{
    bool *seen = &walk->seen[number_of(world)];
    if (!*seen)
        walk->worlds[walk->count++] = world;
    *seen = true;
}

static bool by_anybody(int move)
{
    (void)move;
    return true;
}

static bool by_itself(int move)
{
    return !is_by_a_person(move);
}

// Goes on from the worlds that were discovered until nothing new is reached.
static void walk_on(struct walk *walk, bool (*may_happen)(int move),
                    void (*check)(const struct happening *happening))
{
    for (size_t i = 0; i < walk->count; i++) {
        for (int move = 0; move < MOVE_COUNT; move++) {
            if (!may_happen(move) || !can_happen(&walk->worlds[i], move))
                continue;
            for (unsigned facts = 0; facts < FACTS_COUNT; facts++) {
                if (is_too_early(&walk->worlds[i], move, facts))
                    continue;
                struct happening happening = happen(walk->worlds[i], move, facts);
                check(&happening);
                discover(walk, happening.after);
            }
        }
    }
}

static void check_nothing(const struct happening *happening)
{
    (void)happening;
}

// Every world that can come of a helper which nobody has touched yet.
static struct walk everywhere(void (*check)(const struct happening *happening))
{
    struct walk walk = {0};
    discover(&walk, (struct world){.state = STATE_STOPPED});
    walk_on(&walk, by_anybody, check);
    return walk;
}

static bool leads_on(const struct walk *walk, size_t i, bool (*may_happen)(int move),
                     const bool *leads)
{
    for (int move = 0; move < MOVE_COUNT; move++) {
        if (!may_happen(move) || !can_happen(&walk->worlds[i], move))
            continue;
        for (unsigned facts = 0; facts < FACTS_COUNT; facts++) {
            if (!is_too_early(&walk->worlds[i], move, facts) &&
                leads[number_of(happen(walk->worlds[i], move, facts).after)])
                return true;
        }
    }
    return false;
}

// Whether from each world of the walk there is a way to that state.
static void expect_way_to(enum state state, const struct walk *walk, bool (*may_happen)(int move))
{
    bool leads[WORLD_COUNT] = {false};
    for (size_t i = 0; i < walk->count; i++)
        leads[number_of(walk->worlds[i])] = walk->worlds[i].state == state;
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < walk->count; i++) {
            bool *lead = &leads[number_of(walk->worlds[i])];
            if (*lead || !leads_on(walk, i, may_happen, leads))
                continue;
            more = *lead = true;
        }
    }
    for (size_t i = 0; i < walk->count; i++)
        ck_assert_msg(leads[number_of(walk->worlds[i])], "no way from %s (run %d) to %s",
                      state_names[walk->worlds[i].state], (int)walk->worlds[i].run,
                      state_names[state]);
}

START_TEST(every_state_leads_to_every_other)
{
    struct walk all = everywhere(check_nothing);
    for (int state = 0; state < STATE_COUNT; state++)
        expect_way_to((enum state)state, &all, by_anybody);
}
END_TEST

static bool has_process(enum state state)
{
    return state == STATE_STARTING || state == STATE_RUNNING || state == STATE_STOPPING;
}

static void check_known_process(const struct happening *happening)
{
    const struct world *world = &happening->after;
    refuse(has_process(world->state) != (world->run != RUN_NONE), happening);
    refuse(world->killed && world->state != STATE_STOPPING, happening);
    refuse(world->run == RUN_LEFTOVERS && world->state != STATE_STOPPING, happening);
}

START_TEST(a_living_process_is_never_forgotten)
{
    (void)everywhere(check_known_process);
}
END_TEST

// happen() itself looks at every launch in every walk; here is to be seen that there were some.
static unsigned launches;

static void count_launch(const struct happening *happening)
{
    launches += happening->action == ACTION_LAUNCH;
}

START_TEST(nothing_is_launched_twice_or_unwanted_or_without_dependencies_or_delay)
{
    (void)everywhere(count_launch);
    ck_assert_uint_gt(launches, 0);
}
END_TEST

static void check_wanted(const struct happening *happening)
{
    const struct world *world = &happening->after;
    refuse((world->state == STATE_WAITING || world->state == STATE_BACKOFF) && !world->wanted,
           happening);
}

START_TEST(only_what_is_wanted_waits_for_its_start)
{
    (void)everywhere(check_wanted);
}
END_TEST

static void check_rest_after_end(const struct happening *happening)
{
    bool ended = happening->before.run != RUN_NONE &&
                 (happening->move == EVENT_FINISHED || happening->move == EVENT_LAUNCH_ERROR);
    if (!ended || happening->before.stop_asked)
        return;
    refuse(happening->action != ACTION_NONE || has_process(happening->after.state), happening);
    refuse(happening->after.state == STATE_WAITING, happening); // it would not wait for its delay
}

START_TEST(a_run_that_ended_by_itself_is_followed_by_backoff_or_rest)
{
    (void)everywhere(check_rest_after_end);
}
END_TEST

static void check_way_down(const struct happening *happening)
{
    const struct world *world = &happening->after;
    refuse(happening->action == ACTION_LAUNCH, happening);
    refuse(world->state != (world->run == RUN_NONE ? STATE_STOPPED : STATE_STOPPING), happening);
    refuse(happening->move == EVENT_TIMER && happening->action != ACTION_KILL, happening);
}

// A run that is killed ends; all others end or meet the timer, which kills. So it is enough that
// each way goes from stopping to stopped when the run ends, and that the timer kills.
static void check_reset(const struct happening *happening)
{
    if (happening->move != EVENT_RESET)
        return;
    const struct world *before = &happening->before, *after = &happening->after;
    bool over = before->state == STATE_COMPLETED || before->state == STATE_FAILED;
    refuse(happening->action != ACTION_NONE || after->run != before->run, happening);
    refuse(after->state != (over ? STATE_STOPPED : before->state), happening);
    refuse(after->state == STATE_STOPPED && after->wanted, happening);
}

START_TEST(reset_starts_and_stops_nothing_and_only_ends_what_is_over)
{
    (void)everywhere(check_reset);
}
END_TEST

START_TEST(want_down_leads_to_stopped_and_launches_nothing)
{
    struct walk all = everywhere(check_nothing), down = {0};
    for (size_t i = 0; i < all.count; i++) {
        for (unsigned facts = 0; facts < FACTS_COUNT; facts++) {
            struct happening happening = happen(all.worlds[i], EVENT_WANT_DOWN, facts);
            check_way_down(&happening);
            discover(&down, happening.after);
        }
    }
    ck_assert_uint_gt(down.count, 1);
    walk_on(&down, by_itself, check_way_down);
    expect_way_to(STATE_STOPPED, &down, by_itself);
}
END_TEST

static void check_no_launch(const struct happening *happening)
{
    refuse(happening->action == ACTION_LAUNCH, happening);
    refuse(happening->after.state == STATE_BACKOFF, happening);
}

START_TEST(what_runs_when_a_shutdown_begins_is_not_started_again)
{
    struct walk all = everywhere(check_nothing), ending = {0};
    for (size_t i = 0; i < all.count; i++) {
        if (can_happen(&all.worlds[i], MOVE_SHUTDOWN_BEGINS))
            discover(&ending, happen(all.worlds[i], MOVE_SHUTDOWN_BEGINS, 0).after);
    }
    ck_assert_uint_gt(ending.count, 0);
    walk_on(&ending, by_itself, check_no_launch);
}
END_TEST

Suite *machine_world_suite(void)
{
    Suite *suite = suite_create("machine_world");
    TCase *worlds = tcase_create("worlds");
    tcase_add_test(worlds, every_state_leads_to_every_other);
    tcase_add_test(worlds, a_living_process_is_never_forgotten);
    tcase_add_test(worlds, nothing_is_launched_twice_or_unwanted_or_without_dependencies_or_delay);
    tcase_add_test(worlds, only_what_is_wanted_waits_for_its_start);
    tcase_add_test(worlds, a_run_that_ended_by_itself_is_followed_by_backoff_or_rest);
    tcase_add_test(worlds, reset_starts_and_stops_nothing_and_only_ends_what_is_over);
    tcase_add_test(worlds, want_down_leads_to_stopped_and_launches_nothing);
    tcase_add_test(worlds, what_runs_when_a_shutdown_begins_is_not_started_again);
    suite_add_tcase(suite, worlds);
    return suite;
}
