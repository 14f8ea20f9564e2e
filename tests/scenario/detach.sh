#!/bin/bash
# SPDX-License-Identifier: MIT
# --daemon and --pidfile: what the terminal is told, what is let go of, who may run beside whom.
. "$(dirname "$0")/lib.sh"

cd "$T" || exit 1
PIDFILE=$T/pid
SAID=$T/said

# detach ARGUMENT...: until the first process ends; what it said is in $SAID, its status in $STATUS.
detach()
{
    : >"$LOG"
    timeout "$END_LIMIT" "$HELPERD" -d --pidfile "$PIDFILE" "$@" </dev/null >"$T/output" 2>"$SAID"
    STATUS=$?
}

# end_daemon [SIGNAL]: by its pid file, as an init script would.
end_daemon()
{
    local pid
    pid=$(cat "$PIDFILE")
    kill -s "${1:-TERM}" "$pid" || fail "there is no daemon $pid"
    wait_for "$END_LIMIT" "the end of the daemon" process_ended "$pid"
}

# What outlives a daemon that was killed. Some of its helpers have ended, and their numbers may be
# anybody's by now.
kill_helpers()
{
    local pid
    while read -r pid; do
        ! has_mark "$pid" || kill -KILL "$pid" 2>/dev/null
    done < <(sed -n 's/.*: started (pid \([0-9]*\)).*/\1/p' "$LOG")
}

expect_said()
{
    grep -qE -- "$1" "$SAID" || fail "not said: /$1/, but: $(cat "$SAID")"
}

expect_nothing_said()
{
    [[ ! -s $SAID ]] || fail "said: $(cat "$SAID")"
}

expect_no_pidfile()
{
    [[ ! -e $PIDFILE && ! -L $PIDFILE ]] || fail "the pid file is there"
}

descriptor()
{
    readlink "/proc/$(cat "$PIDFILE")/fd/$1"
}

cat >simple.yaml <<YAML
log: {target: log}
helpers:
  state: {command: [$PROGRAMS/state], type: oneshot}
  sleeper: {command: [sleep, "1000"]}
YAML
# Waits longer than anybody should wait for it; looked at below.
cat >long.yaml <<YAML
log: {target: $T/long.log}
helpers:
  slow: {command: [sleep, "1000"], ready: {after: 1h}}
  late: {command: [sleep, "1000"], depends_on: [slow]}
YAML
"$HELPERD" -d --pidfile long.pid -c long.yaml >/dev/null 2>long.said &
long=$!
long_began=$SECONDS

step "errors come to the terminal, with their exit status, and nothing is left behind"
echo 'helpers: {a: {command: x, restrat: no}}' >bad.yaml
detach -c bad.yaml
expect_status 78
expect_said 'bad.yaml:1:27: error: helper "a": unknown key "restrat"'
detach -c simple.yaml nobody
expect_status 2
expect_said 'has no helper "nobody"'
detach -f -c simple.yaml
expect_status 2
expect_said '^helperd: --daemon and --dev exclude each other'
detach --log-file "$T/nowhere/log" -c simple.yaml
expect_status 1
expect_said "^helperd: cannot open the log file $T/nowhere/log: No such file or directory"
"$HELPERD" -d --pidfile "$T/nowhere/pid" -c simple.yaml 2>"$SAID"
STATUS=$?
expect_status 1
expect_said "^helperd: cannot use the pid file $T/nowhere/pid: No such file or directory"
expect_no_pidfile

step "the first process ends when the first starts were tried, and not before"
cat >waits.yaml <<YAML
log: {target: log}
helpers:
  first: {command: "sleep 0.5; touch $T/done", type: oneshot}
  second: {command: [sleep, "1000"], depends_on: [first]}
YAML
detach -c waits.yaml
expect_status 0
[[ -e $T/done ]] || fail "it did not wait for the first one"
[[ -n $(children_of "$(cat "$PIDFILE")") ]] || fail "it did not wait for the second one"
wait_for_line '\[helperd\] second: started'
expect_nothing_said
end_daemon
expect_line 'second: stopped \(killed by SIGTERM\)'
expect_line '\[helperd\] all helpers ended'
expect_no_pidfile

