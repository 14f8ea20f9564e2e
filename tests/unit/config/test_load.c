// SPDX-License-Identifier: MIT
// What helperd.yaml(5) promises of variables, defaults, instances, dependencies and included files.
#include "../suites.h"
#include "loading.h"

START_TEST(names_are_looked_up_from_near_to_far)
{
    write_file("own.env", "FILE=own file\nBOTH=own file\nSEEN=<${ENV}>\n");
    write_file("top.env", "FILE=top file\nTOPFILE=top file\nTOPENV=top file\nOUT=<${OUT}>\n");
    setenv("OUT", "outside", 1);
    setenv("BOTH", "outside", 1);
    load("env_file: top.env\n"
         "environment: {ENV: top, TOPENV: 'over ${TOPENV}', BOTH: top}\n"
         "helpers:\n"
         "  a:\n"
         "    command: ['${INSTANCE}', '${BOTH}', '${FILE}', '${TOPFILE}', '${TOPENV}', '${OUT}']\n"
         "    env_file: own.env\n"
         "    environment: {BOTH: 'own over ${BOTH}', INSTANCE: x}\n");
    check_argv("a", "1|own over own file|own file|top file|over top file|<outside>");
    ck_assert_str_eq(variable("a", "SEEN"), "<top>");
    ck_assert_str_eq(variable("a", "INSTANCE"), "1");
    ck_assert_str_eq(variable("a", "TOPENV"), "(none)");
    ck_assert_str_eq(strings_variable(&config->environment, "OUT"), "<outside>");
    ck_assert_str_eq(strings_variable(&config->environment, "TOPENV"), "over top file");
}
END_TEST

START_TEST(value_does_not_see_its_own_list)
{
    setenv("HELPERD_A", "outside", 1);
    load("helpers: {a: {command: [x], environment: {HELPERD_A: 'my:${HELPERD_A}',\n"
         "  B: '${HELPERD_A}'}}}\n");
    ck_assert_str_eq(variable("a", "HELPERD_A"), "my:outside");
    ck_assert_str_eq(variable("a", "B"), "outside");
    unsetenv("HELPERD_A");
    refuse("helpers: {a: {command: [x], environment: {HELPERD_A: 1, B: '${HELPERD_A}'}}}\n",
           "1:60: helper \"a\": \"environment\": ${HELPERD_A} is not set\n");
}
END_TEST

START_TEST(expansion_fails_at_the_value)
{
    refuse("helpers:\n"
           "  a: [x, '${HELPERD_NONE}']\n"
           "  b: {command: [x], stop_timeout: '${HELPERD_NONE:-never}'}\n"
           "log: {target: '${HELPERD_NONE:?where to}'}\n",
           "4:15: \"log.target\": HELPERD_NONE: where to\n"
           "2:10: helper \"a\": \"command\": ${HELPERD_NONE} is not set\n"
           "3:35: helper \"b\": \"stop_timeout\" must be a duration (like 10s), not the text "
           "\"never\"\n");
}
END_TEST

START_TEST(expanded_text_is_no_yaml)
{
    setenv("HELPERD_A", "[a, b]: {c", 1);
    load("helpers: {a: [x, '${HELPERD_A}']}\n");
    check_argv("a", "x|[a, b]: {c");
    unsetenv("HELPERD_A");
}
END_TEST

START_TEST(environment_may_be_a_list)
{
    load("helpers: {a: {command: [x], environment: [A=1, B=, 'C=a=b $$']}}\n");
    ck_assert_str_eq(variable("a", "A"), "1");
    ck_assert_str_eq(variable("a", "B"), "");
    ck_assert_str_eq(variable("a", "C"), "a=b $");
    refuse("helpers: {a: {command: [x], environment: [A, =1, B=1, B=2]}}\n",
           "1:43: helper \"a\": \"environment\" must be a list of NAME=VALUE\n"
           "1:46: helper \"a\": \"environment\": the name \"\" is empty\n"
           "1:55: helper \"a\": \"environment\": \"B\" is there twice\n");
    refuse("helpers: {a: {command: [x], environment: {'A=B': 1, C: [1]}}}\n",
           "1:43: helper \"a\": \"environment\": the name \"A=B\" holds a \"=\"\n"
           "1:56: helper \"a\": \"environment\": \"C\" must be a text, not a list\n");
}
END_TEST

