// SPDX-License-Identifier: MIT
// What helperd.yaml(5) promises of single helpers and settings, rule by rule.
#include "../suites.h"
#include "loading.h"

START_TEST(reads_the_short_and_the_long_form)
{
    load("helpers:\n"
         "  assets: [webpack, --watch]\n"
         "  site: npm run server\n"
         "  db:\n"
         "    command: [postgres, -D, data]\n"
         "    ready: {after: 2s}\n"
         "  worker:\n"
         "    command: ./worker --queue high\n"
         "    depends_on: {db: ready}\n"
         "    restart: on-failure\n"
         "    instances: 2\n");
    ck_assert_uint_eq(config->helper_count, 5);
    check_argv("assets", "webpack|--watch");
    check_argv("site", "npm|run|server");
    check_argv("worker@2", "./worker|--queue|high");
    ck_assert_str_eq(helper("worker@2")->base, "worker");
    ck_assert_uint_eq(helper("worker@2")->line, 7);
    ck_assert_str_eq(helper("worker@2")->file, "a.yaml");
    ck_assert_uint_eq(helper("worker")->dependency_count, 1);
    ck_assert_uint_eq(helper("worker")->dependencies[0].helper, 2);
    ck_assert_double_eq_tol(helper("db")->ready_after, 2, 1e-9);
    ck_assert_double_lt(helper("site")->ready_after, 0);
}
END_TEST

START_TEST(shell_decides_how_a_string_runs)
{
    load("helpers:\n"
         "  a: serve $PORT ${X} $(date)\n"
         "  b: {command: serve now, shell: true}\n"
         "  c: {command: \"serve 'a b' ${INSTANCE}\", shell: false}\n"
         "  d: [serve, $PORT, 8080, no]\n"
         "  e: {command: [x], stop_command: exec stop}\n");
    check_argv("a", "/bin/sh|-c|serve $PORT ${X} $(date)");
    check_argv("b", "/bin/sh|-c|serve now");
    check_argv("c", "serve|a b|1");
    check_argv("d", "serve|$PORT|8080|no");
    ck_assert(helper("e")->stop_command.shell);
}
END_TEST

START_TEST(shell_of_the_defaults_is_for_strings)
{
    load("defaults: {shell: true}\n"
         "helpers:\n"
         "  a: [serve, now]\n"
         "  b: serve now\n"
         "  c: {command: serve now, shell: false}\n");
    check_argv("a", "serve|now");
    ck_assert(!helper("a")->command.shell);
    check_argv("b", "/bin/sh|-c|serve now");
    check_argv("c", "serve|now");
    load("defaults: {shell: true, command: [serve]}\nhelpers: {a: {}}\n");
    check_argv("a", "serve");
    refuse("defaults: {command: [serve]}\nhelpers: {a: {shell: true}}\n",
           "1:21: helper \"a\": \"command\" is a list, which no shell reads: write a string, or "
           "leave out \"shell: true\"\n");
}
END_TEST

START_TEST(command_must_be_there)
{
    refuse("helpers:\n"
           "  a:\n"
           "  b: {type: service}\n"
           "  c: []\n"
           "  d: ''\n"
           "  e: ['', x]\n"
           "  f: {command: [x], shell: yes}\n"
           "  g: {command: [[x]]}\n"
           "  h: {command: \"x 'y\", shell: no}\n",
           "2:3: helper \"a\": \"command\" is required\n"
           "3:3: helper \"b\": \"command\" is required\n"
           "4:6: helper \"c\": \"command\" is an empty list\n"
           "5:6: helper \"d\": \"command\" is empty\n"
           "6:7: helper \"e\": \"command\" has an empty program name\n"
           "7:16: helper \"f\": \"command\" is a list, which no shell reads: write a string, or "
           "leave out \"shell: true\"\n"
           "8:17: helper \"g\": \"command\" must be a list of texts, not of lists\n"
           "9:16: helper \"h\": \"command\" has a quote that is not closed\n");
}
END_TEST

