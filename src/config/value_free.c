// SPDX-License-Identifier: MIT
// Lets go of the memory that the value of a setting owns.
#include "config/value.h"

#include "config/command.h"
#include "config/rules.h"
#include "config/value_privilege.h"
#include "config/value_process.h"

#include <stdlib.h>

static void free_text(char **text)
{
    free(*text);
    *text = NULL;
}

void value_free(const struct setting *setting, void *target)
{
    struct helper_config *helper = target;
    switch (setting->kind) {
    case KIND_TEXT:
    case KIND_LINE:
    case KIND_PATH:
    case KIND_TARGET:
    case KIND_SOCKET:
        free_text(setting_field(setting, target));
        break;
    case KIND_VARIABLES:
    case KIND_LABELS:
        strings_finish(setting_field(setting, target));
        break;
    case KIND_COMMAND:
        command_finish(setting_field(setting, target));
        break;
    case KIND_USER:
    case KIND_GROUP:
        value_free_account(setting_field(setting, target));
        break;
    case KIND_GROUPS:
    case KIND_READERS:
        value_free_accounts(setting_field(setting, target));
        break;
    case KIND_ADDRESS:
        free_text(&((struct address_config *)setting_field(setting, target))->text);
        break;
    case KIND_PROCESSORS:
        value_free_processors(setting_field(setting, target));
        break;
    case KIND_INHERITED:
        strings_finish(&helper->inherited);
        break;
    case KIND_SUCCESS:
        free(helper->success);
        helper->success = NULL;
        helper->success_count = 0;
        break;
    case KIND_DEPENDENCIES:
        free(helper->dependencies);
        helper->dependencies = NULL;
        helper->dependency_count = 0;
        break;
    case KIND_RULES:
        rules_free(helper);
        break;
    case KIND_LATER:
    case KIND_OUTSIDE:
    case KIND_MAP:
    case KIND_BOOL:
    case KIND_SHELL:
    case KIND_COUNT:
    case KIND_FACTOR:
    case KIND_DURATION:
    case KIND_SIZE:
    case KIND_FRACTION:
    case KIND_OCTAL:
    case KIND_SIGNAL:
    case KIND_INTEGER:
    case KIND_IO_PRIORITY:
    case KIND_LIMIT:
    case KIND_LIMIT_SIZE:
    case KIND_LIMIT_TIME:
    case KIND_CAPABILITIES:
    case KIND_HELPER:
    case KIND_WORD:
    case KIND_RESTART:
    case KIND_STDIN:
    case KIND_STREAM:
    case KIND_KINDS:
        break; // plain
    }
}
