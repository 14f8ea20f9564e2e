#!/bin/bash
# SPDX-License-Identifier: MIT
# Helpers that do not end the way one would wish, and starts that fail.
. "$(dirname "$0")/lib.sh"

step "the last words of one that dies are there, line end or not"
cat >"$T/words.yaml" <<YAML
defaults: {restart: never}
helpers:
  exits: {command: [$PROGRAMS/partial, "no newline behind this"]}
  dies: {command: [$PROGRAMS/partial, -k, "nor behind this"]}
  errs: {command: [$PROGRAMS/partial, -e, -k, "and not here"]}
YAML
start_helperd -c "$T/words.yaml"
wait_for_line 'exits: exited with status'
wait_for_line 'dies: killed by SIGKILL'
wait_for_line 'errs: killed by SIGKILL'
stop_helperd
expect_status 0
expect_line 'info \[exits\] no newline behind this$'
expect_line 'info \[dies\] nor behind this$'
expect_line 'warning \[errs\] and not here$'
expect_order '\[exits\] no newline behind this$' '\[helperd\] exits: exited'
expect_order '\[dies\] nor behind this$' '\[helperd\] dies: killed'
expect_order '\[errs\] and not here$' '\[helperd\] errs: killed'

step "what is left of a group is ended before the next run starts"
cat >"$T/left.yaml" <<YAML
helpers:
  left: {command: [$PROGRAMS/hold, $T/held], backoff: {initial: 30ms, max: 30ms}}
YAML
start_helperd -c "$T/left.yaml"
wait_for "$END_LIMIT" "three runs" has_lines 3 'left: started'
expect_line 'left: exited with status 0, ending what is left of its process group'
stop_helperd
expect_status 0
expect_no_process_left

step "a grandchild that left the group keeps its pipe, and holds nothing up"
cat >"$T/escape.yaml" <<YAML
helpers:
  escape: {command: [$PROGRAMS/hold, -s, $T/escaped], backoff: {initial: 30ms, max: 30ms}}
YAML
start_helperd -c "$T/escape.yaml"
wait_for "$END_LIMIT" "seven runs" has_lines 7 'escape: started'
wait_for_line 'warning \[helperd\] escape: closed the output of an earlier run \(pid [0-9]+\)'
stop_helperd
expect_status 0
expect_line 'ending [0-9]+ processes that left the process group of a helper'
expect_no_process_left

step "four earlier runs may hold their output open, and one that does not is none of them"
cat >"$T/four.yaml" <<YAML
helpers:
  four:
    command: "echo x >>$T/runs; [ \$(wc -l <$T/runs) -gt 4 ] || exec $PROGRAMS/hold -s $T/four"
    backoff: {initial: 30ms, max: 30ms}
YAML
start_helperd -c "$T/four.yaml"
wait_for "$END_LIMIT" "nine runs" has_lines 9 'four: started'
expect_no_line 'closed the output'
stop_helperd
expect_status 0

step "a chain of sessions that ignore SIGTERM is ended to its end"
cat >"$T/hop" <<'SH'
#!/bin/sh
trap '' TERM
[ "$1" -eq 0 ] || setsid "$0" $(($1 - 1)) &
[ "$1" -ne 0 ] || echo last one up
while :; do sleep 1000; done
SH
chmod +x "$T/hop"
cat >"$T/hop.yaml" <<YAML
helpers:
  hop: {command: "setsid -f $T/hop 12; exec sleep 1000"}
YAML
start_helperd -c "$T/hop.yaml"
wait_for_line '\[hop\] last one up'
kill -INT "$HELPERD_PID"
wait_for_line 'ending [0-9]+ processes that left'
wait_for_end # by itself: in a hurry helperd looks for them for two seconds only
expect_status 0
expect_no_line 'could not be ended'
expect_no_process_left

step "a whole group killed at once is over, in whatever order its processes die"
cat >"$T/whole.yaml" <<YAML
helpers:
  whole: {command: "sleep 1001 & sleep 1002 & echo up; wait", backoff: {initial: 1h}, stop_timeout: 1h}
