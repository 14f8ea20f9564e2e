// SPDX-License-Identifier: MIT
// Runs all suites, or with an argument the one of that name.
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>

static Suite *(*const suites[])(void) = {
    access_suite,
    activation_suite,
    address_suite,
    arguments_suite,
    apply_suite,
    backoff_suite,
    buffer_suite,
    command_line_suite,
    command_suite,
    config_suite,
    control_settings_suite,
    describe_suite,
    detail_suite,
    diff_suite,
    document_suite,
    endpoint_suite,
    error_suite,
    event_stream_suite,
    expand_suite,
    fd_suite,
    format_suite,
    goal_suite,
    feed_suite,
    graph_suite,
    history_suite,
    ini_suite,
    json_suite,
    launcher_suite,
    load_suite,
    lock_file_suite,
    log_client_suite,
    log_file_suite,
    loop_delay_suite,
    machine_suite,
    machine_world_suite,
    moment_suite,
    metrics_suite,
    openapi_suite,
    outlet_suite,
    pattern_suite,
    control_place_suite,
    place_suite,
    plan_suite,
    quantity_suite,
    rate_limit_suite,
    recall_suite,
    record_suite,
    route_suite,
    reload_suite,
    router_suite,
    server_suite,
    settings_suite,
    show_suite,
    sink_suite,
    sink_write_suite,
    socket_suite,
    splitter_suite,
    status_suite,
    strings_suite,
    supervise_command_suite,
    supervisord_expression_suite,
    supervisord_suite,
    supervisord_words_suite,
    table_suite,
    text_suite,
    token_suite,
    top_columns_suite,
    top_commands_suite,
    top_layout_suite,
    top_log_suite,
    top_model_suite,
    top_row_suite,
    top_text_suite,
    value_privilege_suite,
    value_process_suite,
    wait_suite,
    writers_suite,
    yaml_suite,
};

int main(int argc, char **argv)
{
    if (argc > 2) {
        fprintf(stderr, "usage: %s [SUITE]\n", argv[0]);
        return 2;
    }
    // Limits are for what hangs: a machine with much else to do is no reason to fail.
    setenv("CK_TIMEOUT_MULTIPLIER", "10", 0);
    const char *name = argc > 1 ? argv[1] : NULL;
    SRunner *runner = srunner_create(NULL);
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
        srunner_add_suite(runner, suites[i]());
    srunner_run(runner, name, NULL, CK_NORMAL);
    int run = srunner_ntests_run(runner);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    if (run == 0)
        fprintf(stderr, "no tests in %s\n", name != NULL ? name : "any suite");
    return run > 0 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
