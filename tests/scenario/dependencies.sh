#!/bin/bash
# SPDX-License-Identifier: MIT
# Who starts after whom, on all three conditions, and who stops before whom.
. "$(dirname "$0")/lib.sh"

cat >"$T/helperd.yaml" <<YAML
helpers:
  web:
    command: [$PROGRAMS/count_starts, $T/web]
    depends_on: {migrate: completed, db: ready, queue: started}
  migrate: {command: [$PROGRAMS/crash, "0"], type: oneshot, depends_on: [db]}
  db: {command: [$PROGRAMS/count_starts, $T/db], ready: {after: 200ms}}
  queue: {command: [$PROGRAMS/count_starts, $T/queue], instances: 2, autostart: false}
  report: {command: [$PROGRAMS/count_starts, $T/report], depends_on: {broken: completed}}
  broken: {command: [$PROGRAMS/crash, "4"], type: oneshot}
  last: {command: [$PROGRAMS/count_starts, $T/last], depends_on: [report]}
YAML

step "starts follow the conditions"
start_helperd -c "$T/helperd.yaml"
wait_for_line 'web: started'
expect_order 'db: ready after' 'migrate: started'
expect_order 'migrate: exited with status 0, completed' 'web: started'
expect_order 'queue@1: started' 'web: started'
expect_order 'queue@2: started' 'web: started'

step "a dependency that failed leaves those behind it waiting, and says so"
wait_for_line 'warning \[helperd\] report: waiting for broken to complete, but it failed \(exited with status 4\)'
wait_for_line 'info \[helperd\] last: waiting for report to be ready'
expect_no_line 'report: started'
expect_no_line 'last: started'

step "a dependency that restarts does not stop its dependents"
wait_for "$END_LIMIT" "the pid of db" test -s "$T/db" # ready says only how long it is up
pid=$(cut -d ' ' -f 1 "$T/db")
kill -KILL "$pid"
wait_for "$END_LIMIT" "db to be back" has_lines 2 'db: started'
wait_for "$END_LIMIT" "db to be ready again" has_lines 2 'db: ready after'
[[ $(count_lines 'web: started') == 1 ]] || fail "web was started again"
expect_no_line 'web: stopping'

step "stops come in reverse order"
stop_helperd
expect_status 0
expect_order 'web: stopped' 'db: stopping'
expect_order 'web: stopped' 'queue@1: stopping'
expect_no_process_left

step "named helpers bring only what they depend on"
start_helperd -c "$T/helperd.yaml" migrate
wait_for_line 'migrate: exited with status 0, completed'
expect_line 'db: started'
expect_no_line '(web|queue@1|broken): started'
stop_helperd
expect_status 0

step "the reason of a wait is what will not come, whatever else is missing; a mere change warns of nothing"
cat >"$T/reasons.yaml" <<YAML
helpers:
  slow: {command: [sleep, "1000"], ready: {after: 400ms}}
  broken: {command: ["false"], type: oneshot}
  vain: {command: [sleep, "1000"], depends_on: {slow: ready, broken: completed}}
  first: {command: ["true"], type: oneshot}
  second: {command: [sleep, "0.3"], type: oneshot}
  both: {command: [sleep, "1000"], depends_on: [first, second]}
YAML
start_helperd -c "$T/reasons.yaml"
wait_for_line 'both: started'
wait_for_line 'slow: ready after'
wait_for_line 'warning \[helperd\] vain: waiting for broken to complete, but it failed \(exited with status 1\)'
expect_no_line 'warning \[helperd\] both: waiting'
stop_helperd
expect_status 0

step "one without a process stands between those that have one"
cat >"$T/between.yaml" <<YAML
helpers:
  db: {command: [sleep, "1000"]}
  migrate: {command: ["true"], type: oneshot, depends_on: [db]}
  web: {command: "trap 'sleep 0.3; echo flushed; exit 0' TERM; echo up; while :; do sleep 0.05; done", depends_on: [migrate]}
YAML
start_helperd -c "$T/between.yaml"
wait_for_line '\[web\] up'
stop_helperd
expect_status 0
expect_order '\[web\] flushed' 'db: stopping'

step "a dependency stays up for the stop command of its dependent"
cat >"$T/stop-order.yaml" <<YAML
helpers:
  db: {command: [sleep, "1000"]}
  web:
    command: [sleep, "1000"]
    depends_on: [db]
    stop_command: "kill \$MAINPID; sleep 0.5; echo last words"
YAML
start_helperd -c "$T/stop-order.yaml"
wait_for_line 'web: started'
stop_helperd
expect_status 0
expect_order '\[web\] last words' 'db: stopping'

step "a chain of 500 comes up and goes down"
{
    echo "shutdown: {timeout: 1h}"
    echo "helpers:"
    for ((i = 0; i < 500; i++)); do
        printf '  h%d: {command: [sleep, "1000"]' "$i"
        ((i > 0)) && printf ', depends_on: [h%d]' $((i - 1))
        echo "}"
    done
} >"$T/chain.yaml"
start_helperd -c "$T/chain.yaml"
wait_for_line 'h499: started'
stop_helperd
expect_status 0
expect_order 'h499: stopped' 'h0: stopping'
[[ $(count_lines ': stopped \(killed by SIGTERM\)') == 500 ]] || fail "not all of them stopped by SIGTERM"
step "a chain of 20,000 needs no deep stack: wished for, in vain, at the end"
{
    echo 'helpers:'
    echo '  h20000: {command: [sleep, "1000"], depends_on: [h19999]}'
    seq 19999 -1 2 | awk '{printf "  h%d: {command: [sleep, \"1000\"], autostart: false, depends_on: [h%d]}\n", $1, $1 - 1}'
    echo "  h1: {command: [$T/none], autostart: false, restart: never}"
} >"$T/chain.yaml"
limit=$(ulimit -Ss)
ulimit -Ss 512
start_helperd -c "$T/chain.yaml"
ulimit -Ss "$limit"
wait_for_line 'h1: .*, failed'
wait_for_line 'h2: waiting for h1 to .*, but it failed'
stop_helperd
expect_status 0
expect_line 'all helpers ended'
expect_no_process_left
