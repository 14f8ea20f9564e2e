// SPDX-License-Identifier: MIT
// What becomes of each key of a supervisord.conf; the tables are in config/supervisord_keys.c.
#include "../suites.h"
#include "loading.h"

#include "config/describe.h"
#include "config/supervisord_keys.h"

#include <signal.h>
#include <sys/resource.h>

// Loads a file that is right; warnings are "LINE:COLUMN: TEXT", one a line.
static void load_with_warnings(const char *text, const char *warnings)
{
    load_as(text, "a.conf", false);
    check_errors("a.conf", warnings);
    ck_assert_ptr_nonnull(config);
}

#define DAEMON "[supervisord]\nnodaemon=true\n"

// Loads programs; they begin at line 3.
static void load_programs(const char *text)
{
    memory_auto char *all = memory_format(DAEMON "%s", text);
    load_with_warnings(all, "");
}

static void load_program(const char *keys)
{
    memory_auto char *all = memory_format("[program:a]\ncommand=x\n%s", keys);
    load_programs(all);
}

// The keys begin at line 5.
static void refuse_program(const char *keys, const char *expected)
{
    memory_auto char *all = memory_format(DAEMON "[program:a]\ncommand=x\n%s", keys);
    refuse_as(all, "a.conf", expected);
}

static void warn_of_program(const char *keys, const char *expected)
{
    memory_auto char *all = memory_format(DAEMON "[program:a]\ncommand=x\n%s", keys);
    load_with_warnings(all, expected);
}

static char *all_names(void)
{
    struct buffer names = {0};
    for (size_t i = 0; i < config->helper_count; i++)
        buffer_printf(&names, "%s%s", i > 0 ? " " : "", config->helpers[i].name);
    return buffer_take(&names);
}

static void expect_names(const char *expected)
{
    memory_auto char *names = all_names();
    ck_assert_str_eq(names, expected);
}

START_TEST(plain_program_has_the_fallbacks_of_supervisord)
{
    load_program("");
    const struct helper_config *a = helper("a");
    check_argv("a", "x");
    ck_assert_str_eq(a->working_dir, folder);
    ck_assert_int_eq(a->umask, -1);
    ck_assert(a->autostart);
    ck_assert_int_eq(a->restart, RESTART_ON_FAILURE);
    ck_assert_uint_eq(a->success_count, 1);
    ck_assert_int_eq(a->success[0].code, 0);
    ck_assert_uint_eq(a->start_retries, 3);
    ck_assert_double_eq(a->backoff.initial, 1);
    ck_assert_double_eq(a->backoff.max, 3);
    ck_assert_double_eq(a->backoff.jitter, 0);
    ck_assert_double_eq(a->backoff.reset_after, 1);
    ck_assert_uint_eq(a->start_limit.burst, 0);
    ck_assert_double_eq(a->ready_after, 1);
    ck_assert_int_eq(a->stop_signal, SIGTERM);
    ck_assert_double_eq(a->stop_timeout, 10);
    ck_assert_int_eq(a->kill_mode, KILL_PROCESS);
    ck_assert_int_eq(a->stdin_mode, STDIN_HOLD);
    ck_assert_int_eq(a->log.stdout_stream.mode, STREAM_LOG);
    ck_assert_int_eq(a->log.stderr_stream.mode, STREAM_LOG);
    ck_assert_ptr_null(a->log.stdout_file);
    ck_assert_double_eq(config->shutdown_timeout, 30);
}
END_TEST

START_TEST(developer_mode_changes_nothing)
{
    load_as(DAEMON "[program:a]\ncommand=x\nautorestart=true\n", "a.conf", true);
    ck_assert_int_eq(helper("a")->restart, RESTART_ALWAYS);
    ck_assert_int_eq(helper("a")->stdin_mode, STDIN_HOLD);
}
END_TEST

