// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/memory.h"
#include "supervise/graph.h"

#include <stdlib.h>

// A site with a worker: 0 is the database, 1 its migration, 2 the site, 3 the worker, 4 stands
// alone. The site needs the database twice over, by itself and through the migration.
enum { DATABASE, MIGRATION, SITE, WORKER, ALONE, HELPER_COUNT };

static struct dependency of_migration[] = {{DATABASE, CONDITION_READY}};
static struct dependency of_site[] = {{MIGRATION, CONDITION_COMPLETED},
                                      {DATABASE, CONDITION_READY}};
static struct dependency of_worker[] = {{DATABASE, CONDITION_STARTED}};

static struct helper_config helpers[HELPER_COUNT] = {
    [DATABASE] = {.name = "database"},
    [MIGRATION] = {.name = "migration", .dependencies = of_migration, .dependency_count = 1},
    [SITE] = {.name = "site", .dependencies = of_site, .dependency_count = 2},
    [WORKER] = {.name = "worker", .dependencies = of_worker, .dependency_count = 1},
    [ALONE] = {.name = "alone"},
};

static const struct config config = {.helpers = helpers, .helper_count = HELPER_COUNT};

static void expect_dependents(const struct graph *graph, size_t helper, const size_t *expected,
                              size_t count)
{
    struct dependents dependents = graph_dependents(graph, helper);
    ck_assert_uint_eq(dependents.count, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_uint_eq(dependents.helpers[i], expected[i]);
}

START_TEST(finds_the_dependents_in_the_order_of_the_file)
{
    static const size_t of_database[] = {MIGRATION, SITE, WORKER};
    static const size_t of_migration_run[] = {SITE};
    struct graph graph;
    graph_init(&graph, &config);
    expect_dependents(&graph, DATABASE, of_database, LENGTH(of_database));
    expect_dependents(&graph, MIGRATION, of_migration_run, LENGTH(of_migration_run));
    graph_finish(&graph);
}
END_TEST

START_TEST(finds_none_where_nobody_depends)
{
    struct graph graph;
    graph_init(&graph, &config);
    expect_dependents(&graph, SITE, NULL, 0);
    expect_dependents(&graph, WORKER, NULL, 0);
    expect_dependents(&graph, ALONE, NULL, 0);
    graph_finish(&graph);
}
END_TEST

START_TEST(knows_dependents_that_stand_before_their_dependency)
{
    static const size_t first[] = {0};
    static struct dependency on_last[] = {{1, CONDITION_READY}};
    static struct helper_config pair[] = {{.dependencies = on_last, .dependency_count = 1}, {0}};
    const struct config backwards = {.helpers = pair, .helper_count = 2};
    struct graph graph;
    graph_init(&graph, &backwards);
    expect_dependents(&graph, 1, first, 1);
    expect_dependents(&graph, 0, NULL, 0);
    graph_finish(&graph);
}
END_TEST

START_TEST(holds_a_chain_of_many_helpers)
{
    enum { MANY = 10000 };
    struct helper_config *chain = memory_new(MANY, sizeof(*chain));
    struct dependency *links = memory_new(MANY, sizeof(*links));
    for (size_t i = 1; i < MANY; i++) {
        links[i] = (struct dependency){i - 1, CONDITION_READY};
        chain[i].dependencies = &links[i];
        chain[i].dependency_count = 1;
    }
    const struct config long_chain = {.helpers = chain, .helper_count = MANY};
    struct graph graph;
    graph_init(&graph, &long_chain);
    for (size_t i = 0; i + 1 < MANY; i++) {
        struct dependents dependents = graph_dependents(&graph, i);
        if (dependents.count != 1 || dependents.helpers[0] != i + 1)
            ck_abort_msg("helper %zu", i);
    }
    expect_dependents(&graph, MANY - 1, NULL, 0);
    graph_finish(&graph);
    free(links);
    free(chain);
}
END_TEST

START_TEST(is_empty_without_helpers)
{
    const struct config nothing = {0};
    struct graph graph;
    graph_init(&graph, &nothing);
    ck_assert_uint_eq(graph.first[0], 0);
    graph_finish(&graph);
    ck_assert_ptr_null(graph.first);
    graph_finish(&graph);
}
END_TEST

// The states in which a condition is met, and those in which it is hopeless; all others are a
// reason to wait.
struct row {
    enum condition condition;
    enum helper_type type;
    unsigned met, hopeless;
};

#define IN(state) (1U << STATE_##state)

static const struct row rows[] = {
    {CONDITION_STARTED, TYPE_SERVICE, IN(STARTING) | IN(RUNNING) | IN(COMPLETED),
     IN(STOPPED) | IN(FAILED)},
    {CONDITION_READY, TYPE_SERVICE, IN(RUNNING), IN(STOPPED) | IN(COMPLETED) | IN(FAILED)},
    {CONDITION_COMPLETED, TYPE_SERVICE, IN(COMPLETED), IN(STOPPED) | IN(FAILED)},
    {CONDITION_STARTED, TYPE_ONESHOT, IN(STARTING) | IN(RUNNING) | IN(COMPLETED),
     IN(STOPPED) | IN(FAILED)},
    // For a oneshot, to be ready is to have completed.
    {CONDITION_READY, TYPE_ONESHOT, IN(COMPLETED), IN(STOPPED) | IN(FAILED)},
    {CONDITION_COMPLETED, TYPE_ONESHOT, IN(COMPLETED), IN(STOPPED) | IN(FAILED)},
};

START_TEST(meets_a_condition_in_the_right_states)
{
    const struct row *row = &rows[_i];
    for (unsigned state = 0; state < STATE_COUNT; state++)
        ck_assert_msg(condition_is_met(row->condition, row->type, (enum state)state) ==
                          ((row->met >> state & 1) != 0),
                      "%s (type %d): %s", condition_names[row->condition], (int)row->type,
                      state_names[state]);
}
END_TEST

START_TEST(gives_up_hope_only_for_what_is_at_rest)
{
    const struct row *row = &rows[_i];
    for (unsigned state = 0; state < STATE_COUNT; state++)
        ck_assert_msg(condition_is_hopeless(row->condition, row->type, (enum state)state) ==
                          ((row->hopeless >> state & 1) != 0),
                      "%s (type %d): %s", condition_names[row->condition], (int)row->type,
                      state_names[state]);
}
END_TEST

START_TEST(has_the_condition_names_of_the_manual)
{
    ck_assert_str_eq(condition_names[CONDITION_STARTED], "started");
    ck_assert_str_eq(condition_names[CONDITION_READY], "ready");
    ck_assert_str_eq(condition_names[CONDITION_COMPLETED], "completed");
}
END_TEST

Suite *graph_suite(void)
{
    Suite *suite = suite_create("graph");

    TCase *edges = tcase_create("dependents");
    tcase_add_test(edges, finds_the_dependents_in_the_order_of_the_file);
    tcase_add_test(edges, finds_none_where_nobody_depends);
    tcase_add_test(edges, knows_dependents_that_stand_before_their_dependency);
    tcase_add_test(edges, holds_a_chain_of_many_helpers);
    tcase_add_test(edges, is_empty_without_helpers);
    suite_add_tcase(suite, edges);

    TCase *conditions = tcase_create("conditions");
    tcase_add_loop_test(conditions, meets_a_condition_in_the_right_states, 0, (int)LENGTH(rows));
    tcase_add_loop_test(conditions, gives_up_hope_only_for_what_is_at_rest, 0, (int)LENGTH(rows));
    tcase_add_test(conditions, has_the_condition_names_of_the_manual);
    suite_add_tcase(suite, conditions);
    return suite;
}
