// SPDX-License-Identifier: MIT
#include "base/exit_status.h"

#include "base/text.h"

#include <stdio.h>
#include <sys/wait.h>

struct exit_status exit_status_from(const siginfo_t *info)
{
    if (info->si_code == CLD_EXITED)
        return (struct exit_status){.code = info->si_status};
    return (struct exit_status){
        .signal = info->si_status,
        .core_dumped = info->si_code == CLD_DUMPED,
    };
}

const char *exit_status_describe(struct exit_status status, char text[EXIT_STATUS_TEXT])
{
    if (status.signal == 0)
        snprintf(text, EXIT_STATUS_TEXT, "exited with status %d", status.code);
    else
        snprintf(text, EXIT_STATUS_TEXT, "killed by %s%s", text_signal_name(status.signal),
                 status.core_dumped ? " (core dumped)" : "");
    return text;
}

int exit_status_as_code(struct exit_status status)
{
    return status.signal == 0 ? status.code : 128 + status.signal;
}
