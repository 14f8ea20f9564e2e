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
expect_line 'info \[helperd\] last: waiting for report to be ready'
expect_no_line 'report: started'
expect_no_line 'last: started'

step "a dependency that restarts does not stop its dependents"
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

step "a chain of 500 comes up and goes down"
{
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
expect_no_process_left
