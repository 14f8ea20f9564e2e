// SPDX-License-Identifier: MIT
// Writes the completion of a shell: the file given, with its words @NAME@ replaced by what the
// tables of helperctl and helperd say of themselves.
#include "base/buffer.h"
#include "base/fd.h"
#include "base/memory.h"
#include "base/text.h"
#include "client/arguments.h"
#include "config/format.h"
#include "config/settings.h"
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEMPLATE_LIMIT = 1 << 20, SIGNALS = 31 };

// An option of either program.
struct shown {
    char letter; // 0: none
    const char *name, *text;
    char *kind; // of its argument: "file", "any", "words A B"; NULL: it takes none; owned
};

static struct shown ours[64], daemons[64];
static size_t our_count, daemon_count;

static char *words_kind(const char *const *words)
{
    struct buffer out = {0};
    buffer_append_text(&out, "words");
    for (; *words != NULL; words++)
        buffer_printf(&out, " %s", *words);
    return buffer_take(&out);
}

static size_t collect(const struct option_table *table, struct shown *shown)
{
    const struct settings *log = settings_find(&top_settings, "log")->nested;
    for (size_t i = 0; i < table->count; i++) {
        const struct option_row *row = &table->rows[i];
        const char *const *words = row->words;
        if (words == NULL && strcmp(row->name, "format") == 0)
            words = format_names;
        if (words == NULL && strcmp(row->name, "log-format") == 0)
            words = settings_find(log, "format")->words;
        shown[i] = (struct shown){.letter = row->letter, .name = row->name, .text = row->text};
        if (words != NULL)
            shown[i].kind = words_kind(words);
        else if (row->argument != NULL)
            shown[i].kind = memory_copy(row->kind == WORD_FILE ? "file" : "any");
    }
    return table->count;
}

// For single quotes of any shell, and the brackets of zsh's _arguments.
static void quote(struct buffer *out, const char *text, const char *escaped)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            buffer_append_text(out, "'\\''");
        else if (strchr(escaped, *text) != NULL)
            buffer_printf(out, "\\%c", *text);
        else
            buffer_append_char(out, *text);
    }
}

static void write_bash_arguments(struct buffer *out, const struct shown *shown, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (shown[i].kind == NULL)
            continue;
        buffer_append_text(out, "    ");
        if (shown[i].letter != '\0')
            buffer_printf(out, "-%c | ", shown[i].letter);
        buffer_printf(out, "--%s) argument='%s' ;;\n", shown[i].name, shown[i].kind);
    }
}

static void bash_arguments(struct buffer *out)
{
    write_bash_arguments(out, ours, our_count);
}

static void helperd_bash_arguments(struct buffer *out)
{
    write_bash_arguments(out, daemons, daemon_count);
}

static void helperd_bash_options(struct buffer *out)
{
    buffer_append_text(out, "        kind='words");
    for (size_t i = 0; i < daemon_count; i++)
        buffer_printf(out, " --%s", daemons[i].name);
    buffer_append_text(out, "'\n");
}

static const char *kind_name(enum word_kind kind)
{
    switch (kind) {
    case WORD_HELPER:
        return "helper";
    case WORD_SIGNAL:
        return "signal";
    case WORD_GOAL:
        return "goal";
    case WORD_FILE:
        return "file";
    case WORD_COMMAND:
        return "command";
    case WORD_NONE:
    case WORD_ANY:
        break;
    }
    return "none";
}

static void write_option_names(struct buffer *out, unsigned options)
{
    const char *gap = "";
    for (size_t i = 0; i < our_count; i++) {
        if ((options & TAKES(i)) == 0)
            continue;
        buffer_printf(out, "%s--%s", gap, ours[i].name);
        gap = " ";
    }
}

static bool is_listed(const struct subcommand *command)
{
    return command->text != NULL;
}

static void bash_commands(struct buffer *out)
{
    for (size_t i = 0; i < subcommand_count; i++) {
        const struct subcommand *command = &subcommands[i];
        if (!is_listed(command))
            continue;
        buffer_printf(out, "    %s) first=%s rest=%s options='", command->name,
                      kind_name(command->first), kind_name(command->rest));
        write_option_names(out, command->options | options_of_all);
        buffer_append_text(out, "' ;;\n");
    }
    buffer_append_text(out, "    '') first=command rest=none options='");
    write_option_names(out, options_of_all | TAKES(OPTION_JSON));
    buffer_append_text(out, "' ;;\n");
}

static void write_goals(struct buffer *out)
{
    for (size_t i = 0; goal_words[i] != NULL; i++)
        buffer_printf(out, " %s", goal_words[i]);
}

static void write_signals(struct buffer *out)
{
    for (int signal = 1; signal <= SIGNALS; signal++) {
        const char *name = text_signal_name(signal);
        if (strncmp(name, "SIG", 3) == 0)
            buffer_printf(out, " %s", name + 3);
    }
}