START_TEST(env_file_has_its_own_lines)
{
    write_file("a.env", "# comment\n\n  export A=1 \r\nB='${x} # \"'\nC=\"a\\n\\\"b\\\\ \\${x}\"\n"
                        "D=it's ${HELPERD_NONE:-fine}\nA=2\nE=\n");
    load("helpers: {a: {command: [x], env_file: [a.env], environment: {E: own}}}\n");
    ck_assert_str_eq(variable("a", "A"), "2");
    ck_assert_str_eq(variable("a", "B"), "${x} # \"");
    ck_assert_str_eq(variable("a", "C"), "a\n\"b\\ ${x}");
    ck_assert_str_eq(variable("a", "D"), "it's fine");
    ck_assert_str_eq(variable("a", "E"), "own");
    memory_auto char *path = memory_format("%s/a.env", folder);
    ck_assert(strings_contain(&config->files, path));
}
END_TEST

START_TEST(env_file_errors_have_their_line)
{
    write_file("b.env", "A=1\nnonsense\n=x\nB='open\nC=\"x\" y\nD=${HELPERD_NONE}\nE=\xff\n");
    memory_auto char *path = memory_format("%s/b.env", folder);
    memory_auto char *expected = memory_format("%1$s:2:1: not a line NAME=VALUE\n"
                                               "%1$s:3:1: the name \"\" is empty\n"
                                               "%1$s:4:3: a quote is not closed on its line\n"
                                               "%1$s:5:3: there is text behind the closing quote\n"
                                               "%1$s:6:3: ${HELPERD_NONE} is not set\n"
                                               "%1$s:7:1: not valid UTF-8, or a NUL character\n",
                                               path);
    refuse("helpers: {a: {command: [x], env_file: b.env}, b: {command: [x], env_file: b.env}}\n",
           expected);
    memory_auto char *missing =
        memory_format("1:39: helper \"a\": \"env_file\": cannot read \"%s/none.env\": No such file "
                      "or directory\n",
                      folder);
    refuse("helpers: {a: {command: [x], env_file: none.env}}\n", missing);
}
END_TEST

START_TEST(defaults_are_merged_by_name)
{
    load("defaults:\n"
         "  command: [none]\n"
         "  backoff: {max: 5s, jitter: 0%}\n"
         "  environment: [A=1, B=2]\n"
         "  success_exit_codes: [0, 1]\n"
         "  stop_timeout: 1s\n"
         "helpers:\n"
         "  a: {backoff: {max: 7s}, environment: {B: 3, C: 4}, success_exit_codes: [5]}\n"
         "  b: [x]\n");
    check_argv("a", "none");
    check_argv("b", "x");
    ck_assert_double_eq_tol(helper("a")->backoff.max, 7, 1e-9);
    ck_assert_double_eq(helper("a")->backoff.jitter, 0);
    ck_assert_double_eq_tol(helper("a")->backoff.initial, 0.2, 1e-9);
    ck_assert_str_eq(variable("a", "A"), "1");
    ck_assert_str_eq(variable("a", "B"), "3");
    ck_assert_str_eq(variable("a", "C"), "4");
    ck_assert_str_eq(variable("b", "B"), "2");
    ck_assert_uint_eq(helper("a")->success_count, 1);
    ck_assert_uint_eq(helper("b")->success_count, 2);
    ck_assert_double_eq_tol(helper("b")->stop_timeout, 1, 1e-9);
}
END_TEST

START_TEST(errors_in_defaults_are_said_once)
{
    refuse("defaults: {stop_timeout: soon, restrat: no, log: {stdout: '${HELPERD_NONE}'}}\n"
           "helpers: {a: x, b: y, c: {command: z, instances: 3}}\n",
           "1:26: defaults: \"stop_timeout\" must be a duration (like 10s), not \"soon\"\n"
           "1:32: defaults: unknown key \"restrat\" (did you mean \"restart\"?)\n"
           "1:59: helper \"a\": \"log.stdout\": ${HELPERD_NONE} is not set\n");
}
END_TEST

