// SPDX-License-Identifier: MIT
// One suite per module; tests/unit/main.c runs them all.
#pragma once

#include <check.h>

Suite *backoff_suite(void);
Suite *buffer_suite(void);
Suite *command_suite(void);
Suite *config_suite(void);
Suite *describe_suite(void);
Suite *diff_suite(void);
Suite *document_suite(void);
Suite *error_suite(void);
Suite *expand_suite(void);
Suite *fd_suite(void);
Suite *graph_suite(void);
Suite *history_suite(void);
Suite *ini_suite(void);
Suite *launcher_suite(void);
Suite *load_suite(void);
Suite *log_file_suite(void);
Suite *machine_suite(void);
Suite *machine_world_suite(void);
Suite *outlet_suite(void);
Suite *pattern_suite(void);
Suite *plan_suite(void);
Suite *quantity_suite(void);
Suite *rate_limit_suite(void);
Suite *recall_suite(void);
Suite *record_suite(void);
Suite *route_suite(void);
Suite *router_suite(void);
Suite *settings_suite(void);
Suite *sink_suite(void);
Suite *sink_write_suite(void);
Suite *splitter_suite(void);
Suite *strings_suite(void);
Suite *supervisord_expression_suite(void);
Suite *supervisord_suite(void);
Suite *supervisord_words_suite(void);
Suite *text_suite(void);
Suite *value_privilege_suite(void);
Suite *value_process_suite(void);
Suite *writers_suite(void);
Suite *yaml_suite(void);