START_TEST(names_are_checked)
{
    refuse("helpers:\n"
           "  helperd: x\n"
           "  _a: x\n"
           "  a b: x\n"
           "  w: {command: [x], instances: 2}\n"
           "  w@3: x\n",
           "2:3: a helper cannot be called \"helperd\"\n"
           "3:3: \"_a\" cannot be the name of a helper: it must be at most 64 letters, digits and "
           "_ . @ -, the first a letter or digit\n"
           "4:3: \"a b\" cannot be the name of a helper: it must be at most 64 letters, digits and "
           "_ . @ -, the first a letter or digit\n"
           "6:3: a helper cannot be called \"w@3\" where \"w\" has instances\n");
    refuse("helpers:\n"
           "  a123456789b123456789c123456789d123456789e123456789f123456789g12:\n"
           "    {command: [x], instances: 10}\n",
           "2:3: helper \"a123456789b123456789c123456789d123456789e123456789f123456789g12\": with "
           "its instances' numbers the name is longer than 64 characters\n");
    load("helpers: {x@1: a, getty@tty1: b, 0: c}\n");
}
END_TEST

START_TEST(wrong_values_are_named)
{
    refuse(
        "helpers:\n"
        "  a:\n"
        "    command: [x]\n"
        "    restrat: always\n"
        "    stop_timeout: 10 parsecs\n"
        "    autostart: 'yes'\n"
        "    critical: 1\n"
        "    type: oneshoot\n"
        "    backoff: {factor: 0.5, max: [1]}\n"
        "    stop_signal: NOPE\n"
        "    umask: 1000\n"
        "    success_exit_codes: [256, TERM]\n"
        "    start_limit: 3\n"
        "    log: {max_line: 1, stdout: loud, prefix: \"a\\nb\", rate_limit: -1}\n",
        "4:5: helper \"a\": unknown key \"restrat\" (did you mean \"restart\"?)\n"
        "5:19: helper \"a\": \"stop_timeout\" must be a duration (like 10s), not \"10 parsecs\"\n"
        "6:16: helper \"a\": \"autostart\" must be true or false, not the text \"yes\"\n"
        "7:15: helper \"a\": \"critical\" must be true or false, not \"1\"\n"
        "8:11: helper \"a\": \"type\" must be \"service\" or \"oneshot\", not \"oneshoot\" (did "
        "you mean \"oneshot\"?)\n"
        "9:23: helper \"a\": \"backoff.factor\" must be from 1 to 100, not 0.5\n"
        "9:33: helper \"a\": \"backoff.max\" must be a duration (like 10s), not a list\n"
        "10:18: helper \"a\": \"stop_signal\" must be a signal (like SIGTERM), not \"NOPE\"\n"
        "11:12: helper \"a\": \"umask\" must be from 0 to 777, not 1000\n"
        "12:26: helper \"a\": \"success_exit_codes\" must hold numbers from 0 to 255 and signals "
        "(like SIGTERM)\n"
        "13:18: helper \"a\": \"start_limit\" must be a map, not \"3\"\n"
        "14:21: helper \"a\": \"log.max_line\" must be from 64 to 16MiB, not 1\n"
        "14:32: helper \"a\": \"log.stdout\" must be one of \"debug\", \"info\", \"warning\", "
        "\"error\", \"discard\" or \"inherit\", not \"loud\"\n"
        "14:46: helper \"a\": \"log.prefix\" must be a text of one line, without control "
        "characters\n"
        "14:66: helper \"a\": \"log.rate_limit\" must be from 0 to 1000000000, not -1\n");
}
END_TEST

START_TEST(values_are_read_by_type_not_by_look)
{
    load("helpers:\n"
         "  a:\n"
         "    command: [x]\n"
         "    description: no\n"
         "    labels: {a: 1.50, b: true, c: null}\n"
         "    environment: {COUNTRY: no, N: 010}\n"
         "    restart: no\n"
         "    autostart: Off\n"
         "    stop_timeout: 0\n"
         "    success_exit_codes: TERM\n"
         "    stop_signal: 2\n"
         "    umask: 027\n"
         "    inherit_environment: [PATH]\n"
         "  b: {command: [x], restart: off}\n");
    ck_assert_str_eq(helper("a")->description, "no");
    ck_assert_str_eq(strings_variable(&helper("a")->labels, "a"), "1.50");
    ck_assert_str_eq(strings_variable(&helper("a")->labels, "c"), "");
    ck_assert_str_eq(variable("a", "COUNTRY"), "no");
    ck_assert_str_eq(variable("a", "N"), "010");
    ck_assert_int_eq(helper("a")->restart, RESTART_NEVER);
    ck_assert_int_eq(helper("b")->restart, RESTART_NEVER);
    ck_assert(!helper("a")->autostart);
    ck_assert_double_eq(helper("a")->stop_timeout, 0);
    ck_assert_int_eq(helper("a")->stop_signal, SIGINT);
    ck_assert_int_eq(helper("a")->umask, 027);
    ck_assert_int_eq(helper("b")->umask, -1);
    ck_assert(!helper("a")->inherit_environment);
    ck_assert(strings_contain(&helper("a")->inherited, "PATH"));
    ck_assert(helper_exit_is_success(helper("a"), (struct exit_status){.signal = SIGTERM}));
    ck_assert(!helper_exit_is_success(helper("a"), (struct exit_status){.code = 0}));
    ck_assert(helper_exit_is_success(helper("b"), (struct exit_status){.code = 0}));
    ck_assert(!helper_exit_is_success(helper("b"), (struct exit_status){.signal = SIGTERM}));
}
END_TEST