static void bash_lists(struct buffer *out)
{
    buffer_append_text(out, "    command) echo");
    for (size_t i = 0; i < subcommand_count; i++) {
        if (is_listed(&subcommands[i]))
            buffer_printf(out, " %s", subcommands[i].name);
    }
    buffer_append_text(out, " ;;\n    goal) echo");
    write_goals(out);
    buffer_append_text(out, " ;;\n    signal) echo");
    write_signals(out);
    buffer_append_text(out, " ;;\n");
}

// One argument of _arguments.
static void write_zsh_option(struct buffer *out, const struct shown *shown, const char *indent,
                             const char *end)
{
    buffer_append_text(out, indent);
    if (shown->letter != '\0')
        buffer_printf(out, "'(-%c --%s)'{-%c,--%s}'[", shown->letter, shown->name, shown->letter,
                      shown->name);
    else
        buffer_printf(out, "'--%s[", shown->name);
    quote(out, shown->text, "[]:\\");
    buffer_append_char(out, ']');
    if (shown->kind != NULL && strncmp(shown->kind, "words ", 6) == 0)
        buffer_printf(out, ":%s:(%s)", shown->name, shown->kind + 6);
    else if (shown->kind != NULL)
        buffer_printf(out, ":%s:%s", shown->name, strcmp(shown->kind, "file") == 0 ? "_files" : "");
    buffer_printf(out, "'%s\n", end);
}

static void write_zsh_options(struct buffer *out, unsigned options, const char *indent,
                              const char *end)
{
    for (size_t i = 0; i < our_count; i++) {
        if ((options & TAKES(i)) != 0)
            write_zsh_option(out, &ours[i], indent, end);
    }
}

static void zsh_common(struct buffer *out)
{
    write_zsh_options(out, options_of_all, "        ", "");
}

static void zsh_json(struct buffer *out)
{
    write_zsh_options(out, TAKES(OPTION_JSON), "        ", " \\");
}

static void helperd_zsh_options(struct buffer *out)
{
    for (size_t i = 0; i < daemon_count; i++)
        write_zsh_option(out, &daemons[i], "    ", " \\");
}

static void zsh_list(struct buffer *out)
{
    for (size_t i = 0; i < subcommand_count; i++) {
        if (!is_listed(&subcommands[i]))
            continue;
        buffer_printf(out, "        '%s:", subcommands[i].name);
        quote(out, subcommands[i].text, "\\");
        buffer_append_text(out, "'\n");
    }
}

static void write_zsh_argument(struct buffer *out, const char *place, enum word_kind kind)
{
    buffer_printf(out, " \\\n            '%s:%s:", place, kind_name(kind));
    switch (kind) {
    case WORD_HELPER:
        buffer_append_text(out, "_helperctl_helpers");
        break;
    case WORD_SIGNAL:
        buffer_append_text(out, "_signals");
        break;
    case WORD_GOAL:
        buffer_append_text(out, "(");
        write_goals(out);
        buffer_append_text(out, ")");
        break;
    case WORD_FILE:
        buffer_append_text(out, "_files");
        break;
    case WORD_COMMAND:
        buffer_append_text(out, "_helperctl_commands");
        break;
    case WORD_NONE:
    case WORD_ANY:
        break;
    }
    buffer_append_char(out, '\'');
}

static void zsh_commands(struct buffer *out)
{
    for (size_t i = 0; i < subcommand_count; i++) {
        const struct subcommand *command = &subcommands[i];
        if (!is_listed(command))
            continue;
        buffer_printf(out, "    %s)\n        _arguments -s -S $common", command->name);
        for (size_t k = 0; k < our_count; k++) {
            if ((command->options & TAKES(k)) == 0)
                continue;
            struct buffer option = {0};
            write_zsh_option(&option, &ours[k], " \\\n            ", "");
            buffer_append(out, option.data, option.length - 1);
            buffer_finish(&option);
        }
        if (command->first != WORD_NONE)
            write_zsh_argument(out, "1", command->first);
        if (command->rest != WORD_NONE)
            write_zsh_argument(out, "*", command->rest);
        buffer_append_text(out, "\n        ;;\n");
    }
}

static void write_fish_option(struct buffer *out, const struct shown *shown, const char *program,
                              const char *condition)
{
    buffer_printf(out, "complete -c %s%s", program, condition);
    if (shown->letter != '\0')
        buffer_printf(out, " -s %c", shown->letter);
    buffer_printf(out, " -l %s", shown->name);
    if (shown->kind != NULL && strncmp(shown->kind, "words ", 6) == 0)
        buffer_printf(out, " -x -a '%s'", shown->kind + 6);
    else if (shown->kind != NULL)
        buffer_append_text(out, strcmp(shown->kind, "file") == 0 ? " -r -F" : " -x");
    buffer_append_text(out, " -d '");
    for (const char *at = shown->text; *at != '\0'; at++)
        buffer_printf(out, strchr("'\\", *at) != NULL ? "\\%c" : "%c", *at);
    buffer_append_text(out, "'\n");
}

static void fish_pending(struct buffer *out)
{
    const char *gap = "";
    for (size_t i = 0; i < our_count; i++) {
        if (ours[i].kind == NULL)
            continue;
        if (ours[i].letter != '\0')
            buffer_printf(out, "%s-%c", gap, ours[i].letter);
        buffer_printf(out, "%s--%s", ours[i].letter != '\0' ? " " : gap, ours[i].name);
        gap = " ";
    }
}

