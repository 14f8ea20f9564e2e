# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What all scenarios share: a folder of their own, a helperd in it, steps with names, waiting for
# conditions instead of seconds. A scenario starts with
#     . "$(dirname "$0")/lib.sh"
# and ends with status 0 (passed), 1 (failed) or 77 (skipped).
#
# From outside: HELPERD and PROGRAMS (or top_builddir, where both are looked for), TMPDIR,
# SCENARIO_LIMIT (seconds), SCENARIO_KEEP=1 to keep the folder.
# To the scenario: T (its folder), LOG, TEST_SOURCE (the project), HELPERD_PID, STATUS (helperd's
# exit status once it has ended).

set -u

TEST_SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
top_builddir=$(cd "${top_builddir:-$TEST_SOURCE}" && pwd)
HELPERD=$(realpath -m "${HELPERD:-$top_builddir/src/helperd}")
PROGRAMS=$(realpath -m "${PROGRAMS:-$top_builddir/tests/programs}")
T=$(mktemp -d "${TMPDIR:-/tmp}/helperd-scenario.XXXXXX") || exit 1
T=$(cd "$T" && pwd -P)
LOG=$T/log
HELPERD_PID=
STATUS=
CURRENT_STEP="beginning"
# Seconds that anything may take: far more than it should, also with sanitizers on a slow machine.
END_LIMIT=${SCENARIO_LIMIT:-60}

# Every process of the scenario carries this mark in its environment.
export SCENARIO=$T

# Nothing of the user's own may lead helperd astray.
unset NOTIFY_SOCKET JOURNAL_STREAM LISTEN_FDS LISTEN_PID LISTEN_FDNAMES WATCHDOG_USEC WATCHDOG_PID
unset NO_COLOR FORCE_COLOR
export LC_ALL=C PROGRAMS
export XDG_RUNTIME_DIR=$T/runtime XDG_CONFIG_HOME=$T/config
# A control socket is for those scenarios that name one: two helperds may run in one folder.
export HELPERD_SOCKET=none
mkdir -m 0700 "$XDG_RUNTIME_DIR" "$XDG_CONFIG_HOME"

# Sanitizers keep freed memory for a while; so does valgrind.
is_sanitized()
{
    grep -aqE '__(asan|tsan)_init|^exec valgrind' "$HELPERD"
}

step()
{
    CURRENT_STEP=$1
    printf -- '- %s\n' "$1"
}

fail()
{
    printf 'FAILED at "%s": %s\n' "$CURRENT_STEP" "$1"
    if [[ -s $LOG ]]; then
        printf '  end of the log:\n'
        tail -n "${SCENARIO_TAIL:-40}" "$LOG" | sed 's/^/  | /'
    fi
    exit 1
}

skip()
{
    printf 'skipped: %s\n' "$1"
    exit 77
}

# wait_for SECONDS_LIMIT "what" COMMAND...: until the command succeeds; what it prints is dropped.
wait_for()
{
    local limit=$1 what=$2 deadline
    shift 2
    deadline=$((SECONDS + limit))
    until "$@" >/dev/null 2>&1; do
        ((SECONDS <= deadline)) || fail "waited $limit s in vain for $what"
        sleep 0.02
    done
}

# The living processes that carry the mark, one pid a line. grep runs without it.
marked_processes()
{
    SCENARIO='' grep -lszxF -- "SCENARIO=$T" /proc/[0-9]*/environ | cut -d / -f 3
}

has_mark()
{
    grep -qszxF -- "SCENARIO=$T" "/proc/$1/environ"
}

session_of()
{
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 4
}

# Processes that work in the scenario's folder, but for its own shells: helpers have other sessions.
# Others may have thousands of processes: there is no fork for each of them.
processes_in_folder()
{
    local link folder pid session
    session=$(session_of $$)
    while read -r link folder; do
        [[ $folder == "$T" || $folder == "$T"/* ]] || continue
        pid=${link#/proc/}
        [[ $(session_of "$pid") == "$session" ]] || echo "$pid"
    done < <(find /proc/[0-9]*/cwd -maxdepth 0 -printf '%h %l\n' 2>/dev/null)
}

process_lives()
{
    local state
    state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null)
    [[ -n $state && $state != [ZX] ]]
}

process_ended()
{
    ! process_lives "$1"
}

