#!/bin/bash
# SPDX-License-Identifier: MIT
# A program lies on a file system that hangs: its exec does not come back, and nothing else is held
# up by that. A lease on the file does it, which lasts as long as hold_lease runs.
. "$(dirname "$0")/lib.sh"

cp /bin/sleep "$T/slow"
HOLDER=

hold()
{
    rm -f "$T/held"
    "$PROGRAMS/hold_lease" "$T/slow" >"$T/held" 2>&1 &
    HOLDER=$!
    wait_for 5 "the lease" grep -q . "$T/held"
    grep -q held "$T/held" || skip "no leases here: $(<"$T/held")"
}

# The only run of the program is killed, and its next start, a second later, hangs.
kill_and_hold()
{
    local count
    count=$(count_lines 'slow: killed by SIGKILL, next start in 1 s')
    kill -KILL "$(pid_of slow)"
    wait_for "$END_LIMIT" "its end" has_lines $((count + 1)) 'slow: killed by SIGKILL, next start in 1 s'
    hold
    wait_for "$END_LIMIT" "its start" hangs 1
}

# hangs COUNT: so many children wait for their program.
hangs()
{
    local children
    mapfile -t children < <(children_of "$HELPERD_PID" | sed 's|.*|/proc/&/comm|')
    (($(grep -lx helperd-start "${children[@]}" | wc -l) == $1))
}

let_go()
{
    kill "$HOLDER"
    wait "$HOLDER" 2>/dev/null
}

pid_of()
{
    sed -n "s/.* $1: started (pid \\([0-9]*\\)).*/\\1/p" "$LOG" | tail -n 1
}

# The longest time between two lines of beat, in milliseconds.
longest_gap()
{
    grep -a '\[beat\] tick' "$LOG" | tail -n +10 | awk '{
        split(substr($1, 12, 12), at, ":")
        now = (at[1] * 3600 + at[2] * 60 + at[3]) * 1000
        if (NR > 1 && now - before > most) most = now - before
        before = now
    } END { print int(most) }'
}

expect_others_go_on()
{
    local count before
    count=$(count_lines 'crash: started')
    kill -KILL "$(pid_of crash)"
    wait_for 2 "a restart" has_lines $((count + 1)) 'crash: started'
    before=$(count_lines '\[beat\] tick')
    wait_for 2 "lines" has_lines $((before + 10)) '\[beat\] tick'
}

write_config()
{
    cat >"$T/helperd.yaml" <<YAML
defaults: {backoff: {initial: 0s, max: 0s}, stop_timeout: ${TIMEOUT:-500ms}}
helpers:
  beat: "while :; do echo tick; sleep 0.02; done"
  slow: {command: [$T/slow, "1000"], backoff: {initial: 1s, max: 1s, jitter: 0, reset_after: 1h}${MORE:-}}
  crash: [sleep, "1000"]
${OTHERS:-}
YAML
}

hold
write_config

step "a helper that is being started holds up no other"
start_helperd --log-format text -c "$T/helperd.yaml"
wait_for_line 'crash: started'
wait_for_line 'beat: started'
expect_others_go_on
expect_others_go_on
expect_no_line 'slow: '

step "its program comes back, and it runs"
let_go
wait_for_line 'slow: started'
expect_others_go_on

step "it is killed, and its restart hangs"
kill_and_hold
expect_others_go_on

step "it is told to stop, and killed when its time is over"
OTHERS=$(sed -n 's/^  slow:/  slower:/p' "$T/helperd.yaml") MORE=', nice: 1' write_config
kill -HUP "$HELPERD_PID"
wait_for_line 'slow: stopping \(SIGTERM\)'
wait_for_line 'slow: still there after 500 ms, sending SIGKILL'
wait_for_line 'slow: killed by SIGKILL, starting again'
expect_others_go_on

step "what is to be restarted or starts meanwhile runs when the program is back"
count=$(count_lines 'slow: started')
let_go
wait_for "$END_LIMIT" "one more start" has_lines $((count + 1)) 'slow: started'
wait_for_line 'slower: started'
[[ $(ps -o nice= -p "$(pid_of slow)" | tr -d ' ') == 1 ]] || fail "it has the old settings"
expect_others_go_on

