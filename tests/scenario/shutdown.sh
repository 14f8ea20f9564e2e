#!/bin/bash
# SPDX-License-Identifier: MIT
# How things end: signals, time-outs, stop commands, hurry, what a helper leaves behind.
. "$(dirname "$0")/lib.sh"

step "one that ignores SIGTERM gets SIGKILL after its stop_timeout"
cat >"$T/ignore.yaml" <<YAML
helpers:
  deaf: {command: [$PROGRAMS/ignore_term], stop_timeout: 4s}
YAML
start_helperd -c "$T/ignore.yaml"
wait_for_line 'info \[deaf\] ready'
stop_helperd
expect_status 0
expect_line 'info \[helperd\] deaf: stopping \(SIGTERM\)'
expect_line 'info \[helperd\] waiting for deaf \(ignore_term, pid [0-9]+\), [1-4] s left'
expect_line 'warning \[helperd\] deaf: still there after 4(\.0)? s, sending SIGKILL'
expect_line 'info \[helperd\] deaf: stopped \(killed by SIGKILL\)'

step "a second SIGINT ends everything at once"
sed -i 's/4s/50s/' "$T/ignore.yaml"
start_helperd -c "$T/ignore.yaml"
wait_for_line 'info \[deaf\] ready'
kill -INT "$HELPERD_PID"
wait_for_line 'info \[helperd\] interrupted, stopping all helpers'
wait_for_line 'waiting for deaf'
stop_helperd INT
expect_status 0
expect_line 'warning \[helperd\] interrupted again, sending SIGKILL to all that is left'
expect_line 'deaf: stopped \(killed by SIGKILL\)'
expect_no_process_left

step "shutdown.timeout wins over a longer stop_timeout"
echo 'shutdown: {timeout: 1s}' >>"$T/ignore.yaml"
start_helperd -c "$T/ignore.yaml"
wait_for_line 'info \[deaf\] ready'
stop_helperd
expect_status 0
expect_line 'shutdown.timeout is over, sending SIGKILL to all that is left'
expect_line 'deaf: stopped \(killed by SIGKILL\)'

step "another stop signal, and a stopped process sees it too"
cat >"$T/signal.yaml" <<YAML
helpers:
  usr: {command: "trap 'echo got it; exit 3' USR1; echo trapped; while :; do sleep 0.05; done", stop_signal: USR1}
  frozen: {command: [sleep, "1000"]}
YAML
start_helperd -c "$T/signal.yaml"
wait_for_line 'info \[usr\] trapped'
wait_for_line 'frozen: started'
frozen=$(sed -n 's/.*frozen: started (pid \([0-9]*\)).*/\1/p' "$LOG")
kill -STOP "$frozen"
stop_helperd
expect_status 0
expect_line 'info \[helperd\] usr: stopping \(SIGUSR1\)'
expect_line 'info \[usr\] got it'
expect_line 'usr: stopped \(exited with status 3\)'
expect_line 'frozen: stopped \(killed by SIGTERM\)'

step "a stop command runs instead of the signal; one that fails is followed by it"
cat >"$T/command.yaml" <<YAML
helpers:
  nice:
    command: "trap 'echo asked; exit 0' USR2; echo trapped; while :; do sleep 0.05; done"
    stop_command: "echo ending \$MAINPID; kill -USR2 \$MAINPID"
  bad: {command: [sleep, "1000"], stop_command: ["false"]}
  gone: {command: [sleep, "1000"], stop_command: [$T/not-there]}
YAML
start_helperd -c "$T/command.yaml"
wait_for_line 'info \[nice\] trapped'
wait_for_line 'bad: started'
wait_for_line 'gone: started'
stop_helperd
expect_status 0
expect_line 'info \[helperd\] nice: stopping \(stop command\)'
expect_line 'info \[nice\] ending [0-9]+'
expect_line 'info \[nice\] asked'
expect_line 'nice: stopped \(exited with status 0\)'
expect_line 'warning \[helperd\] bad: stop command exited with status 1'
expect_line 'bad: stopped \(killed by SIGTERM\)'
expect_line "gone: stop command: cannot execute: No such file or directory \\(step: exec \"$T/not-there\"\\); sending SIGTERM instead"
expect_line 'gone: stopped \(killed by SIGTERM\)'
expect_no_process_left

