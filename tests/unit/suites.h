// SPDX-License-Identifier: MIT
// One suite per module; tests/unit/main.c runs them all.
#pragma once

#include <check.h>

Suite *backoff_suite(void);
Suite *buffer_suite(void);
Suite *command_suite(void);
Suite *config_suite(void);
Suite *describe_suite(void);
Suite *document_suite(void);
Suite *error_suite(void);
Suite *expand_suite(void);
Suite *graph_suite(void);
Suite *ini_suite(void);
Suite *load_suite(void);
Suite *machine_suite(void);
Suite *machine_world_suite(void);
Suite *pattern_suite(void);
Suite *quantity_suite(void);
Suite *record_suite(void);
Suite *settings_suite(void);
Suite *sink_suite(void);
Suite *splitter_suite(void);
Suite *strings_suite(void);
Suite *supervisord_expression_suite(void);
Suite *supervisord_suite(void);
Suite *supervisord_words_suite(void);
Suite *text_suite(void);
Suite *yaml_suite(void);