START_TEST(commands)
{
    setenv("HELPERD_A", "a b", 1);
    load_programs("[program:a]\ncommand=/bin/sh -c \"echo '$X' ${Y} $$\" %(program_name)s\n"
                  "[program:b]\ncommand=b %(ENV_HELPERD_A)s '%(ENV_HELPERD_A)s' %%\n"
                  "[program:c]\ncommand=c\n  d ; e\n  f\n");
    check_argv("a", "/bin/sh|-c|echo '$X' ${Y} $$|a");
    check_argv("b", "b|a|b|a b|%");
    check_argv("c", "c|d|f");
    unsetenv("HELPERD_A");
    refuse_as(DAEMON "[program:a]\n[program:b]\ncommand=\n[program:c]\ncommand=bash -c 'a ; b'\n"
                     "[program:d]\ncommand=date +%Y\n",
              "a.conf",
              "3:1: [program:a]: \"command\": is missing\n"
              "5:9: [program:b]: \"command\": is empty\n"
              "7:9: [program:c]: \"command\": a quote is not closed\n"
              "9:9: [program:d]: \"command\": a % that begins no %(name)s must be written %%\n");
}
END_TEST

START_TEST(expressions_know_where_they_stand)
{
    load_programs("[program:a]\n"
                  "command=%(here)s %(group_name)s %(process_num)d/%(numprocs)d\n"
                  "directory=%(here)s/%(process_num)02d\n");
    memory_auto char *argv = memory_format("%s|a|0/1", folder);
    memory_auto char *directory = memory_format("%s/00", folder);
    check_argv("a", argv);
    ck_assert_str_eq(helper("a")->working_dir, directory);
}
END_TEST

START_TEST(names)
{
    load_programs("[program:a]\ncommand=x\nprocess_name=%(program_name)s_%(process_num)02d\n"
                  "numprocs=2\nnumprocs_start=9\n"
                  "[program:b]\ncommand=x\nprocess_name=worker\n"
                  "[program:c]\ncommand=x\n[group:g]\nprograms=c\n");
    expect_names("a_09 a_10 worker g.c");
    ck_assert_str_eq(variable("a_10", "SUPERVISOR_PROCESS_NAME"), "a_10");
    ck_assert_str_eq(variable("a_10", "SUPERVISOR_GROUP_NAME"), "a");
    ck_assert_str_eq(variable("g.c", "SUPERVISOR_PROCESS_NAME"), "c");
    ck_assert_str_eq(variable("g.c", "SUPERVISOR_GROUP_NAME"), "g");
    ck_assert_str_eq(variable("g.c", "SUPERVISOR_ENABLED"), "1");
    // Two of one name have their group in it.
    load_programs("[program:a]\ncommand=x\nprocess_name=p\n[program:b]\ncommand=x\n"
                  "process_name=p\n[program:c]\ncommand=x\n");
    expect_names("a.p b.p c");
    load_with_warnings(DAEMON "[program:_a+b]\ncommand=x\n",
                       "3:1: \"_a+b\" is called \"x_a_b\" here\n");
    expect_names("x_a_b");
    refuse_program("numprocs=2\n",
                   "5:10: [program:a]: \"numprocs\": needs %(process_num)d in process_name, or all "
                   "would have one name\n");
    refuse_program("process_name=a b\n", "5:14: [program:a]: \"process_name\": must not hold a "
                                         "blank, \":\" or \"/\"\n");
    refuse_as(DAEMON "[program:a b]\ncommand=x\n", "a.conf",
              "3:1: \"a b\" cannot be a name: it must not be empty nor hold a blank, \":\" or "
              "\"/\"\n");
    refuse_program("process_name=%(ENV_HELPERD_NONE)s\n",
                   "5:14: [program:a]: \"process_name\": %(ENV_HELPERD_NONE)s: the variable "
                   "HELPERD_NONE is not set\n");
}
END_TEST

START_TEST(one_program_may_be_in_two_groups)
{
    load_programs("[program:a]\ncommand=x\n[group:g]\nprograms=a\n[group:h]\nprograms= a\n");
    expect_names("g.a h.a");
    refuse_as(DAEMON "[group:g]\nprograms=a,b\n[program:a]\ncommand=x\n", "a.conf",
              "4:10: [group:g]: \"programs\": there is no [program:b]\n");
    refuse_as(DAEMON "[group:g]\nprograms=a b,a\n[program:a]\ncommand=x\n", "a.conf",
              "4:10: [group:g]: \"programs\": there is no [program:a b]\n");
}
END_TEST

START_TEST(numbers_of_processes_are_limited)
{
    refuse_program("numprocs=10001\nprocess_name=%(process_num)d\n",
                   "5:10: [program:a]: \"numprocs\": is out of range\n");
    load_program("numprocs=0\n[program:b]\ncommand=x\n");
    expect_names("b");
}
END_TEST