START_TEST(instances_are_helpers_of_their_own)
{
    load("helpers:\n"
         "  w: {command: [x, '${INSTANCE}'], instances: 3, working_dir: 'd${INSTANCE}',\n"
         "      environment: {PORT: '80${INSTANCE}'}}\n"
         "  one: {command: [y, '${INSTANCE}'], instances: 1}\n"
         "  all: {command: z, depends_on: [w]}\n"
         "  second: {command: z, depends_on: [w@2]}\n");
    ck_assert_uint_eq(config->helper_count, 6);
    check_argv("w@3", "x|3");
    check_argv("one", "y|1");
    ck_assert_str_eq(variable("w@2", "INSTANCE"), "2");
    ck_assert_str_eq(variable("w@2", "PORT"), "802");
    memory_auto char *path = memory_format("%s/d2", folder);
    ck_assert_str_eq(helper("w@2")->working_dir, path);
    ck_assert_uint_eq(helper("all")->dependency_count, 3);
    ck_assert_uint_eq(helper("second")->dependency_count, 1);
    ck_assert_uint_eq(helper("second")->dependencies[0].helper, 1);
    ck_assert_int_eq(config_find(config, "w"), 0);
    ck_assert_int_eq(config_find(config, "w@4"), -1);
    refuse("helpers: {a: {command: x, instances: 0}, b: {command: x, instances: 10001}}\n",
           "1:38: helper \"a\": \"instances\" must be a whole number from 1 to 10000, not 0\n"
           "1:69: helper \"b\": \"instances\" must be a whole number from 1 to 10000, not 10001\n");
}
END_TEST

START_TEST(dependencies_are_checked)
{
    load("helpers:\n"
         "  a: {command: x, depends_on: {b: started, c: null, d: completed}}\n"
         "  b: x\n"
         "  c: x\n"
         "  d: {command: x, restart: on-failure}\n");
    ck_assert_int_eq(helper("a")->dependencies[0].condition, CONDITION_STARTED);
    ck_assert_int_eq(helper("a")->dependencies[1].condition, CONDITION_READY);
    ck_assert_int_eq(helper("a")->dependencies[2].condition, CONDITION_COMPLETED);
    refuse(
        "helpers:\n"
        "  api: {command: x, depends_on: [ap, mysql]}\n"
        "  b: {command: x, depends_on: {api: completed}}\n"
        "  c: {command: x, depends_on: {b: finished}}\n"
        "  d: {command: x, depends_on: [c, c]}\n"
        "  e: {command: x, depends_on: c}\n",
        "4:35: helper \"c\": \"depends_on\": a condition must be one of \"started\", \"ready\" or "
        "\"completed\", not \"finished\"\n"
        "6:31: helper \"e\": \"depends_on\" must be a list, or a map of name to condition, not "
        "\"c\"\n"
        "2:34: helper \"api\": \"depends_on\": there is no helper \"ap\" (did you mean "
        "\"api\"?)\n"
        "2:38: helper \"api\": \"depends_on\": there is no helper \"mysql\"\n"
        "3:32: helper \"b\": \"depends_on\": \"api\" never completes, because it has \"restart: "
        "always\"\n"
        "5:35: helper \"d\": \"depends_on\": \"c\" is there twice\n");
}
END_TEST

START_TEST(exit_with_is_one_helper)
{
    load("shutdown: {exit_with: '${HELPERD_NONE:-main}'}\nhelpers: {side: x, main: y}\n");
    ck_assert_int_eq(config->exit_with, 1);
    load("helpers: {side: x, w: {command: y, instances: 3}}\nshutdown: {exit_with: w@3}\n");
    ck_assert_int_eq(config->exit_with, 3);
    load("helpers: {side: x}\n");
    ck_assert_int_eq(config->exit_with, -1);
    refuse("shutdown: {exit_with: mian}\nhelpers: {side: x, main: y}\n",
           "1:23: \"shutdown.exit_with\": there is no helper \"mian\" (did you mean \"main\"?)\n");
    refuse("shutdown: {exit_with: w}\nhelpers: {w: {command: y, instances: 3}}\n",
           "1:23: \"shutdown.exit_with\": \"w\" has 3 instances; name one of them, like \"w@1\"\n");
    refuse("shutdown: {exit_with: [w]}\nhelpers: {w: y}\n",
           "1:23: \"shutdown.exit_with\" must be the name of a helper, not a list\n");
}
END_TEST