START_TEST(what_is_not_supported_yet_is_refused)
{
    refuse("groups: {}\n"
           "systemd: {ready: all}\n"
           "log: {format: journal, target: journal}\n"
           "helpers:\n"
           "  a: {command: [x], tty: true, ready: {tcp: ':80', timeout: 1s}, kill_mode: cgroup}\n"
           "  b: {command: [x], stdin: {from: a}}\n",
           "1:1: \"groups\" is not supported yet by this version\n"
           "2:1: \"systemd\" is not supported yet by this version\n"
           "3:15: \"log.format\": \"journal\" is not supported yet by this version\n"
           "3:32: \"log.target\": \"journal\" is not supported yet by this version\n"
           "5:21: helper \"a\": \"tty\" is not supported yet by this version\n"
           "5:40: helper \"a\": \"ready.tcp\" is not supported yet by this version\n"
           "5:52: helper \"a\": \"ready.timeout\" is not supported yet by this version\n"
           "5:77: helper \"a\": \"kill_mode\": \"cgroup\" is not supported yet by this version\n"
           "6:29: helper \"b\": \"stdin.from\" is not supported yet by this version\n");
}
END_TEST

START_TEST(a_file_that_would_stay_empty_is_refused)
{
    refuse("helpers:\n"
           "  a: {command: [x], log: {stdout: discard, stdout_file: a.log}}\n"
           "  b: {command: [x], log: {stderr: stdout, stderr_file: b.log, stdout_file: b.log}}\n",
           "2:57: helper \"a\": \"log.stdout_file\" would stay empty: \"log.stdout\" is "
           "\"discard\"\n"
           "3:56: helper \"b\": \"log.stderr_file\" would stay empty: \"log.stderr\" is "
           "\"stdout\"\n");
}
END_TEST

START_TEST(top_level_is_checked)
{
    refuse("helprs: {}\n"
           "x-anything: [1, {a: b}]\n"
           "xtra: 1\n"
           "log: text\n"
           "shutdown: {timeout: 0}\n",
           "1:1: unknown key \"helprs\" (did you mean \"helpers\"?)\n"
           "3:1: unknown key \"xtra\"\n"
           "4:6: \"log\" must be a map, not \"text\"\n"
           "5:21: \"shutdown.timeout\" must be from 1ms to 7d, not 0\n");
    refuse("[a]\n", "1:1: must be a map of settings, not a list\n");
    refuse("helpers: [a]\n", "1:10: \"helpers\" must be a map of name to helper, not a list\n");
}
END_TEST

START_TEST(empty_file_has_no_helpers)
{
    load("");
    ck_assert_uint_eq(config->helper_count, 0);
    ck_assert_double_eq_tol(config->shutdown_timeout, 30, 1e-9);
    ck_assert_ptr_null(config->log.target);
}
END_TEST

START_TEST(file_without_helpers_is_warned_of)
{
    static const char *const texts[] = {"", "helpers: {}\n", "x-a: 1\ninclude: none.d/*.yaml\n"};
    for (size_t i = 0; i < LENGTH(texts); i++) {
        load(texts[i]);
        ck_assert_uint_eq(errors.warnings, 1);
        ck_assert_str_eq(errors.items[0].file, "a.yaml");
        ck_assert_uint_eq(errors.items[0].line, 0);
        ck_assert_str_eq(errors.items[0].text, "there are no helpers in it");
    }
    write_file("conf.d/1.yaml", "helpers: {a: x}\n");
    load("include: conf.d/1.yaml\n");
    ck_assert_uint_eq(errors.warnings, 0);
    refuse("helpers: {_a: x}\n",
           "1:11: \"_a\" cannot be the name of a helper: it must be at most 64 letters, digits and "
           "_ . @ -, the first a letter or digit\n");
    ck_assert_uint_eq(errors.warnings, 0);
}
END_TEST