// What 10,000 processes cannot have each: the start of a value, its piece, and how many of these.
static const struct {
    const char *before, *piece;
    size_t count;
} too_much[] = {
    {"command=x ", "%(program_name)100000s", 1},
    {"command=x ", "y ", 25000},
    {"command=x ", "%(process_num)s", 4000},
    {"command=x\nenvironment=", "A=1,", 15000},
    {"command=x\nenvironment=", "A%(process_num)s=1,", 3000},
    {"command=x\ndirectory=/", "y", 60000},
};

static char *repeat(const char *text, size_t count)
{
    struct buffer out = {0};
    for (size_t i = 0; i < count; i++)
        buffer_append_text(&out, text);
    return buffer_take(&out);
}

START_TEST(what_each_process_takes_counts_among_all_values)
{
    memory_auto char *pieces = repeat(too_much[_i].piece, too_much[_i].count);
    memory_auto char *all =
        memory_format(DAEMON "[program:a]\nnumprocs=10000\nprocess_name=%%(process_num)d\n%s%s\n",
                      too_much[_i].before, pieces);
    load_as(all, "a.conf", false);
    ck_assert_ptr_null(config);
    ck_assert_uint_eq(errors.count, 1);
    ck_assert_str_eq(errors.items[0].text,
                     "[program:a]: here all values together become too large");
    ck_assert_uint_eq(errors.items[0].line, strchr(too_much[_i].before, '\n') != NULL ? 7 : 6);
}
END_TEST

START_TEST(variables_count_by_the_names_they_are_looked_for_among)
{
    struct buffer variables = {0};
    for (int i = 0; i < 1000; i++)
        buffer_printf(&variables, "A%d=1,", i);
    memory_auto char *list = buffer_take(&variables);
    memory_auto char *program = memory_format("numprocs=400\nprocess_name=%%(process_num)d\n"
                                              "environment=%s\n",
                                              list);
    refuse_program(program, "7:13: [program:a]: here all values together become too large\n");
}
END_TEST

START_TEST(long_lists_of_exit_codes_are_short_ones)
{
    memory_auto char *codes = repeat("2, 0,", 5000);
    memory_auto char *program = memory_format("numprocs=3000\nprocess_name=%%(process_num)d\n"
                                              "exitcodes=%s3\n",
                                              codes);
    load_program(program);
    ck_assert_uint_eq(helper("2999")->success_count, 3);
    ck_assert_int_eq(helper("2999")->success[2].code, 3);
}
END_TEST

START_TEST(each_mention_of_a_program_counts_among_all_values)
{
    memory_auto char *codes = repeat("1,", 10000);
    memory_auto char *mentions = repeat("a,", 20000);
    memory_auto char *all = memory_format(DAEMON "[program:a]\ncommand=x\nexitcodes=%s1\n"
                                                 "[group:g]\nprograms=%sa\n",
                                          codes, mentions);
    load_as(all, "a.conf", false);
    ck_assert_ptr_null(config);
    ck_assert_str_eq(errors.items[0].text,
                     "[program:a]: here all values together become too large");
}
END_TEST

START_TEST(order_is_that_of_priorities)
{
    load_programs("[program:z]\ncommand=x\npriority=1\n[program:b]\ncommand=x\n"
                  "[program:a]\ncommand=x\n[program:d]\ncommand=x\npriority=7\n"
                  "[program:c]\ncommand=x\n[group:g]\nprograms=d,c\npriority=2\n"
                  "[program:w]\ncommand=x\nnumprocs=11\nprocess_name=w%(process_num)d\n"
                  "priority=-1\n");
    expect_names("w0 w1 w10 w2 w3 w4 w5 w6 w7 w8 w9 z g.d g.c a b");
    refuse_program("priority=high\n",
                   "5:10: [program:a]: \"priority\": must be a whole number, not \"high\"\n");
}
END_TEST

START_TEST(autostart)
{
    load_program("autostart=OFF\n");
    ck_assert(!helper("a")->autostart);
    refuse_program("autostart=maybe\n",
                   "5:11: [program:a]: \"autostart\": must be true or false, not \"maybe\"\n");
}
END_TEST

START_TEST(startsecs)
{
    load_program("startsecs= 7 \n");
    ck_assert_double_eq(helper("a")->ready_after, 7);
    ck_assert_double_eq(helper("a")->backoff.reset_after, 7);
    load_program("startsecs=0\n");
    ck_assert_double_lt(helper("a")->ready_after, 0);
    ck_assert_double_eq(helper("a")->backoff.reset_after, 1);
    ck_assert_double_eq(helper("a")->backoff.max, 1);
    refuse_program("startsecs=soon\n",
                   "5:11: [program:a]: \"startsecs\": must be a whole number, not \"soon\"\n");
}
END_TEST

