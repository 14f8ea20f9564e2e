// SPDX-License-Identifier: MIT
#include "../suites.h"

#include "client/place.h"

#include "base/fd.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char folder[] = "/tmp/helperd-place-XXXXXX";
static struct place place;
static char *problem;

static void set_up(void)
{
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(mkdir("inner", 0700), 0);
    ck_assert_int_eq(mkdir("runtime", 0700), 0);
    memory_auto char *runtime = memory_format("%s/runtime", folder);
    setenv("XDG_RUNTIME_DIR", runtime, 1);
    unsetenv("HELPERD_SOCKET");
    unsetenv("HELPERD_TOKEN_FILE");
}

static void tear_down(void)
{
    place_finish(&place);
    free(problem);
    problem = NULL;
    memory_auto char *command = memory_format("rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

// A socket that listens at a path that is short; -1 means that it is closed at once and left over.
static void make_socket(const char *path, bool listens)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    if (listens)
        ck_assert_int_eq(listen(fd, 1), 0); // lives as long as the process of the test
    else
        close(fd);
}

static bool find(const char *named)
{
    place_finish(&place);
    free(problem);
    return place_find(&place, named, &problem);
}

static void expect_path(const char *path)
{
    memory_auto char *whole = memory_format("%s/%s", folder, path);
    ck_assert_str_eq(place_name(&place), whole);
}

START_TEST(it_is_looked_for_from_here_up_then_for_the_user_then_for_the_system)
{
    struct strings paths = {0};
    place_list(&paths, "/home/me", "/run/user/7");
    static const char *const expected[] = {
        "/home/me/.helperd.sock",   "/home/.helperd.sock",       "/.helperd.sock",
        "/run/user/7/helperd.sock", "/run/helperd/helperd.sock",
    };
    ck_assert_uint_eq(paths.count, LENGTH(expected));
    for (size_t i = 0; i < LENGTH(expected); i++)
        ck_assert_str_eq(paths.items[i], expected[i]);
    strings_finish(&paths);
    place_list(&paths, "/", NULL);
    ck_assert_uint_eq(paths.count, 2);
    strings_finish(&paths);
    place_list(&paths, NULL, "relative");
    ck_assert_uint_eq(paths.count, 1);
    strings_finish(&paths);
}
END_TEST

START_TEST(the_nearest_socket_is_taken)
{
    make_socket("runtime/helperd.sock", true);
    ck_assert(find(NULL));
    expect_path("runtime/helperd.sock");
    make_socket(".helperd.sock", true);
    ck_assert_int_eq(chdir("inner"), 0);
    ck_assert(find(NULL));
    expect_path(".helperd.sock");
    make_socket(".helperd.sock", false);
    ck_assert(find(NULL));
    expect_path("inner/.helperd.sock"); // also where nobody answers: no other was meant
}
END_TEST

START_TEST(what_is_no_socket_is_passed_over)
{
    ck_assert_int_eq(mkdir("inner/.helperd.sock", 0700), 0);
    make_socket(".helperd.sock", true);
    ck_assert_int_eq(chdir("inner"), 0);
    ck_assert(find(NULL));
    expect_path(".helperd.sock");
}
END_TEST

START_TEST(a_socket_of_somebody_else_is_passed_over_unless_it_is_named)
{
    make_socket(".helperd.sock", true);
    if (geteuid() != 0 || chown(".helperd.sock", 12345, 12345) < 0)
        return; // only root can make one
    find(NULL);
    memory_auto char *note =
        memory_format("  %s/.helperd.sock belongs to uid 12345: to use it nevertheless", folder);
    ck_assert_msg(problem == NULL || strstr(problem, note) != NULL, "%s", problem);
    ck_assert(place.path == NULL || strstr(place.path, folder) == NULL);
    ck_assert(find(".helperd.sock"));
}
END_TEST

START_TEST(where_none_is_all_places_are_told)
{
    if (access("/run/helperd/helperd.sock", F_OK) == 0)
        return;
    ck_assert_int_eq(chdir("inner"), 0);
    ck_assert(!find(NULL));
    memory_auto char *expected =
        memory_format("no helperd is found; there is no socket at any of these places:\n"
                      "  %s/inner/.helperd.sock\n  %s/.helperd.sock\n  /tmp/.helperd.sock\n"
                      "  /.helperd.sock\n  %s/runtime/helperd.sock\n  /run/helperd/helperd.sock\n"
                      "start one with: helperd -c helperd.yaml, or name its socket with -s",
                      folder, folder, folder);
    ck_assert_str_eq(problem, expected);
}
END_TEST

START_TEST(what_is_named_is_taken_as_it_is)
{
    make_socket(".helperd.sock", true);
    setenv("HELPERD_SOCKET", "/from/variable", 1);
    ck_assert(find(NULL));
    ck_assert_str_eq(place_name(&place), "/from/variable");
    ck_assert(find("./option"));
    ck_assert_str_eq(place_name(&place), "./option");
    setenv("HELPERD_SOCKET", "none", 1);
    ck_assert(!find(NULL));
    ck_assert_str_eq(problem,
                     "the socket is \"none\", by HELPERD_SOCKET: there is nothing to talk to");
}
END_TEST

START_TEST(an_address_goes_with_a_token)
{
    int fd = open("token", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(write(fd, "secret\n", 7), 7);
    fd_close(&fd);
    setenv("HELPERD_TOKEN_FILE", "token", 1);
    ck_assert(find("http://127.0.0.1:9000/"));
    ck_assert_str_eq(place_name(&place), "http://127.0.0.1:9000");
    ck_assert_str_eq(place.token, "secret");
    ck_assert(find(".helperd.sock"));
    ck_assert_ptr_null(place.token); // it is for nobody else
    setenv("HELPERD_TOKEN_FILE", "nothing", 1);
    ck_assert(!find("http://127.0.0.1:9000"));
    ck_assert_str_eq(problem, "cannot read the token in nothing (HELPERD_TOKEN_FILE): "
                              "No such file or directory");
    ck_assert(!find("http://127.0.0.1:9000/v1"));
}
END_TEST

START_TEST(a_token_is_one_word)
{
    int fd = open("token", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(write(fd, "a\r\nX-More: b", 13), 13);
    fd_close(&fd);
    setenv("HELPERD_TOKEN_FILE", "token", 1);
    ck_assert(!find("http://127.0.0.1:9000"));
    ck_assert_str_eq(problem, "token (HELPERD_TOKEN_FILE) holds no token");
}
END_TEST

START_TEST(a_long_path_is_reached_by_its_folder)
{
    char name[101] = "";
    memset(name, 'x', 100);
    ck_assert_int_eq(mkdir(name, 0700), 0);
    ck_assert_int_eq(chdir(name), 0);
    make_socket(".helperd.sock", true);
    ck_assert(find(NULL));
    ck_assert_uint_lt(strlen(place.reach), sizeof(((struct sockaddr_un *)NULL)->sun_path));
    ck_assert_int_eq(place_listener(&place), getpid());
    memory_auto char *path = memory_format("./%s%s", name, name);
    ck_assert(!find(path));
    memory_auto char *expected = memory_format("%s: the path is too long for a socket", path);
    ck_assert_str_eq(problem, expected);
}
END_TEST

static void expect_explanation(int error, const char *expected)
{
    memory_auto char *text = place_explain(&place, error);
    ck_assert_str_eq(text, expected);
}

START_TEST(silence_is_explained)
{
    ck_assert(find("there"));
    expect_explanation(ENOENT, "there is no socket there; start one with: helperd -c helperd.yaml");
    expect_explanation(ECONNREFUSED,
                       "no helperd answers at there: the socket was left over by one that has "
                       "ended; start one with: helperd -c helperd.yaml");
    expect_explanation(ENOMEM, "no helperd answers at there: Cannot allocate memory");
    make_socket("there", false);
    ck_assert_int_eq(chmod("there", 0600), 0);
    memory_auto char *denied = place_explain(&place, EACCES);
    ck_assert_ptr_nonnull(strstr(denied, "there: permission denied: there belongs to "));
    ck_assert_ptr_nonnull(strstr(denied, "mode 0600"));
    ck_assert(find(".")); // as a file that was mistaken for a socket
    expect_explanation(ECONNREFUSED, ". is no socket");
    ck_assert(find("http://127.0.0.1:9"));
    expect_explanation(ECONNREFUSED,
                       "no helperd answers at http://127.0.0.1:9: Connection refused");
    ck_assert_int_eq(place_listener(&place), 0);
}
END_TEST

Suite *place_suite(void)
{
    Suite *suite = suite_create("place");
    TCase *search = tcase_create("search");
    tcase_add_checked_fixture(search, set_up, tear_down);
    tcase_add_test(search, it_is_looked_for_from_here_up_then_for_the_user_then_for_the_system);
    tcase_add_test(search, the_nearest_socket_is_taken);
    tcase_add_test(search, what_is_no_socket_is_passed_over);
    tcase_add_test(search, a_socket_of_somebody_else_is_passed_over_unless_it_is_named);
    tcase_add_test(search, where_none_is_all_places_are_told);
    suite_add_tcase(suite, search);
    TCase *named = tcase_create("named");
    tcase_add_checked_fixture(named, set_up, tear_down);
    tcase_add_test(named, what_is_named_is_taken_as_it_is);
    tcase_add_test(named, an_address_goes_with_a_token);
    tcase_add_test(named, a_token_is_one_word);
    tcase_add_test(named, a_long_path_is_reached_by_its_folder);
    tcase_add_test(named, silence_is_explained);
    suite_add_tcase(suite, named);
    return suite;
}
