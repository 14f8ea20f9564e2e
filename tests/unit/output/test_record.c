// SPDX-License-Identifier: MIT
#include "suites.h"

#include "base/memory.h"
#include "output/record.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ESC "\x1b"
#define RESET ESC "[0m"
#define CYAN ESC "[36m"
#define DIM ESC "[2m"

static const int64_t second = 1000000;
static const int64_t noon = 1795255200123456; // 2026-11-21T10:00:00.123456Z

static const struct record_source vite = {
    .helper = "vite", .prefix = "vite", .kind = STREAM_STDOUT, .pid = 4711};
static const struct record_source vite_stderr = {
    .helper = "vite", .prefix = "vite", .kind = STREAM_STDERR, .pid = 4711};
static const struct record_source own = {
    .helper = "helperd", .prefix = "helperd", .kind = STREAM_OWN, .pid = 99};

static struct record_style plain(enum log_format format)
{
    struct record_style style;
    record_style_init(&style, format, LOG_TIME_UTC, false, false, 6);
    return style;
}

static struct record_style terminal(enum log_format format, bool colored)
{
    struct record_style style;
    record_style_init(&style, format, LOG_TIME_NONE, true, colored, 6);
    return style;
}

static struct record info(const char *text)
{
    return (struct record){
        .source = &vite,
        .time = noon,
        .level = LEVEL_INFO,
        .text = text,
        .length = strlen(text),
    };
}

static void expect(struct record record, struct record_style style, const char *line)
{
    struct buffer out = {0};
    record_render(&record, &style, &out);
    memory_auto char *text = buffer_take(&out);
    ck_assert_str_eq(text, line);
}

static void expect_text(const char *text, struct record_style style, const char *line)
{
    expect(info(text), style, line);
}

static struct record own_message(void)
{
    struct record record = info("vite: started (pid 4711)");
    record.source = &own;
    return record;
}

static struct record warning_of_stderr(const char *text)
{
    struct record record = info(text);
    record.source = &vite_stderr;
    record.level = LEVEL_WARNING;
    return record;
}

START_TEST(writes_text)
{
    struct record_style style = plain(FORMAT_TEXT);
    expect_text("ready in 312 ms", style, "2026-11-21T10:00:00.123Z info [vite] ready in 312 ms\n");
    expect(own_message(), style,
           "2026-11-21T10:00:00.123Z info [helperd] vite: started (pid 4711)\n");
    expect(warning_of_stderr("x"), style, "2026-11-21T10:00:00.123Z warning [vite] x\n");
}
END_TEST

START_TEST(writes_json)
{
    struct record_style style = plain(FORMAT_JSON);
    expect_text("ready in 312 ms", style,
                "{\"ts\":\"2026-11-21T10:00:00.123Z\",\"level\":\"info\",\"helper\":\"vite\","
                "\"stream\":\"stdout\",\"pid\":4711,\"msg\":\"ready in 312 ms\"}\n");
    expect(warning_of_stderr("x"), style,
           "{\"ts\":\"2026-11-21T10:00:00.123Z\",\"level\":\"warning\",\"helper\":\"vite\","
           "\"stream\":\"stderr\",\"pid\":4711,\"msg\":\"x\"}\n");
    expect(own_message(), style,
           "{\"ts\":\"2026-11-21T10:00:00.123Z\",\"level\":\"info\",\"helper\":\"helperd\","
           "\"stream\":\"log\",\"pid\":99,\"msg\":\"vite: started (pid 4711)\"}\n");
}
END_TEST

START_TEST(writes_logfmt)
{
    struct record_style style = plain(FORMAT_LOGFMT);
    expect_text("ready", style,
                "ts=2026-11-21T10:00:00.123Z level=info helper=vite stream=stdout "
                "msg=\"ready\"\n");
    expect(own_message(), style,
           "ts=2026-11-21T10:00:00.123Z level=info helper=helperd stream=log "
           "msg=\"vite: started (pid 4711)\"\n");
}
END_TEST