START_TEST(startretries)
{
    load_program("startretries=12\n");
    ck_assert_uint_eq(helper("a")->start_retries, 12);
    ck_assert_double_eq(helper("a")->backoff.max, 12);
    load_program("startretries=0\n");
    ck_assert_uint_eq(helper("a")->start_retries, 0);
    warn_of_program("startretries=99999999999\n",
                    "5:14: [program:a]: \"startretries\": 99999999999 "
                    "is taken as 1000000000\n");
}
END_TEST

START_TEST(autorestart)
{
    load_program("autorestart=true\n");
    ck_assert_int_eq(helper("a")->restart, RESTART_ALWAYS);
    load_program("autorestart=0\n");
    ck_assert_int_eq(helper("a")->restart, RESTART_NEVER);
    load_program("autorestart=Unexpected\n");
    ck_assert_int_eq(helper("a")->restart, RESTART_ON_FAILURE);
    refuse_program("autorestart=always\n",
                   "5:13: [program:a]: \"autorestart\": must be true, false "
                   "or unexpected, not \"always\"\n");
}
END_TEST

START_TEST(exitcodes)
{
    load_program("exitcodes=0, 2,255\n");
    ck_assert_uint_eq(helper("a")->success_count, 3);
    ck_assert_int_eq(helper("a")->success[2].code, 255);
    // None is expected, so all are a reason to restart.
    load_program("exitcodes=\n");
    ck_assert_int_eq(helper("a")->restart, RESTART_ALWAYS);
    refuse_program("exitcodes=0,256\n", "5:11: [program:a]: \"exitcodes\": must be a list of "
                                        "numbers from 0 to 255 (like 0,2), not \"0,256\"\n");
}
END_TEST

START_TEST(stops)
{
    load_program("stopsignal=quit\nstopwaitsecs=40\nstopasgroup=yes\n");
    ck_assert_int_eq(helper("a")->stop_signal, SIGQUIT);
    ck_assert_double_eq(helper("a")->stop_timeout, 40);
    ck_assert_int_eq(helper("a")->kill_mode, KILL_GROUP);
    ck_assert_double_eq(config->shutdown_timeout, 45);
    load_program("stopasgroup=true\nkillasgroup=true\n");
    ck_assert_int_eq(helper("a")->kill_mode, KILL_GROUP);
    warn_of_program("killasgroup=true\nstopwaitsecs=100000\n",
                    "6:14: [program:a]: \"stopwaitsecs\": 100000 is taken as 86400\n"
                    "5:13: [program:a]: \"killasgroup\": has no counterpart without stopasgroup: "
                    "the stop signal goes to the whole group as well\n");
    ck_assert_int_eq(helper("a")->kill_mode, KILL_GROUP);
    load_program("killasgroup=false\n");
    ck_assert_int_eq(helper("a")->kill_mode, KILL_PROCESS);
    refuse_program("stopasgroup=true\nkillasgroup=false\nstopsignal=FOO\n",
                   "7:12: [program:a]: \"stopsignal\": must be a signal (like TERM), not \"FOO\"\n"
                   "6:13: [program:a]: \"killasgroup\": cannot be false where stopasgroup is "
                   "true\n");
}
END_TEST

static void check_descriptors(const char *key, uint64_t soft)
{
    memory_auto char *text = memory_format("%s%s[program:a]\ncommand=x\n", DAEMON, key);
    load_with_warnings(text, "");
    const struct limit_config *limit = &helper("a")->limits[LIMIT_NOFILE];
    ck_assert_int_eq(limit->is_set, soft > 0);
    ck_assert_uint_eq(limit->soft, soft);
    ck_assert_uint_ge(limit->hard, soft);
}

START_TEST(descriptor_limits_are_only_raised)
{
    descriptors = 4096;
    check_descriptors("", 0);
    check_descriptors("minfds=2048\n", 0);
    check_descriptors("minfds=4096\n", 0);
    check_descriptors("minfds=4097\n", 4097);
    descriptors = 512;
    check_descriptors("", 1024);
    check_descriptors("minfds=513\n", 513);
    check_descriptors("minfds=100\n", 0);
    descriptors = RLIM_INFINITY;
    check_descriptors("minfds=100000\n", 0);
    descriptors = 1024;
}
END_TEST

