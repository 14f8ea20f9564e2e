#!/bin/bash
# SPDX-License-Identifier: MIT
# helperctl and a helperd that runs: every command as a person, a script and a terminal see it.
. "$(dirname "$0")/lib.sh"

HELPERCTL=$(realpath -m "${HELPERCTL:-$top_builddir/src/helperctl}")
[[ -x $HELPERCTL ]] || fail "no helperctl at $HELPERCTL"
command -v jq >/dev/null || skip "there is no jq"

unset HELPERD_SOCKET
SOCKET=$T/.helperd.sock
mkdir "$T/below"
cd "$T/below" || exit 1

# ctl ARGUMENT...: its output in $T/out, what it says in $T/said, its exit status in CODE.
ctl()
{
    timeout "$END_LIMIT" "$HELPERCTL" "$@" >"$T/out" 2>"$T/said" </dev/null
    CODE=$?
    ! grep -qE 'runtime error:|ERROR: (Address|Leak)Sanitizer' "$T/said" || fail "$(cat "$T/said")"
}

# expect CODE [PATTERN...]: of the last one; each pattern is found in what it printed or said.
expect()
{
    local pattern
    [[ $CODE == "$1" ]] || fail "exit status $CODE, not $1: $(head -c 900 "$T/out" "$T/said")"
    for pattern in "${@:2}"; do
        grep -qE -- "$pattern" "$T/out" "$T/said" ||
            fail "no line like /$pattern/: $(head -c 900 "$T/out" "$T/said")"
    done
}

expect_json()
{
    jq -es "$1" "$T/out" >/dev/null || fail "not so: $1: $(head -c 900 "$T/out")"
}

write_config()
{
    cat >"$T/helperd.yaml" <<END
control: {path: $SOCKET}
helpers:
  web:
    command: echo "web says hello"; exec sleep inf
    description: the site
    labels: {tier: front}
  worker:
    command: echo "worker \$INSTANCE"; exec sleep inf
    instances: 2
  idle: {command: [sleep, inf], autostart: false, ready: {after: 1s}}
  lazy: {command: [sleep, inf], autostart: false, ready: {after: 1s}}
  bad:
    command: [sh, -c, 'printf "oops \\033[2J\\n" >&2; exit 3']
    restart: never
    ready: {after: 1s}
  after: {command: [sleep, inf], depends_on: {bad: completed}}
  once: {command: ["true"], type: oneshot}
  tired:
    command: exit 4
    backoff: {initial: 20ms, max: 20ms}
    start_limit: {burst: 2, interval: 60s}
$1
END
}

step "without a helperd it says where it looked and what to do"
ctl status
expect 1 "$T/below/.helperd.sock$" "$SOCKET$" "$XDG_RUNTIME_DIR/helperd.sock$" 'start one with: helperd'
ctl __names
expect 1
[[ ! -s $T/said ]] || fail "it spoke: $(cat "$T/said")"
ctl -s "$T/nothing" status
expect 1 "there is no socket $T/nothing"
ctl staus
expect 2 'did you mean "status"'

step "it finds the socket in a folder above"
write_config ""
start_helperd -c "$T/helperd.yaml"
wait_for "$END_LIMIT" "the socket" test -S "$SOCKET"
wait_for_line 'bad: exited with status 3, failed'
wait_for_line 'once: .*completed'
wait_for_line 'tired: .*failed'
ctl version
expect 0 "^helperd .*pid $HELPERD_PID,"

step "status is a table, a detail or JSON, with an exit status that says how it is"
ctl status
expect 3 '^NAME +STATE +SINCE' '^web +running' '^bad +failed .*exited with status 3' '^idle +stopped'
[[ $(wc -l <"$T/out") == 10 ]] || fail "$(cat "$T/out")"
ctl status web once
expect 0 '^once +completed'
ctl status web
expect 0 '^web is running \(pid [0-9]+\) since' 'description +the site' 'labels +tier=front'
ctl status wbe
expect 4 'did you mean "web"'
ctl --json status worker
expect 0
expect_json '[.[0].helpers[].name] == ["worker@1","worker@2"]'
ctl --json status wbe
expect 4
expect_json '.[0].error.code == "unknown_helper"'

step "why tells what a helper waits for, how it ended and what it said"
ctl why bad
expect 0 '^bad is failed' 'LAST EXITS' 'exited with status 3' '\[bad\] oops'
ctl why after
expect 0 '^after is waiting' '^bad +completed +failed +no$'
ctl why tired
expect 0 '^tired is failed since .*: exited with status 4, more than 2 starts in 1 min$'
ctl why worker
expect 1 'worker@1'

step "what is started, stopped and restarted is waited for, side by side"
started=$SECONDS
ctl start --wait idle lazy
expect 0 '^idle: running \(pid [0-9]+\)$' '^lazy: running'
((SECONDS - started < 20)) || fail "it took $((SECONDS - started)) s"
ctl stop idle --wait lazy
expect 0 '^idle: stopped$' '^lazy: stopped$'
ctl restart --wait --json worker
expect 0
expect_json '[.[].name] == ["worker@1","worker@2"] and all(.[]; .state == "running" and .starts == 2)'
ctl start --wait bad
expect 1 'bad: failed \(exited with status 3\)' 'helperctl why bad'
ctl reset bad
expect 0 '^bad: stopped$'
ctl start --wait nobody web
expect 1 'there is no helper "nobody"' '^web: running'
ctl signal TERM web
expect 0 '^web: SIGTERM sent'
wait_for_line 'web: killed by SIGTERM'
ctl wait web ready --timeout 30s
expect 0 '^web: running'
ctl wait web stopped --timeout 100ms
expect 1 'not there in time'
ctl signal HUP idle
expect 1 'no process'
ctl restart --all
expect 0 '^web: '
grep -q '^idle: ' "$T/out" && fail "it restarted what was stopped on purpose"