START_TEST(writes_qgoda)
{
    struct record_style style = plain(FORMAT_QGODA);
    expect_text("ready in 312 ms", style,
                "[Sat Nov 21 10:00:00.12345 2026][info][helper][vite] ready in 312 ms\n");
    expect(own_message(), style,
           "[Sat Nov 21 10:00:00.12345 2026][info][helperd] vite: started (pid 4711)\n");
    struct record first = info("x");
    first.time = 0;
    expect(first, style, "[Thu Jan  1 00:00:00.00000 1970][info][helper][vite] x\n");
}
END_TEST

START_TEST(writes_syslog_priorities_without_time)
{
    struct record_style style = plain(FORMAT_SYSLOG);
    static const char *const lines[] = {
        [LEVEL_DEBUG] = "<7>[vite] x\n",
        [LEVEL_INFO] = "<6>[vite] x\n",
        [LEVEL_WARNING] = "<4>[vite] x\n",
        [LEVEL_ERROR] = "<3>[vite] x\n",
    };
    for (enum level level = LEVEL_DEBUG; level < LEVEL_COUNT; level++) {
        struct record record = info("x");
        record.level = level;
        expect(record, style, lines[level]);
    }
    expect(own_message(), style, "<6>[helperd] vite: started (pid 4711)\n");
}
END_TEST

START_TEST(writes_dev_with_padded_prefix)
{
    struct record_style style = plain(FORMAT_DEV);
    expect_text("ready in 312 ms", style, "10:00:00 vite   │ ready in 312 ms\n");
    expect(warning_of_stderr("oops"), style, "10:00:00 vite   ! oops\n");
    expect(own_message(), style, "10:00:00 helperd │ vite: started (pid 4711)\n");
}
END_TEST

START_TEST(dev_pads_by_characters_not_bytes)
{
    struct record_source source = vite;
    source.prefix = "größe";
    struct record record = info("x");
    record.source = &source;
    expect(record, plain(FORMAT_DEV), "10:00:00 größe  │ x\n");
}
END_TEST

START_TEST(the_prefix_may_be_empty)
{
    struct record_source source = vite;
    source.prefix = "";
    struct record record = info("x");
    record.source = &source;
    struct record_style style;
    record_style_init(&style, FORMAT_DEV, LOG_TIME_NONE, false, false, 0);
    expect(record, style, " │ x\n");
}
END_TEST

START_TEST(shows_the_prefix_instead_of_the_name)
{
    struct record_source source = vite;
    source.prefix = "web";
    struct record record = info("x");
    record.source = &source;
    expect(record, plain(FORMAT_TEXT), "2026-11-21T10:00:00.123Z info [web] x\n");
    expect(record, plain(FORMAT_SYSLOG), "<6>[web] x\n");
    expect(record, plain(FORMAT_LOGFMT),
           "ts=2026-11-21T10:00:00.123Z level=info helper=vite stream=stdout msg=\"x\"\n");
}
END_TEST

START_TEST(marks_continued_lines_behind_the_level)
{
    struct record record = info("x");
    record.continued = true;
    expect(record, plain(FORMAT_TEXT), "2026-11-21T10:00:00.123Z info+ [vite] x\n");
    expect(record, plain(FORMAT_LOGFMT),
           "ts=2026-11-21T10:00:00.123Z level=info+ helper=vite stream=stdout msg=\"x\"\n");
    expect(record, plain(FORMAT_QGODA),
           "[Sat Nov 21 10:00:00.12345 2026][info+][helper][vite] x\n");
    expect(record, plain(FORMAT_DEV), "10:00:00 vite   │+ x\n");
    record.source = &vite_stderr;
    expect(record, plain(FORMAT_DEV), "10:00:00 vite   !+ x\n");
}
END_TEST

START_TEST(json_marks_all_pieces_but_the_last_as_partial)
{
    struct record_style style = terminal(FORMAT_JSON, false);
    struct record record = info("x");
    record.partial = true;
    expect(record, style,
           "{\"level\":\"info\",\"helper\":\"vite\",\"stream\":\"stdout\",\"pid\":4711,"
           "\"msg\":\"x\",\"partial\":true}\n");
    record.partial = false;
    record.continued = true;
    expect(record, style,
           "{\"level\":\"info\",\"helper\":\"vite\",\"stream\":\"stdout\",\"pid\":4711,"
           "\"msg\":\"x\"}\n");
}
END_TEST