step "the daemon has left the terminal, and helpers have nothing of it"
umask 027
detach -c simple.yaml
umask 022
expect_status 0
expect_nothing_said
daemon=$(cat "$PIDFILE")
[[ $(wc -l <"$PIDFILE") == 1 ]] || fail "the pid file has not one line"
[[ $(stat -c %a "$PIDFILE") == 640 ]] || fail "the mode of the pid file is $(stat -c %a "$PIDFILE")"
[[ $(session_of "$daemon") != $(session_of $$) ]] || fail "it is in our session"
[[ $(session_of "$daemon") != "$daemon" ]] || fail "it leads its session, and may get a terminal"
[[ $(readlink "/proc/$daemon/cwd") == "$T" ]] || fail "its directory is another one"
for number in 0 1 2; do
    [[ $(descriptor $number) == /dev/null ]] || fail "descriptor $number is $(descriptor $number)"
done
wait_for_line 'state: exited with status 0, completed'
expect_line '\[state\] descriptors=0 1 2$'
expect_line '\[state\] umask=0027'

step "a second one is refused, and changes nothing"
before=$(cat "$PIDFILE")
: >"$SAID"
"$HELPERD" -d --pidfile "$PIDFILE" -c simple.yaml >/dev/null 2>"$SAID"
STATUS=$?
expect_status 1
expect_said "^helperd: $PIDFILE: another helperd runs already \\(pid $daemon\\)\$"
"$HELPERD" --pidfile "$PIDFILE" -c simple.yaml >/dev/null 2>"$SAID"
STATUS=$?
expect_status 1
expect_said "another helperd runs already \\(pid $daemon\\)"
[[ $(cat "$PIDFILE") == "$before" ]] || fail "the pid file was changed"
end_daemon
expect_no_pidfile

step "one that is left over is taken over, whoever has the number by now"
detach -c simple.yaml
wait_for_line 'sleeper: started' # or kill_helpers would not know it
end_daemon KILL
[[ -e $PIDFILE ]] || fail "the pid file is gone"
kill_helpers
detach -c simple.yaml
expect_status 0
end_daemon
for left in "$$" 999999999 ''; do
    printf '%s' "$left" >"$PIDFILE"
    detach -c simple.yaml
    expect_status 0
    [[ $(cat "$PIDFILE") != "$left" ]] || fail "it was not written anew"
    process_lives "$(cat "$PIDFILE")" || fail "it holds $(cat "$PIDFILE")"
    end_daemon
done

step "what is no pid file is not taken for one"
# refused_pidfile REASON
refused_pidfile()
{
    detach -c simple.yaml
    expect_status 1
    expect_said "^helperd: cannot use the pid file $PIDFILE: $1"
}
echo 17 >other
ln -s other "$PIDFILE"
refused_pidfile 'it is a symbolic link'
rm "$PIDFILE"
ln other "$PIDFILE"
refused_pidfile 'it has more than one name'
[[ $(cat other) == 17 ]] || fail "the other file was written to"
rm "$PIDFILE"
cp simple.yaml "$PIDFILE"
refused_pidfile 'it holds something else than a pid'
cmp -s simple.yaml "$PIDFILE" || fail "the configuration was written to"
rm "$PIDFILE"
mkfifo "$PIDFILE"
refused_pidfile 'it is no file'
rm "$PIDFILE"
mkdir "$PIDFILE"
refused_pidfile 'Is a directory'
rmdir "$PIDFILE"

step "a pid file that is another one by now is left alone"
detach -c simple.yaml
daemon=$(cat "$PIDFILE")
rm "$PIDFILE"
echo 17 >"$PIDFILE"
kill "$daemon"
wait_for "$END_LIMIT" "the end of the daemon" process_ended "$daemon"
[[ $(cat "$PIDFILE") == 17 ]] || fail "it was removed"
rm "$PIDFILE"

step "--pidfile works without --daemon, and --foreground undoes that"
start_helperd -d --foreground --pidfile pid -c simple.yaml --log-file stdout
wait_for_line 'sleeper: started'
[[ $(cat "$PIDFILE") == "$HELPERD_PID" ]] || fail "the pid file has another number"
stop_helperd
expect_status 0
expect_no_pidfile

step "the terminal is told what goes wrong at the start, and nothing of what comes later"
cat >wrong.yaml <<YAML
log: {target: log}
helpers:
  gone: {command: [$T/not-there], restart: never}
  later: {command: "until [ -e $T/go ]; do sleep 0.05; done; exit 3", restart: never}
YAML
detach -c wrong.yaml
: >"$T/go"
expect_status 0
expect_said '^helperd: gone: cannot execute: No such file or directory \(step: exec .*\), failed$'
wait_for_line 'later: exited with status 3, failed'
[[ $(wc -l <"$SAID") == 1 ]] || fail "said: $(cat "$SAID")"
end_daemon

