#!/bin/bash
# SPDX-License-Identifier: MIT
# A log that nobody takes: a pipe nobody reads, a stopped terminal, a frozen file system. Starts,
# restarts, stops and reaping go on; afterwards every line is there, or counted.
. "$(dirname "$0")/lib.sh"

LINES_OF_FLOOD=60000

# write_config QUEUE ON_FULL
write_config()
{
    cat >"$T/helperd.yaml" <<YAML
log: {queue: $1, on_full: $2}
helpers:
  flood: {command: [$PROGRAMS/flood, -t, f, "$LINES_OF_FLOOD", "100"], type: oneshot}
  sleeper:
    command: echo awake; echo \$\$ >"$T/sleeper.new"; mv "$T/sleeper.new" "$T/sleeper"; exec sleep 1000
    backoff: {initial: 0, max: 0}
YAML
}

# The same with a flood that says when it has written all.
write_telling_config()
{
    write_config "$@"
    rm -f "$T/flooded"
    sed -i "s,^  flood: .*,  flood: {command: \"$PROGRAMS/flood -t f $LINES_OF_FLOOD 100; : >$T/flooded\"\, type: oneshot}," "$T/helperd.yaml"
}

# Takes what is left in a FIFO that somebody holds open.
empty_fifo()
{
    dd if="$1" iflag=nonblock bs=64k status=none 2>/dev/null
}

# read_pipe OUT: what is in the pipe, until stop_reading.
read_pipe()
{
    cat <&7 >"$1" &
    reader=$!
}

# Once helperd has ended, and its last line is read.
stop_reading()
{
    wait_for "$END_LIMIT" "its last line" grep -aq 'all helpers ended' "$T/out"
    end_reader "$reader"
}

# start_on COMMAND...: helperd with standard output from the caller's redirection.
start_on()
{
    rm -f "$T/sleeper"
    start_command "$@"
    wait_for "$END_LIMIT" "the sleeper" test -s "$T/sleeper"
}

# Kills the sleeper a few times; each time it must come back, whatever the log does. KILLED has the
# milliseconds since 1970 at which it was killed.
expect_restarts()
{
    local i before
    KILLED=()
    came_back() { [[ $(<"$T/sleeper") != "$before" ]]; }
    for i in 1 2 3 4 5 6 7 8; do
        before=$(<"$T/sleeper")
        KILLED+=("$(date +%s%3N)")
        kill -KILL "$before"
        wait_for "$END_LIMIT" "restart $i" came_back
        wait_for "$END_LIMIT" "the end of $before" test ! -e "/proc/$before"
    done
}

# The flood has filled the queue and waits in its own pipe: nobody takes its bytes, and helperd is not
# just about to.
flood_waits()
{
    local pid
    pid=$(pgrep -P "$HELPERD_PID" -x flood) && grep -q pipe "/proc/$pid/wchan" &&
        grep -q poll "/proc/$HELPERD_PID/wchan"
}

resident() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$HELPERD_PID/status"; }

expect_memory_below()
{
    is_sanitized && return
    (($(resident) < $1)) || fail "helperd holds $(resident) KiB, not less than $1"
}