step "what is left of the group is told to end too, after a stop command and before SIGKILL"
cat >"$T/left.yaml" <<YAML
helpers:
  left:
    command: "(trap 'echo child told; exit 0' TERM; echo child up; while :; do sleep 0.05; done) & exec sleep 1000"
    stop_command: "kill -KILL \$MAINPID"
  frozen: {command: [sleep, "1000"], stop_command: ["false"]}
YAML
start_helperd -c "$T/left.yaml"
wait_for_line '\[left\] child up'
wait_for_line 'frozen: started'
kill -STOP "$(sed -n 's/.*frozen: started (pid \([0-9]*\)).*/\1/p' "$LOG")"
stop_helperd
expect_status 0
expect_line '\[left\] child told'
expect_line 'left: stopped \(killed by SIGKILL\)'
expect_no_line 'left: still there'
expect_line 'frozen: stopped \(killed by SIGTERM\)'

step "nobody is told twice, and nothing false is said of those killed at the deadline"
cat >"$T/once.yaml" <<YAML
helpers:
  left:
    command: "(trap 'echo child told; sleep 0.5; exit 0' TERM; echo child up; while :; do sleep 0.05; done) & exec sleep 1000"
    stop_command: "kill -KILL \$MAINPID; exit 1"
  flood: {command: "trap '' TERM; while :; do echo line; done", stop_timeout: 4s}
shutdown: {timeout: 4s}
YAML
start_helperd -c "$T/once.yaml"
wait_for_line '\[left\] child up'
wait_for_line '\[flood\] line'
stop_helperd
expect_status 0
[[ $(count_lines '\[left\] child told') == 1 ]] || fail "the child was told $(count_lines '\[left\] child told') times"
expect_no_line 'still there after SIGKILL'
expect_no_line 'held open'
expect_line 'flood: stopped \(killed by SIGKILL\)'

step "a stop command that goes on after its helper does not hold up the end for long"
cat >"$T/slow-stop.yaml" <<YAML
helpers:
  slow: {command: [sleep, "1000"], stop_command: "kill \$MAINPID; sleep 1000"}
YAML
start_helperd -c "$T/slow-stop.yaml"
wait_for_line 'slow: started'
stop_helperd
expect_status 0
expect_line 'waiting for the stop command of slow'
expect_no_process_left

step "those whose turn has not come are asked before the deadline, not killed at it"
cat >"$T/late.yaml" <<YAML
helpers:
  web: {command: [$PROGRAMS/ignore_term], stop_timeout: 60s, depends_on: [db]}
  db: {command: "trap 'echo db told; exit 0' TERM; echo db up; while :; do sleep 0.05; done"}
shutdown: {timeout: 8s}
YAML
start_helperd -c "$T/late.yaml"
wait_for_line '\[web\] ready'
wait_for_line '\[db\] db up'
stop_helperd
expect_status 0
expect_line 'shutdown.timeout is near, stopping the rest'
expect_line '\[db\] db told'
expect_line 'web: stopped \(killed by SIGKILL\)'

step "the first SIGINT during an end that SIGTERM began kills nothing"
cat >"$T/patient.yaml" <<YAML
helpers:
  patient: {command: "trap 'until [ -e $T/told ]; do sleep 0.05; done; echo cleaned up; exit 0' TERM; echo up; while :; do sleep 0.05; done"}
YAML
start_helperd -c "$T/patient.yaml"
wait_for_line '\[patient\] up'
kill -TERM "$HELPERD_PID"
wait_for_line 'patient: stopping'
kill -INT "$HELPERD_PID"
wait_for_line 'interrupted while stopping; once more ends everything at once'
: >"$T/told"
wait_for_end
expect_status 0
expect_line '\[patient\] cleaned up'

step "children that helperd had before it was helperd are left alone, and read the last line"
cat >"$T/escaping.yaml" <<YAML
helpers:
  escaping: {command: [$PROGRAMS/hold, -s, $T/escaped], restart: never}
YAML
: >"$LOG"
start_command bash -c "exec '$HELPERD' -c '$T/escaping.yaml' > >(cat >>'$LOG')"
wait_for_line 'escaping: exited with status 0, completed'
stop_helperd
expect_status 0
wait_for_line 'ending 1 process that left the process group of a helper'
wait_for_line 'all helpers ended'

