// SPDX-License-Identifier: MIT
#include "../suites.h"

#include "client/detail.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

// 2001-09-09T01:46:40Z, and a helper's object at that time.
static const double now = 1e9;
static const struct screen screen = {0};
static json_t *helper;

static void load(const char *json)
{
    json_decref(helper);
    helper = json_loads(json, 0, NULL);
    ck_assert_ptr_nonnull(helper);
}

static void set_up(void)
{
    setenv("TZ", "UTC", 1);
    tzset();
}

static void tear_down(void)
{
    json_decref(helper);
    helper = NULL;
}

static void expect(struct buffer *out, const char *expected)
{
    memory_auto char *text = buffer_take(out);
    ck_assert_str_eq(text, expected);
}

static void expect_sentence(const char *json, const char *expected)
{
    struct buffer out = {0};
    load(json);
    detail_write_sentence(&out, &screen, helper, now);
    expect(&out, expected);
}

START_TEST(a_sentence_says_state_reason_and_what_is_due)
{
    expect_sentence("{\"name\":\"web\",\"state\":\"running\",\"pid\":4711,\"reason\":\"started\","
                    "\"since\":\"2001-09-09T01:43:20.000Z\",\"next_start\":null}",
                    "web is running (pid 4711) since 01:43:20 (3 min 20 s): started\n");
    expect_sentence("{\"name\":\"web\",\"state\":\"backoff\",\"pid\":null,\"next_start\":1.2,"
                    "\"reason\":\"exited with status 3\",\"since\":null}",
                    "web is in backoff: exited with status 3; next start in 1.2 s\n");
    expect_sentence("{\"name\":\"web\",\"state\":\"stopping\",\"pid\":9,\"stop_time_left\":7,"
                    "\"reason\":null}",
                    "web is stopping (pid 9): SIGKILL in 7 s\n");
    expect_sentence("{\"name\":\"a\\u001b[2J\",\"state\":\"failed\",\"reason\":\"b\\n\"}",
                    "a\\x1b[2J is failed: b\\x0a\n");
    expect_sentence("{}", " is \n");
}
END_TEST

START_TEST(what_it_depends_on_is_a_table)
{
    struct buffer out = {0};
    load("{\"depends_on\":[{\"helper\":\"db\",\"condition\":\"ready\",\"met\":false,"
         "\"state\":\"starting\"},{\"helper\":\"setup\",\"condition\":\"completed\",\"met\":true,"
         "\"state\":\"completed\"}]}");
    detail_write_dependencies(&out, &screen, helper);
    expect(&out, "\n"
                 "DEPENDS ON  TO BE      IT IS      MET\n"
                 "db          ready      starting   no\n"
                 "setup       completed  completed  yes\n");
    load("{\"depends_on\":[]}");
    detail_write_dependencies(&out, &screen, helper);
    expect(&out, "");
}
END_TEST

START_TEST(last_exits_are_a_table)
{
    struct buffer out = {0};
    load("{\"exits\":[{\"reason\":\"killed by SIGKILL\",\"signal\":\"SIGKILL\",\"success\":false,"
         "\"time\":\"2001-09-09T01:00:00.000Z\",\"ran\":4.2,\"cpu\":0.12,\"max_memory\":8388608},"
         "{\"reason\":\"could not be started\",\"signal\":null,\"success\":false,\"time\":null,"
         "\"ran\":null,\"cpu\":null,\"max_memory\":null}]}");
    detail_write_exits(&out, &screen, helper, now);
    expect(&out, "\n"
                 "LAST EXITS  REASON                SIGNAL    RAN    CPU  PEAK MEMORY\n"
                 "01:00:00    killed by SIGKILL     SIGKILL  4.2s  120ms      8.0 MiB\n"
                 "-           could not be started  -           -      -            -\n");
}
END_TEST

START_TEST(all_that_is_known_stands_in_lines)
{
    struct buffer out = {0};
    load("{\"name\":\"web\",\"state\":\"stopped\",\"ready\":false,\"description\":\"the\\tsite\","
         "\"labels\":{\"tier\":\"web\"},\"command\":[\"/bin/sh\",\"-c\",\"echo 'a' | cat\"],"
         "\"shell\":true,\"starts\":4,\"restarts\":3,\"failures\":0,"
         "\"log\":{\"lines\":5,\"bytes\":2048,\"dropped\":1},"
         "\"config\":{\"file\":\"a.yaml\",\"line\":12}}");
    detail_write(&out, &screen, helper, now);
    expect(&out, "web is stopped\n"
                 "  description  the\\x09site\n"
                 "  labels       tier=web\n"
                 "  command      /bin/sh -c echo 'a' | cat\n"
                 "  ready        no\n"
                 "  starts       4, of which 3 restarts; failures in a row: 0\n"
                 "  log          5 lines, 2.0 KiB; 1 line dropped\n"
                 "  config       a.yaml:12\n");
    load("{\"name\":\"x\",\"state\":\"stopped\",\"starts\":0,\"log\":{\"lines\":1,\"bytes\":0}}");
    detail_write(&out, &screen, helper, now);
    expect(&out, "x is stopped\n"
                 "  ready        no\n"
                 "  starts       0\n"
                 "  log          1 line, 0 B\n");
    load("{\"name\":\"x\",\"state\":\"stopped\",\"command\":[\"a b\",\"it's\",\"\",\"-c\"]}");
    detail_write(&out, &screen, helper, now);
    memory_auto char *text = buffer_take(&out);
    ck_assert_ptr_nonnull(strstr(text, "command      'a b' 'it'\\''s' '' -c\n"));
}
END_TEST

Suite *detail_suite(void)
{
    Suite *suite = suite_create("detail");
    TCase *helpers = tcase_create("helpers");
    tcase_add_checked_fixture(helpers, set_up, tear_down);
    tcase_add_test(helpers, a_sentence_says_state_reason_and_what_is_due);
    tcase_add_test(helpers, what_it_depends_on_is_a_table);
    tcase_add_test(helpers, last_exits_are_a_table);
    tcase_add_test(helpers, all_that_is_known_stands_in_lines);
    suite_add_tcase(suite, helpers);
    return suite;
}