START_TEST(cycles_are_shown_once)
{
    refuse("helpers:\n"
           "  x: {command: x, depends_on: [a]}\n"
           "  a: {command: x, depends_on: [b]}\n"
           "  b: {command: x, depends_on: [c], instances: 2}\n"
           "  c: {command: x, depends_on: [a]}\n"
           "  self: {command: x, depends_on: [self]}\n",
           "5:32: cycle in depends_on: a -> b -> c -> a\n"
           "6:35: cycle in depends_on: self -> self\n");
}
END_TEST

START_TEST(paths_start_at_the_file_they_are_written_in)
{
    write_file("conf.d/b.yaml", "helpers: {b: {command: x, working_dir: sub/./dir}, c: x}\n");
    load("include: conf.d/b.yaml\n"
         "log: {target: logs/a.log}\n"
         "helpers: {a: {command: x, working_dir: ../z}}\n");
    memory_auto char *inner = memory_format("%s/conf.d/sub/dir", folder);
    memory_auto char *outer = memory_format("%s/../z", folder);
    memory_auto char *target = memory_format("%s/logs/a.log", folder);
    ck_assert_str_eq(helper("b")->working_dir, inner);
    ck_assert_str_eq(helper("a")->working_dir, outer);
    ck_assert_str_eq(helper("c")->working_dir, folder);
    ck_assert_str_eq(helper("b")->file, "conf.d/b.yaml");
    ck_assert_str_eq(config->log.target, target);
}
END_TEST

START_TEST(included_files_come_sorted_with_their_defaults)
{
    write_file("conf.d/2.yaml", "helpers: {second: x}\n");
    write_file("conf.d/1.yaml", "defaults: {stop_timeout: 1s}\nhelpers: {first: x}\nx-a: 1\n");
    load("include: [conf.d/*.yaml, none.d/*.yaml]\n"
         "defaults: {stop_timeout: 2s, umask: 077}\n"
         "helpers: {main: x}\n");
    ck_assert_str_eq(config->helpers[0].name, "main");
    ck_assert_str_eq(config->helpers[1].name, "first");
    ck_assert_str_eq(config->helpers[2].name, "second");
    ck_assert_double_eq_tol(helper("first")->stop_timeout, 1, 1e-9);
    ck_assert_double_eq_tol(helper("second")->stop_timeout, 2, 1e-9);
    ck_assert_int_eq(helper("first")->umask, 077);
    ck_assert_uint_eq(config->files.count, 3);
}
END_TEST

START_TEST(wrong_includes_are_named)
{
    write_file("conf.d/1.yaml", "include: [../a.yaml]\nhelpers: {a: x}\nlog: {}\nhelprs: {}\n");
    refuse("include: [conf.d/1.yaml, conf.d/*.yaml, none.yaml]\nhelpers: {a: x}\n",
           "conf.d/1.yaml:3:1: \"log\" belongs into the main file, not into one that is included\n"
           "conf.d/1.yaml:4:1: unknown key \"helprs\" (did you mean \"helpers\"?)\n"
           "conf.d/1.yaml:2:11: helper \"a\" is there already, at a.yaml:2\n"
           "conf.d/1.yaml:1:11: \"include\": \"conf.d/../a.yaml\" includes itself\n"
           "1:26: \"include\": \"conf.d/1.yaml\" is included twice\n"
           "1:41: cannot read \"none.yaml\": No such file or directory\n");
}
END_TEST

START_TEST(qgoda_has_only_its_helpers_read)
{
    load_as("title: a site\nhelpers:\n  a: npm run dev\n  b: [vite, '${X}']\n", "_qgoda.yaml",
            true);
    ck_assert_ptr_nonnull(config);
    check_argv("a", "npm|run|dev");
    check_argv("b", "vite|${X}");
    ck_assert_int_eq(helper("a")->restart, RESTART_ON_FAILURE);
    load_as("title: a site\n", "_qgoda.yaml", true);
    ck_assert_ptr_null(config);
    ck_assert_str_eq(errors.items[0].text, "there are no \"helpers\" in it");
}
END_TEST