START_TEST(environments)
{
    setenv("HELPERD_A", "outside $$ ${X} \"q\"", 1);
    load_with_warnings("[supervisord]\nnodaemon=true\nenvironment=TOP=\"1\",BOTH=\"top\"\n"
                       "[program:a]\n"
                       "command=x %(ENV_TOP)s%(ENV_BOTH)s%(ENV_OWN)s\n"
                       "environment=BOTH=\"own\",OWN='%(ENV_HELPERD_A)s %% %(ENV_BOTH)s'\n",
                       "");
    check_argv("a", "x|1ownoutside|$$|${X}|q|%|top");
    ck_assert_str_eq(strings_variable(&config->environment, "TOP"), "1");
    ck_assert_str_eq(variable("a", "TOP"), "(none)");
    ck_assert_str_eq(variable("a", "BOTH"), "own");
    ck_assert_str_eq(variable("a", "OWN"), "outside $$ ${X} \"q\" % top");
    unsetenv("HELPERD_A");
    refuse_program("environment=A=a@b\n",
                   "5:13: [program:a]: \"environment\": it must be a list like "
                   "KEY=\"value\",KEY2=\"value\" (values with other characters than letters, "
                   "digits and _/.+-(): need quotes)\n");
    warn_of_program("environment=INSTANCE=2\n", "5:13: [program:a]: \"environment\": INSTANCE is a "
                                                "variable of helperd's own; the helper sees 1\n");
}
END_TEST

START_TEST(variables_of_supervisord_can_be_replaced)
{
    load_with_warnings("[supervisord]\nnodaemon=true\nenvironment=SUPERVISOR_ENABLED=0\n"
                       "[program:a]\ncommand=x\nenvironment=SUPERVISOR_GROUP_NAME=z\n",
                       "");
    ck_assert_str_eq(variable("a", "SUPERVISOR_ENABLED"), "(none)");
    ck_assert_str_eq(strings_variable(&config->environment, "SUPERVISOR_ENABLED"), "0");
    ck_assert_str_eq(variable("a", "SUPERVISOR_GROUP_NAME"), "z");
}
END_TEST

START_TEST(directories_and_masks)
{
    // Only a supervisord that detaches changes its directory and mask.
    load_with_warnings("[supervisord]\ndirectory=conf.d\numask=027\n[program:a]\ncommand=x\n"
                       "[program:b]\ncommand=x\ndirectory=sub\numask=0\n",
                       "");
    memory_auto char *inner = memory_format("%s/conf.d", folder);
    memory_auto char *sub = memory_format("%s/conf.d/sub", folder);
    ck_assert_str_eq(helper("a")->working_dir, inner);
    ck_assert_int_eq(helper("a")->umask, 027);
    ck_assert_str_eq(helper("b")->working_dir, sub);
    ck_assert_int_eq(helper("b")->umask, 0);
    load_with_warnings("[supervisord]\n[program:a]\ncommand=x\n", "");
    ck_assert_int_eq(helper("a")->umask, 022);
    load_with_warnings("[supervisord]\nnodaemon=1\ndirectory=conf.d\numask=027\n"
                       "[program:a]\ncommand=x\ndirectory=/\n",
                       "");
    ck_assert_str_eq(helper("a")->working_dir, "/");
    ck_assert_int_eq(helper("a")->umask, -1);
    memory_auto char *missing =
        memory_format("2:11: [supervisord]: \"directory\": there is no directory \"%s/none\"\n"
                      "5:7: [program:a]: \"umask\": must be an octal number (like 022), not "
                      "\"9\"\n",
                      folder);
    refuse_as("[supervisord]\ndirectory=none\n[program:a]\ncommand=x\numask=9\n", "a.conf",
              missing);
}
END_TEST