static struct record_style timed(enum log_format format, enum log_time time)
{
    struct record_style style;
    record_style_init(&style, format, time, false, false, 0);
    return style;
}

START_TEST(without_time_no_format_has_a_stamp)
{
    expect_text("x", timed(FORMAT_TEXT, LOG_TIME_NONE), "info [vite] x\n");
    expect_text("x", timed(FORMAT_DEV, LOG_TIME_NONE), "vite │ x\n");
    expect_text("x", timed(FORMAT_JSON, LOG_TIME_NONE),
                "{\"level\":\"info\",\"helper\":\"vite\",\"stream\":\"stdout\",\"pid\":4711,"
                "\"msg\":\"x\"}\n");
    expect_text("x", timed(FORMAT_LOGFMT, LOG_TIME_NONE),
                "level=info helper=vite stream=stdout msg=\"x\"\n");
    expect_text("x", timed(FORMAT_QGODA, LOG_TIME_NONE), "[info][helper][vite] x\n");
    expect_text("x", timed(FORMAT_SYSLOG, LOG_TIME_NONE), "<6>[vite] x\n");
}
END_TEST

static void set_zone(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

static void restore_zone(void)
{
    unsetenv("TZ");
    tzset();
}

START_TEST(local_time_has_its_offset)
{
    set_zone("CET-1");
    expect_text("x", timed(FORMAT_TEXT, LOG_TIME_LOCAL),
                "2026-11-21T11:00:00.123+01:00 info [vite] x\n");
    expect_text("x", timed(FORMAT_DEV, LOG_TIME_LOCAL), "11:00:00 vite │ x\n");
    expect_text("x", timed(FORMAT_QGODA, LOG_TIME_LOCAL),
                "[Sat Nov 21 11:00:00.12345 2026][info][helper][vite] x\n");
    expect_text("x", timed(FORMAT_TEXT, LOG_TIME_UTC), "2026-11-21T10:00:00.123Z info [vite] x\n");
    set_zone("XYZ3:30");
    expect_text("x", timed(FORMAT_TEXT, LOG_TIME_LOCAL),
                "2026-11-21T06:30:00.123-03:30 info [vite] x\n");
}
END_TEST

START_TEST(stamps_follow_the_time_forth_and_back)
{
    static const struct {
        int64_t offset;
        const char *text, *qgoda, *dev;
    } rows[] = {
        {0, "10:00:00.123Z", "10:00:00.12345", "10:00:00"},
        {1, "10:00:00.123Z", "10:00:00.12345", "10:00:00"},
        {10, "10:00:00.123Z", "10:00:00.12346", "10:00:00"},
        {876543, "10:00:00.999Z", "10:00:00.99999", "10:00:00"},
        {876544, "10:00:01.000Z", "10:00:01.00000", "10:00:01"},
        {-123456, "10:00:00.000Z", "10:00:00.00000", "10:00:00"},
        {-123457, "09:59:59.999Z", "09:59:59.99999", "09:59:59"},
        {3600 * second, "11:00:00.123Z", "11:00:00.12345", "11:00:00"},
    };
    struct record_style text = timed(FORMAT_TEXT, LOG_TIME_UTC);
    struct record_style qgoda = timed(FORMAT_QGODA, LOG_TIME_UTC);
    struct record_style dev = timed(FORMAT_DEV, LOG_TIME_UTC);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct record record = info("");
        record.time = noon + rows[i].offset;
        struct buffer out = {0};
        record_render(&record, &text, &out);
        record_render(&record, &qgoda, &out);
        record_render(&record, &dev, &out);
        memory_auto char *seen = buffer_take(&out);
        memory_auto char *wanted = memory_format("2026-11-21T%s info [vite] \n"
                                                 "[Sat Nov 21 %s 2026][info][helper][vite] \n"
                                                 "%s vite │ \n",
                                                 rows[i].text, rows[i].qgoda, rows[i].dev);
        ck_assert_str_eq(seen, wanted);
    }
}
END_TEST

