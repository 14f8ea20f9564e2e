#!/bin/bash
# SPDX-License-Identifier: MIT
# helperctl top in a terminal: what it shows, keys, a log, sizes, a helperd that goes away, and the
# terminal as it was.
. "$(dirname "$0")/lib.sh"
command -v tmux >/dev/null || skip "no tmux"
HELPERCTL=$(realpath -m "${HELPERCTL:-$top_builddir/src/helperctl}")

cat >"$T/helperd.yaml" <<'YAML'
helpers:
  web: {command: "n=0; while :; do n=$((n + 1)); echo tick $n; sleep 0.2; done"}
  strange: {command: "printf '\\033]0;title\\007 \\033[31mred\\033[0m \\346\\227\\245 end\\n'; exec sleep 1000"}
  broken: {command: "exit 3", restart: never}
  db: {command: "exec sleep 1000"}
YAML
socket=$T/helperd.sock
top="$HELPERCTL -s $socket top"

# Developer mode, where helpers end with a helperd that is killed.
start()
{
    start_helperd --dev -s "$socket" -c "$T/helperd.yaml"
    wait_for_line 'broken: .*status 3'
}

screen() { tmux -S "$T/tmux" capture-pane -p "$@" >"$T/screen"; }
keys() { tmux -S "$T/tmux" send-keys "$@"; }
resize() { tmux -S "$T/tmux" resize-window -x "$1" -y "$2"; }

# shows PATTERN: the screen has such a line; lacks PATTERN: it has none.
shows() { screen && grep -qE -- "$1" "$T/screen"; }
lacks() { screen && ! grep -qE -- "$1" "$T/screen"; }

# wait_until COMMAND...: as wait_for, and shows the screen if it was in vain.
wait_until()
{
    local deadline=$((SECONDS + END_LIMIT))
    until "$@"; do
        if ((SECONDS > deadline)); then
            sed 's/^/  > /' "$T/screen"
            fail "waited $END_LIMIT s in vain for: $*"
        fi
        sleep 0.05
    done
}

wait_to_show() { wait_until shows "$1"; }
wait_to_lack() { wait_until lacks "$1"; }

# shows_order NAME...: the rows of the table stand in this order.
shows_order()
{
    screen
    [[ $(grep -oE '^(web|strange|broken|db) ' "$T/screen" | tr -d '\n') == "$* " ]]
}

wait_for_order() { wait_until shows_order "$@"; }

# cell NAME COLUMN: what stands there.
cell()
{
    screen
    awk -v name="$1" -v column="$2" '$1 == name { print $column; exit }' "$T/screen"
}

cell_is() { [[ $(cell "$1" "$2") == "$3" ]]; }
cell_is_not() { [[ $(cell "$1" "$2") != "$3" ]]; }
PID=4

start
# A shell with job control, as people have it.
tmux -S "$T/tmux" -f /dev/null new-session -d -x 110 -y 30 \
    "cd $T && exec env LC_ALL=C.UTF-8 TERM=screen-256color PS1='ready> ' bash --norc --noprofile -i"
tmux -S "$T/tmux" set-option -g window-size manual >/dev/null
resize 110 30
wait_to_show 'ready>$'
keys "stty -g >before; $top" Enter

step "a table of all helpers, and the log of the selected one"
wait_to_show '^4 helpers: 1 failed, 3 running'
wait_to_show '^NAME +STATE +SINCE +PID +RESTARTS +READY +CPU% +MEMORY +LAST EXIT OR REASON'
wait_to_show '^web +running .* yes '
wait_to_show '^broken +failed .*exited with status 3'
wait_to_show ' log of web '
wait_to_show 'tick [0-9]+$'
wait_for_order web strange broken db

step "states have colours"
screen -e
grep -qE $'\033\\[[0-9;]*31m *failed' "$T/screen" || fail "failed is not red: $(grep -a failed "$T/screen")"
grep -qE $'\033\\[[0-9;]*32m *running' "$T/screen" || fail "running is not green"

step "it sorts"
keys N
wait_for_order broken db strange web
wait_to_show '; by name'
keys I
wait_for_order web strange db broken
keys S
wait_for_order broken web strange db
keys O
wait_for_order web strange broken db

step "it filters while one types, and Esc shows all again"
keys / r
wait_for_order strange broken
keys o
wait_for_order broken
keys Enter
wait_to_show '; 1 with "ro"'
keys Escape
wait_for_order web strange broken db

step "what would act on the terminal is shown as text"
keys g Down
wait_to_show ' log of strange '
wait_to_show '\\x1b\]0;title\\x07 red 日 end'

