#!/bin/bash
# SPDX-License-Identifier: MIT
# System calls that fail once: a clear line each, no line lost, nothing left over.
. "$(dirname "$0")/lib.sh"
command -v strace >/dev/null || skip "no strace"
strace -qq -o /dev/null true 2>/dev/null || skip "strace may not trace here"

export ASAN_OPTIONS=detect_leaks=0 # it cannot look for them under strace

cat >"$T/helperd.yaml" <<YAML
helpers:
  say: {command: "echo out; echo err >&2", working_dir: /, restart: on-failure, backoff: {initial: 50ms}}
YAML

# fails_once INJECTION PATTERN: helperd, with a call of its own failing once, in developer mode to
# its end: the line is there, and the helper's own lines are in the end.
fails_once()
{
    echo "  $1"
    timeout "$END_LIMIT" strace -f -qq -o /dev/null -e "trace=${1%%:*}" -e "inject=$1" \
        "$HELPERD" --dev --log-format text -c "$T/helperd.yaml" </dev/null >"$LOG" 2>&1
    STATUS=$?
    expect_status 0
    expect_line "$2"
    expect_line 'info \[say\] out'
    expect_line 'warning \[say\] err'
}

# fails_in_children INJECTION PATTERN [STRACE-OPTION...]: the same for a call of the child, which
# fails in each of them, since strace counts for every process apart.
fails_in_children()
{
    local injection=$1 pattern=$2
    shift 2
    echo "  $injection"
    start_command strace -f -qq -o /dev/null "$@" -e "trace=${injection%%:*}" -e "inject=$injection" \
        "$HELPERD" --dev --log-format text -c "$T/helperd.yaml" </dev/null >"$LOG" 2>&1
    wait_for "$END_LIMIT" "two tries" has_lines 2 "$pattern"
    pkill -TERM -P "$HELPERD_PID"
    wait_for_end
    expect_status 0
    expect_line 'all helpers ended'
}

step "what fails in helperd is named, and tried again"
fails_once pipe2:error=EMFILE:when=1 'say: cannot start: Too many open files \(step: pipe\), next start in 1 s'
fails_once clone:error=EAGAIN:when=1 'say: cannot start: Resource temporarily unavailable \(step: clone\), next start in 1 s'

step "each step of the child that fails is named, and tried again"
fails_in_children setsid:error=EPERM:when=1 'say: cannot start: Operation not permitted \(step: setsid\), next start in'
fails_in_children chdir:error=EACCES:when=1 'say: cannot start: Permission denied \(step: chdir "/"\), next start in'
fails_in_children dup2:error=EBUSY:when=1 'say: cannot start: Device or resource busy \(step: dup2\), next start in'
fails_in_children execve:error=ENOMEM:when=1 'say: cannot execute: Cannot allocate memory \(step: exec "/bin/sh"\), next start in 1 s' -P /bin/sh

step "a descriptor that the kernel will not watch is read all the same"
for when in 2 3 4; do
    fails_once "epoll_ctl:error=ENOSPC:when=$when" 'say: exited with status 0, completed'
done

step "the reader of a reload that the kernel will not watch is heard all the same"
cat >"$T/reload.yaml" <<YAML
helpers: {web: {command: [sleep, "1000"], log: {stdout: discard, stderr: discard}}}
YAML
for when in {2..12}; do
    start_command strace -f -qq -o /dev/null -e trace=epoll_ctl \
        -e "inject=epoll_ctl:error=ENOSPC:when=$when" "$HELPERD" -c "$T/reload.yaml" </dev/null >"$LOG" 2>&1
    wait_for_line 'web: started'
    pkill -HUP -P "$HELPERD_PID"
    wait_for_line 'reload: 1 the same'
    pkill -TERM -P "$HELPERD_PID"
    wait_for_end
    expect_status 0
done

step "a log that takes long to open holds up its reload and no helper"
sed '$a log: {target: '"$T"'/slow.log}' "$T/reload.yaml" >"$T/slow.yaml"
cp "$T/reload.yaml" "$T/log.yaml"
start_command strace -f -qq -o /dev/null -e trace=openat -P "$T/slow.log" \
    -e "inject=openat:delay_enter=1000000000" "$HELPERD" -c "$T/log.yaml" </dev/null >"$LOG" 2>&1
wait_for_line 'web: started'
cp "$T/slow.yaml" "$T/log.yaml"
pkill -HUP -P "$HELPERD_PID"
wait_for_line 'reload: reading'
kill -KILL "$(sed -n 's/.* web: started (pid \([0-9]*\)).*/\1/p' "$LOG")"
wait_for "$END_LIMIT" "the second start" has_lines 2 'web: started'
kill_all # strace would wait for the end of the delay
wait_for_end

# cannot_detach INJECTION PATTERN [STRACE-OPTION...]
cannot_detach()
{
    echo "  $1"
    timeout "$END_LIMIT" strace -f -qq -o /dev/null "${@:3}" -e "trace=${1%%:*}" -e "inject=$1" \
        "$HELPERD" -d --pidfile "$T/pid" --log-file "$T/daemon.log" -c "$T/reload.yaml" </dev/null >"$LOG" 2>&1
    STATUS=$?
    expect_status 1
    expect_line "helperd: cannot detach: $2"
    [[ ! -e $T/pid ]] || fail "the pid file is there"
}

step "no pid file is left of one that cannot detach"
cannot_detach pipe2:error=EMFILE:when=1 'pipe: Too many open files'
cannot_detach clone:error=EAGAIN:when=1 'fork: Resource temporarily unavailable'
cannot_detach setsid:error=EPERM:when=1 'fork: Operation not permitted'
cannot_detach openat:error=EMFILE:when=1 '/dev/null: Too many open files' -P /dev/null

step "interrupted and failing waits and reads lose nothing"
fails_once waitid:error=EINTR:when=1 'say: exited with status 0, completed'
fails_once epoll_wait:error=EINTR:when=2 'say: exited with status 0, completed'
expect_no_process_left
