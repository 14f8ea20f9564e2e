#!/bin/bash
# SPDX-License-Identifier: MIT
# Sinks that fail: said once, counted, written again; helpers and helperd go on meanwhile.
. "$(dirname "$0")/lib.sh"

cat >"$T/helperd.yaml" <<YAML
helpers:
  tick: {command: "i=0; while :; do i=\$((i+1)); echo tick \$i; sleep 0.02; done"}
  crash: {command: [$PROGRAMS/crash, "1"], backoff: {initial: 50ms, max: 50ms}}
YAML

step "a log file that may not be written is refused before anything starts"
ln -s "$T/elsewhere" "$T/link"
"$HELPERD" -c "$T/helperd.yaml" --log-file "$T/link" >"$LOG" 2>&1
STATUS=$?
expect_status 1
expect_line "helperd: cannot open the log file $T/link: it is a symbolic link"
"$HELPERD" -c "$T/helperd.yaml" --log-file "$T/no/such/folder/log" >"$LOG" 2>&1
STATUS=$?
expect_status 1
expect_line 'cannot open the log file .*: No such file or directory'

step "a full device: said once on standard error, and everything else goes on"
start_helperd -c "$T/helperd.yaml" --log-file /dev/full
wait_for_line 'helperd: cannot write the log to /dev/full: No space left on device; keeping what fits, trying again'
# The restarts of the helper that crashes go on.
children() { ps -o pid= --ppid "$HELPERD_PID" | tr -d '\n'; }
before=$(children)
changed() { [[ $(children) != "$before" ]]; }
wait_for "$END_LIMIT" "a restart" changed
stop_helperd
expect_status 0
[[ $(count_lines 'cannot write') == 1 ]] || fail "it was said more than once"
expect_line 'helperd: [0-9]+ lines of the log were lost \(/dev/full: No space left on device\)'

step "a file at its size limit is a full disk too"
limited() { ulimit -c 0 -f 1 && exec "$@"; }
start_command limited "$HELPERD" -c "$T/helperd.yaml" --log-file "$T/limited" >"$LOG" 2>&1
wait_for_line 'cannot write the log to .*/limited: File too large'
stop_helperd
expect_status 0
expect_line 'helperd: [0-9]+ lines of the log were lost'

step "a disk that fills up and is emptied again loses nothing of what fits into the queue"
mkdir "$T/small"
if mount -t tmpfs -o size=64k,mode=0755 small "$T/small" 2>/dev/null; then
    undo() { umount -l "$T/small"; }
    dd if=/dev/zero of="$T/small/ballast" bs=1k count=60 2>/dev/null
    cat >"$T/flood.yaml" <<YAML
helpers:
  flood: {command: [$PROGRAMS/flood, -t, f, "3000", "100"], type: oneshot}
YAML
    start_helperd -c "$T/flood.yaml" --log-file "$T/small/log"
    wait_for_line 'cannot write the log to .*/small/log: No space left on device'
    mount -o remount,size=4m "$T/small"
    written() { grep -q 'can be written again; nothing was lost' "$T/small/log"; }
    wait_for "$END_LIMIT" "the word that all is well again" written
    wait_for "$END_LIMIT" "the end of the flood" grep -q 'flood: exited with status 0, completed' "$T/small/log"
    stop_helperd
    expect_status 0
    sed -n 's/^.* \[flood\] //p' "$T/small/log" >"$T/seen"
    "$PROGRAMS/flood" -t f 3000 100 | cmp -s - "$T/seen" || fail "lines are missing or torn"
else
    echo "  (no right to mount: left out)"
fi

step "a reader that goes away does not take helperd with it"
mkfifo "$T/pipe"
head -n 3 <"$T/pipe" >"$T/head" &
start_command "$HELPERD" -c "$T/helperd.yaml" >"$T/pipe" 2>"$LOG"
wait_for_line 'cannot write the log to standard output: Broken pipe'
stop_helperd
expect_status 0
expect_no_process_left

step "a reader that comes back: before it has read anything the helper waits again, and loses no line"
cat >"$T/again.yaml" <<YAML
log: {queue: 256KiB}
shutdown: {timeout: 1s}
helpers:
  count:
    command: [sh, -c, 'i=0; while :; do i=\$((i+1)); echo \$i of a line that is a little longer; [ \$i != 10 ] || until [ -e $T/go ]; do sleep 0.02; done; done']
    log: {stdout_file: $T/again, file_format: raw}
YAML
mkfifo "$T/again"
head -n 3 <"$T/again" >"$T/head" &
head=$!
start_helperd -c "$T/again.yaml"
# What is in a FIFO that somebody still writes to stays there: a full one would take nothing more,
# whoever reads it.
wait "$head"
: >"$T/go"
wait_for_line "cannot write to $T/again: Broken pipe"
exec 9<"$T/again"
wait_for_line "$T/again can be written again"
count_waits() { grep -q pipe "/proc/$(children_of "$HELPERD_PID")/wchan"; }
wait_for "$END_LIMIT" "the helper to wait" count_waits
head -n 100000 <&9 | sed 's/ .*//' >"$T/numbers"
gaps=$(tail -n +2 "$T/numbers" | awk 'NR > 1 && $1 != last + 1 {gaps++} {last = $1} END {print gaps + 0}')
((gaps <= 1)) || fail "lines are missing in $gaps places"
stop_helperd
exec 9<&-
expect_status 0
