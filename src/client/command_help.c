// SPDX-License-Identifier: MIT
#include "client/command_help.h"

#include "base/memory.h"
#include "client/commands.h"
#include "client/session.h"

#include <string.h>

void help_write(struct buffer *out)
{
    buffer_append_text(out, "Usage: helperctl [OPTIONS] COMMAND [ARGUMENTS]\n\n"
                            "Asks and tells a running helperd. Options may stand before and "
                            "behind the command.\n\nCommands:\n");
    for (size_t i = 0; i < subcommand_count; i++) {
        const struct subcommand *command = &subcommands[i];
        if (command->text == NULL)
            continue;
        memory_auto char *left = memory_format("%s %s", command->name, command->arguments);
        buffer_printf(out, "  %-26s %s\n", left, command->text);
    }
    buffer_append_text(out, "\nOptions:\n");
    command_line_write_help(out, &option_table, options_of_all | TAKES(OPTION_JSON));
    buffer_append_text(out, "\n\"helperctl help COMMAND\" shows the options of a command.\n"
                            "Without -s the socket is $HELPERD_SOCKET, else the first that is "
                            "there of: .helperd.sock\nin this folder or one above it, "
                            "$XDG_RUNTIME_DIR/helperd.sock, /run/helperd/helperd.sock.\n\n"
                            "Manual: helperctl(1), helperd(8)\n");
}

void help_write_command(struct buffer *out, const struct subcommand *command)
{
    buffer_printf(out, "Usage: helperctl %s%s%s", command->name,
                  command->arguments[0] != '\0' ? " " : "", command->arguments);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_table.rows[i];
        if ((command->options & TAKES(i)) != 0)
            buffer_printf(out, " [--%s%s%s]", row->name, row->argument != NULL ? " " : "",
                          row->argument != NULL ? row->argument : "");
    }
    buffer_printf(out, "\n\n%s\n", command->text != NULL ? command->text : "");
    if (command->more != NULL)
        buffer_printf(out, "%s\n", command->more);
    buffer_append_text(out, "\nOptions:\n");
    command_line_write_help(out, &option_table, command->options | options_of_all);
}

int command_help(struct session *session)
{
    const struct subcommand *command = NULL;
    if (session->arguments.count > 0) {
        command = subcommand_find_or_complain(session->arguments.words[0]);
        if (command == NULL)
            return EXIT_MISUSE;
    }
    struct buffer out = {0};
    if (command != NULL)
        help_write_command(&out, command);
    else
        help_write(&out);
    show_write(&out);
    buffer_finish(&out);
    return 0;
}
