// SPDX-License-Identifier: MIT
// THE table of commands, the table of options, and the words that arguments can be.
#include "client/arguments.h"

#include "base/memory.h"
#include "client/commands.h"
#include "config/format.h"

static const char *const color_words[] = {"auto", "always", "never", NULL};

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_SOCKET] = {'s', "socket", "SOCKET", NULL, WORD_FILE,
                       "where helperd is: a socket, or http://127.0.0.1:PORT"},
    [OPTION_JSON] = {0, "json", NULL, NULL, WORD_NONE,
                     "print what helperd answers, as JSON; of a stream an object a line"},
    [OPTION_COLOR] = {0, "color", "WHEN", color_words, WORD_NONE,
                      "auto (a terminal without NO_COLOR), always or never"},
    [OPTION_WAIT] = {0, "wait", NULL, NULL, WORD_NONE, "return when it has come to its end"},
    [OPTION_TIMEOUT] = {0, "timeout", "DURATION", NULL, WORD_ANY,
                        "wait at most so long, as in 10s or 5m (60s; 0: as long as it takes)"},
    [OPTION_ALL] = {0, "all", NULL, NULL, WORD_NONE, "all helpers, instead of names"},
    [OPTION_FOLLOW] = {'f', "follow", NULL, NULL, WORD_NONE, "go on with lines as they come"},
    [OPTION_LINES] = {'n', "lines", "N", NULL, WORD_ANY,
                      "at most the latest N lines (all that are kept; with -f 10)"},
    [OPTION_DRY_RUN] = {0, "dry-run", NULL, NULL, WORD_NONE,
                        "change nothing, say what would be changed"},
    [OPTION_DELAY] = {'d', "delay", "DURATION", NULL, WORD_ANY, "look again after so long (1s)"},
    [OPTION_FORMAT] = {0, "format", "FMT", format_names, WORD_NONE,
                       "the format of FILE (by its name)"},
    [OPTION_HELP] = {'h', "help", NULL, NULL, WORD_NONE, "print this help and exit"},
    [OPTION_VERSION] = {'V', "version", NULL, NULL, WORD_NONE, "print the version and exit"},
};

const struct option_table option_table = {"helperctl", rows, OPTION_COUNT};

const unsigned options_of_all =
    TAKES(OPTION_SOCKET) | TAKES(OPTION_COLOR) | TAKES(OPTION_HELP) | TAKES(OPTION_VERSION);

enum {
    JSON = TAKES(OPTION_JSON),
    WAITING = TAKES(OPTION_WAIT) | TAKES(OPTION_TIMEOUT),
    ANY = 1 << 20, // number of arguments
};

const struct subcommand subcommands[] = {
    {"status", "[NAME...]", 0, ANY, WORD_HELPER, WORD_HELPER, JSON, false,
     "show how helpers are; of a single one all that is known",
     "The exit status is 0 if all of them are running or completed, 3 if some are not, and 4 if\n"
     "there is none of that name.",
     command_status},
    {"why", "NAME", 1, 1, WORD_HELPER, WORD_NONE, JSON, false,
     "say why a helper is in its state; its last exits and lines", NULL, command_why},
    {"start", "NAME...", 1, ANY, WORD_HELPER, WORD_HELPER, JSON | WAITING | TAKES(OPTION_ALL),
     false, "start helpers, and what they depend on", "With --wait it returns when they are ready.",
     command_start},
    {"stop", "NAME...", 1, ANY, WORD_HELPER, WORD_HELPER, JSON | WAITING | TAKES(OPTION_ALL), false,
     "stop helpers", "With --wait it returns when nothing of them runs any more.", command_stop},
    {"restart", "NAME...", 1, ANY, WORD_HELPER, WORD_HELPER, JSON | WAITING | TAKES(OPTION_ALL),
     false, "stop helpers and start them again",
     "With --all only those that are wanted: what was stopped on purpose stays so.\n"
     "With --wait it returns when they are ready again.",
     command_restart},
    {"reset", "NAME...", 1, ANY, WORD_HELPER, WORD_HELPER, JSON | WAITING | TAKES(OPTION_ALL),
     false, "forget failures; a failed or completed helper is stopped then",
     "It starts and stops nothing, so that --wait finds its end at once.", command_reset},
    {"signal", "SIGNAL NAME...", 2, ANY, WORD_SIGNAL, WORD_HELPER, JSON, false,
     "send a signal to the processes of helpers", "SIGNAL is a name or a number: HUP, SIGHUP, 1.",
     command_signal},
    {"wait", "NAME STATE", 2, 2, WORD_HELPER, WORD_GOAL, JSON | TAKES(OPTION_TIMEOUT), false,
     "wait until a helper is in a state",
     "STATE is one of those that status shows, or ready (running or completed), or ended\n"
     "(stopped, completed or failed). One that cannot come any more is said at once.",
     command_wait},
    {"logs", "[NAME...]", 0, ANY, WORD_HELPER, WORD_HELPER,
     JSON | TAKES(OPTION_FOLLOW) | TAKES(OPTION_LINES), false,
     "print the latest lines, without names those of all and helperd",
     "The name helperd stands for its own messages.", command_logs},
    {"events", "", 0, 0, WORD_NONE, WORD_NONE, JSON, false,
     "print what happens to helpers as it happens", NULL, command_events},
    {"top", "", 0, 0, WORD_NONE, WORD_NONE, TAKES(OPTION_DELAY), false,
     "show a live table of the helpers and the log of one of them", "The key ? lists all keys.",
     command_top},
    {"reload", "", 0, 0, WORD_NONE, WORD_NONE, JSON | TAKES(OPTION_DRY_RUN), false,
     "read the configuration again and apply what is different",
     "With an error in it nothing changes, and the errors are printed.", command_reload},
    {"reopen", "", 0, 0, WORD_NONE, WORD_NONE, JSON, false,
     "open all log files again by their names", NULL, command_reopen},
    {"shutdown", "", 0, 0, WORD_NONE, WORD_NONE, JSON | TAKES(OPTION_WAIT), false,
     "stop all helpers in order, then helperd", "With --wait it returns when helperd has ended.",
     command_shutdown},
    {"version", "", 0, 0, WORD_NONE, WORD_NONE, JSON, false,
     "print the versions of helperctl and of helperd", NULL, command_version},
    {"convert", "FILE", 1, 1, WORD_FILE, WORD_NONE, TAKES(OPTION_FORMAT), true,
     "print a configuration of any format as YAML for helperd",
     "What is as it would be without saying is left out. The place of the file stays where the\n"
     "helpers work.",
     command_convert},
    {"help", "[COMMAND]", 0, 1, WORD_COMMAND, WORD_NONE, 0, true,
     "print this help, or that of a command", NULL, command_help},
    {"__names", "", 0, 0, WORD_NONE, WORD_NONE, 0, true, NULL, NULL, command_names},
};

const size_t subcommand_count = LENGTH(subcommands);

const char *const goal_words[] = {"stopped",  "waiting", "starting",  "running",
                                  "stopping", "backoff", "completed", "failed",
                                  "ready",    "ended",   NULL};
