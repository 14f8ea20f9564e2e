// SPDX-License-Identifier: MIT
// Who gets the control socket, and what is at its path before, meanwhile and after.
#include "../suites.h"
#include "output/writing.h"

#include "base/address.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/memory.h"
#include "config/path.h"
#include "control/access.h"
#include "control/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct buffer said; // "LEVEL TEXT" a line
static char *cwd;
static struct control_config config;
static struct control_socket control;

static void take_message(void *context, enum level level, const char *text)
{
    (void)context;
    buffer_printf(&said, "%s %s\n", level_names[level], text);
}

static void set_up(void)
{
    enter_folder();
    cwd = getcwd(NULL, 0);
    config = (struct control_config){.mode = -1};
    control = CONTROL_SOCKET_NONE;
    log_set_threshold(LEVEL_DEBUG);
    log_set_writer(take_message, NULL);
}

static void tear_down(void)
{
    control_socket_remove(&control);
    buffer_finish(&said);
    free(cwd);
    leave_folder();
}

static void expect_said(const char *expected)
{
    memory_auto char *all = buffer_take(&said);
    ck_assert_str_eq(all, expected);
}

// "@" in a text is the folder.
static char *in_folder(const char *text)
{
    struct buffer out = {0};
    for (; *text != '\0'; text++) {
        if (*text == '@')
            buffer_append_text(&out, cwd);
        else
            buffer_append_char(&out, *text);
    }
    return buffer_take(&out);
}

static bool open_at(struct control_socket *socket, const char *name, bool asked_for)
{
    struct control_place place = {.path = path_absolute(cwd, name), .asked_for = asked_for};
    bool opened = control_socket_open(socket, &place, &config);
    control_place_finish(&place);
    return opened;
}

static void open_control(void)
{
    ck_assert(open_at(&control, "s", true));
    ck_assert_ptr_null(control.problem);
    ck_assert_int_ge(control.local, 0);
}

static void refuse(const char *name, const char *expected)
{
    struct control_socket other;
    ck_assert(!open_at(&other, name, true));
    ck_assert_int_eq(other.local, -1);
    ck_assert_ptr_null(other.problem);
    memory_auto char *text = in_folder(expected);
    expect_said(text);
}

static int new_socket(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    return fd;
}

static struct sockaddr_un address_of(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    ck_assert_uint_lt(strlen(name), sizeof(address.sun_path));
    strcpy(address.sun_path, name);
    return address;
}

// A socket of somebody else's; without a backlog it does not listen.
static int listen_at(const char *name, int backlog)
{
    struct sockaddr_un address = address_of(name);
    int fd = new_socket();
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(backlog > 0 ? listen(fd, backlog) : 0, 0);
    return fd;
}

static int connect_to(const char *name)
{
    struct sockaddr_un address = address_of(name);
    int fd = new_socket();
    int result = connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
    fd_close(&fd);
    return result;
}

static mode_t mode_of(const char *name)
{
    struct stat file;
    ck_assert_int_eq(lstat(name, &file), 0);
    return file.st_mode & 07777;
}

static void make_directory(const char *name, mode_t mode)
{
    ck_assert_int_eq(mkdir(name, 0700), 0);
    ck_assert_int_eq(chmod(name, mode), 0);
}