START_TEST(qgoda_has_what_is_not_helpers_left_alone)
{
    load_as("title: !local a\ntitle: b\nmap: {? [k] : 1, a: 1, a: 2}\nnul: \"\\0\"\n"
            "<<: text\nalias: *none\nhelpers:\n  a: npm run dev\n",
            "_qgoda.yaml", true);
    errors_print(&errors, stderr);
    ck_assert_ptr_nonnull(config);
    check_argv("a", "npm|run|dev");
    static const struct {
        const char *text, *error;
    } wrong[] = {
        {"helpers: {a: x, a: y}\n", "duplicate key \"a\" (first at line 1)"},
        {"helpers: {a: !local x}\n", "tag \"!local\" is not understood"},
        {"helpers: {a: x}\nhelpers: {b: x}\n", "duplicate key \"helpers\" (first at line 1)"},
        {"helpers: {a: x}\ntitle: [a\n", "expected \",\" or \"]\" (in a list that begins "
                                         "at line 2)"},
        {"helpers: {a: x}\ntitle: \x01\n", "character U+0001 is not allowed here"},
    };
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        load_as(wrong[i].text, "_qgoda.yaml", true);
        ck_assert_ptr_null(config);
        ck_assert_str_eq(errors.items[0].text, wrong[i].error);
    }
}
END_TEST

START_TEST(pattern_that_cannot_be_looked_up_is_an_error)
{
    memory_auto char *loop = memory_format("%s/loop", folder);
    ck_assert_int_eq(symlink("loop", loop), 0);
    refuse("include: ['loop/*.yaml', 'a.yaml/*.yaml']\nhelpers: {a: x}\n",
           "1:11: \"include\": cannot find the files of \"loop/*.yaml\": a directory cannot be "
           "read\n");
}
END_TEST

START_TEST(all_values_together_are_bounded)
{
    struct buffer text = {0};
    buffer_append_text(&text, "helpers: {a: {instances: 10000, command: [x, '");
    for (size_t i = 0; i < 100000; i++)
        buffer_append_char(&text, 'x');
    buffer_append_text(&text, "']}}\n");
    memory_auto char *file = buffer_take(&text);
    refuse(file, "1:46: helper \"a\": here all values together become too large\n");
}
END_TEST

static char *repeat(const char *text, size_t count)
{
    struct buffer out = {0};
    for (size_t i = 0; i < count; i++)
        buffer_append_text(&out, text);
    return buffer_take(&out);
}

// Settings of a helper with a long text in their middle.
static const struct {
    const char *before, *behind;
} long_settings[] = {
    {"command: 'x | ", "'"},
    {"shell: false, command: 'x ", "'"},
    {"command: x, stop_command: 'x ", "'"},
    {"command: x, depends_on: {? ", " : ready}"},
};

START_TEST(each_instance_has_its_own_copy_of_a_long_text)
{
    memory_auto char *middle = repeat("y", 100000);
    memory_auto char *text =
        memory_format("helpers: {a: {instances: 10000, %s%s%s}}\n", long_settings[_i].before,
                      middle, long_settings[_i].behind);
    load_as(text, "a.yaml", false);
    ck_assert_ptr_null(config);
    ck_assert_str_eq(errors.items[0].text,
                     "helper \"a\": here all values together become too large");
}
END_TEST

START_TEST(reading_ends_where_all_values_are_too_large)
{
    memory_auto char *codes = repeat("1,", 20000);
    memory_auto char *file = memory_format(
        "x-codes: &codes [%s]\n"
        "defaults: {command: x, success_exit_codes: *codes}\n"
        "helpers: {a: {instances: 10000}, b: {depends_on: nobody, wrong: 1}}\n",
        codes);
    load_as(file, "a.yaml", false);
    ck_assert_ptr_null(config);
    ck_assert_uint_eq(errors.count, 1);
    ck_assert_str_eq(errors.items[0].text,
                     "helper \"a\": here all values together become too large");
}
END_TEST

START_TEST(values_of_env_files_count_among_all_values)
{
    // 4,000 lines of 12 bytes would become 4 GB.
    memory_auto char *lines = repeat("B=${A}${A}\n", 4000);
    write_file("b.env", lines);
    memory_auto char *value = repeat("x", 500000);
    memory_auto char *text = memory_format("helpers: {a: {command: x, env_file: b.env}}\n"
                                           "environment: {A: %s}\n",
                                           value);
    memory_auto char *expected =
        memory_format("%s/b.env:268:3: here all values together become too large\n", folder);
    refuse(text, expected);
}
END_TEST

