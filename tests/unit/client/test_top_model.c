// SPDX-License-Identifier: MIT
#include "suites.h"

#include "client/top_model.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

// Takes an answer with these helpers, each an object written with ' for ".
static void take(struct top_model *model, double now, const char *helpers)
{
    char text[4096];
    snprintf(text, sizeof(text), "{\"helpers\":[%s]}", helpers);
    for (char *at = text; *at != '\0'; at++) {
        if (*at == '\'')
            *at = '"';
    }
    json_t *answer = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(answer);
    ck_assert(top_model_take(model, answer, now, 1000));
    json_decref(answer);
}

static void take_many(struct top_model *model, size_t count)
{
    json_t *helpers = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(helpers, json_pack("{s:s+}", "name", "helper-",
                                                 (const char *)(char[]){(char)('a' + i), '\0'}));
    json_t *answer = json_pack("{s:o}", "helpers", helpers);
    ck_assert(top_model_take(model, answer, 0, 0));
    json_decref(answer);
}

static const char four[] = "{'name':'web','state':'running','memory':30,'restarts':1},"
                           "{'name':'db','state':'failed','memory':null,'restarts':9},"
                           "{'name':'cron','state':'stopped','memory':20,'restarts':0},"
                           "{'name':'API','state':'running','memory':40,'restarts':1}";

// The names that are shown, with blanks between them.
static void check_shown(const struct top_model *model, const char *expected)
{
    char names[1024] = "";
    for (size_t i = 0; i < model->shown_count; i++) {
        if (i > 0)
            strcat(names, " ");
        strcat(names, model->rows[model->shown[i]].name);
    }
    ck_assert_str_eq(names, expected);
}

static void check_selected(const struct top_model *model, const char *name)
{
    const struct top_row *row = top_model_selected(model);
    ck_assert_ptr_nonnull(row);
    ck_assert_str_eq(row->name, name);
}

START_TEST(an_empty_model_shows_nothing)
{
    struct top_model model = {0};
    top_model_move(&model, 1);
    top_model_sort(&model, TOP_BY_NAME);
    top_model_resize(&model, 5);
    ck_assert_ptr_null(top_model_selected(&model));
    ck_assert_ptr_null(top_model_line(&model, 0));
    top_model_finish(&model);
}
END_TEST

START_TEST(rows_stand_as_in_the_configuration)
{
    struct top_model model = {0};
    take(&model, 0, four);
    check_shown(&model, "web db cron API");
    check_selected(&model, "web");
    ck_assert_uint_eq(model.counts[TOP_RUNNING], 2);
    ck_assert_uint_eq(model.counts[TOP_FAILED], 1);
    ck_assert_uint_eq(model.counts[TOP_STOPPED], 1);
    ck_assert_uint_eq(model.longest_name, 4);
    top_model_finish(&model);
}
END_TEST

START_TEST(what_is_no_answer_changes_nothing)
{
    struct top_model model = {0};
    take(&model, 0, four);
    json_t *answer = json_pack("{s:s}", "helpers", "none");
    ck_assert(!top_model_take(&model, answer, 1, 1));
    ck_assert(!top_model_take(&model, NULL, 1, 1));
    json_decref(answer);
    check_shown(&model, "web db cron API");
    top_model_finish(&model);
}
END_TEST

START_TEST(an_entry_that_is_no_helper_is_left_out)
{
    struct top_model model = {0};
    take(&model, 0, "{'name':'a'},7,{'state':'running'},{'name':'b'}");
    check_shown(&model, "a b");
    top_model_finish(&model);
}
END_TEST

START_TEST(sorts_by_each_column)
{
    struct top_model model = {0};
    take(&model, 0, four);
    top_model_sort(&model, TOP_BY_NAME);
    check_shown(&model, "API cron db web");
    top_model_sort(&model, TOP_BY_STATE);
    check_shown(&model, "db web API cron");
    top_model_sort(&model, TOP_BY_MEMORY);
    check_shown(&model, "API web cron db");
    top_model_sort(&model, TOP_BY_RESTARTS);
    check_shown(&model, "db web API cron");
    top_model_sort(&model, TOP_BY_ORDER);
    check_shown(&model, "web db cron API");
    top_model_finish(&model);
}
END_TEST