step "a start that comes to nothing has its status, when all is over"
cat >critical.yaml <<YAML
log: {target: log}
helpers:
  main: {command: [$T/not-there], restart: never, critical: true}
  side: {command: "trap 'sleep 0.3; echo side told; exit 0' TERM; while :; do sleep 0.05; done"}
YAML
detach -c critical.yaml
expect_status 1
expect_said '^helperd: main: is critical and failed for good'
expect_line '\[helperd\] all helpers ended'
expect_no_pidfile
cat >passed.yaml <<YAML
log: {target: log}
helpers:
  main: {command: [$T/not-there], restart: never}
shutdown: {exit_with: main}
YAML
detach -c passed.yaml
expect_status 127
expect_no_pidfile

step "the daemon's death before that is said"
sed "s,long.log,log," long.yaml >died.yaml
: >"$LOG"
"$HELPERD" -d --pidfile "$PIDFILE" -c died.yaml >/dev/null 2>"$SAID" &
waiting=$!
wait_for_line 'late: waiting for slow'
wait_for_line 'slow: started'
kill -KILL "$(cat "$PIDFILE")"
wait "$waiting"
STATUS=$?
expect_status 1
expect_said '^helperd: the daemon died before it had started$'
kill_helpers
rm "$PIDFILE"

step "the daemon goes on when nobody waits for it, or reads what it says"
: >"$LOG"
"$HELPERD" -d --pidfile "$PIDFILE" -c waits.yaml >/dev/null 2>&1 &
waiting=$!
wait_for_line 'second: waiting for first'
kill -KILL "$waiting"
wait "$waiting" 2>/dev/null
wait_for_line 'second: started'
end_daemon
: >"$LOG"
"$HELPERD" -d --pidfile "$PIDFILE" -c wrong.yaml 2>&1 | true
wait_for_line 'later: exited with status 3, failed'
end_daemon
expect_no_pidfile

step "nothing of the terminal is held open"
sed '/log:/d' simple.yaml >plain.yaml
# The pipe ends when nobody has it any more.
timeout "$END_LIMIT" bash -c '"$@" 2>&1 3>&1 | cat' bash "$HELPERD" -d --pidfile "$PIDFILE" -c plain.yaml >"$SAID" ||
    fail "the pipe is held open"
expect_said '^helperd: the log goes nowhere, since standard output is no file and is given up; log.target or --log-file'
end_daemon

step "standard output is kept where the log needs it"
detach -c plain.yaml
expect_status 0
expect_nothing_said
end_daemon
grep -q 'sleeper: stopped' "$T/output" || fail "the log is not in the file that was standard output"
mkfifo "$T/pipe"
cat "$T/pipe" >"$LOG" &
reader=$!
"$HELPERD" -d --pidfile "$PIDFILE" --log-file stderr -c plain.yaml >/dev/null 2>"$T/pipe"
STATUS=$?
expect_status 0
[[ $(descriptor 1) == /dev/null ]] || fail "standard output is $(descriptor 1)"
end_daemon
wait "$reader"
expect_line '\[helperd\] all helpers ended'
sed 's,target: log,target: stdout,' wrong.yaml >stdout.yaml
"$HELPERD" -d --pidfile "$PIDFILE" -c stdout.yaml >"$LOG" 2>&1
end_daemon
[[ $(count_lines 'gone: cannot execute') == 1 ]] || fail "it is said twice"

step "a service manager hears of the daemon"
if [[ -x /usr/bin/python3 ]]; then
    cat >listen.py <<'PY'
import socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind("notify")
server.settimeout(float(sys.argv[1]))
print(server.recv(4096).decode().replace("\n", "|"))
PY
    /usr/bin/python3 listen.py "$END_LIMIT" >message &
    listener=$!
    wait_for "$END_LIMIT" "the socket" test -S notify
    NOTIFY_SOCKET=$T/notify detach -c simple.yaml
    expect_status 0
    wait "$listener"
    grep -q "^MAINPID=$(cat "$PIDFILE")|READY=1|STATUS=" message || fail "told: $(cat message)"
    end_daemon
fi

step "a start that takes long is waited for ten seconds"
wait "$long"
STATUS=$?
expect_status 0
((SECONDS - long_began >= 9)) || fail "it was waited for $((SECONDS - long_began)) s"
grep -q '^helperd: some helpers wait to be started, in the background$' long.said ||
    fail "said: $(cat long.said)"
PIDFILE=$T/long.pid
end_daemon
expect_no_process_left