# Helperd first, or it would start its helpers again; then all the rest until nothing is left.
kill_all()
{
    local pid pids tries
    [[ -z $HELPERD_PID || -n $STATUS ]] || kill -KILL "$HELPERD_PID" 2>/dev/null
    for ((tries = 0; tries < 100; tries++)); do
        mapfile -t pids < <(marked_processes; processes_in_folder)
        ((${#pids[@]} > 0)) || return
        for pid in "${pids[@]}"; do
            kill -KILL "$pid" 2>/dev/null
        done
        sleep 0.02
    done
}

# What a scenario must take back that would outlive it, such as a mount: it defines this anew. What
# runs in here does not change how the scenario ended, so none sets a trap for EXIT of its own.
undo()
{
    :
}

cleanup()
{
    local status=$?
    trap - EXIT
    undo
    kill_all
    wait 2>/dev/null
    cd /
    if [[ -n ${SCENARIO_KEEP:-} ]]; then
        printf 'kept: %s\n' "$T"
    else
        rm -rf "$T"
    fi
    exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

# start_command COMMAND...: what is or becomes helperd, in the background, with the redirections of
# the caller. Job control gives it a process group of its own and leaves SIGINT as it is, as an
# interactive shell would.
start_command()
{
    STATUS=
    set -m
    "$@" &
    HELPERD_PID=$!
    set +m
}

# start_helperd ARGUMENT...: with its output in a fresh log, standard input from HELPERD_STDIN
# (nothing).
start_helperd()
{
    : >"$LOG"
    start_command "$HELPERD" "$@" <"${HELPERD_STDIN:-/dev/null}" >>"$LOG" 2>&1
}

# Waits until helperd has ended by itself; its exit status is in STATUS then.
wait_for_end()
{
    wait_for "$END_LIMIT" "the end of helperd" process_ended "$HELPERD_PID"
    wait "$HELPERD_PID" 2>/dev/null
    STATUS=$?
    # A child of helperd's can fall over its own program before it becomes the helper: only the log
    # shows that.
    expect_no_line '^==[0-9]+==ERROR: |^[^ ]+:[0-9]+:[0-9]+: runtime error: |^WARNING: ThreadSanitizer'
}

# stop_helperd [SIGNAL]: tells helperd to end and waits until it has.
stop_helperd()
{
    kill -s "${1:-TERM}" "$HELPERD_PID" 2>/dev/null || fail "helperd is gone already"
    wait_for_end
}

expect_status()
{
    [[ $STATUS == "$1" ]] || fail "helperd ended with status $STATUS, not $1"
}

# Patterns are grep's extended ones; the log may hold any bytes.
count_lines()
{
    grep -acE -- "$1" "$LOG"
}

has_line()
{
    grep -aqE -- "$1" "$LOG"
}

# has_lines COUNT PATTERN: that many or more.
has_lines()
{
    (($(count_lines "$2") >= $1))
}

expect_line()
{
    has_line "$1" || fail "no line like /$1/"
}

expect_no_line()
{
    ! has_line "$1" || fail "unexpected: $(grep -aE -m 1 -- "$1" "$LOG")"
}

# expect_order FIRST SECOND: both are there, and the first of either stand in this order.
expect_order()
{
    local first second
    expect_line "$1"
    expect_line "$2"
    first=$(grep -anE -m 1 -- "$1" "$LOG" | cut -d : -f 1)
    second=$(grep -anE -m 1 -- "$2" "$LOG" | cut -d : -f 1)
    ((first < second)) || fail "/$2/ stands before /$1/"
}

# wait_for_line PATTERN [SECONDS_LIMIT]
wait_for_line()
{
    wait_for "${2:-$END_LIMIT}" "a line like /$1/" has_line "$1"
}

no_process_left()
{
    local pid
    for pid in $(marked_processes; processes_in_folder); do
        ! process_lives "$pid" || return
    done
}

# The same where helperd was killed, and what hung on it ends by itself.
wait_for_no_process()
{
    wait_for "$END_LIMIT" "the end of all processes" no_process_left
}

# Whether what start_command started is helperd by now, and no shell any more.
runs_helperd()
{
    [[ $(readlink "/proc/$HELPERD_PID/exe") == "$HELPERD" ]]
}

# end_reader PID: one that works in the background, such as a cat, and would show up as left over.
end_reader()
{
    kill "$1" 2>/dev/null
    wait "$1" 2>/dev/null
}

# Nothing that the scenario started is alive: no process with its mark, and none that lost the mark
# (inherit_environment: false) but works in the scenario's folder.
expect_no_process_left()
{
    local pid left=
    for pid in $({ marked_processes; processes_in_folder; } | sort -u); do
        process_lives "$pid" || continue
        left+=" $pid ($(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null))"
    done
    [[ -z $left ]] || fail "still alive:$left"
}

# How many threads helperd has beside those that start helpers, of which each hang or delay of a
# start may make one more, for good.
threads_of_helperd()
{
    grep -Lx helperd-start "/proc/$HELPERD_PID/task/"*/comm | wc -l
}

# The pids of the children of a process, one a line.
children_of()
{
    cat "/proc/$1/task/"*/children 2>/dev/null | tr ' ' '\n' | sed '/^$/d'
}

# "NUMBER TARGET" for each open descriptor of a process.
open_descriptors()
{
    find "/proc/$1/fd" -mindepth 1 -printf '%f %l\n' 2>/dev/null | sort -n
}

[[ -x $HELPERD ]] || fail "no helperd at $HELPERD"
