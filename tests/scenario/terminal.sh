#!/bin/bash
# SPDX-License-Identifier: MIT
# A terminal: colours, NO_COLOR, escapes made harmless, Ctrl-C.
. "$(dirname "$0")/lib.sh"
command -v script >/dev/null || skip "no script(1)"

cat >"$T/helperd.yaml" <<YAML
helpers:
  web: {command: "printf 'safe \\\\033[31mred\\\\033[0m\\n'; printf 'title \\\\033]0;x\\\\007 clear \\\\033[2J end\\n'; echo oops >&2", type: oneshot}
YAML
esc=$'\033'

# on_terminal ARGUMENT...: helperd to its end on a terminal of its own.
on_terminal()
{
    TERM=xterm timeout "$END_LIMIT" script -qec "$HELPERD $*" "$T/typescript" </dev/null >/dev/null 2>&1
    STATUS=$?
    tr -d '\r' <"$T/typescript" >"$LOG"
}

step "colours on a terminal, and only colours"
on_terminal --dev -c "$T/helperd.yaml"
expect_status 0
expect_line "$esc\\[[0-9;]*m"
expect_line "safe $esc\\[31mred$esc\\[0m"
expect_line 'title \\x1b\]0;x\\x07 clear \\x1b\[2J end'
expect_no_line "$esc\\[2J"

step "NO_COLOR and --color never leave the colours out"
NO_COLOR=1 on_terminal --dev -c "$T/helperd.yaml"
expect_status 0
expect_line '^[0-9:]{8} web +! oops'
on_terminal --dev --color never -c "$T/helperd.yaml"
expect_line '^[0-9:]{8} web +! oops'
start_helperd --dev --color always -c "$T/helperd.yaml"
wait_for_end
expect_line "$esc\\[[0-9;]*m"

step "escapes are made harmless in the text format too"
on_terminal -c "$T/helperd.yaml" --log-format text --dev
expect_line 'info \[web\] title \\x1b\]0;x'

step "Ctrl-C ends helperd, and helpers are told by it alone"
if ! command -v tmux >/dev/null; then
    echo "  (no tmux: left out)"
    exit 0
fi
cat >"$T/loop.yaml" <<YAML
helpers:
  loop: {command: "trap 'echo got INT' INT; trap 'echo got TERM; exit 0' TERM; echo up; while :; do sleep 0.05; done"}
YAML
tmux -S "$T/tmux" -f /dev/null new-session -d -x 100 -y 30 "$HELPERD --dev -c $T/loop.yaml; echo status \$?; sleep 1000"
screen() { tmux -S "$T/tmux" capture-pane -p >"$LOG"; }
shows() { screen; has_line "$1"; }
wait_for "$END_LIMIT" "the helper" shows 'loop +│ up'
tmux -S "$T/tmux" send-keys C-c
wait_for "$END_LIMIT" "the end" shows 'status 0'
expect_line 'helperd │ interrupted, stopping all helpers'
expect_line 'loop +│ got TERM'
expect_no_line 'got INT'
tmux -S "$T/tmux" kill-server
wait_for_no_process
