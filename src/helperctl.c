// SPDX-License-Identifier: MIT
// helperctl: asks and tells a running helperd.
#include "base/fd.h"
#include "client/command_help.h"
#include "client/session.h"

#include <locale.h>
#include <stdlib.h>

// Seconds that helperd may take for what it answers at once.
enum { ANSWER_LIMIT = 30 };

// Characters are UTF-8, also where the environment says nothing of them.
static void choose_characters(void)
{
    if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX == 1)
        (void)setlocale(LC_CTYPE, "C.UTF-8");
}

static int print_help(const struct subcommand *command)
{
    struct buffer out = {0};
    if (command != NULL)
        help_write_command(&out, command);
    else
        help_write(&out);
    show_write(&out);
    buffer_finish(&out);
    return EXIT_SUCCESS;
}

static int print_version(void)
{
    struct buffer out = {0};
    buffer_append_text(&out, "helperctl " VERSION "\n");
    show_write(&out);
    buffer_finish(&out);
    return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
    struct session session = {0};
    choose_characters();
    if (fd_open_standard() < 0) // or the connection would be taken for one of them
        return EXIT_REFUSED;
    if (!arguments_parse(&session.arguments, argc, argv))
        return EXIT_MISUSE;
    const struct arguments *arguments = &session.arguments;
    if (arguments_have(arguments, OPTION_HELP))
        return print_help(arguments->command);
    if (arguments_have(arguments, OPTION_VERSION))
        return print_version();
    session.screen = screen_find(arguments->color);
    if (!arguments->command->alone) {
        session.http = http_open(arguments->socket);
        if (session.http == NULL)
            return EXIT_REFUSED;
        http_limit(session.http, ANSWER_LIMIT);
    }
    int status = arguments->command->run(&session);
    http_close(session.http);
    return status;
}