step "logs come as text and as JSON, and go on"
ctl logs -n 1 web
expect 0 '^[0-9T:.Z-]+ info \[web\] web says hello$'
ctl logs bad --json
expect 0
expect_json '.[0].helper == "bad" and (.[0].msg | contains("\u001b[2J"))'
ctl logs nobody
expect 1 'nobody'
"$HELPERCTL" logs -f -n 0 bad >"$T/followed" 2>"$T/ended" &
follower=$!
"$HELPERCTL" events --json >"$T/events" 2>/dev/null &
listener=$!
"$HELPERCTL" events >"$T/told" 2>/dev/null &
teller=$!
starts_bad()
{
    "$HELPERCTL" start bad >/dev/null
    "$HELPERCTL" wait bad failed >/dev/null && grep -q oops "$T/followed" &&
        grep -q '"to":"failed"' "$T/events" && grep -q ' bad: failed (was ' "$T/told"
}
wait_for "$END_LIMIT" "lines and events of bad" starts_bad
jq -e . "$T/events" >/dev/null || fail "$(head "$T/events")"

step "reload says what it does and would do, and prints the errors of a file"
write_config '  fresh: {command: [sleep, inf]}'
ctl reload --dry-run
expect 0 '^would be added: fresh$'
ctl status fresh
expect 4
ctl reload
expect 0 '^added: fresh$'
ctl wait fresh running
expect 0
write_config '  fresh: {comand: [sleep, inf]}'
ctl reload
expect 1 'helperd.yaml:[0-9:]+ error: .*did you mean "command"'
ctl reload --json
expect 1
expect_json '.[0].error.code == "configuration_refused"'
write_config ''
ctl reopen
expect 0 ' opened again$'

step "a terminal gets tables in its width, colours, and nothing that acts on it"
esc=$'\033'
on_terminal()
{
    # shellcheck disable=SC2094 # it is not read
    TERM=xterm timeout "$END_LIMIT" script -qec "stty cols 50; $HELPERCTL $*" "$T/typescript" \
        </dev/null >/dev/null 2>&1
    sed '/^Script /d' "$T/typescript" | tr -d '\r' >"$T/out"
}
if command -v script >/dev/null; then
    on_terminal status
    grep -q "$esc\[32mrunning$esc\[0m" "$T/out" || fail "no colours: $(cat -v "$T/out")"
    sed "s/$esc\[[0-9;]*m//g" "$T/out" | LC_ALL=C.UTF-8 grep -qE '.{51}' && fail "too wide: $(cat -v "$T/out")"
    on_terminal logs bad
    grep -qF 'oops \x1b[2J' "$T/out" || fail "not harmless: $(cat -v "$T/out")"
    on_terminal why bad
    grep -qF 'oops \x1b[2J' "$T/out" || fail "not harmless: $(cat -v "$T/out")"
    NO_COLOR=1 on_terminal status
    grep -q "$esc" "$T/out" && fail "colours in spite of NO_COLOR"
fi

step "shells complete the names of helpers"
PATH=$(dirname "$HELPERCTL"):$PATH
# complete LINE: what bash offers, in one line.
complete_line()
{
    bash --norc -c '
        . "$1/completions/helperctl.bash"
        COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDBREAKS=$3
        compopt() { :; }
        _helperctl
        printf "%s\n" "${COMPREPLY[@]}"' - "$TEST_SOURCE" "$1" "${2:-}" | tr '\n' ' '
}
[[ $(complete_line "helperctl start w") == "web worker@1 worker@2 " ]] ||
    fail "bash: $(complete_line "helperctl start w")"
[[ $(complete_line "helperctl -s $SOCKET stop worker@" " @") == "1 2 " ]] ||
    fail "bash behind @: $(complete_line "helperctl -s $SOCKET stop worker@" " @")"
if command -v fish >/dev/null; then
    HOME=$T fish --no-config -c "source '$TEST_SOURCE/completions/helperctl.fish'
        complete -C 'helperctl start worker'" >"$T/out" 2>&1
    diff "$T/out" - <<<$'worker@1\trunning\nworker@2\trunning' || fail "fish: $(cat "$T/out")"
fi

step "what is converted is read by helperd"
cat >"$T/supervisord.conf" <<'END'
[supervisord]
[program:cat]
command = /bin/cat -- "a $b" ${c}
directory = /tmp
autorestart = unexpected
END
ctl convert "$T/supervisord.conf"
expect 0 '^  cat:$'
mv "$T/out" "$T/converted.yaml"
"$HELPERD" --print-config -c "$T/supervisord.conf" >"$T/whole" 2>/dev/null || fail "no configuration"
"$HELPERD" --print-config -c "$T/converted.yaml" >"$T/again" || fail "$(cat "$T/converted.yaml")"
diff "$T/whole" "$T/again" || fail "it is another configuration"
ctl convert "$T/nothing.yaml"
expect 1 'nothing.yaml: error: cannot be read'

step "shutdown waits for the end, and followers are told of it"
ctl shutdown --wait
expect 0
process_ended "$HELPERD_PID" || fail "helperd still runs"
wait_for_end
expect_status 0
wait "$follower"
[[ $? == 1 ]] || fail "the follower did not end with 1"
grep -q 'has ended' "$T/ended" || fail "it said: $(cat "$T/ended")"
wait "$listener" "$teller"
ctl status
expect 1
expect_no_process_left