START_TEST(missing_file_is_an_error)
{
    struct config_options options = {0};
    ck_assert_ptr_null(config_load("none.yaml", &options, &errors));
    ck_assert_uint_eq(errors.count, 1);
    ck_assert_str_eq(errors.items[0].file, "none.yaml");
    ck_assert_str_eq(errors.items[0].text, "cannot be read: No such file or directory");
}
END_TEST

START_TEST(oneshot_is_never_restarted_always)
{
    refuse("helpers: {a: {command: x, type: oneshot, restart: always}}\n",
           "1:51: helper \"a\": \"restart\" cannot be \"always\" for a oneshot: it would never be "
           "complete (\"on-failure\" and \"never\" are possible)\n");
    load("defaults: {restart: always}\n"
         "helpers:\n"
         "  a: {command: x, type: oneshot}\n"
         "  b: {command: x, type: oneshot, restart: on-failure}\n");
    ck_assert_int_eq(helper("a")->restart, RESTART_NEVER);
    ck_assert_int_eq(helper("b")->restart, RESTART_ON_FAILURE);
}
END_TEST

START_TEST(developer_mode_has_its_own_fallbacks)
{
    load_as("helpers: {a: x, b: {command: y, type: oneshot}, c: {command: z, stdin: null}}\n",
            "a.yaml", true);
    ck_assert_int_eq(helper("a")->restart, RESTART_ON_FAILURE);
    ck_assert_int_eq(helper("a")->stdin_mode, STDIN_HOLD);
    ck_assert_int_eq(helper("b")->restart, RESTART_NEVER);
    ck_assert_int_eq(helper("c")->stdin_mode, STDIN_NULL);
    ck_assert_int_eq(config->log.time, LOG_TIME_LOCAL);
}
END_TEST

START_TEST(rules_are_compiled)
{
    load("helpers: {a: {command: x, log: {rules: [{match: '^E:.*\\d$', level: error},\n"
         "  {match: noise, drop: true}]}}}\n");
    const struct helper_log_config *log = &helper("a")->log;
    ck_assert_uint_eq(log->rule_count, 2);
    ck_assert(pattern_matches(log->rules[0].match, "E: 4", 4));
    ck_assert_int_eq(log->rules[0].level, LEVEL_ERROR);
    ck_assert(log->rules[1].drop);
    refuse("helpers: {a: {command: x, log: {rules: [{match: 'a(b', level: info}, {match: a},\n"
           "  {match: a, level: info, drop: true}, {level: info}, {match: a, levle: info}, x]}}}\n",
           "1:49: helper \"a\": \"log.rules.match\": missing closing parenthesis (at offset 3 of "
           "\"a(b\")\n"
           "1:70: helper \"a\": \"log.rules\": a rule needs either \"level\" or \"drop: true\"\n"
           "2:3: helper \"a\": \"log.rules\": a rule needs either \"level\" or \"drop: true\"\n"
           "2:40: helper \"a\": \"log.rules\": a rule needs \"match\"\n"
           "2:66: helper \"a\": log.rules: unknown key \"levle\" (did you mean \"level\"?)\n"
           "2:80: helper \"a\": \"log.rules\" must be a list of maps (like {match: REGEX, level: "
           "error})\n");
}
END_TEST

Suite *config_suite(void)
{
    Suite *suite = suite_create("config");
    TCase *tests = tcase_create("config");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, reads_the_short_and_the_long_form);
    tcase_add_test(tests, shell_decides_how_a_string_runs);
    tcase_add_test(tests, shell_of_the_defaults_is_for_strings);
    tcase_add_test(tests, command_must_be_there);
    tcase_add_test(tests, names_are_checked);
    tcase_add_test(tests, wrong_values_are_named);
    tcase_add_test(tests, values_are_read_by_type_not_by_look);
    tcase_add_test(tests, what_is_not_supported_yet_is_refused);
    tcase_add_test(tests, a_file_that_would_stay_empty_is_refused);
    tcase_add_test(tests, top_level_is_checked);
    tcase_add_test(tests, empty_file_has_no_helpers);
    tcase_add_test(tests, file_without_helpers_is_warned_of);
    tcase_add_test(tests, missing_file_is_an_error);
    tcase_add_test(tests, oneshot_is_never_restarted_always);
    tcase_add_test(tests, developer_mode_has_its_own_fallbacks);
    tcase_add_test(tests, rules_are_compiled);
    suite_add_tcase(suite, tests);
    return suite;
}
