#!/bin/bash
# SPDX-License-Identifier: MIT
# Starts, ends and restarts: every policy, the back-off, the limits, oneshots and critical helpers.
. "$(dirname "$0")/lib.sh"

step "each restart policy after success and after failure"
cat >"$T/policies.yaml" <<YAML
defaults: {backoff: {initial: 20ms, jitter: 0}, start_limit: {burst: 3, interval: 60s}}
helpers:
  always-good: {command: [$PROGRAMS/crash, "0"]}
  always-bad: {command: [$PROGRAMS/crash, "3"]}
  failure-good: {command: [$PROGRAMS/crash, "0"], restart: on-failure}
  failure-bad: {command: [$PROGRAMS/crash, "3"], restart: on-failure}
  never-good: {command: [$PROGRAMS/crash, "0"], restart: never}
  never-bad: {command: [$PROGRAMS/crash, "3"], restart: never}
  never-listed: {command: [$PROGRAMS/crash, "3"], restart: never, success_exit_codes: [0, 3]}
  never-signal: {command: [$PROGRAMS/crash, TERM], restart: never, success_exit_codes: [0, SIGTERM]}
  never-killed: {command: [$PROGRAMS/crash, SEGV], restart: never}
  once: {command: [$PROGRAMS/crash, "0"], type: oneshot}
YAML
start_helperd -c "$T/policies.yaml"
wait_for_line 'error \[helperd\] always-good: exited with status 0, failed: more than 3 starts in 1 min'
wait_for_line 'error \[helperd\] always-bad: exited with status 3, failed: more than 3 starts in 1 min'
wait_for_line 'error \[helperd\] failure-bad: exited with status 3, failed: more than 3 starts in 1 min'
wait_for_line 'info \[helperd\] failure-good: exited with status 0, completed'
wait_for_line 'info \[helperd\] never-good: exited with status 0, completed'
wait_for_line 'error \[helperd\] never-bad: exited with status 3, failed$'
wait_for_line 'info \[helperd\] never-listed: exited with status 3, completed'
wait_for_line 'info \[helperd\] never-signal: killed by SIGTERM, completed'
wait_for_line 'error \[helperd\] never-killed: killed by SIGSEGV( \(core dumped\))?, failed'
wait_for_line 'info \[helperd\] once: exited with status 0, completed'

step "no more starts than the limit allows, and each with its delay"
for name in always-good always-bad failure-bad; do
    [[ $(count_lines " $name: started ") == 3 ]] || fail "$name did not start 3 times"
    expect_line "$name: exited with status [03], next start in 20 ms"
    expect_line "$name: exited with status [03], next start in 40 ms"
done

step "a start that fails is tried again as often as start_retries says, whatever restart says"
stop_helperd
cat >"$T/retries.yaml" <<YAML
defaults: {backoff: {initial: 10ms, jitter: 0}, start_retries: 2, ready: {after: 1h}, restart: never}
helpers:
  good: {command: [$PROGRAMS/crash, "0"]}
  bad: {command: [$PROGRAMS/crash, "3"], start_retries: 0}
  missing: {command: [no-such-program]}
  always: {command: [$PROGRAMS/crash, "3"], restart: always}
YAML
start_helperd -c "$T/retries.yaml"
wait_for_line 'error \[helperd\] good: exited with status 0, failed: 3 starts in a row'
wait_for_line 'error \[helperd\] bad: exited with status 3, failed: 1 start in a row'
wait_for_line 'error \[helperd\] always: exited with status 3, failed: 3 starts in a row'
wait_for_line 'error \[helperd\] missing: cannot execute: .*, failed: 3 starts in a row'
[[ $(count_lines ' good: started ') == 3 ]] || fail "good did not start 3 times"

step "helperd stays when nothing runs, and ends with status 0 when told"
stop_helperd TERM
expect_status 0
expect_line 'info \[helperd\] terminated, stopping all helpers'
expect_line 'info \[helperd\] all helpers ended'

step "a helper that was up for reset_after starts again at once"
cat >"$T/reset.yaml" <<YAML
helpers:
  web: {command: [$PROGRAMS/count_starts, $T/starts], backoff: {reset_after: 10ms, initial: 1h}}
YAML
start_helperd -c "$T/reset.yaml"
first_start() { [[ -s $T/starts ]]; }
wait_for "$END_LIMIT" "the first start" first_start
wait_for_line 'web: started' # helperd counts from then on
pid=$(cut -d ' ' -f 1 "$T/starts")
up_long_enough() { (($(date +%s%N) > began + 50000000)); }
began=$(date +%s%N)
wait_for "$END_LIMIT" "50 ms of running" up_long_enough
kill -KILL "$pid"
wait_for_line 'warning \[helperd\] web: killed by SIGKILL, starting again'
wait_for "$END_LIMIT" "the second start" has_lines 2 'web: started'
stop_helperd
expect_status 0

step "a critical helper that fails for good stops everything with status 1"
cat >"$T/critical.yaml" <<YAML
helpers:
  web: {command: [$PROGRAMS/count_starts, $T/other]}
  db: {command: "until [ -s $T/other ]; do sleep 0.02; done; exit 5", restart: never, critical: true}
YAML
start_helperd -c "$T/critical.yaml"
wait_for_end
expect_status 1
expect_line 'error \[helperd\] db: is critical and failed for good'
expect_line 'info \[helperd\] web: stopped \(killed by SIGTERM\)'

step "developer mode ends by itself with the status of the first that failed"
cat >"$T/dev.yaml" <<YAML
helpers:
  good: {command: [$PROGRAMS/crash, "0"]}
  bad: {command: [$PROGRAMS/crash, "7"], restart: never}
  late: {command: [$PROGRAMS/crash, "8"], restart: never, depends_on: [never-there]}
  never-there: {command: [$PROGRAMS/crash, "0"], depends_on: {bad: completed}}
YAML
start_helperd --dev -c "$T/dev.yaml"
wait_for_end
expect_status 7
expect_line 'helperd +│ never-there: waiting for bad to complete'
expect_no_line 'late: started'

step "and with 0 where all ended well"
start_helperd --dev -c "$T/dev.yaml" good
wait_for_end
expect_status 0
expect_no_line 'bad: started'

step "in developer mode a failing helper is tried again, a finished one is not"
cat >"$T/dev-restart.yaml" <<YAML
helpers:
  good: {command: [$PROGRAMS/crash, "0"]}
  bad: {command: [$PROGRAMS/crash, "7"], backoff: {initial: 20ms}}
YAML
start_helperd --dev -c "$T/dev-restart.yaml"
wait_for "$END_LIMIT" "three starts of bad" has_lines 3 'bad: started'
[[ $(count_lines 'good: started') == 1 ]] || fail "good was started again"
stop_helperd INT
expect_status 0
expect_no_process_left