static void fish_common(struct buffer *out)
{
    for (size_t i = 0; i < our_count; i++) {
        if ((options_of_all & TAKES(i)) != 0)
            write_fish_option(out, &ours[i], "helperctl", "");
    }
}

static void helperd_fish_options(struct buffer *out)
{
    for (size_t i = 0; i < daemon_count; i++)
        write_fish_option(out, &daemons[i], "helperd", "");
}

static void write_fish_words(struct buffer *out, enum word_kind kind)
{
    switch (kind) {
    case WORD_HELPER:
        buffer_append_text(out, " -a '(__helperctl_helpers)'\n");
        break;
    case WORD_SIGNAL:
        buffer_append_text(out, " -a '");
        write_signals(out);
        buffer_append_text(out, "'\n");
        break;
    case WORD_GOAL:
        buffer_append_text(out, " -a '");
        write_goals(out);
        buffer_append_text(out, "'\n");
        break;
    case WORD_FILE:
        buffer_append_text(out, " -F\n");
        break;
    case WORD_COMMAND:
        buffer_append_text(out, " -a '");
        for (size_t i = 0; i < subcommand_count; i++)
            buffer_printf(out, "%s ", is_listed(&subcommands[i]) ? subcommands[i].name : "");
        buffer_append_text(out, "'\n");
        break;
    case WORD_NONE:
    case WORD_ANY:
        break;
    }
}

static void fish_commands(struct buffer *out)
{
    for (size_t i = 0; i < subcommand_count; i++) {
        const struct subcommand *command = &subcommands[i];
        if (!is_listed(command))
            continue;
        buffer_printf(out, "complete -c helperctl -n __helperctl_needs_command -a %s -d '",
                      command->name);
        quote(out, command->text, "");
        buffer_append_text(out, "'\n");
        memory_auto char *at = memory_format(" -n '__helperctl_at 0 %s'", command->name);
        for (size_t k = 0; k < our_count; k++) {
            if ((command->options & TAKES(k)) != 0)
                write_fish_option(out, &ours[k], "helperctl", at);
        }
        if (command->first != WORD_NONE) {
            buffer_printf(out, "complete -c helperctl -n '__helperctl_just_at 0 %s'",
                          command->name);
            write_fish_words(out, command->first);
        }
        if (command->rest != WORD_NONE) {
            buffer_printf(out, "complete -c helperctl -n '__helperctl_at 1 %s'", command->name);
            write_fish_words(out, command->rest);
        }
    }
}

static const struct part {
    const char *name;
    void (*write)(struct buffer *out);
} parts[] = {
    {"BASH_ARGUMENTS", bash_arguments},
    {"BASH_COMMANDS", bash_commands},
    {"BASH_LISTS", bash_lists},
    {"ZSH_LIST", zsh_list},
    {"ZSH_COMMON", zsh_common},
    {"ZSH_JSON", zsh_json},
    {"ZSH_COMMANDS", zsh_commands},
    {"FISH_PENDING", fish_pending},
    {"FISH_COMMON", fish_common},
    {"FISH_COMMANDS", fish_commands},
    {"HELPERD_BASH_ARGUMENTS", helperd_bash_arguments},
    {"HELPERD_BASH_OPTIONS", helperd_bash_options},
    {"HELPERD_ZSH_OPTIONS", helperd_zsh_options},
    {"HELPERD_FISH_OPTIONS", helperd_fish_options},
};

// Writes the part that the text starts with, "@NAME@" and the newline behind it if the part ends in
// one. The bytes that were read; 0: it is none.
static size_t write_part(struct buffer *out, const char *text)
{
    for (size_t i = 0; i < LENGTH(parts); i++) {
        size_t length = strlen(parts[i].name);
        if (strncmp(text + 1, parts[i].name, length) != 0 || text[length + 1] != '@')
            continue;
        parts[i].write(out);
        return length + 2 + (out->data[out->length - 1] == '\n');
    }
    return 0;
}

int main(int argc, char *argv[])
{
    char *text = NULL;
    size_t length;
    if (argc != 2 || fd_read_file(argv[1], TEMPLATE_LIMIT, &text, &length) < 0) {
        fputs("usage: print_completion completions/FILE.in\n", stderr);
        return EXIT_FAILURE;
    }
    our_count = collect(&option_table, ours);
    daemon_count = collect(&options_table, daemons);
    struct buffer out = {0};
    for (const char *at = text; *at != '\0';) {
        size_t read = *at == '@' ? write_part(&out, at) : 0;
        if (read == 0)
            buffer_append_char(&out, *at);
        at += read > 0 ? read : 1;
    }
    fwrite(out.data, 1, out.length, stdout);
    buffer_finish(&out);
    free(text);
    for (size_t i = 0; i < LENGTH(ours); i++) {
        free(ours[i].kind);
        free(daemons[i].kind);
    }
    return EXIT_SUCCESS;
}