START_TEST(files_get_all_bytes_unharmed)
{
    static const enum log_format formats[] = {FORMAT_TEXT, FORMAT_DEV, FORMAT_QGODA, FORMAT_SYSLOG};
    static const char bytes[] = "a\0\x1b[31m\xff\x80\xe2\x80\xae\x7f\t\r";
    for (size_t i = 0; i < LENGTH(formats); i++) {
        struct record_style style = plain(formats[i]);
        struct record record = info("");
        record.text = bytes;
        record.length = sizeof(bytes) - 1;
        struct buffer out = {0};
        record_render(&record, &style, &out);
        ck_assert_uint_gt(out.length, sizeof(bytes));
        ck_assert_mem_eq(out.data + out.length - sizeof(bytes), bytes, sizeof(bytes) - 1);
        ck_assert_int_eq(out.data[out.length - 1], '\n');
        buffer_finish(&out);
    }
}
END_TEST

START_TEST(json_escapes_what_its_strings_cannot_hold)
{
    static const struct {
        const char *text, *escaped;
    } rows[] = {
        {"say \"hi\" \\ there", "say \\\"hi\\\" \\\\ there"},
        {"\t\r\b\f", "\\t\\r\\b\\f"},
        {"\x01\x1b[0m\x7f", "\\u0001\\u001b[0m\\u007f"},
        {"grün € 😀", "grün € 😀"},
        {"\xff|\xc3|\xe2\x82|\xed\xa0\x80", "\\u00ff|\\u00c3|\\u00e2\\u0082|\\u00ed\\u00a0\\u0080"},
        {"\xe2\x80\xae\xc2\x9b", "\\u202e\\u009b"},
        {"\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029"},
        {"a text of more than sixteen plain bytes, then \"", // the fast path and its end
         "a text of more than sixteen plain bytes, then \\\""},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        memory_auto char *line = memory_format("{\"level\":\"info\",\"helper\":\"vite\",\"stream\":"
                                               "\"stdout\",\"pid\":4711,\"msg\":\"%s\"}\n",
                                               rows[i].escaped);
        expect_text(rows[i].text, timed(FORMAT_JSON, LOG_TIME_NONE), line);
    }
}
END_TEST

START_TEST(json_escapes_nul)
{
    struct record record = info("a");
    record.text = "a\0b";
    record.length = 3;
    expect(record, timed(FORMAT_JSON, LOG_TIME_NONE),
           "{\"level\":\"info\",\"helper\":\"vite\",\"stream\":\"stdout\",\"pid\":4711,"
           "\"msg\":\"a\\u0000b\"}\n");
}
END_TEST

START_TEST(logfmt_escapes_as_go_does)
{
    expect_text("\"a\\b\"\t\r\x1b\x7f\xff € \xe2\x80\xae\xc2\x9b",
                timed(FORMAT_LOGFMT, LOG_TIME_NONE),
                "level=info helper=vite stream=stdout "
                "msg=\"\\\"a\\\\b\\\"\\t\\r\\x1b\\x7f\\xff € \\u202e\\u009b\"\n");
}
END_TEST

START_TEST(every_single_byte_is_escaped_alike_wherever_it_stands)
{
    // The scan goes by blocks of 16: a byte must not hide anywhere in one.
    struct record_style style = timed(FORMAT_LOGFMT, LOG_TIME_NONE);
    for (size_t at = 0; at < 40; at++) {
        char text[40];
        memset(text, 'x', sizeof(text));
        for (int byte = 0; byte < 256; byte++) {
            if (byte == '\n') // it ends a line
                continue;
            text[at] = (char)byte;
            struct record record = info("");
            record.text = text;
            record.length = sizeof(text);
            struct buffer out = {0};
            record_render(&record, &style, &out);
            static const char head[] = "level=info helper=vite stream=stdout msg=\"";
            bool passes = byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\';
            bool is_short = strchr("\"\\\r\t", byte) != NULL && byte != 0;
            size_t extra = passes ? 0 : is_short ? 1 : 3;
            ck_assert_uint_eq(out.length, strlen(head) + sizeof(text) + extra + 2);
            ck_assert(passes == (out.data[strlen(head) + at] == (char)byte && byte != '\\'));
            buffer_finish(&out);
        }
    }
}
END_TEST