START_TEST(log_files)
{
    load_program("stdout_logfile=conf.d/%(program_name)s.log\nstdout_logfile_maxbytes=3mb\n"
                 "stdout_logfile_backups=2\n");
    const struct helper_log_config *log = &helper("a")->log;
    memory_auto char *path = memory_format("%s/conf.d/a.log", folder);
    ck_assert_str_eq(log->stdout_file, path);
    ck_assert_int_eq(log->file_format, FORMAT_RAW);
    ck_assert_uint_eq(log->max_size, 3 << 20);
    ck_assert_uint_eq(log->max_files, 2);
    ck_assert_ptr_null(log->stderr_file);
    ck_assert_int_eq(log->stderr_stream.mode, STREAM_LOG);

    load_program("stderr_logfile=/dev/stderr\nstderr_logfile_maxbytes=0\nstdout_logfile=auto\n");
    log = &helper("a")->log;
    ck_assert_str_eq(log->stderr_file, "/dev/stderr");
    ck_assert_uint_eq(log->max_size, 0);
    ck_assert_ptr_null(log->stdout_file);
    refuse_program("stdout_logfile=/no/such/a.log\nstderr_logfile_maxbytes=1M\n",
                   "5:16: [program:a]: \"stdout_logfile\": there is no directory \"/no/such\"\n"
                   "6:25: [program:a]: \"stderr_logfile_maxbytes\": must be a size (like 50MB, "
                   "512KB, 0), not \"1M\"\n");
}
END_TEST

START_TEST(output_to_nowhere)
{
    static const char *const words[] = {"NONE", "off", "/dev/null"};
    for (size_t i = 0; i < LENGTH(words); i++) {
        memory_auto char *keys = memory_format("stdout_logfile=%s\n", words[i]);
        load_program(keys);
        ck_assert_int_eq(helper("a")->log.stdout_stream.mode, STREAM_DISCARD);
        ck_assert_int_eq(helper("a")->log.stderr_stream.mode, STREAM_LOG);
    }
}
END_TEST

START_TEST(standard_error_redirected)
{
    load_program("redirect_stderr=true\nstdout_logfile=NONE\nstderr_logfile=NONE\n");
    ck_assert_int_eq(helper("a")->log.stdout_stream.mode, STREAM_DISCARD);
    ck_assert_int_eq(helper("a")->log.stderr_stream.mode, STREAM_JOIN);
    warn_of_program("redirect_stderr=true\nstderr_logfile=/tmp/a.log\n",
                    "6:16: [program:a]: \"stderr_logfile\": does not count where redirect_stderr "
                    "is true\n");
    ck_assert_ptr_null(helper("a")->log.stderr_file);
}
END_TEST

START_TEST(files_of_both_streams_share_their_limits)
{
    warn_of_program("stdout_logfile=o\nstdout_logfile_maxbytes=1KB\nstderr_logfile=e\n",
                    "7:16: [program:a]: \"stderr_logfile\": its maxbytes and backups are those of "
                    "stdout_logfile: a helper has one limit for its files\n");
    ck_assert_uint_eq(helper("a")->log.max_size, 1024);
    load_program("stdout_logfile=o\nstderr_logfile=e\n");
    ck_assert_uint_eq(helper("a")->log.max_size, 50 << 20);
    ck_assert_uint_eq(helper("a")->log.max_files, 10);
}
END_TEST

START_TEST(syslog_goes_to_the_log)
{
    warn_of_program("stdout_logfile=syslog\nstderr_syslog=true\n",
                    "6:1: [program:a]: ignored by helperd: \"stderr_syslog\" (line 6)\n"
                    "5:16: [program:a]: \"stdout_logfile\": syslog is not supported; it goes to "
                    "the log\n");
    ck_assert_int_eq(helper("a")->log.stdout_stream.mode, STREAM_LOG);
}
END_TEST

START_TEST(own_user_is_left_out)
{
    memory_auto char *keys = memory_format("user=%d\n", (int)getuid());
    load_program(keys);
    memory_auto char *text = memory_format(
        "[supervisord]\nnodaemon=true\nuser=%d\n[program:a]\ncommand=x\n", (int)getuid());
    load_with_warnings(text, "");
    refuse_program("user=no-such-user\n",
                   "5:6: [program:a]: \"user\": there is no user \"no-such-user\"\n");
}
END_TEST