START_TEST(sorts_by_what_the_processes_use_now)
{
    struct top_model model = {0};
    take(&model, 0, "{'name':'a','pid':1,'cpu':100},{'name':'b','pid':2,'cpu':1},{'name':'c'}");
    take(&model, 1, "{'name':'a','pid':1,'cpu':100.1},{'name':'b','pid':2,'cpu':2},{'name':'c'}");
    top_model_sort(&model, TOP_BY_CPU);
    check_shown(&model, "b a c");
    top_model_finish(&model);
}
END_TEST

START_TEST(shares_belong_to_names_not_to_places)
{
    struct top_model model = {0};
    take(&model, 0, "{'name':'a','pid':1,'cpu':1},{'name':'b','pid':2,'cpu':1}");
    take(&model, 1,
         "{'name':'b','pid':2,'cpu':1.5},{'name':'new','pid':3,'cpu':9},"
         "{'name':'a','pid':1,'cpu':2}");
    ck_assert_double_eq_tol(model.rows[0].cpu_share, 0.5, 1e-9);
    ck_assert_double_lt(model.rows[1].cpu_share, 0);
    ck_assert_double_eq_tol(model.rows[2].cpu_share, 1, 1e-9);
    top_model_finish(&model);
}
END_TEST

START_TEST(the_same_column_again_turns_the_order)
{
    struct top_model model = {0};
    take(&model, 0, four);
    top_model_sort(&model, TOP_BY_NAME);
    top_model_sort(&model, TOP_BY_NAME);
    check_shown(&model, "web db cron API");
    top_model_reverse(&model);
    check_shown(&model, "API cron db web");
    top_model_reverse(&model);
    top_model_sort(&model, TOP_BY_ORDER); // another one begins as it is meant
    check_shown(&model, "web db cron API");
    top_model_finish(&model);
}
END_TEST

START_TEST(the_filter_finds_names_in_any_case)
{
    struct top_model model = {0};
    take(&model, 0, four);
    top_model_filter(&model, "ap");
    check_shown(&model, "API");
    top_model_filter(&model, "B");
    check_shown(&model, "web db");
    top_model_filter(&model, "");
    check_shown(&model, "web db cron API");
    top_model_finish(&model);
}
END_TEST

START_TEST(the_filter_finds_whole_states)
{
    struct top_model model = {0};
    take(&model, 0, four);
    top_model_filter(&model, "running");
    check_shown(&model, "web API");
    top_model_filter(&model, "runnin");
    check_shown(&model, "");
    top_model_finish(&model);
}
END_TEST

START_TEST(a_filter_that_nothing_passes_gives_the_selection_back)
{
    struct top_model model = {0};
    take(&model, 0, four);
    top_model_move(&model, 2);
    top_model_filter(&model, "nobody");
    ck_assert_ptr_null(top_model_selected(&model));
    top_model_move(&model, 1);
    top_model_filter(&model, NULL);
    check_selected(&model, "cron");
    top_model_finish(&model);
}
END_TEST

START_TEST(the_selection_stays_with_its_helper)
{
    struct top_model model = {0};
    take(&model, 0, four);
    top_model_move(&model, 2);
    check_selected(&model, "cron");
    top_model_sort(&model, TOP_BY_MEMORY);
    check_selected(&model, "cron");
    take(&model, 1, "{'name':'new'},{'name':'cron'}");
    check_selected(&model, "cron");
    top_model_finish(&model);
}
END_TEST

START_TEST(a_neighbour_is_selected_where_the_helper_is_gone)
{
    struct top_model model = {0};
    take(&model, 0, "{'name':'a'},{'name':'b'},{'name':'c'}");
    top_model_move(&model, 1);
    take(&model, 1, "{'name':'a'},{'name':'c'}");
    check_selected(&model, "c");
    take(&model, 2, "{'name':'a'}");
    check_selected(&model, "a");
    top_model_finish(&model);
}
END_TEST