START_TEST(raw_is_what_came)
{
    struct record_style style = plain(FORMAT_RAW);
    expect_text("ready\t\x1b[1mnow\r", style, "ready\t\x1b[1mnow\r\n");
    expect_text("", style, "\n");
    expect(own_message(), style, "vite: started (pid 4711)\n");
}
END_TEST

START_TEST(raw_joins_the_pieces_of_a_line)
{
    struct record_style style = plain(FORMAT_RAW);
    struct record first = info("12345");
    first.partial = true;
    expect(first, style, "12345");
    first.continued = true;
    expect(first, style, "12345");
    struct record last = info("67");
    last.continued = true;
    expect(last, style, "67\n");
}
END_TEST

START_TEST(raw_puts_no_newline_where_the_stream_had_none)
{
    struct record record = info("prompt> ");
    record.unended = true;
    expect(record, plain(FORMAT_RAW), "prompt> ");
    record.continued = true;
    expect(record, plain(FORMAT_RAW), "prompt> ");
}
END_TEST

START_TEST(all_but_raw_end_their_lines)
{
    for (enum log_format format = FORMAT_TEXT; format < FORMAT_COUNT; format++) {
        if (format == FORMAT_RAW)
            continue;
        struct record_style style = plain(format);
        struct record record = info("x");
        record.unended = true;
        struct buffer out = {0};
        record_render(&record, &style, &out);
        record.unended = false;
        record.partial = true;
        record_render(&record, &style, &out);
        memory_auto char *text = buffer_take(&out);
        const char *first = strchr(text, '\n');
        ck_assert_msg(first != NULL && first[1] != '\0', "format %d: %s", format, text);
        ck_assert_msg(text[strlen(text) - 1] == '\n', "format %d: %s", format, text);
    }
}
END_TEST

START_TEST(raw_on_a_terminal_is_harmless_lines)
{
    struct record_style style = terminal(FORMAT_RAW, false);
    expect_text("a\x1b]0;x\x07", style, "a\\x1b]0;x\\x07\n");
    expect_text("x\r", style, "x\n");
    struct record record = info("12345");
    record.partial = true; // a cursor left in the middle would mix it with what others say
    expect(record, style, "12345\n");
    record.partial = false;
    record.unended = true;
    expect(record, style, "12345\n");
}
END_TEST

START_TEST(a_terminal_gets_control_characters_as_text)
{
    struct record_style style = terminal(FORMAT_TEXT, false);
    expect_text("\x1b]0;title\a", style, "info [vite] \\x1b]0;title\\x07\n");
    expect_text("\x1b[2J\x1b[31", style, "info [vite] \\x1b[2J\\x1b[31\n");
    expect_text("a\x7f\xc2\x9b\x31m", style, "info [vite] a\\x7f\\x9b1m\n");
    expect_text("\xe2\x80\xae\xe2\x80\xaa\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\x8e\xe2\x80\x8f", style,
                "info [vite] \\u202e\\u202a\\u2066\\u2069\\u200e\\u200f\n");
    expect_text("\xff\xc3(", style, "info [vite] \\xff\\xc3(\n");
    expect_text("tab\t\"grün\" € 😀 \\", style, "info [vite] tab\t\"grün\" € 😀 \\\n");
}
END_TEST

START_TEST(a_terminal_gets_colors_and_an_end_of_them)
{
    struct record_style style = terminal(FORMAT_TEXT, false);
    expect_text(ESC "[1;31mred", style, "info [vite] " ESC "[1;31mred" RESET "\n");
    expect_text(ESC "[38:2::1:2:3mx" ESC "[m", style,
                "info [vite] " ESC "[38:2::1:2:3mx" ESC "[m" RESET "\n");
}
END_TEST