START_TEST(included_files)
{
    write_file("conf.d/2.ini", "[program:b]\ncommand=b %(here)s\n[program:a]\nautostart=false\n");
    write_file("conf.d/1.ini", "\xef\xbb\xbf[program:c]\r\ncommand=c\r\n"
                               "[include]\r\nfiles=none\r\n");
    load_programs(
        "[program:a]\ncommand=a\n[include]\nfiles = conf.d/*.ini\n  %(here)s/conf.d/1.*\n");
    expect_names("a b c");
    memory_auto char *argv = memory_format("b|%s/conf.d", folder);
    check_argv("b", argv);
    ck_assert(!helper("a")->autostart);
    ck_assert_uint_eq(config->files.count, 4);
    memory_auto char *expected =
        memory_format("4:7: [include]: no file matches \"%s/none/*\"\n", folder);
    load_with_warnings(DAEMON "[include]\nfiles=none/*\n[program:a]\ncommand=x\n", expected);
    refuse_as(DAEMON "[include]\n", "a.conf", "3:1: [include]: \"files\": is missing\n");
    write_file("conf.d/3.ini", "x=1\n");
    memory_auto char *wrong =
        memory_format("%s/conf.d/3.ini:1:1: there is no section before it ([name])\n", folder);
    refuse_as(DAEMON "[include]\nfiles=conf.d/3.ini\n", "a.conf", wrong);
}
END_TEST

START_TEST(what_is_ignored_is_said_once)
{
    load_with_warnings(
        "[unix_http_server]\nfile=/run/x.sock\nfoo=bar\n"
        "[supervisord]\nnodaemon=true\nlogfile=/dev/null\npidfile=/run/x.pid\n"
        "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = x:y\n"
        "[supervisorctl]\n[inet_http_server]\n[ctlplugin:x]\n"
        "[program:a]\ncommand=x\n",
        "6:1: [supervisord]: ignored by helperd: \"logfile\" (line 6), \"pidfile\" (line 7)\n"
        "1:1: ignored by helperd, as supervisorctl does not work with it: "
        "[unix_http_server] (line 1), [rpcinterface:supervisor] (line 8), [supervisorctl] (line "
        "10), "
        "[inet_http_server] (line 11), [ctlplugin:x] (line 12)\n");
}
END_TEST

START_TEST(unknown_names_are_warned_of)
{
    load_with_warnings(DAEMON "logfil=x\n[prog:x]\n[program:a]\ncommand=x\nautorestrat=true\n",
                       "3:1: [supervisord]: unknown key \"logfil\" (did you mean \"logfile\"?)\n"
                       "4:1: unknown section [prog:x]\n"
                       "7:1: [program:a]: unknown key \"autorestrat\" (did you mean "
                       "\"autorestart\"?)\n");
    load_with_warnings(DAEMON "[program:a]\ncommand=x\nmemory=1\n",
                       "5:1: [program:a]: unknown key \"memory\"\n");
    // What says the fallback says nothing.
    load_program("stdout_syslog=false\nserverurl=AUTO\nstdout_events_enabled=false\n");
    // Only event listeners would see these, and there are none.
    load_program("stdout_capture_maxbytes=1MB\nstderr_events_enabled=true\n");
}
END_TEST

START_TEST(listeners_and_fcgi_are_refused_by_name)
{
    refuse_as(DAEMON "[eventlistener:l]\ncommand=x\nevents=TICK_5\n[fcgi-program:f]\n", "a.conf",
              "3:1: [eventlistener:l]: helperd has no eventlistener: take the section out, or "
              "run the file with supervisord\n"
              "6:1: [fcgi-program:f]: helperd has no fcgi-program: take the section out, or run "
              "the file with supervisord\n");
}
END_TEST

START_TEST(other_files_are_none_of_supervisords)
{
    refuse_as("[mysqld]\nport=1\n", "a.conf",
              "0:0: there is no section [supervisord] in it, so it is no configuration of "
              "supervisord's\n");
}
END_TEST

START_TEST(defaults_of_all_sections)
{
    load_with_warnings("[DEFAULT]\nstartsecs=9\n[supervisord]\nnodaemon=true\n"
                       "[program:a]\ncommand=x\n[program:b]\ncommand=x\nstartsecs=1\n",
                       "");
    ck_assert_double_eq(helper("a")->ready_after, 9);
    ck_assert_double_eq(helper("b")->ready_after, 1);
}
END_TEST

START_TEST(it_is_said_once_for_all_processes)
{
    refuse_program("numprocs=3\nprocess_name=%(process_num)d\ndirectory=%(x)s\nstopsignal=FOO\n",
                   "8:12: [program:a]: \"stopsignal\": must be a signal (like TERM), not \"FOO\"\n"
                   "7:11: [program:a]: \"directory\": %(x)s: there is no such name here; there are "
                   "here, program_name, group_name, host_node_name, process_num, numprocs, and "
                   "ENV_X for a variable X\n");
}
END_TEST

