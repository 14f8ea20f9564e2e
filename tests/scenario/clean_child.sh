#!/bin/bash
# SPDX-License-Identifier: MIT
# Helpers start clean, whatever state helperd itself was started in.
. "$(dirname "$0")/lib.sh"
[[ -x /usr/bin/python3 ]] || skip "no python3 to start helperd in a bad state with"

cat >"$T/helperd.yaml" <<YAML
environment: {SHARED: from the top, BOTH: top, BUILT: "\${SCENARIO}!"}
helpers:
  state: {command: [$PROGRAMS/state], type: oneshot, working_dir: sub, umask: "027"}
  environment:
    command: env | sort
    type: oneshot
    environment: {BOTH: helper, PATH: "/opt/none:\${PATH}"}
  chosen: {command: env | sort, type: oneshot, inherit_environment: [HOME, LANG]}
  none: {command: [/usr/bin/env], type: oneshot, inherit_environment: false}
  instance: {command: "echo I am \$INSTANCE", type: oneshot, instances: 2}
YAML
mkdir "$T/sub"

# What the state helper said of one thing.
state()
{
    sed -n "s/.*\\[state\\] $1=//p" "$LOG"
}

# clean LABEL: the state helper saw nothing that helperd was given.
expect_clean()
{
    wait_for_line '\[helperd\] state: exited with status 0, completed'
    [[ $(state blocked) =~ ^0+$ ]] || fail "blocked signals: $(state blocked)"
    [[ $(state ignored) =~ ^0+$ ]] || fail "ignored signals: $(state ignored)"
    [[ $(state descriptors) == "0 1 2" ]] || fail "descriptors: $(state descriptors)"
    [[ $(state cwd) == "$T/sub" ]] || fail "directory: $(state cwd)"
    [[ $(state umask) == 0027 ]] || fail "umask: $(state umask)"
    [[ $(state group_leader) == yes ]] || fail "it does not lead its group"
    [[ $(state session_leader) == yes ]] || fail "it does not lead its session"
    [[ $(state nonblocking.1) == 0 ]] || fail "its standard output does not block"
}

step "from an ordinary shell"
start_helperd -c "$T/helperd.yaml"
expect_clean
wait_for_line '\[helperd\] environment: exited with status 0'
expect_line '\[environment\] SHARED=from the top'
expect_line '\[environment\] BUILT=/.*!$'
expect_line '\[environment\] BOTH=helper'
expect_line '\[environment\] PATH=/opt/none:/'
wait_for_line '\[helperd\] chosen: exited with status 0'
expect_line '\[chosen\] HOME='
expect_line '\[chosen\] SHARED=from the top'
expect_no_line '\[chosen\] SCENARIO='
wait_for_line '\[helperd\] none: exited with status 0'
expect_line '\[none\] BOTH=top'
expect_no_line '\[none\] (HOME|SCENARIO)='
wait_for_line '\[instance@1\] I am 1'
wait_for_line '\[instance@2\] I am 2'
stop_helperd
expect_status 0

step "with blocked and ignored signals, stray descriptors and a low limit"
limit=$(ulimit -n)
: >"$LOG"
STATUS=
cat >"$T/hostile.py" <<'PY'
import os, resource, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, set(range(1, 32)) - {signal.SIGKILL, signal.SIGSTOP})
for number in (signal.SIGPIPE, signal.SIGHUP, signal.SIGCHLD, signal.SIGUSR1, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
for name in sys.argv[2:4]:
    os.set_inheritable(os.open(name, os.O_RDWR | os.O_CREAT), True)
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
os.umask(0o077)
os.execv(sys.argv[1], [sys.argv[1]] + sys.argv[4:])
PY
NOTIFY_SOCKET=/nowhere WATCHDOG_USEC=1 LISTEN_FDS=1 LISTEN_PID=1 JOURNAL_STREAM=1:2 \
    start_command /usr/bin/python3 "$T/hostile.py" "$HELPERD" "$T/stray1" "$T/stray2" \
    -c "$T/helperd.yaml" </dev/null >>"$LOG" 2>&1
expect_clean
wait_for_line '\[helperd\] environment: exited with status 0'
expect_no_line '\[environment\] (NOTIFY_SOCKET|WATCHDOG_USEC|LISTEN_FDS|LISTEN_PID|JOURNAL_STREAM)='
[[ $(state nofile_soft) == 64 ]] || fail "the soft limit of descriptors is $(state nofile_soft)"
stop_helperd
expect_status 0
[[ $(ulimit -n) == "$limit" ]] || fail "the limit of the shell changed"

step "with stray descriptors on a kernel without close_range"
if ! is_sanitized; then # sanitizers want to be loaded before any other library
    : >"$LOG"
    printf '* 0 ENOSYS close_range\n' >"$T/fail"
    truncate -s 4096 "$T/fail"
    LD_PRELOAD=$PROGRAMS/fail_calls.so FAIL_CALLS=$T/fail start_command "$HELPERD" -c "$T/helperd.yaml" \
        8>"$T/stray1" 33>"$T/stray2" >>"$LOG" 2>&1
    expect_clean
    stop_helperd
    expect_status 0
fi

step "with standard input, output and error closed"
cat >"$T/closed.yaml" <<YAML
log: {target: $T/closed.log}
helpers:
  state: {command: [$PROGRAMS/state], type: oneshot, working_dir: sub, umask: "027"}
YAML
start_command "$HELPERD" -c "$T/closed.yaml" <&- >&- 2>&-
LOG=$T/closed.log
expect_clean
stop_helperd
expect_status 0
expect_no_process_left
