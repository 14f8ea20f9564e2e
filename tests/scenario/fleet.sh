#!/bin/bash
# SPDX-License-Identifier: MIT
# Many: 1,000 helpers killed at once are all back, 10,000 runs are each reported once, and nothing
# is left over.
. "$(dirname "$0")/lib.sh"

COUNT=${FLEET:-1000}
RUNS=${FLEET_RUNS:-10000}
LIMIT=$((5 * END_LIMIT))

# resident KiB of helperd
memory()
{
    sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$HELPERD_PID/status"
}

zombies()
{
    ps -o stat= --ppid "$HELPERD_PID" | awk '/^Z/ { count++ } END { print count + 0 }'
}

no_zombies()
{
    [[ $(zombies) == 0 ]]
}

step "$COUNT helpers start and all of their lines arrive"
{
    echo "defaults: {backoff: {initial: 1ms, max: 1ms}}"
    echo "helpers:"
    for ((i = 1; i <= COUNT; i++)); do
        echo "  h$i: {command: \"echo up \$\$; exec sleep 100000\"}"
    done
} >"$T/fleet.yaml"
start_helperd -c "$T/fleet.yaml"
wait_for "$LIMIT" "$COUNT lines" has_lines "$COUNT" '\[h[0-9]+\] up [0-9]+$'
wait_for "$LIMIT" "the word of $COUNT starts" has_lines "$COUNT" 'h[0-9]+: started \(pid'
descriptors=$(open_descriptors "$HELPERD_PID" | wc -l)
threads=$(threads_of_helperd)

step "all of them are killed at once and are back"
round()
{
    local before
    before=$(count_lines '\[h[0-9]+\] up [0-9]+$')
    SCENARIO='' pkill -KILL -P "$HELPERD_PID"
    wait_for "$LIMIT" "$COUNT new lines" has_lines $((before + COUNT)) '\[h[0-9]+\] up [0-9]+$'
}
round
first=$(memory)
round
round
(($(count_lines 'h[0-9]+: killed by SIGKILL') == 3 * COUNT)) ||
    fail "$(count_lines 'h[0-9]+: killed by SIGKILL') ends were reported, not $((3 * COUNT))"
wait_for "$END_LIMIT" "the end of all zombies" no_zombies
(($(ps -o pid= --ppid "$HELPERD_PID" | wc -l) == COUNT)) || fail "helperd has another number of children"
as_before() { (($(open_descriptors "$HELPERD_PID" | wc -l) <= descriptors && $(threads_of_helperd) <= threads)); }
# A writer that was started because another one was slow ends when it had no work for a while.
wait_for "$END_LIMIT" "no more descriptors and threads than before" as_before
last=$(memory)
# Each helper keeps its last five ends and its latest lines, of which there are two more.
is_sanitized || ((last <= first + 512 + COUNT)) || fail "memory grew from $first to $last KiB"
printf '  %d KiB resident, %d descriptors\n' "$last" "$descriptors"

step "and stop"
stop_helperd
expect_status 0
(($(count_lines 'h[0-9]+: stopped \(killed by SIGTERM\)') == COUNT)) || fail "not all of them were stopped"
expect_no_process_left

step "$RUNS runs of a program that ends at once"
cat >"$T/true.yaml" <<YAML
defaults: {backoff: {initial: 0s}, start_limit: {burst: $((RUNS / 10)), interval: 1h}}
helpers:
YAML
for ((i = 0; i < 10; i++)); do
    echo "  t$i: [/bin/true]" >>"$T/true.yaml"
done
start_helperd -c "$T/true.yaml"
wait_for "$LIMIT" "the end of all runs" has_lines 10 't[0-9]: exited with status 0, failed: more than'
(($(count_lines 't[0-9]: started \(pid') == RUNS)) || fail "$(count_lines ': started') starts, not $RUNS"
(($(count_lines 't[0-9]: exited with status 0') == RUNS)) || fail "$(count_lines ': exited') ends, not $RUNS"
wait_for "$END_LIMIT" "the end of all zombies" no_zombies
stop_helperd
expect_status 0
expect_no_process_left

STARTS=${FLEET_STARTS:-2000}

many()
{
    echo "defaults: {backoff: {initial: 1ms, max: 1ms}}"
    echo "helpers:"
    for ((i = 1; i <= STARTS; i++)); do
        echo "  h$i: {command: [sleep, '100000'], nice: ${1:-0}}"
    done
}

step "SIGTERM while $STARTS helpers are started is seen at once"
many | sed '/^  h1:/s/\[.*\]/"kill $PPID; exec sleep 100000"/' >"$T/many.yaml"
start_helperd -c "$T/many.yaml" # the first helper sends it: a scenario may be slower than helperd
wait_for_end
expect_status 0
started=$(count_lines 'h[0-9]+: started')
printf '  %d of them were started\n' "$started"
((started < STARTS)) || is_sanitized || fail "all were started"
(($(count_lines 'h[0-9]+: stopped \(') == started)) || fail "not all of them were stopped"
expect_line 'all helpers ended'
expect_no_process_left

step "a reload while $STARTS helpers are started"
many >"$T/many.yaml"
start_helperd -c "$T/many.yaml"
wait_for "$END_LIMIT" "the first" has_line 'h1: started'
STARTS=$((STARTS / 2))
many 1 >"$T/many.yaml.new"
mv "$T/many.yaml.new" "$T/many.yaml"
kill -HUP "$HELPERD_PID"
wait_for_line "reload: .*$STARTS removed"
all_are_new()
{
    (($(ps -o ni= --ppid "$HELPERD_PID" | grep -c '^ *1$') == STARTS &&
        $(ps -o pid= --ppid "$HELPERD_PID" | wc -l) == STARTS))
}
wait_for 120 "all with their new settings, and no others" all_are_new
stop_helperd
expect_status 0
(($(count_lines 'h[0-9]+: started') == $(count_lines 'h[0-9]+: (stopped \(killed|killed by SIGTERM)'))) ||
    fail "there are not as many starts as ends"
expect_no_process_left