START_TEST(described_as_yaml_it_is_the_same)
{
    load_programs("[program:a]\ncommand=x '${A} $$ $${B}' \"é\"\numask=077\nexitcodes=1,2\n"
                  "environment=A='${B} $$'\nstdout_logfile=conf.d/$$.log\nredirect_stderr=true\n"
                  "directory=/${C}\n[program:b]\ncommand=y\nstopasgroup=true\nstartsecs=0\n");
    struct buffer text = {0};
    describe_config(config, &text);
    memory_auto char *first = buffer_take(&text);
    load(first);
    describe_config(config, &text);
    memory_auto char *second = buffer_take(&text);
    ck_assert_str_eq(second, first);
    check_argv("a", "x|${A} $$ $${B}|é");
    ck_assert_str_eq(variable("a", "A"), "${B} $$");
    ck_assert_str_eq(helper("a")->working_dir, "/${C}");
}
END_TEST

START_TEST(tables_are_whole)
{
    for (size_t i = 0; i < supervisord_row_count; i++) {
        const struct supervisord_row *row = &supervisord_rows[i];
        ck_assert_ptr_nonnull(row->name);
        ck_assert_ptr_eq(supervisord_row_find(row->section, row->name), row);
        ck_assert_msg(i >= KEYS_READ || row->text != NULL, "%s has no text", row->name);
    }
    ck_assert_ptr_null(supervisord_row_find(SECTION_GROUP, "command"));
    ck_assert_int_eq(supervisord_section_find("unix_http_server:x")->section, SECTION_LEFT);
    ck_assert_ptr_null(supervisord_section_find("supervisord:x"));
    ck_assert_ptr_null(supervisord_section_find("program"));
}
END_TEST

Suite *supervisord_suite(void)
{
    Suite *suite = suite_create("supervisord");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, plain_program_has_the_fallbacks_of_supervisord);
    tcase_add_test(all, developer_mode_changes_nothing);
    tcase_add_test(all, commands);
    tcase_add_test(all, expressions_know_where_they_stand);
    tcase_add_test(all, names);
    tcase_add_test(all, one_program_may_be_in_two_groups);
    tcase_add_test(all, numbers_of_processes_are_limited);
    tcase_add_test(all, order_is_that_of_priorities);
    tcase_add_test(all, autostart);
    tcase_add_test(all, startsecs);
    tcase_add_test(all, startretries);
    tcase_add_test(all, autorestart);
    tcase_add_test(all, exitcodes);
    tcase_add_test(all, stops);
    tcase_add_test(all, environments);
    tcase_add_test(all, variables_of_supervisord_can_be_replaced);
    tcase_add_test(all, directories_and_masks);
    tcase_add_test(all, log_files);
    tcase_add_test(all, output_to_nowhere);
    tcase_add_test(all, standard_error_redirected);
    tcase_add_test(all, descriptor_limits_are_only_raised);
    tcase_add_test(all, files_of_both_streams_share_their_limits);
    tcase_add_test(all, syslog_goes_to_the_log);
    tcase_add_test(all, own_user_is_left_out);
    tcase_add_test(all, included_files);
    tcase_add_test(all, what_is_ignored_is_said_once);
    tcase_add_test(all, unknown_names_are_warned_of);
    tcase_add_test(all, listeners_and_fcgi_are_refused_by_name);
    tcase_add_test(all, other_files_are_none_of_supervisords);
    tcase_add_test(all, defaults_of_all_sections);
    tcase_add_test(all, it_is_said_once_for_all_processes);
    tcase_add_test(all, described_as_yaml_it_is_the_same);
    tcase_add_test(all, tables_are_whole);
    suite_add_tcase(suite, all);
    TCase *bounds = tcase_create("bounds");
    tcase_add_checked_fixture(bounds, set_up, tear_down);
    tcase_set_timeout(bounds, 60); // 256 MiB of values take their time under a sanitizer
    tcase_add_loop_test(bounds, what_each_process_takes_counts_among_all_values, 0,
                        (int)LENGTH(too_much));
    tcase_add_test(bounds, variables_count_by_the_names_they_are_looked_for_among);
    tcase_add_test(bounds, long_lists_of_exit_codes_are_short_ones);
    tcase_add_test(bounds, each_mention_of_a_program_counts_among_all_values);
    suite_add_tcase(suite, bounds);
    return suite;
}