START_TEST(listens_and_is_removed_at_the_end)
{
    open_control();
    ck_assert_int_eq(connect_to("s"), 0);
    ck_assert_int_eq(fcntl(control.local, F_GETFD), FD_CLOEXEC);
    ck_assert_int_eq(fcntl(control.local, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    ck_assert_int_eq(control.http, -1);
    ck_assert_ptr_null(control.token);
    control_socket_remove(&control);
    expect_no_file("s");
    expect_no_file("s.lock");
    ck_assert_int_eq(control.local, -1);
    control_socket_remove(&control);
    expect_said("");
}
END_TEST

START_TEST(says_where_it_listens)
{
    open_control();
    control_socket_settle(&control);
    memory_auto char *expected = in_folder("debug the control socket is @/s\n");
    expect_said(expected);
    memory_auto char *pid = memory_format("%ld\n", (long)getpid());
    expect_content("s.lock", pid);
}
END_TEST

START_TEST(the_mode_follows_from_who_is_let_in)
{
    struct account_config reader = {.text = "x"};
    ck_assert_uint_eq(control_socket_mode(&config), 0600);
    config.group.text = "x";
    ck_assert_uint_eq(control_socket_mode(&config), 0660);
    config.readers = (struct accounts_config){.is_set = true, .items = &reader, .count = 0};
    ck_assert_uint_eq(control_socket_mode(&config), 0660);
    config.readers.count = 1;
    ck_assert_uint_eq(control_socket_mode(&config), 0666);
    config.group.text = NULL;
    ck_assert_uint_eq(control_socket_mode(&config), 0666);
    config.mode = 0640;
    ck_assert_uint_eq(control_socket_mode(&config), 0640);
    config.mode = 0;
    ck_assert_uint_eq(control_socket_mode(&config), 0);
}
END_TEST

START_TEST(it_has_its_mode_whatever_the_mask)
{
    static const mode_t masks[] = {0, 022, 077, 0777};
    for (size_t i = 0; i < LENGTH(masks); i++) {
        umask(masks[i]);
        config.mode = -1;
        open_control();
        ck_assert_uint_eq(mode_of("s"), 0600);
        control_socket_remove(&control);
        config.mode = 0666;
        open_control();
        ck_assert_uint_eq(mode_of("s"), 0666);
        control_socket_remove(&control);
        ck_assert_uint_eq(umask(masks[i]), masks[i]);
    }
    umask(022);
}
END_TEST

START_TEST(it_belongs_to_the_group)
{
    struct stat file;
    if (geteuid() != 0)
        return;
    config.group = (struct account_config){.text = "4711", .is_group = true, .id = 4711};
    open_control();
    ck_assert_int_eq(lstat("s", &file), 0);
    ck_assert_uint_eq(file.st_gid, 4711);
    ck_assert_uint_eq(file.st_mode & 07777, 0660);
}
END_TEST

START_TEST(a_group_that_cannot_be_given_is_refused)
{
    config.group = (struct account_config){.text = "4711", .is_group = true, .id = 4711};
    if (geteuid() == 0) {
        ck_assert_int_eq(chown(".", 65534, 65534), 0);
        ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
    }
    refuse("s", "error cannot give the control socket @/s to the group \"4711\": Operation not "
                "permitted\n");
    expect_no_file("s");
    expect_no_file("s.lock");
}
END_TEST

START_TEST(its_directory_is_made_for_who_is_let_in)
{
    umask(0);
    ck_assert(open_at(&control, "private/s", true));
    ck_assert_uint_eq(mode_of("private"), 0700);
    control_socket_remove(&control);
    config.mode = 0660;
    umask(077);
    ck_assert(open_at(&control, "shared/s", true));
    ck_assert_uint_eq(mode_of("shared"), 0755);
    umask(022);
}
END_TEST

START_TEST(a_directory_that_lets_nobody_through_is_warned_of)
{
    make_directory("private", 0700);
    ck_assert(open_at(&control, "private/s", true));
    control_socket_settle(&control);
    memory_auto char *quiet = in_folder("debug the control socket is @/private/s\n");
    expect_said(quiet);
    control_socket_remove(&control);
    config.mode = 0660;
    ck_assert(open_at(&control, "private/s", true));
    control_socket_settle(&control);
    memory_auto char *warned =
        in_folder("debug the control socket is @/private/s\nwarning the mode of the control socket "
                  "@/private/s lets others in, but that of its directory does not\n");
    expect_said(warned);
}
END_TEST

START_TEST(but_none_above_it)
{
    refuse("a/b/s", "error cannot make the directory @/a/b of the control socket: No such file or "
                    "directory\n");
    expect_no_file("a");
    write_text("file", "");
    refuse("file/s", "error cannot use the lock file @/file/s.lock: Not a directory\n");
}
END_TEST

START_TEST(a_directory_that_others_can_write_to_is_refused)
{
    make_directory("open", 0777);
    refuse("open/s", "error cannot open the control socket @/open/s: its directory can be written "
                     "to by everybody\n");
    expect_no_file("open/s.lock");
    make_directory("sticky", 01777);
    ck_assert(open_at(&control, "sticky/s", true));
}
END_TEST

START_TEST(a_path_that_is_too_long_is_refused_with_its_length)
{
    char name[109];
    struct control_socket other;
    memset(name, 'x', sizeof(name));
    // As long as can be, seen from the root.
    size_t length = 107 - strlen(cwd) - 1;
    name[length] = '\0';
    ck_assert(open_at(&control, name, true));
    ck_assert_uint_eq(strlen(control.path), 107);
    name[length] = 'x';
    name[length + 1] = '\0';
    ck_assert(!open_at(&other, name, true));
    memory_auto char *expected =
        memory_format("error cannot open the control socket %s/%s: its path has 108 bytes, and a "
                      "socket's can have 107\n",
                      cwd, name);
    expect_said(expected);
}
END_TEST

START_TEST(one_that_is_alive_is_not_taken)
{
    open_control();
    refuse("s", "error @/s: another helperd has it\n");
    control_socket_settle(&control);
    buffer_finish(&said);
    memory_auto char *expected =
        memory_format("error @/s: another helperd (pid %ld) has it\n", (long)getpid());
    refuse("s", expected);
    ck_assert_int_eq(connect_to("s"), 0);
}
END_TEST

START_TEST(that_of_another_program_is_not_taken)
{
    int fd = listen_at("s", 1);
    memory_auto char *expected =
        memory_format("error @/s: another program (pid %ld) listens there\n", (long)getpid());
    refuse("s", expected);
    ck_assert_int_eq(connect_to("s"), 0);
    expect_no_file("s.lock");
    fd_close(&fd);
}
END_TEST

START_TEST(nor_one_whose_backlog_is_full)
{
    int fd = listen_at("s", 1), clients[4];
    struct sockaddr_un address = address_of("s");
    for (size_t i = 0; i < LENGTH(clients); i++) {
        clients[i] = new_socket();
        ck_assert_int_eq(fd_set_nonblocking(clients[i]), 0);
        (void)connect(clients[i], (struct sockaddr *)&address, sizeof(address));
    }
    refuse("s", "error @/s: another program listens there\n");
    for (size_t i = 0; i < LENGTH(clients); i++)
        fd_close(&clients[i]);
    fd_close(&fd);
}
END_TEST

START_TEST(one_that_is_left_over_is_taken)
{
    int fd = listen_at("s", 1);
    fd_close(&fd);
    write_text("s.lock", "1\n");
    open_control();
    ck_assert_int_eq(connect_to("s"), 0);
}
END_TEST

START_TEST(what_is_no_socket_is_never_removed)
{
    write_text("file", "mine\n");
    refuse("file", "error cannot open the control socket @/file: what is there is no socket\n");
    expect_content("file", "mine\n");
    expect_no_file("file.lock");
    make_directory("directory", 0700);
    refuse("directory",
           "error cannot open the control socket @/directory: what is there is no socket\n");
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    refuse("fifo", "error cannot open the control socket @/fifo: what is there is no socket\n");
}
END_TEST

START_TEST(a_symbolic_link_is_never_followed)
{
    ck_assert_int_eq(symlink("target", "s"), 0);
    refuse("s", "error cannot open the control socket @/s: there is a symbolic link\n");
    int fd = listen_at("target", 1);
    fd_close(&fd);
    refuse("s", "error cannot open the control socket @/s: there is a symbolic link\n");
    ck_assert_int_eq(connect_to("target"), -ECONNREFUSED);
    ck_assert_int_eq(symlink("target", "l.lock"), 0);
    refuse("l", "error cannot use the lock file @/l.lock: it is a symbolic link\n");
}
END_TEST

START_TEST(a_lock_file_of_another_user_is_refused)
{
    if (geteuid() != 0)
        return;
    write_text("s.lock", "");
    ck_assert_int_eq(chown("s.lock", 65534, 65534), 0);
    refuse("s", "error cannot use the lock file @/s.lock: it belongs to another user\n");
    expect_content("s.lock", "");
}
END_TEST

START_TEST(what_is_not_ours_any_more_is_not_removed)
{
    open_control();
    ck_assert_int_eq(rename("s", "away"), 0);
    int fd = listen_at("s", 1);
    control_socket_remove(&control);
    ck_assert_int_eq(connect_to("s"), 0);
    fd_close(&fd);
    expect_said("");
}
END_TEST

START_TEST(a_process_that_is_not_helperd_only_lets_go)
{
    open_control();
    pid_t child = fork();
    if (child == 0) {
        control_socket_close(&control);
        _exit(control.local == -1 && control.path == NULL ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(connect_to("s"), 0);
    refuse("s", "error @/s: another helperd has it\n");
}
END_TEST

START_TEST(the_lock_goes_on_with_a_fork)
{
    int reader, writer;
    char byte;
    ck_assert_int_eq(fd_pipe(&reader, &writer), 0);
    open_control();
    pid_t child = fork();
    if (child == 0) {
        fd_close(&writer);
        (void)!read(reader, &byte, 1); // until the parent lets go of its end
        _exit(0);
    }
    control_socket_close(&control);
    refuse("s", "error @/s: another helperd has it\n");
    fd_close(&writer);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    open_control();
    fd_close(&reader);
}
END_TEST

// Tries when the pipe is closed, reports, and holds what it got until the other pipe is closed.
static void race(int start, int report, int end)
{
    char byte;
    (void)!read(start, &byte, 1);
    byte = open_at(&control, "s", true) ? '1' : '0';
    if (write(report, &byte, 1) != 1)
        _exit(1);
    (void)!read(end, &byte, 1);
    _exit(0);
}

START_TEST(of_many_at_once_exactly_one_gets_it)
{
    enum { RACERS = 8, ROUNDS = 25 };
    for (int round = 0; round < ROUNDS; round++) {
        int start[2], report[2], end[2], winners = 0;
        ck_assert_int_eq(fd_pipe(&start[0], &start[1]), 0);
        ck_assert_int_eq(fd_pipe(&report[0], &report[1]), 0);
        ck_assert_int_eq(fd_pipe(&end[0], &end[1]), 0);
        for (int i = 0; i < RACERS; i++) {
            pid_t child = fork();
            ck_assert_int_ge(child, 0);
            if (child > 0)
                continue;
            fd_close(&start[1]);
            fd_close(&end[1]);
            race(start[0], report[1], end[0]);
        }
        fd_close(&start[1]);
        for (int i = 0; i < RACERS; i++) {
            char byte;
            ck_assert_int_eq(read(report[0], &byte, 1), 1);
            winners += byte == '1';
        }
        ck_assert_int_eq(winners, 1);
        ck_assert_int_eq(connect_to("s"), 0);
        fd_close(&end[1]);
        for (int i = 0; i < RACERS; i++)
            ck_assert_int_gt(wait(NULL), 0);
        // It ended without a word, so what it had is left over for the next round.
        ck_assert_int_eq(connect_to("s"), -ECONNREFUSED);
        fd_close(&start[0]);
        fd_close(&report[0]);
        fd_close(&report[1]);
        fd_close(&end[0]);
    }
}
END_TEST

START_TEST(none_is_no_socket)
{
    struct control_place place = {.asked_for = true};
    ck_assert(control_socket_open(&control, &place, &config));
    ck_assert_int_eq(control.local, -1);
    control_socket_settle(&control);
    expect_said("");
}
END_TEST

START_TEST(the_usual_place_may_be_one_that_cannot_be_had)
{
    ck_assert(open_at(&control, "a/b/s", false));
    ck_assert_int_eq(control.local, -1);
    expect_said("");
    control_socket_settle(&control);
    memory_auto char *expected =
        in_folder("warning cannot make the directory @/a/b of the control socket: No such file or "
                  "directory; going on without a control socket\n");
    expect_said(expected);
    control_socket_remove(&control);
    struct control_place place = {.missing = "there is no place"};
    ck_assert(control_socket_open(&control, &place, &config));
    control_socket_settle(&control);
    expect_said("warning there is no place; going on without a control socket\n");
}
END_TEST

static void listen_for_http(const char *text)
{
    ck_assert(address_parse(text, &config.http.address));
    config.http.text = (char *)text;
}

START_TEST(listens_for_http_with_a_token)
{
    struct sockaddr_storage address;
    struct buffer place = {0};
    listen_for_http("127.0.0.1:0");
    open_control();
    ck_assert_uint_eq(mode_of("s.token"), 0600);
    memory_auto char *line = memory_format("%s\n", control.token);
    expect_content("s.token", line);
    control_socket_write_http(&control, &place);
    memory_auto char *text = buffer_take(&place);
    ck_assert(address_parse(text, &address));
    ck_assert_uint_ne(address_port(&address), 0);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, address_size(&address)), 0);
    int accepted = accept4(control.http, NULL, NULL, SOCK_CLOEXEC);
    struct sockaddr_storage local;
    ck_assert_int_eq(access_local(accepted, &local), 0);
    ck_assert(access_host_fits(text, &local));
    ck_assert_int_eq(fcntl(control.http, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    ck_assert_int_eq(fcntl(control.http, F_GETFD), FD_CLOEXEC);
    fd_close(&accepted);
    fd_close(&fd);
    control_socket_settle(&control);
    memory_auto char *expected =
        memory_format("debug the control socket is %s/s\ninfo listening at http://%s with the "
                      "token in %s/s.token\n",
                      cwd, text, cwd);
    expect_said(expected);
    control_socket_remove(&control);
    expect_content("s.token", line); // for the next one
}
END_TEST

START_TEST(http_that_cannot_be_had_is_an_error)
{
    struct buffer place = {0};
    listen_for_http("127.0.0.1:0");
    open_control();
    control_socket_write_http(&control, &place);
    memory_auto char *taken = buffer_take(&place);
    listen_for_http(taken);
    memory_auto char *expected =
        memory_format("error control.http: cannot listen at %s: Address already in use\n", taken);
    refuse("other", expected);
    expect_no_file("other");
    expect_no_file("other.lock");
    listen_for_http("192.0.2.1:0");
    refuse("other", "error control.http: cannot listen at 192.0.2.1:0: Cannot assign requested "
                    "address\n");
    write_text("other.token", "short");
    ck_assert_int_eq(chmod("other.token", 0600), 0);
    refuse("other", "error cannot use the token file @/other.token: it must hold 32 to 256 "
                    "printable characters in one line (without it a new one is made)\n");
}
END_TEST

START_TEST(http_needs_the_socket_for_its_token)
{
    struct control_place none = {.asked_for = true};
    listen_for_http("127.0.0.1:0");
    ck_assert(!control_socket_open(&control, &none, &config));
    expect_said("error control.http: its token is kept beside the control socket, and there is "
                "none with a path\n");
    ck_assert(!open_at(&control, "a/b/s", false));
    memory_auto char *expected =
        in_folder("error cannot make the directory @/a/b of the control socket: No such file or "
                  "directory\n");
    expect_said(expected);
}
END_TEST

START_TEST(http_of_ipv6_leaves_ipv4_alone)
{
    struct sockaddr_storage address;
    int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert(address_parse("[::1]:0", &address));
    bool has_ipv6 =
        probe >= 0 && bind(probe, (struct sockaddr *)&address, address_size(&address)) == 0;
    fd_close(&probe);
    if (!has_ipv6)
        return;
    struct buffer place = {0};
    listen_for_http("[::]:0");
    open_control();
    control_socket_write_http(&control, &place);
    memory_auto char *text = buffer_take(&place);
    ck_assert_int_eq(strncmp(text, "[::]:", 5), 0);
    memory_auto char *other = memory_format("0.0.0.0:%s", text + 5);
    ck_assert(address_parse(other, &address));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, address_size(&address)), 0);
    fd_close(&fd);
}
END_TEST

// In a child, where descriptor 3 is the one that systemd hands over: the first step that goes
// wrong.
static int use_activation(int fd, const char *name)
{
    char pid[32];
    struct control_place place = {.path = path_absolute(cwd, "elsewhere"), .asked_for = true};
    snprintf(pid, sizeof(pid), "%ld", (long)getpid());
    if (dup2(fd, 3) != 3 || setenv("LISTEN_PID", pid, 1) != 0 ||
        setenv("LISTEN_FDS", "1", 1) != 0 || setenv("LISTEN_FDNAMES", name, 1) != 0)
        return 1;
    bool opened = control_socket_open(&control, &place, &config);
    control_place_finish(&place);
    if (!opened)
        return 2;
    if (control.local != 3)
        return 3;
    if (control.is_bound || control.lock >= 0 || control.path == NULL)
        return 4;
    if (fcntl(3, F_GETFD) != FD_CLOEXEC || (fcntl(3, F_GETFL) & O_NONBLOCK) == 0)
        return 5;
    if (strcmp(strrchr(control.path, '/'), "/given") != 0)
        return 6;
    control_socket_settle(&control);
    control_socket_remove(&control);
    return control.local == -1 ? 0 : 7;
}

static int try_activation(int fd, const char *name)
{
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(use_activation(fd, name));
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

START_TEST(one_from_systemd_is_neither_locked_nor_removed)
{
    memory_auto char *given = in_folder("@/given");
    int fd = listen_at(given, 1);
    ck_assert_int_eq(try_activation(fd, "control"), 0);
    ck_assert_int_eq(try_activation(fd, "helperd.socket"), 0);
    ck_assert_int_eq(connect_to("given"), 0);
    expect_no_file("given.lock");
    expect_no_file("elsewhere");
    expect_no_file("elsewhere.lock");
    fd_close(&fd);
}
END_TEST

START_TEST(one_from_systemd_must_be_what_it_is_called)
{
    int reader, writer, quiet = listen_at("given", 0);
    ck_assert_int_eq(fd_pipe(&reader, &writer), 0);
    ck_assert_int_eq(try_activation(reader, "control"), 2);
    ck_assert_int_eq(try_activation(quiet, "control"), 2);
    ck_assert_int_eq(try_activation(reader, "web"), 3); // not for us: it opens its own
    fd_close(&reader);
    fd_close(&writer);
    fd_close(&quiet);
}
END_TEST

Suite *socket_suite(void)
{
    Suite *suite = suite_create("socket");
    TCase *tests = tcase_create("socket");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, listens_and_is_removed_at_the_end);
    tcase_add_test(tests, says_where_it_listens);
    tcase_add_test(tests, the_mode_follows_from_who_is_let_in);
    tcase_add_test(tests, it_has_its_mode_whatever_the_mask);
    tcase_add_test(tests, it_belongs_to_the_group);
    tcase_add_test(tests, a_group_that_cannot_be_given_is_refused);
    tcase_add_test(tests, its_directory_is_made_for_who_is_let_in);
    tcase_add_test(tests, a_directory_that_lets_nobody_through_is_warned_of);
    tcase_add_test(tests, but_none_above_it);
    tcase_add_test(tests, a_directory_that_others_can_write_to_is_refused);
    tcase_add_test(tests, a_path_that_is_too_long_is_refused_with_its_length);
    tcase_add_test(tests, one_that_is_alive_is_not_taken);
    tcase_add_test(tests, that_of_another_program_is_not_taken);
    tcase_add_test(tests, nor_one_whose_backlog_is_full);
    tcase_add_test(tests, one_that_is_left_over_is_taken);
    tcase_add_test(tests, what_is_no_socket_is_never_removed);
    tcase_add_test(tests, a_symbolic_link_is_never_followed);
    tcase_add_test(tests, a_lock_file_of_another_user_is_refused);
    tcase_add_test(tests, what_is_not_ours_any_more_is_not_removed);
    tcase_add_test(tests, a_process_that_is_not_helperd_only_lets_go);
    tcase_add_test(tests, the_lock_goes_on_with_a_fork);
    tcase_add_test(tests, of_many_at_once_exactly_one_gets_it);
    tcase_add_test(tests, none_is_no_socket);
    tcase_add_test(tests, the_usual_place_may_be_one_that_cannot_be_had);
    tcase_add_test(tests, listens_for_http_with_a_token);
    tcase_add_test(tests, http_that_cannot_be_had_is_an_error);
    tcase_add_test(tests, http_needs_the_socket_for_its_token);
    tcase_add_test(tests, http_of_ipv6_leaves_ipv4_alone);
    tcase_add_test(tests, one_from_systemd_is_neither_locked_nor_removed);
    tcase_add_test(tests, one_from_systemd_must_be_what_it_is_called);
    suite_add_tcase(suite, tests);
    return suite;
}