step "a full log follows, scrolls, and goes back"
keys g f
wait_to_show '^log of web; '
wait_to_lack '^NAME '
wait_to_show '^[0-9:]{8} tick [0-9]+$'
last=$(grep -oE 'tick [0-9]+' "$T/screen" | tail -n 1 | cut -d ' ' -f 2)
wait_to_show "tick $((last + 3))"
keys k k k
wait_to_show 'lines below; '
keys G
wait_to_lack 'lines below; '
keys f
wait_to_show '^NAME '

step "restart asks first, and happens"
pid=$(cell web $PID)
keys r
wait_to_show '^restart web\? y or n'
keys n
wait_to_lack 'y or n'
cell_is web $PID "$pid" || fail "it was restarted without a yes"
keys r y
wait_until cell_is_not web $PID "$pid"
wait_until cell_is web 2 running

step "stop, start, reset"
keys G
wait_to_show ' log of db '
keys x
wait_to_show '^stop db\? y or n'
keys y
wait_until cell_is db 2 stopped
keys s
wait_until cell_is db 2 running
keys Up z
wait_until cell_is broken 2 stopped
keys s
wait_until cell_is broken 2 failed

step "help, and any key back"
keys '?'
wait_to_show '^r +restart it'
keys q
wait_to_show '^NAME '

step "small and tiny terminals, and back"
resize 20 5
wait_to_show '^NAME +STATE'
wait_to_show '^broken +failed'
keys Down
wait_to_show '^db +running'
resize 19 5
wait_to_show '^needs 20x5 or more'
resize 20 1
wait_to_show '^needs 20x5 or more'
resize 3 2
wait_to_show '^nee'
resize 110 30
wait_for_order web strange broken db
wait_to_show ' log of db '

step "a helperd that is killed and comes back"
kill -KILL "$HELPERD_PID"
wait_to_show '^helperd does not answer: retrying…'
wait_to_show '^db '
wait "$HELPERD_PID" 2>/dev/null
start
wait_to_show '^4 helpers: '
wait_to_show ' log of db '
keys g
wait_to_show 'tick [0-9]+$'

step "helpers come and go, and the selected one stays selected"
keys G
wait_to_show ' log of db '
printf '  new: {command: "exec sleep 1000"}\n' >>"$T/helperd.yaml"
sed -i '/^  broken:/d' "$T/helperd.yaml"
"$HELPERCTL" -s "$socket" reload >"$T/out" 2>&1 || fail "reload: $(cat "$T/out")"
wait_to_show '^new +running'
wait_to_lack '^broken '
wait_to_show ' log of db '

step "Ctrl-Z gives the terminal back, fg takes it again"
keys C-z
wait_to_show 'Stopped'
wait_to_show 'ready>$'
keys fg Enter
wait_to_show '^NAME '
wait_to_show ' log of db '

# The terminal is as it was, and the shell shows this status.
check_end()
{
    wait_to_show 'ready>$'
    keys "stty -g >after; echo ended with \$?, \$(cmp before after && echo same)" Enter
    wait_to_show "^ended with 0, same"
    lacks "Sanitizer|runtime error" || fail "$(cat "$T/screen")"
}

step "q, Ctrl-C and signals leave the terminal as it was"
keys q
check_end
for signal in INT TERM HUP; do
    keys "clear; $top; echo status \$?" Enter
    wait_to_show '^NAME '
    if [[ $signal == INT ]]; then
        keys C-c
        wait_to_show 'ready>$'
    else
        kill -s "$signal" "$(pgrep -x helperctl -s "$(session_of "$(tmux -S "$T/tmux" display -p '#{pane_pid}')")")"
        wait_to_show "status $((128 + $(kill -l "$signal")))"
    fi
    check_end
done

step "NO_COLOR, and terminals without colours or without a name"
keys "clear; NO_COLOR=1 $top" Enter
wait_to_show '^NAME '
screen -e
! grep -qE $'\033\\[[0-9;]*3[0-7]m' "$T/screen" || fail "colours in spite of NO_COLOR"
keys q
wait_to_show 'ready>$'
keys "clear; TERM=vt100 $top" Enter
wait_to_show '^web +running'
keys q
wait_to_show 'ready>$'
keys "clear; TERM=nonsense $top; echo status \$?" Enter
wait_to_show 'helperctl: top: TERM is "nonsense"'
wait_to_show 'status 1'

step "without a terminal it says so"
"$HELPERCTL" -s "$socket" top >"$T/out" 2>&1 </dev/null
status=$?
[[ $status == 2 ]] || fail "status $status without a terminal"
grep -q 'helperctl: top: standard input and output are not both a terminal' "$T/out" ||
    fail "it said: $(cat "$T/out")"

tmux -S "$T/tmux" kill-server
stop_helperd
wait_for_no_process