START_TEST(a_terminal_is_protected_in_every_format)
{
    for (enum log_format format = FORMAT_TEXT; format < FORMAT_COUNT; format++) {
        struct record_source source = vite;
        source.prefix = "p\x1b[31m\xe2\x80\xae";
        struct record record = info("\x1b]0;x\a\xc2\x9b\xe2\x80\xae\x80\x7f");
        record.source = &source;
        struct record_style style = terminal(format, false);
        struct buffer out = {0};
        record_render(&record, &style, &out);
        memory_auto char *line = buffer_take(&out);
        for (const char *c = line; c[1] != '\0'; c++)
            ck_assert_msg((unsigned char)*c >= ' ' && *c != 0x7f, "format %d: %s", format, line);
        ck_assert_ptr_null(strstr(line, "\xc2\x9b"));
        ck_assert_ptr_null(strstr(line, "\xe2\x80\xae"));
        ck_assert_ptr_null(strchr(line, '\x80'));
    }
}
END_TEST

START_TEST(a_terminal_gets_no_trailing_carriage_return)
{
    struct record_style style = terminal(FORMAT_TEXT, false);
    expect_text("x\r", style, "info [vite] x\n");
    expect_text("x\r\r", style, "info [vite] x\\x0d\n");
    expect_text("\r", style, "info [vite] \n");
    struct record record = info("x\r");
    record.partial = true; // the line does not end here
    expect(record, style, "info [vite] x\\x0d\n");
}
END_TEST

START_TEST(colored_dev_colors_prefix_and_mark)
{
    struct record_style style = terminal(FORMAT_DEV, true);
    expect_text("ready", style, CYAN "vite   │" RESET " ready\n");
    expect(warning_of_stderr("oops"), style, CYAN "vite  " RESET ESC "[33m !" RESET " oops\n");
    expect(own_message(), style, DIM "helperd │" RESET " vite: started (pid 4711)\n");
}
END_TEST

START_TEST(colored_dev_dims_the_time)
{
    struct record_style style;
    record_style_init(&style, FORMAT_DEV, LOG_TIME_UTC, true, true, 4);
    expect_text("x", style, DIM "10:00:00" RESET " " CYAN "vite │" RESET " x\n");
}
END_TEST

START_TEST(colored_dev_shows_errors_red_and_debug_dim)
{
    struct record_style style = terminal(FORMAT_DEV, true);
    struct record record = info("x");
    record.level = LEVEL_ERROR;
    expect(record, style, CYAN "vite   │" RESET " " ESC "[31mx" RESET "\n");
    record.level = LEVEL_DEBUG;
    expect(record, style, CYAN "vite   │" RESET " " DIM "x" RESET "\n");
}
END_TEST

START_TEST(colored_dev_leaves_the_texts_own_colors)
{
    struct record record = info(ESC "[32mok");
    record.level = LEVEL_ERROR;
    expect(record, terminal(FORMAT_DEV, true), CYAN "vite   │" RESET " " ESC "[32mok" RESET "\n");

    struct record_style file; // --color always
    record_style_init(&file, FORMAT_DEV, LOG_TIME_NONE, false, true, 6);
    expect(record, file, CYAN "vite   │" RESET " " ESC "[32mok" RESET "\n");
}
END_TEST

START_TEST(helpers_have_at_least_eight_colors)
{
    struct record_style style = terminal(FORMAT_DEV, true);
    char *lines[8];
    for (unsigned color = 0; color < 8; color++) {
        struct record_source source = vite;
        source.color = color;
        struct record record = info("x");
        record.source = &source;
        struct buffer out = {0};
        record_render(&record, &style, &out);
        lines[color] = buffer_take(&out);
        for (unsigned other = 0; other < color; other++)
            ck_assert_str_ne(lines[color], lines[other]);
    }
    for (unsigned color = 0; color < 8; color++)
        free(lines[color]);

    struct record_source source = vite;
    source.color = 123456; // comes round again
    struct record record = info("x");
    record.source = &source;
    struct buffer out = {0};
    record_render(&record, &style, &out);
    ck_assert_uint_gt(out.length, 0);
    buffer_finish(&out);
}
END_TEST