# median NUMBER...
median()
{
    printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

# What a process that is killed and its successor take here and now, without helperd: the median in
# milliseconds.
measure_machine()
{
    local i pid times=()
    for i in 1 2 3 4 5 6 7 8; do
        sleep 1000 &
        pid=$!
        times+=("$(date +%s%3N)")
        kill -KILL "$pid"
        wait "$pid" 2>/dev/null
        sh -c 'exec true'
        times[-1]=$(($(date +%s%3N) - times[-1]))
    done
    median "${times[@]}"
}

# expect_quick_restarts FILE: by the stamps in the log that was read afterwards. The median counts:
# on a busy machine a single start may have to wait for a processor, but a helperd that waits for
# its log is late each time. Where the machine itself is slow, it may be as much slower. Sanitizers
# take their own time.
expect_quick_restarts()
{
    local started times=() i machine limit
    mapfile -t started < <(sed -n 's/^\([^ ]*\) .*\[helperd\] sleeper: started .*/\1/p' "$1" | date -f - +%s%3N)
    ((${#started[@]} == 1 + ${#KILLED[@]})) || fail "${#started[@]} starts of the sleeper are in the log"
    for i in "${!KILLED[@]}"; do
        times+=($((started[i + 1] - KILLED[i])))
    done
    machine=$(measure_machine)
    limit=$((10 * machine > 100 ? 10 * machine : 100))
    echo "  restarts after ${times[*]} ms; the machine itself takes $machine ms"
    is_sanitized && return
    (($(median "${times[@]}") < limit)) || fail "most restarts took $limit ms or more"
}

# expect_whole_flood FILE: every line, whole and in order.
expect_whole_flood()
{
    grep -a '\[flood\]' "$1" | sed 's/^.*\[flood\] //' >"$T/seen"
    "$PROGRAMS/flood" -t f "$LINES_OF_FLOOD" 100 | cmp - "$T/seen" || fail "lines are missing or torn"
    (($(grep -ac '\[sleeper\] awake' "$1") == 9)) || fail "lines of the sleeper are missing"
    (($(grep -ac 'sleeper: started' "$1") == 9)) || fail "lines of helperd are missing"
    expect_quick_restarts "$1"
}

step "a pipe nobody reads, block: helperd goes on, and every line comes when it is read again"
write_config 1MiB block
mkfifo "$T/pipe"
exec 7<>"$T/pipe"
start_on "$HELPERD" -c "$T/helperd.yaml" >"$T/pipe" 2>"$LOG" 7>&-
wait_for "$END_LIMIT" "the flood to wait" flood_waits
expect_restarts
flood_waits || fail "the flood did not wait"
expect_memory_below 8000
read_pipe "$T/out"
all_written() { grep -aq 'flood: exited with status 0, completed' "$T/out"; }
wait_for "$END_LIMIT" "the end of the flood" all_written
stop_helperd
expect_status 0
stop_reading
expect_whole_flood "$T/out"

step "the same, drop: what is there and what is counted is all there was"
write_telling_config 256KiB drop
start_on "$HELPERD" -c "$T/helperd.yaml" >"$T/pipe" 2>"$LOG" 7>&-
wait_for "$END_LIMIT" "the end of the flood, which waits for nobody" test -e "$T/flooded"
expect_restarts
expect_memory_below 8000
read_pipe "$T/out"
wait_for "$END_LIMIT" "the count" grep -aqE 'flood: [0-9]+ lines? dropped' "$T/out"
stop_helperd
expect_status 0
stop_reading
there=$(grep -ac '\[flood\]' "$T/out")
dropped=$(sed -nE 's/^.*\[helperd\] flood: ([0-9]+) lines? dropped$/\1/p' "$T/out" | paste -sd +)
((there + dropped == LINES_OF_FLOOD)) || fail "$there lines and $dropped dropped are not $LINES_OF_FLOOD"
((there < LINES_OF_FLOOD)) || fail "nothing was dropped"
expect_quick_restarts "$T/out"

step "at shutdown the deadline wins over a log that hangs, and what is lost is counted"
write_config 256KiB block
echo 'shutdown: {timeout: 1s}' >>"$T/helperd.yaml"
start_on "$HELPERD" -c "$T/helperd.yaml" >"$T/pipe" 2>"$LOG" 7>&-
wait_for "$END_LIMIT" "the flood to wait" flood_waits
stop_helperd
expect_status 0
expect_line '^helperd: [0-9]+ lines of the log were lost \(standard output: it did not take them in time\)$'
# What was left in its pipe is among those lines where the queue had room for it, or told besides.
expect_no_process_left

step "what was dropped and never told is counted at the end, too"
empty_fifo "$T/pipe" >/dev/null
cat >"$T/helperd.yaml" <<YAML
log: {queue: 256KiB, on_full: drop, level: error}
shutdown: {timeout: 1s}
helpers:
  flood: {command: "$PROGRAMS/flood -t f $LINES_OF_FLOOD 100; : >$T/flooded.1", type: oneshot, log: {stdout: error}}
  counted: {command: "$PROGRAMS/flood -t c $LINES_OF_FLOOD 100; : >$T/flooded.2", type: oneshot, log: {stdout: error}}
YAML
: >"$LOG"
start_command "$HELPERD" -c "$T/helperd.yaml" >"$T/pipe" 2>"$LOG" 7>&-
floods_ended() { [[ -e $T/flooded.1 && -e $T/flooded.2 ]]; }
wait_for "$END_LIMIT" "the end of the floods, which wait for nobody" floods_ended
stop_helperd
expect_status 0
there=$(empty_fifo "$T/pipe" | tr -cd '\n' | wc -c)
lost=$(sed -n 's/^helperd: \([0-9]*\) lines of the log were lost (standard output: .*/\1/p' "$LOG")
# What the write that hangs has put into the pipe, nobody but the kernel knows.
((lost <= 2 * LINES_OF_FLOOD && there + lost >= 2 * LINES_OF_FLOOD)) ||
    fail "$there lines and $lost lost are not $((2 * LINES_OF_FLOOD))"
exec 7>&-

step "a file that hangs: its helper waits, and at the end it is said that it does"
mkfifo "$T/fifo"
exec 6<>"$T/fifo"
cat >"$T/helperd.yaml" <<YAML
shutdown: {timeout: 1s}
log: {queue: 64KiB}
helpers:
  flood: {command: [$PROGRAMS/flood, -t, f, "$LINES_OF_FLOOD", "100"], type: oneshot, log: {stdout_file: $T/fifo}}
YAML
start_helperd -c "$T/helperd.yaml" 6>&-
wait_for "$END_LIMIT" "the flood to wait" flood_waits
stop_helperd
expect_status 0
expect_line 'warning \[helperd\] flood: its output still waits for room in the log or its file$'
expect_no_line 'left alone'
expect_line 'warning \[helperd\] flood: [0-9]+ bytes of its output were not read any more$'
expect_no_line '^helperd: flood'

step "another file instead of the one that hangs: the helper goes on at once"
empty_fifo "$T/fifo" >/dev/null
start_helperd -c "$T/helperd.yaml" 6>&-
wait_for "$END_LIMIT" "the flood to wait" flood_waits
sed -i "s,$T/fifo,$T/instead," "$T/helperd.yaml"
kill -HUP "$HELPERD_PID"
wait_for_line 'flood: exited with status 0'
"$PROGRAMS/flood" -t f "$LINES_OF_FLOOD" 100 | tail -n 1 >"$T/last"
has_last_line() { grep -qxFf "$T/last" <(sed 's/^.*\[flood\] //' "$T/instead"); }
wait_for "$END_LIMIT" "the last line in the other file" has_last_line
stop_helperd
expect_status 0
expect_no_line 'waits for room|not read any more'

step "empty lines into three files that are one: the queue bounds the memory"
empty_fifo "$T/fifo" >/dev/null
cat >"$T/helperd.yaml" <<YAML
shutdown: {timeout: 1s}
log: {queue: 8MiB}
helpers:
  flood: {command: 'yes "" & exec yes "" >&2', log: {stdout_file: $T/fifo, stderr_file: $T/fifo, file: $T/fifo, file_format: raw}}
YAML
start_helperd -c "$T/helperd.yaml" 6>&-
yes_waits() { [[ $(pgrep -g "$(children_of "$HELPERD_PID")" -x yes | wc -l) == 2 ]] && ! pgrep -r R -x yes -P "$HELPERD_PID" && both_wait; }
both_wait() { local pid; for pid in $(pgrep -g "$(children_of "$HELPERD_PID")" -x yes); do grep -q pipe "/proc/$pid/wchan" || return 1; done; }
written_by_both() { local pid; for pid in $(pgrep -g "$(children_of "$HELPERD_PID")" -x yes); do sed -n 's/^wchar: //p' "/proc/$pid/io"; done; }
waits_for_good() # and not for helperd only, which is at work
{
    local before
    yes_waits || return
    before=$(written_by_both)
    sleep 1
    both_wait && [[ $(written_by_both) == "$before" ]]
}
wait_for "$END_LIMIT" "both to wait, and not to go on" waits_for_good
echo "  $(resident) KiB"
expect_memory_below 20000
stop_helperd
exec 6>&-

step "seventy files that hang do not hold up the log"
{
    echo 'shutdown: {timeout: 1s}'
    echo 'helpers:'
    echo '  tick: {command: "while :; do echo tick; sleep 0.05; done"}'
    for ((i = 1; i <= 70; i++)); do
        mkfifo "$T/hangs$i"
        echo "  h$i: {command: 'exec yes', log: {stdout_file: $T/hangs$i}}"
    done
} >"$T/helperd.yaml"
sed -i '1i log: {queue: 256KiB}' "$T/helperd.yaml"
holders=()
for ((i = 1; i <= 70; i++)); do
    exec {holder}<>"$T/hangs$i"
    holders+=("$holder")
done
(
    for holder in "${holders[@]}"; do exec {holder}>&-; done
    exec "$HELPERD" -c "$T/helperd.yaml"
) >"$LOG" 2>&1 &
HELPERD_PID=$!
STATUS=
threads() { awk '/^Threads/ {print $2}' "/proc/$HELPERD_PID/status"; }
many_threads() { (($(threads) >= 65)); }
wait_for "$END_LIMIT" "as many threads as there may be" many_threads
sleep 1 # for the last threads to hang as well
ticks=$(count_lines 'tick$')
more_ticks() { (($(count_lines 'tick$') > ticks + 10)); }
wait_for "$END_LIMIT" "lines of the log" more_ticks
echo "  $(threads) threads"
stop_helperd
for holder in "${holders[@]}"; do exec {holder}>&-; done

step "a terminal stopped with Ctrl-S"
if command -v script >/dev/null; then
    LINES_OF_FLOOD=300000 # long enough for the key to have been read
    write_config 1MiB block
    sed -i "s,^  flood: .*,  flood: {command: \"until [ -e $T/pressed ]; do sleep 0.02; done; exec $PROGRAMS/flood -t f $LINES_OF_FLOOD 100\"\, type: oneshot}," "$T/helperd.yaml"
    mkfifo "$T/keys"
    exec 8<>"$T/keys"
    : >"$LOG"
    rm -f "$T/sleeper"
    start_command script -qefc "exec $HELPERD --color never -c $T/helperd.yaml" "$T/screen" <"$T/keys" >/dev/null 2>"$LOG" 8>&-
    script=$HELPERD_PID
    wait_for "$END_LIMIT" "the sleeper" test -s "$T/sleeper"
    HELPERD_PID=$(pgrep -P "$script")
    press_until_flood_waits() { printf '\x13' >&8; : >"$T/pressed"; flood_waits; }
    wait_for "$END_LIMIT" "the flood to wait" press_until_flood_waits
    expect_restarts
    printf '\x11' >&8
    wait_for "$END_LIMIT" "the end of the flood" grep -aq 'flood: exited with status 0, completed' "$T/screen"
    kill "$HELPERD_PID"
    HELPERD_PID=$script # it passes the exit status of helperd on
    wait_for_end
    expect_status 0
    tr -d '\r' <"$T/screen" >"$T/out"
    expect_whole_flood "$T/out"
    exec 8>&-
    LINES_OF_FLOOD=60000
else
    echo "  (no script(1): left out)"
fi

step "a frozen file system holds up its own lines and nothing else"
mkdir "$T/frozen"
if truncate -s 16M "$T/disk" && mkfs.ext4 -q -F "$T/disk" 2>/dev/null && mount -o loop "$T/disk" "$T/frozen" 2>/dev/null; then
    # Frozen it would hold up the end of helperd and its own.
    undo() { fsfreeze -u "$T/frozen" 2>/dev/null; umount -l "$T/frozen"; }
    write_config 1MiB block
    cat >>"$T/helperd.yaml" <<YAML
  beside: {command: "while :; do echo tick; sleep 0.02; done", log: {file: $T/beside.log}}
YAML
    rm -f "$T/sleeper"
    start_helperd -c "$T/helperd.yaml" --log-file "$T/frozen/log"
    wait_for "$END_LIMIT" "the end of the flood" grep -aq 'flood: exited with status 0, completed' "$T/frozen/log"
    fsfreeze -f "$T/frozen"
    expect_restarts
    lines=$(wc -l <"$T/beside.log")
    more() { (($(wc -l <"$T/beside.log") > lines + 5)); }
    wait_for "$END_LIMIT" "lines of a helper with its own file elsewhere" more
    fsfreeze -u "$T/frozen"
    stop_helperd
    expect_status 0
    expect_whole_flood "$T/frozen/log"
else
    echo "  (no right to mount, or no file system to make: left out)"
fi
