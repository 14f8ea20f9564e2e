#!/bin/bash
# SPDX-License-Identifier: MIT
# Calls of the way from a helper's pipe into the log that fail, are interrupted or take less than
# they were given, and threads that cannot be started: whole lines in order, and none is lost.
. "$(dirname "$0")/lib.sh"
is_sanitized && skip "sanitizers want to be loaded before the library that lets calls fail"

# Everything goes into a file of the configuration, so that standard error has what is said past it.
LOG=$T/out.log
SAID=$T/said

begin()
{
    cat >"$T/helperd.yaml"
    : >"$LOG"
    head -c 4096 /dev/zero >"$T/fail"
    printf '%s\n' "$@" 1<>"$T/fail" >&1
    STATUS=
    LD_PRELOAD=$PROGRAMS/fail_calls.so FAIL_CALLS=$T/fail "$HELPERD" --dev --log-format text \
        --log-file "$LOG" -c "$T/helperd.yaml" </dev/null >"$SAID" 2>&1 &
    HELPERD_PID=$!
}

# fail_now RULE...: from now on.
fail_now()
{
    head -c 4096 /dev/zero 1<>"$T/fail" >&1
    printf '%s\n' "$@" 1<>"$T/fail" >&1
}

expect_said()
{
    grep -qE -- "$1" "$SAID" || fail "not said past the log: /$1/, but: $(<"$SAID")"
}

# expect_numbers HELPER COUNT [FILE...]: its lines from 1 on, whole, in order and nothing besides.
expect_numbers()
{
    local helper=$1 count=$2
    shift 2
    diff <(cat "${@:-$LOG}" | sed -n "s/^[^ ]* info \\[$helper\\] //p") <(seq -f 'line %.0f of many' "$count") >"$T/diff" ||
        fail "other lines of $helper: $(head -n 5 "$T/diff")"
}

helpers='helpers: {say: {command: "seq -f \"line %.0f of many\" 300", type: oneshot}}'

step "each write takes one byte"
begin '* 0 SHORT write' <<<"$helpers"
wait_for_end
expect_status 0
expect_numbers say 300
! grep -avE '^20[^ ]* (info|warning) \[(say|helperd)\] ' "$LOG" || fail "torn lines"

step "waits, reads and writes are interrupted, or have nothing yet"
for error in EINTR EAGAIN; do
    begin "9 0 $error write" "9 0 $error read" "9 0 EINTR epoll_wait" "9 0 EINTR waitid" <<<"$helpers"
    wait_for_end
    expect_status 0
    expect_numbers say 300
    [[ ! -s $SAID ]] || fail "said: $(<"$SAID")"
done

step "writing fails once: it is said, tried again, and nothing is lost"
cat >"$T/until-well" <<SH
seq -f 'line %.0f of many' 300
until grep -q 'can be written again' "$LOG"; do
    echo not yet >&2 # so that there is something to write
    sleep 0.05
done
SH
for error in ENOSPC EIO; do
    begin "1 1 $error write" <<<"helpers: {say: {command: [/bin/sh, $T/until-well], type: oneshot}}"
    wait_for_end
    expect_status 0
    expect_said "cannot write the log to $LOG: .*; keeping what fits, trying again"
    expect_line 'can be written again; nothing was lost'
    expect_numbers say 300
done

step "a file that cannot be opened, at the start and later"
begin '1 0 EMFILE open' <<<"$helpers" # the configuration is the first that is opened
wait_for_end
expect_status 78
expect_said 'helperd.yaml: .*Too many open files'
begin '1 1 EMFILE open' <<<"$helpers" # and then the log
wait_for_end
expect_status 1
expect_said "cannot open the log file $LOG: Too many open files"
begin <<<'helpers: {say: {command: [/bin/sleep, "1000"]}}'
wait_for_line 'say: started'
fail_now '1 0 ENFILE open'
kill -USR1 "$HELPERD_PID"
wait_for_line "cannot rotate $LOG or open it again: Too many open files in system; lines go on to the old file"
stop_helperd
expect_status 0
expect_line 'all helpers ended'

step "a rotation that fails keeps the file, and the next one goes well"
cat >"$T/parts" <<'SH'
for first in 1 101 201; do
    seq -f 'line %.0f of many' $first $((first + 99))
    # Each part comes to the writer on its own.
    until grep -q "line $((first + 99)) of many" "$1"*; do sleep 0.02; done
done
SH
begin '1 0 EIO rename' <<YAML
log: {max_size: 2KiB, max_files: 50}
helpers: {say: {command: [/bin/sh, $T/parts, $LOG], type: oneshot}}
YAML
wait_for_end
expect_status 0
mapfile -t rotated < <(printf '%s\n' "$LOG".* | sort -rV)
((${#rotated[@]} > 1)) || fail "nothing was rotated"
cat "${rotated[@]}" "$LOG" >"$T/all"
grep -qF "cannot rotate $LOG or open it again: Input/output error; lines go on to the old file" "$T/all" || fail "not said"
expect_numbers say 300 "$T/all"
rm "${rotated[@]}"

step "the thread that writes cannot be started for a while, and neither can the one that starts helpers"
begin '9 0 EAGAIN pthread_create' <<<"$helpers"
wait_for_end
expect_status 0
expect_numbers say 300
expect_said 'cannot start the thread that writes the log: Resource temporarily unavailable; keeping what fits, trying again'
expect_line 'say: cannot start: Resource temporarily unavailable \(step: pthread_create\), next start in 1 s'
expect_line 'cannot start a thread that writes: Resource temporarily unavailable; trying again'
expect_line 'threads that write can be started again'

step "it can never be started: the end comes all the same, and what is lost is counted"
# The first one starts helpers.
begin '* 1 EAGAIN pthread_create' <<<"{shutdown: {timeout: 1s}, $helpers}"
wait_for_end
expect_status 0
expect_said '[0-9]+ lines of the log were lost \(.*: there is no thread to write them\)'

step "a further thread cannot be started for a while, and the only one hangs"
mkfifo "$T/fifo"
exec {reader}<>"$T/fifo"
begin '3 2 EAGAIN pthread_create' <<YAML
helpers:
  hang: {command: "head -c 1000000 /dev/zero | tr '\\\\0' x; sleep 1000", log: {stdout_file: $T/fifo, file_format: raw}}
  say: {command: "until [ -e $T/hangs ]; do sleep 0.02; done; seq -f 'line %.0f of many' 300; sleep 1000"}
YAML
thread_hangs() { grep -q pipe /proc/"$HELPERD_PID"/task/*/wchan; }
wait_for "$END_LIMIT" "the thread to hang" thread_hangs
: >"$T/hangs"
wait_for_line 'line 300 of many'
wait_for_line 'cannot start a thread that writes'
wait_for_line 'threads that write can be started again'
expect_numbers say 300
cat <&"$reader" >/dev/null &
reading=$!
stop_helperd
expect_status 0
end_reader "$reading"
expect_no_process_left