// Of any format: what comes together looks as if it came line by line.
START_TEST(lines_that_come_together_look_as_if_they_came_one_by_one)
{
    static const char text[] = "one\n\ntwo\r\n\"quoted\"\n\033[31mred\nthe last\n";
    for (unsigned choice = 0; choice < FORMAT_COUNT * 4; choice++) {
        struct record_style style;
        struct buffer together = {0}, single = {0};
        record_style_init(&style, (enum log_format)(choice / 4), LOG_TIME_UTC, choice & 1,
                          choice & 2, 8);
        struct record record = {.source = &vite, .time = noon, .level = LEVEL_ERROR, .text = text};
        record.length = strlen(text);
        record_render(&record, &style, &together);
        ck_assert_uint_eq(record_count_lines(&record), 6);
        for (const char *next; *record.text != '\0'; record.text = next) {
            next = strchr(record.text, '\n') + 1;
            record.length = (size_t)(next - record.text);
            record_render(&record, &style, &single);
        }
        ck_assert_uint_eq(together.length, single.length);
        ck_assert_mem_eq(together.data, single.data, single.length);
        buffer_finish(&together);
        buffer_finish(&single);
    }
}
END_TEST

Suite *record_suite(void)
{
    Suite *suite = suite_create("record");

    TCase *formats = tcase_create("formats");
    tcase_add_test(formats, writes_text);
    tcase_add_test(formats, writes_json);
    tcase_add_test(formats, writes_logfmt);
    tcase_add_test(formats, writes_qgoda);
    tcase_add_test(formats, writes_syslog_priorities_without_time);
    tcase_add_test(formats, writes_dev_with_padded_prefix);
    tcase_add_test(formats, dev_pads_by_characters_not_bytes);
    tcase_add_test(formats, the_prefix_may_be_empty);
    tcase_add_test(formats, shows_the_prefix_instead_of_the_name);
    tcase_add_test(formats, marks_continued_lines_behind_the_level);
    tcase_add_test(formats, json_marks_all_pieces_but_the_last_as_partial);
    tcase_add_test(formats, raw_is_what_came);
    tcase_add_test(formats, raw_joins_the_pieces_of_a_line);
    tcase_add_test(formats, raw_puts_no_newline_where_the_stream_had_none);
    tcase_add_test(formats, all_but_raw_end_their_lines);
    tcase_add_test(formats, raw_on_a_terminal_is_harmless_lines);
    suite_add_tcase(suite, formats);

    TCase *stamps = tcase_create("stamps");
    tcase_add_checked_fixture(stamps, NULL, restore_zone);
    tcase_add_test(stamps, without_time_no_format_has_a_stamp);
    tcase_add_test(stamps, local_time_has_its_offset);
    tcase_add_test(stamps, stamps_follow_the_time_forth_and_back);
    suite_add_tcase(suite, stamps);

    TCase *escapes = tcase_create("escapes");
    tcase_add_test(escapes, files_get_all_bytes_unharmed);
    tcase_add_test(escapes, json_escapes_what_its_strings_cannot_hold);
    tcase_add_test(escapes, json_escapes_nul);
    tcase_add_test(escapes, logfmt_escapes_as_go_does);
    tcase_add_test(escapes, every_single_byte_is_escaped_alike_wherever_it_stands);
    suite_add_tcase(suite, escapes);

    TCase *terminals = tcase_create("terminals");
    tcase_add_test(terminals, a_terminal_gets_control_characters_as_text);
    tcase_add_test(terminals, a_terminal_gets_colors_and_an_end_of_them);
    tcase_add_test(terminals, a_terminal_is_protected_in_every_format);
    tcase_add_test(terminals, a_terminal_gets_no_trailing_carriage_return);
    tcase_add_test(terminals, colored_dev_colors_prefix_and_mark);
    tcase_add_test(terminals, colored_dev_dims_the_time);
    tcase_add_test(terminals, colored_dev_shows_errors_red_and_debug_dim);
    tcase_add_test(terminals, colored_dev_leaves_the_texts_own_colors);
    tcase_add_test(terminals, helpers_have_at_least_eight_colors);
    suite_add_tcase(suite, terminals);

    TCase *together = tcase_create("together");
    tcase_add_test(together, lines_that_come_together_look_as_if_they_came_one_by_one);
    suite_add_tcase(suite, together);

    return suite;
}