START_TEST(the_selection_survives_a_time_without_helpers)
{
    struct top_model model = {0};
    take(&model, 0, four);
    top_model_move(&model, 3);
    take(&model, 1, "");
    ck_assert_ptr_null(top_model_selected(&model));
    take(&model, 2, four);
    check_selected(&model, "API");
    top_model_finish(&model);
}
END_TEST

START_TEST(moving_stops_at_both_ends)
{
    struct top_model model = {0};
    take(&model, 0, four);
    top_model_move(&model, -1);
    check_selected(&model, "web");
    top_model_move(&model, LONG_MAX);
    check_selected(&model, "API");
    top_model_move(&model, 1);
    check_selected(&model, "API");
    top_model_move(&model, -LONG_MAX);
    check_selected(&model, "web");
    top_model_finish(&model);
}
END_TEST

START_TEST(the_window_follows_the_selection)
{
    struct top_model model = {0};
    top_model_resize(&model, 5);
    take_many(&model, 20);
    ck_assert_uint_eq(model.first, 0);
    top_model_move(&model, 4);
    ck_assert_uint_eq(model.first, 0);
    top_model_move(&model, 1);
    ck_assert_uint_eq(model.first, 1);
    top_model_move(&model, LONG_MAX);
    ck_assert_uint_eq(model.first, 15);
    top_model_move(&model, -4);
    ck_assert_uint_eq(model.first, 15);
    top_model_move(&model, -1);
    ck_assert_uint_eq(model.first, 14);
    top_model_finish(&model);
}
END_TEST

START_TEST(a_smaller_window_keeps_the_selection_in_sight)
{
    struct top_model model = {0};
    top_model_resize(&model, 10);
    take_many(&model, 20);
    top_model_move(&model, 9);
    top_model_resize(&model, 2);
    ck_assert_uint_eq(model.first, 8);
    ck_assert_str_eq(top_model_line(&model, 1)->name, "helper-j");
    top_model_resize(&model, 20);
    ck_assert_uint_eq(model.first, 0);
    top_model_finish(&model);
}
END_TEST

START_TEST(the_window_ends_with_the_rows)
{
    struct top_model model = {0};
    top_model_resize(&model, 5);
    take_many(&model, 20);
    top_model_move(&model, LONG_MAX);
    take_many(&model, 3);
    ck_assert_uint_eq(model.first, 0);
    ck_assert_ptr_nonnull(top_model_line(&model, 2));
    ck_assert_ptr_null(top_model_line(&model, 3));
    top_model_finish(&model);
}
END_TEST

Suite *top_model_suite(void)
{
    Suite *suite = suite_create("top_model");
    TCase *tables = tcase_create("tables");
    tcase_add_test(tables, an_empty_model_shows_nothing);
    tcase_add_test(tables, rows_stand_as_in_the_configuration);
    tcase_add_test(tables, what_is_no_answer_changes_nothing);
    tcase_add_test(tables, an_entry_that_is_no_helper_is_left_out);
    tcase_add_test(tables, sorts_by_each_column);
    tcase_add_test(tables, sorts_by_what_the_processes_use_now);
    tcase_add_test(tables, shares_belong_to_names_not_to_places);
    tcase_add_test(tables, the_same_column_again_turns_the_order);
    tcase_add_test(tables, the_filter_finds_names_in_any_case);
    tcase_add_test(tables, the_filter_finds_whole_states);
    tcase_add_test(tables, a_filter_that_nothing_passes_gives_the_selection_back);
    suite_add_tcase(suite, tables);

    TCase *selections = tcase_create("selections");
    tcase_add_test(selections, the_selection_stays_with_its_helper);
    tcase_add_test(selections, a_neighbour_is_selected_where_the_helper_is_gone);
    tcase_add_test(selections, the_selection_survives_a_time_without_helpers);
    tcase_add_test(selections, moving_stops_at_both_ends);
    tcase_add_test(selections, the_window_follows_the_selection);
    tcase_add_test(selections, a_smaller_window_keeps_the_selection_in_sight);
    tcase_add_test(selections, the_window_ends_with_the_rows);
    suite_add_tcase(suite, selections);
    return suite;
}