YAML
start_helperd -c "$T/whole.yaml"
wait_for_line '\[whole\] up'
wait_for_line 'whole: started'
kill -KILL -- "-$(sed -n 's/.* whole: started (pid \([0-9]*\)).*/\1/p' "$LOG")"
wait_for_line 'whole: killed by SIGKILL, next start in'
stop_helperd
expect_status 0

step "one that forks twice and one that makes itself a daemon are over for helperd"
cat >"$T/daemon.yaml" <<YAML
defaults: {restart: never}
helpers:
  double: {command: [$PROGRAMS/double_fork, $T/double]}
  daemon: {command: [$PROGRAMS/daemonize, $T/daemon]}
YAML
start_helperd -c "$T/daemon.yaml"
wait_for_line 'double: exited with status 0, completed'
wait_for_line 'daemon: exited with status 0, completed'
both_noted() { [[ -s $T/double && -s $T/daemon ]]; }
wait_for "$END_LIMIT" "both daemons" both_noted
process_lives "$(cat "$T/double")" || fail "the double-forked one is gone"
process_lives "$(cat "$T/daemon")" || fail "the daemon is gone"
stop_helperd
expect_status 0
expect_line 'ending 2 processes that left the process group of a helper'
expect_no_process_left

step "a start that cannot be names its step and its reason"
mkdir "$T/folder"
echo 'echo I am a script' >"$T/no-shebang"
chmod +x "$T/no-shebang"
echo 'x' >"$T/not-executable"
printf '#!/no/such/interpreter\n' >"$T/bad-shebang"
chmod +x "$T/bad-shebang"
cat >"$T/starts.yaml" <<YAML
defaults: {restart: never}
helpers:
  missing: [$T/not-there]
  unfound: [no-such-program-at-all]
  denied: [$T/not-executable]
  folder: [$T/folder]
  interpreter: [$T/bad-shebang]
  directory: {command: ["true"], working_dir: $T/nowhere}
  script: [$T/no-shebang]
YAML
start_helperd -c "$T/starts.yaml"
wait_for_line "error \\[helperd\\] missing: cannot execute: No such file or directory \\(step: exec \"$T/not-there\"\\), failed"
wait_for_line 'error \[helperd\] unfound: cannot execute: No such file or directory \(step: find "no-such-program-at-all" in PATH\), failed'
wait_for_line 'error \[helperd\] denied: cannot execute: Permission denied'
wait_for_line 'error \[helperd\] folder: cannot execute: Permission denied'
wait_for_line 'error \[helperd\] interpreter: cannot execute: No such file or directory'
wait_for_line "error \\[helperd\\] directory: cannot start: No such file or directory \\(step: chdir \"$T/nowhere\"\\), failed"
wait_for_line 'info \[script\] I am a script'
stop_helperd
expect_status 0

step "want of descriptors delays a start and counts as no failure"
cat >"$T/shortage.yaml" <<YAML
helpers:
  short: {command: [sleep, "1000"], start_limit: {burst: 2}, backoff: {initial: 1ms}}
YAML
start_helperd -c "$T/shortage.yaml"
wait_for_line 'short: started'
limits=$(prlimit --pid "$HELPERD_PID" --nofile --noheadings --output SOFT,HARD | awk '{print $1 ":" $2}')
# Of the descriptors that the ended run gives back only the lowest may be used again.
prlimit --pid "$HELPERD_PID" --nofile="$(open_descriptors "$HELPERD_PID" | awk '$2 ~ /^pipe:/ { print $1 + 1; exit }'):"
kill -KILL "$(sed -n 's/.* short: started (pid \([0-9]*\)).*/\1/p' "$LOG")"
wait_for "$END_LIMIT" "two starts that lack descriptors" \
    has_lines 2 'short: cannot start: Too many open files \(step: (pipe|clone)\), next start in 1(\.0)? s'
prlimit --pid "$HELPERD_PID" --nofile="$limits"
wait_for "$END_LIMIT" "the start once there are descriptors" has_lines 2 'short: started'
expect_no_line 'short: .* failed'
stop_helperd
expect_status 0
expect_no_process_left