step "a stop that comes while it hangs is followed when the program is back in time"
TIMEOUT=20s MORE=', nice: 1' write_config
kill -HUP "$HELPERD_PID"
wait_for_line 'slower: stopped'
kill_and_hold
MORE=', nice: 2' TIMEOUT=20s write_config
kill -HUP "$HELPERD_PID"
wait_for "$END_LIMIT" "the stop" has_lines 2 'slow: stopping \(SIGTERM\)'
let_go
wait_for_line 'slow: killed by SIGTERM, starting again'
running() { [[ $(ps -o nice= -p "$(pid_of slow)" | tr -d ' ') == 2 ]]; }
wait_for "$END_LIMIT" "the new settings" running

step "the end comes while it hangs"
kill_and_hold
TIMEOUT=200ms MORE=', nice: 2' write_config
kill -HUP "$HELPERD_PID"
expect_others_go_on
most=$(longest_gap)
stop_helperd
expect_status 0
expect_line 'all helpers ended'
let_go
expect_no_process_left
printf '  at most %d ms between two lines\n' "$most"
((most < 2000)) || fail "$most ms between two lines"

step "more starts hang than there are threads: nothing but starts waits for them"
hold
{
    echo "defaults: {backoff: {initial: 0s, max: 0s}, stop_timeout: 300ms}"
    echo "helpers:"
    echo '  beat: "while :; do echo tick; sleep 0.02; done"'
    for ((i = 1; i <= 20; i++)); do
        echo "  slow$i: [$T/slow, '1000']"
    done
    echo "  last: [sleep, '1000']"
} >"$T/many.yaml"
start_helperd --log-format text -c "$T/many.yaml"
wait_for_line 'beat: started'
wait_for "$END_LIMIT" "as many as may hang" hangs 16
expect_no_line 'last: started'
before=$(count_lines '\[beat\] tick')
wait_for 2 "lines" has_lines $((before + 10)) '\[beat\] tick'

step "those that wait are called off at the end"
stop_helperd
expect_status 0
expect_no_line '(slow(17|18|19|20)|last): started'
let_go
expect_no_process_left

step "a stop command that waits for them is called off when its helper has ended"
hold
{
    echo "defaults: {backoff: {initial: 0s, max: 0s}}"
    echo "helpers:"
    echo "  told: {command: [sleep, '1000'], stop_command: 'kill \$MAINPID; echo asked'}"
    for ((i = 1; i <= 16; i++)); do
        echo "  slow$i: [$T/slow, '1000']"
    done
} >"$T/told.yaml"
start_helperd --log-format text -c "$T/told.yaml"
wait_for_line 'told: started'
wait_for "$END_LIMIT" "as many as may hang" hangs 16
sed -i "s/asked'/&, nice: 1/" "$T/told.yaml"
kill -HUP "$HELPERD_PID"
wait_for_line 'told: stopping'
kill -KILL "$(pid_of told)"
wait_for_line 'told: killed by SIGKILL, starting again'
let_go
wait_for "$END_LIMIT" "its next start" has_lines 2 'told: started'
stop_helperd
expect_status 0
(($(count_lines '\[told\] asked') == 1)) || fail "$(count_lines '\[told\] asked') stop commands ran"
expect_no_process_left

step "what exits before helperd was told of its start is not lost"
cat >"$T/quick.yaml" <<YAML
defaults: {backoff: {initial: 0s, max: 0s}, start_limit: {burst: 50, interval: 1h}}
helpers:
YAML
for ((i = 1; i <= 20; i++)); do
    echo "  q$i: [sh, -c, 'exit 3']" >>"$T/quick.yaml"
done
start_helperd --log-format text -c "$T/quick.yaml"
wait_for "$END_LIMIT" "the end of all runs" has_lines 20 'q[0-9]+: exited with status 3, failed: more than'
(($(count_lines 'started \(pid') == 1000)) || fail "$(count_lines 'started \(pid') starts"
(($(count_lines 'exited with status 3') == 1000)) || fail "$(count_lines 'exited with') ends"
stop_helperd
expect_no_process_left