START_TEST(each_instance_has_its_own_copy_of_an_env_file)
{
    memory_auto char *value = repeat("x", 100000);
    memory_auto char *line = memory_format("A=%s\n", value);
    write_file("b.env", line);
    refuse("helpers: {a: {command: x, env_file: b.env, instances: 10000}}\n",
           "1:37: helper \"a\": here all values together become too large\n");
}
END_TEST

START_TEST(helpers_with_the_same_rules_share_their_patterns)
{
    load("defaults: {log: {rules: [{match: x, drop: true}, {match: '${HELPERD_NONE:-y}',\n"
         "  level: error}]}}\n"
         "helpers:\n"
         "  a: {command: [x], instances: 2}\n"
         "  b: [x]\n"
         "  c: {command: [x], log: {rules: [{match: z, drop: true}]}}\n");
    const struct log_rule *rules = helper("a@1")->log.rules;
    for (size_t i = 0; i < 2; i++) {
        ck_assert_ptr_eq(helper("a@2")->log.rules[i].match, rules[i].match);
        ck_assert_ptr_eq(helper("b")->log.rules[i].match, rules[i].match);
    }
    ck_assert(pattern_matches(rules[1].match, "y", 1));
    const struct log_rule *own = helper("c")->log.rules;
    ck_assert(pattern_matches(own->match, "z", 1));
    ck_assert(!pattern_matches(own->match, "x", 1));
}
END_TEST

START_TEST(patterns_count_among_all_values)
{
    memory_auto char *letters = repeat("${INSTANCE}[a-f]{1,40}(?:x|y)", 300);
    memory_auto char *text = memory_format(
        "helpers: {a: {command: x, instances: 10000, log: {rules: [{drop: true, match: '%s'}]}}}\n",
        letters);
    refuse(text, "1:79: helper \"a\": here all values together become too large\n");
}
END_TEST

Suite *load_suite(void)
{
    Suite *suite = suite_create("load");
    TCase *tests = tcase_create("load");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, names_are_looked_up_from_near_to_far);
    tcase_add_test(tests, value_does_not_see_its_own_list);
    tcase_add_test(tests, expansion_fails_at_the_value);
    tcase_add_test(tests, expanded_text_is_no_yaml);
    tcase_add_test(tests, environment_may_be_a_list);
    tcase_add_test(tests, env_file_has_its_own_lines);
    tcase_add_test(tests, env_file_errors_have_their_line);
    tcase_add_test(tests, defaults_are_merged_by_name);
    tcase_add_test(tests, errors_in_defaults_are_said_once);
    tcase_add_test(tests, instances_are_helpers_of_their_own);
    tcase_add_test(tests, dependencies_are_checked);
    tcase_add_test(tests, exit_with_is_one_helper);
    tcase_add_test(tests, cycles_are_shown_once);
    tcase_add_test(tests, paths_start_at_the_file_they_are_written_in);
    tcase_add_test(tests, included_files_come_sorted_with_their_defaults);
    tcase_add_test(tests, wrong_includes_are_named);
    tcase_add_test(tests, qgoda_has_only_its_helpers_read);
    tcase_add_test(tests, qgoda_has_what_is_not_helpers_left_alone);
    tcase_add_test(tests, pattern_that_cannot_be_looked_up_is_an_error);
    tcase_add_test(tests, helpers_with_the_same_rules_share_their_patterns);
    suite_add_tcase(suite, tests);

    TCase *bounds = tcase_create("bounds");
    tcase_add_checked_fixture(bounds, set_up, tear_down);
    tcase_set_timeout(bounds, 60); // 256 MiB of values take their time under a sanitizer
    tcase_add_test(bounds, all_values_together_are_bounded);
    tcase_add_test(bounds, reading_ends_where_all_values_are_too_large);
    tcase_add_test(bounds, values_of_env_files_count_among_all_values);
    tcase_add_test(bounds, each_instance_has_its_own_copy_of_an_env_file);
    tcase_add_test(bounds, patterns_count_among_all_values);
    tcase_add_loop_test(bounds, each_instance_has_its_own_copy_of_a_long_text, 0,
                        LENGTH(long_settings));
    suite_add_tcase(suite, bounds);
    return suite;
}
