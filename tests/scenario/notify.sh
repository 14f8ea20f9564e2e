#!/bin/bash
# SPDX-License-Identifier: MIT
# What a service manager is told: ready when all that should start was tried, status, stopping.
. "$(dirname "$0")/lib.sh"
[[ -x /usr/bin/python3 ]] || skip "no python3 to listen with"

cat >"$T/listen.py" <<'PY'
import socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[1])
with open(sys.argv[2], "a", buffering=1) as out:
    while True:
        out.write(server.recv(4096).decode().replace("\n", "|") + "\n")
PY
/usr/bin/python3 "$T/listen.py" "$T/notify" "$T/messages" &
listener=$!
socket_is_there() { [[ -S $T/notify ]]; }
wait_for "$END_LIMIT" "the socket" socket_is_there
told() { grep -qE -- "$1" "$T/messages"; }
# What came first of a reload: a mere status of before it may still be on its way.
first_word() { grep -m 1 -E '^(RELOADING|READY)=1' "$T/messages"; }

cat >"$T/helperd.yaml" <<YAML
helpers:
  web: {command: [sleep, "1000"], depends_on: [slow], backoff: {initial: 1h, jitter: 0}}
  slow: {command: [sleep, "1000"], ready: {after: 700ms}}
  broken: {command: ["false"], restart: never}
  waits: {command: [sleep, "1000"], depends_on: {broken: completed}}
  waits-too: {command: [sleep, "1000"], depends_on: [waits]}
  never: {command: [sleep, "1000"], autostart: false}
YAML
step "READY=1 comes once, when the last start was tried or waits in vain"
NOTIFY_SOCKET=$T/notify start_helperd -c "$T/helperd.yaml"
wait_for "$END_LIMIT" "READY=1" told '^READY=1\|STATUS=1 stopped, 2 waiting, 2 running, 1 failed$'
wait_for_line 'slow: ready after'
wait_for_line 'web: started'

step "STATUS= follows the states"
kill -KILL "$(sed -n 's/.* web: started (pid \([0-9]*\)).*/\1/p' "$LOG")"
wait_for "$END_LIMIT" "the status" told '^STATUS=1 stopped, 2 waiting, 1 running, 1 backoff, 1 failed$'

step "a reload is told with its begin and its end"
grep -c READY=1 "$T/messages" | grep -qx 1 || fail "READY=1 came more than once"
sed -i '/never:/d' "$T/helperd.yaml"
: >"$T/messages"
uptime=$(cut -d ' ' -f 1 /proc/uptime)
kill -HUP "$HELPERD_PID"
wait_for "$END_LIMIT" "READY=1" told '^READY=1\|STATUS=2 waiting, 1 running, 1 backoff, 1 failed$'
[[ $(first_word) =~ ^RELOADING=1\|MONOTONIC_USEC=([0-9]+)$ ]] || fail "no RELOADING=1 before it"
awk -v then="$uptime" -v usec="${BASH_REMATCH[1]}" \
    'BEGIN { exit !(usec / 1e6 > then - 1 && usec / 1e6 < then + 60) }' || fail "the time is wrong"

step "a reload that is refused ends too, and the status says so until one is not"
cp "$T/helperd.yaml" "$T/good.yaml"
echo 'helpers: [' >"$T/helperd.yaml"
: >"$T/messages"
kill -HUP "$HELPERD_PID"
wait_for "$END_LIMIT" "READY=1" told '^READY=1\|STATUS=configuration refused at the last reload, 2 waiting, '
[[ $(first_word) == RELOADING=1* ]] || fail "no RELOADING=1 before it"
mv "$T/good.yaml" "$T/helperd.yaml"
kill -HUP "$HELPERD_PID"
wait_for "$END_LIMIT" "READY=1" told '^READY=1\|STATUS=2 waiting, '

step "a signal that comes during a reload is told as well, with a time of its own"
cp "$T/helperd.yaml" "$T/good.yaml"
echo 'environment: {A: b}' >>"$T/helperd.yaml"
sed -i 's/waits-too: {/&env_file: \/dev\/ptmx, /' "$T/helperd.yaml" # nobody writes into it
: >"$T/messages"
kill -HUP "$HELPERD_PID"
wait_for "$END_LIMIT" "RELOADING=1" told '^RELOADING=1'
reader() { children_of "$HELPERD_PID" | sed 's,.*,/proc/&/comm,' | xargs grep -lsx helperd-reload | cut -d / -f 3; }
reader_hangs() { open_descriptors "$(reader)" | grep -q ptmx; }
wait_for "$END_LIMIT" "the reader to hang" reader_hangs
mv "$T/good.yaml" "$T/helperd.yaml"
kill -HUP "$HELPERD_PID"
reloading_twice() { (($(grep -c '^RELOADING=1' "$T/messages") == 2)); }
wait_for "$END_LIMIT" "the second RELOADING=1" reloading_twice
! told READY=1 || fail "READY=1 came before the second reload"
kill -KILL "$(reader)"
wait_for "$END_LIMIT" "READY=1" told '^READY=1\|'
[[ $(grep -o 'USEC=.*' "$T/messages" | sort -u | wc -l) == 2 ]] || fail "both have the same time"
[[ $(grep -c '^READY=1' "$T/messages") == 1 ]] || fail "READY=1 came more than once"

step "STOPPING=1 comes with the end"
stop_helperd
expect_status 0
wait_for "$END_LIMIT" "STOPPING=1" told '^STOPPING=1\|'

step "a reload before the first READY=1 is part of the start"
cat >"$T/slow.yaml" <<YAML
helpers:
  slow: {command: "until [ -e $T/go ]; do sleep 0.02; done", type: oneshot}
  web: {command: [sleep, "1000"], depends_on: [slow]}
YAML
: >"$T/messages"
NOTIFY_SOCKET=$T/notify start_helperd -c "$T/slow.yaml"
wait_for_line 'slow: started'
sed -i '$a\  more: {command: [sleep, "1000"], depends_on: [web]}' "$T/slow.yaml"
kill -HUP "$HELPERD_PID"
wait_for_line 'reload: 1 added \(more\), 2 the same'
: >"$T/go"
wait_for "$END_LIMIT" "READY=1" told '^READY=1\|STATUS=2 running, 1 completed$'
wait_for_line 'more: started'
! told RELOADING || fail "a reload was told before the first READY=1"
[[ $(grep -c READY=1 "$T/messages") == 1 ]] || fail "READY=1 came more than once"
stop_helperd
expect_status 0

step "nothing to start is ready at once"
echo 'helpers: {never: {command: [sleep, "1000"], autostart: false}}' >"$T/none.yaml"
: >"$T/messages"
NOTIFY_SOCKET=$T/notify start_helperd -c "$T/none.yaml"
wait_for "$END_LIMIT" "READY=1" told '^READY=1\|'
stop_helperd
expect_status 0
kill "$listener"
wait "$listener" 2>/dev/null
expect_no_process_left