step "kill_mode process signals the main process alone"
cat >"$T/mode.yaml" <<YAML
helpers:
  group: {command: "sleep 1001 & echo child \$!; wait"}
  process: {command: "sleep 1002 & echo child \$!; wait", kill_mode: process, stop_timeout: 5s}
shutdown: {timeout: 2s}
YAML
start_helperd -c "$T/mode.yaml"
wait_for_line '\[group\] child'
wait_for_line '\[process\] child'
in_group=$(sed -n 's/.*\[group\] child //p' "$LOG")
alone=$(sed -n 's/.*\[process\] child //p' "$LOG")
stop_helperd
expect_status 0
process_ended "$in_group" || fail "the group's child lives"
process_lives "$alone" || fail "the child of kill_mode process was ended"
expect_line 'warning \[helperd\] process: its output is still held open'
kill "$alone"

step "SIGUSR1 and SIGUSR2 are answered, and change nothing"
start_helperd -c "$T/signal.yaml"
wait_for_line 'info \[usr\] trapped'
kill -USR1 "$HELPERD_PID"
wait_for_line 'info \[helperd\] opening 0 log files again'
kill -USR2 "$HELPERD_PID"
wait_for_line 'warning \[helperd\] SIGUSR2: upgrade is not supported yet'
stop_helperd
expect_status 0

step "other ways to say that it is time to end"
for signal in QUIT PWR RTMIN+3; do
    start_helperd -c "$T/signal.yaml"
    wait_for_line 'info \[usr\] trapped'
    stop_helperd "$signal"
    expect_status 0
    expect_line 'info \[usr\] got it'
    expect_line 'info \[helperd\] all helpers ended'
done

step "alarms of whoever became helperd do not end it"
start_helperd -c "$T/signal.yaml"
wait_for_line 'info \[usr\] trapped'
for signal in ALRM VTALRM PROF IO; do
    kill -s "$signal" "$HELPERD_PID"
done
kill -HUP "$HELPERD_PID"
wait_for_line 'info \[helperd\] reload: '
stop_helperd
expect_status 0
expect_line 'info \[helperd\] terminated'

step "exit_with ends everything in order, with the helper's own status"
# passes_on STATUS COMMAND [SETTING]
passes_on()
{
    cat >"$T/passed.yaml" <<YAML
shutdown: {exit_with: main}
helpers:
  main: {command: $2, restart: never, critical: true, ${3-}}
  side: {command: "trap 'echo side told; exit 0' TERM; touch $T/side-up; while :; do sleep 0.05; done"}
YAML
    rm -f "$T/side-up"
    start_helperd -c "$T/passed.yaml"
    wait_for_end
    expect_status "$1"
    expect_line 'main: is over, and helperd ends with its exit status'
    expect_line 'info \[helperd\] all helpers ended'
}
passes_on 7 "'until test -e $T/side-up; do sleep 0.05; done; exit 7'"
expect_line 'side told'
passes_on 0 '[sleep, "0.1"]'
passes_on 3 "'exit 3'" 'success_exit_codes: [3]'
expect_line 'main: exited with status 3, completed'
passes_on 137 "'kill -KILL \$\$'"
passes_on 127 "[$T/not-there]"
passes_on 126 "[$T]"

step "with exit_with a restart is no end, and what is asked from outside ends with 0"
cat >"$T/again.yaml" <<YAML
shutdown: {exit_with: main}
helpers:
  main: {command: "echo run; sleep 0.1; exit 5", backoff: {initial: 50ms, max: 50ms}}
YAML
start_helperd -c "$T/again.yaml"
wait_for "$END_LIMIT" "three runs" has_lines 3 '\[main\] run'
stop_helperd
expect_status 0
expect_no_line 'main: is over'

step "in developer mode SIGHUP ends helperd"
start_helperd --dev -c "$T/signal.yaml"
wait_for_line 'usr +│ trapped'
stop_helperd HUP
expect_status 0

step "in developer mode helpers end when helperd is killed"
start_helperd --dev -c "$T/signal.yaml"
wait_for_line 'usr +│ trapped'
wait_for_line 'frozen: started'
kill -KILL "$HELPERD_PID"
wait_for_no_process
