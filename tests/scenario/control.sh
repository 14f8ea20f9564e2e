#!/bin/bash
# SPDX-License-Identifier: MIT
# The control plane as curl sees it: every route, every refusal, waits, logs, events, reloads; and
# that clients which stall, die or send rubbish leave nothing behind.
. "$(dirname "$0")/lib.sh"

command -v curl >/dev/null && command -v jq >/dev/null || skip "there is no curl, or no jq"

SOCKET=$T/helperd.sock

# api CURL-ARGUMENT... PATH: the status goes to CODE, the body to $T/body.
api()
{
    local path=${*: -1}
    CODE=$(curl -s --max-time "$END_LIMIT" -o "$T/body" -w '%{http_code}' --unix-socket "$SOCKET" \
        "${@:1:$#-1}" "http://helperd$path")
}

# expect CODE [JQ-CONDITION]: of the last answer.
expect()
{
    [[ $CODE == "$1" ]] || fail "status $CODE, not $1: $(head -c 500 "$T/body")"
    [[ -z ${2:-} ]] || jq -e "$2" "$T/body" >/dev/null || fail "not so: $2: $(head -c 900 "$T/body")"
}

get()
{
    api "$1"
    expect "${@:2}"
}

post()
{
    api -X POST "$1"
    expect "${@:2}"
}

state_of()
{
    curl -s --unix-socket "$SOCKET" "http://helperd/v1/helpers/$1" | jq -r .state
}

has_state()
{
    [[ $(state_of "$1") == "$2" ]]
}

descriptors()
{
    find "/proc/$HELPERD_PID/fd" -mindepth 1 | wc -l
}

has_at_most()
{
    (($(descriptors) <= $1))
}

# Of helperd, resident, in KiB.
memory()
{
    sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$HELPERD_PID/status"
}

# has_connections COUNT: beside the one that asks.
has_connections()
{
    curl -s --unix-socket "$SOCKET" http://helperd/metrics |
        grep -qx "helperd_control_connections $(($1 + 1))"
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
  idle: {command: [sleep, inf], autostart: false}
  bad: {command: [sh, -c, 'echo oops >&2; exit 3'], restart: never}
  after: {command: [sleep, inf], depends_on: {bad: completed}}
  once: {command: ["true"], type: oneshot}
$1
END
}

step "the socket is there, for its owner alone"
write_config ""
start_helperd -c "$T/helperd.yaml"
wait_for "$END_LIMIT" "the socket" test -S "$SOCKET"
[[ $(stat -c %a "$SOCKET") == 600 ]] || fail "mode $(stat -c %a "$SOCKET")"
wait_for_line 'bad: exited with status 3, failed'
wait_for_line 'once: .*completed'

step "the index lists the routes, and each route that is read answers"
get /v1 200 '.name == "helperd" and (.routes | length) >= 20'
get /v1/version 200 ".pid == $HELPERD_PID and .state == \"running\""
get /v1/openapi.json 200 '.openapi | startswith("3.1")'
get /v1/config 200
grep -q '^helpers:' "$T/body" || fail "no configuration"
get /healthz 200
get /readyz 503 '.ready == false and (.helpers | index("bad") != null)'
get /metrics 200
tail -n 1 "$T/body" | grep -qx '# EOF' || fail "the metrics do not end"

step "a helper is shown with all that is known of it"
get /v1/helpers 200 '[.helpers[].name] == ["web","worker@1","worker@2","idle","bad","after","once"]'
get /v1/helpers/web 200 '.state == "running" and .pid > 0 and .ready and .labels.tier == "front" and
    .description == "the site" and .log.lines == 1 and .memory > 0 and .starts == 1 and .restarts == 0'
get /v1/helpers/bad 200 '.state == "failed" and .last_exit.code == 3 and .pid == null and
    (.exits | length) == 1 and .log.lines == 1'
get /v1/helpers/after 200 '.state == "waiting" and (.reason | contains("bad")) and
    .depends_on == [{"helper":"bad","condition":"completed","met":false,"state":"failed"}]'
get '/v1/helpers?name=worker&name=web' 200 '[.helpers[].name] == ["worker@1","worker@2","web"]'

step "what is not there, not allowed or not understood is refused with the reason"
get /v1/helpers/wbe 404 '.error.code == "unknown_helper" and (.error.message | contains("\"web\""))'
get /v1/helpers/worker 404 '.error.message | contains("worker@1")'
get /v2 404 '.error.code == "not_found"'
post /v1/helpers 405 '.error.code == "method_not_allowed"'
api -X DELETE /v1/helpers/web
expect 405
get '/v1/helpers?nme=web' 400 '.error.message | contains("\"name\"")'
post '/v1/helpers/web/start?wait=happy' 400
post '/v1/helpers/web/start?timeout=soon' 400
post /v1/helpers/web/signal 400
post '/v1/helpers/web/signal?signal=WINK' 400
post '/v1/helpers/idle/signal?signal=HUP' 409 '.error.code == "conflict"'
get '/v1/logs?lines=many' 400
get '/v1/logs?lines=100001' 400 '.error.message | contains("100000")'
get '/v1/logs?format=xml' 400
get '/v1/logs?helper=nobody' 404
get '/v1/events?last_event_id=first' 400
post '/v1/reload?dry_run=maybe' 400 '.error.message | contains("dry_run: \"maybe\"")'
get '/v1/logs?lines=1&lines=2' 400 '.error.message | contains("more than once")'
get /v1/helpers/web%00x 404 '.error.message | contains("\"web%00x\"")'
get '/v1/logs?lines=5%006' 400
get "/v1/helpers?$(printf 'name=web&%.0s' {1..500})" 200 '.helpers | length == 1'
head -c 70000 /dev/zero >"$T/long"
api -X POST --data-binary "@$T/long" /v1/reopen
expect 413 '.error.code == "body_not_wanted"'
api -X POST -H 'Transfer-Encoding: chunked' --data-binary "@$T/long" /v1/reopen
expect 413 '.error.code == "body_not_wanted"'

step "start, stop and restart, with and without a wait"
post '/v1/helpers/idle/start?wait=ready' 200 '.helpers[0].state == "running" and .helpers[0].pid > 0'
post '/v1/helpers/idle/stop?wait=ended' 200 '.helpers[0].state == "stopped" and .helpers[0].pid == null'
post '/v1/helpers/worker/restart?wait=running' 200 '[.helpers[].starts] == [2,2]'
post '/v1/helpers/bad/start?wait=completed' 409 '.error.code == "not_reached" and
    (.error.message | contains("status 3")) and (.helpers | length) == 1'
post '/v1/helpers/after/start?wait=ready' 409
post '/v1/helpers/bad/reset' 200 '.helpers[0].state == "stopped"'
get '/v1/helpers/web?wait=stopped&timeout=50ms' 504 '.error.code == "timeout"'
post '/v1/helpers/web/signal?signal=KILL' 200
wait_for "$END_LIMIT" "web to be back" has_state web running

step "logs come from the history, as text or as JSON, and in order"
get /v1/helpers/bad/logs 200
grep -qE '^[0-9TZ:.-]+ warning \[bad\] oops$' "$T/body" || fail "$(cat "$T/body")"
get '/v1/helpers/worker/logs?lines=1' 200
[[ $(wc -l <"$T/body") == 1 ]] || fail "$(cat "$T/body")"
api -H 'Accept: application/x-ndjson' '/v1/logs?helper=web&helper=bad'
expect 200
jq -es 'length == 4 and ([.[].ts] | . == sort) and all(.[]; .pid > 0) and
    all(.[]; .helper == "web" and .level == "info" and .msg == "web says hello" or
        .helper == "bad" and .level == "warning" and .stream == "stderr" and .msg == "oops")' \
    "$T/body" >/dev/null || fail "$(cat "$T/body")"
get '/v1/logs?helper=helperd' 200
grep -q 'web: started' "$T/body" || fail "no word of helperd's own"

step "a follower gets what comes, and so does one of events"
curl -sN --unix-socket "$SOCKET" 'http://helperd/v1/logs?follow=1&lines=0&helper=idle&helper=bad' \
    >"$T/followed" &
follower=$!
curl -sN --unix-socket "$SOCKET" 'http://helperd/v1/events' >"$T/events" &
listener=$!
wait_for "$END_LIMIT" "the events to follow" bash -c \
    "curl -s -X POST --unix-socket '$SOCKET' 'http://helperd/v1/helpers/bad/start?wait=failed' >/dev/null
     grep -q '\"to\":\"failed\"' '$T/events' && grep -q 'warning \[bad\] oops' '$T/followed'"
grep -q '^id: [0-9]' "$T/events" || fail "no numbers: $(head "$T/events")"
kill "$listener"
wait "$listener" 2>/dev/null
last=$(sed -n 's/^id: //p' "$T/events" | tail -n 1)
post /v1/helpers/bad/reset 200
curl -sN --max-time 2 -H "Last-Event-ID: $last" --unix-socket "$SOCKET" http://helperd/v1/events \
    >"$T/resumed"
[[ $(sed -n 's/^id: //p' "$T/resumed" | head -n 1) == $((last + 1)) ]] || fail "$(head "$T/resumed")"

step "reload tells who asked; with an error nothing changes"
write_config '  fresh: {command: [sleep, inf]}'
post '/v1/reload?dry_run=1' 200 '.dry_run and .report.added.names == ["fresh"] and .report.same == 7'
get /v1/helpers/fresh 404
post /v1/reload 200 '(.dry_run | not) and .report.added.names == ["fresh"]'
wait_for "$END_LIMIT" "the new one" has_state fresh running
write_config '  fresh: {comand: [sleep, inf]}'
post /v1/reload 422 '.error.code == "configuration_refused" and
    (.error.details | join("\n") | contains("did you mean \"command\"?"))'
has_state fresh running || fail "it is gone"
curl -sN --max-time 1 -H 'Last-Event-ID: 0' --unix-socket "$SOCKET" http://helperd/v1/events |
    sed -n '/^event: reload/{n;s/^data: //p}' >"$T/reloads"
jq -es 'length == 2 and .[0].good and .[0].report.added.names == ["fresh"] and
    (.[1].good | not) and (.[1].errors | length) >= 1' "$T/reloads" >/dev/null ||
    fail "the events of reloads: $(cat "$T/reloads")"
post /v1/reopen 200 '.files >= 0'

step "clients that die, stall or send rubbish leave nothing behind"
kill "$follower"
wait "$follower" 2>/dev/null
wait_for "$END_LIMIT" "the end of the follower" has_connections 0
before=$(descriptors)
clients=()
for path in 'logs?follow=1' events 'helpers/web?wait=failed&timeout=0'; do
    for _ in {1..20}; do
        curl -sN --unix-socket "$SOCKET" "http://helperd/v1/$path" >"$T/dropped" &
        clients+=($!)
    done
done
wait_for "$END_LIMIT" "all clients" has_connections 60
kill -KILL "${clients[@]}"
wait "${clients[@]}" 2>/dev/null
wait_for "$END_LIMIT" "their connections to be closed" has_connections 0
wait_for "$END_LIMIT" "their descriptors to be closed" has_at_most "$before"
get /v1/helpers/web 200

step "a follower that reads steadily, and never all of it, costs little memory"
write_config "  flood: {command: [$PROGRAMS/flood, -b, '100000000000', '200']}
log: {target: /dev/null}"
post /v1/reload 200
wait_for "$END_LIMIT" "the flood" has_state flood running
curl -sN --unix-socket "$SOCKET" 'http://helperd/v1/logs?follow=1&lines=0&helper=flood' | {
    head -c 1000000
    memory >"$T/memory"
    for _ in {1..600}; do
        head -c 65536
        sleep 0.002
    done
    memory >>"$T/memory"
} >"$T/followed"
read -r -d '' before after <"$T/memory"
(($(stat -c %s "$T/followed") > 40000000)) || fail "it got only $(stat -c %s "$T/followed") bytes"
is_sanitized || ((after < before + 15000)) || fail "$after KiB, and $before before"
write_config ""
post /v1/reload 200

step "a live socket is not taken"
"$HELPERD" -c "$T/helperd.yaml" -s "$SOCKET" >"$T/second" 2>&1
second=$?
((second == 1 || second == 78)) || fail "the second ended with $second"
write_config ""
"$HELPERD" -c "$T/helperd.yaml" -s "$SOCKET" >"$T/second" 2>&1
second=$?
[[ $second == 1 ]] && grep -q "$HELPERD_PID" "$T/second" || fail "status $second: $(cat "$T/second")"
get /healthz 200

step "a wait for a helper that a reload takes out ends with its name"
write_config '  fresh: {command: [sleep, inf]}'
post /v1/reload 200
curl -s --unix-socket "$SOCKET" 'http://helperd/v1/helpers/fresh?wait=failed&timeout=0' >"$T/waited" &
waiter=$!
wait_for "$END_LIMIT" "the one who waits" has_connections 1
write_config ""
post /v1/reload 200
wait "$waiter"
jq -e '.error.code == "not_reached" and (.error.message | contains("fresh"))' "$T/waited" >/dev/null ||
    fail "$(cat "$T/waited")"

step "shutdown by request ends all, and the socket is gone"
reloads=()
for query in '' '?dry_run=1'; do
    curl -s -o /dev/null -w '%{http_code}' -X POST --unix-socket "$SOCKET" \
        "http://helperd/v1/reload$query" >"$T/reload${#reloads[@]}" &
    reloads+=($!)
done
post /v1/shutdown 202 '.shutdown'
wait "${reloads[@]}"
for code in "$(<"$T/reload0")" "$(<"$T/reload1")"; do # done before, refused, or too late to ask
    [[ $code == 200 || $code == 409 || $code == 000 ]] || fail "status $code of a reload"
done
wait_for_end
expect_status 0
[[ ! -e $SOCKET ]] || fail "the socket is still there"
expect_no_process_left

step "a socket that was left over is taken"
start_helperd -c "$T/helperd.yaml"
wait_for "$END_LIMIT" "the socket" test -S "$SOCKET"
kill -KILL "$HELPERD_PID"
wait "$HELPERD_PID" 2>/dev/null
[[ -S $SOCKET ]] || fail "it is not left over"
start_helperd -c "$T/helperd.yaml"
wait_for "$END_LIMIT" "an answer" curl -sf --unix-socket "$SOCKET" http://helperd/healthz
stop_helperd

step "over TCP only with the token, for this address, and not from a web page"
sed -i "s|^control:.*|control: {path: $SOCKET, http: '127.0.0.1:0'}|" "$T/helperd.yaml"
start_helperd -c "$T/helperd.yaml"
wait_for_line 'listening at http://127\.0\.0\.1:'
address=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$LOG")
[[ $(stat -c %a "$SOCKET.token") == 600 ]] || fail "mode $(stat -c %a "$SOCKET.token")"
token="Authorization: Bearer $(cat "$SOCKET.token")"

# expect_remote CODE CURL-ARGUMENT...
expect_remote()
{
    local code
    code=$(curl -s -o "$T/body" -w '%{http_code}' "${@:2}" "$address/v1/helpers")
    [[ $code == "$1" ]] || fail "status $code, not $1: $(cat "$T/body")"
}

connect_strangers()
{
    local i stranger
    strangers=()
    for ((i = 0; i < $1; i++)); do
        exec {stranger}<>"/dev/tcp/127.0.0.1/${address##*:}" && strangers+=("$stranger")
    done
}

disconnect_strangers()
{
    local stranger
    for stranger in "${strangers[@]}"; do
        exec {stranger}>&-
    done
}

expect_remote 200 -H "$token"
expect_remote 401
expect_remote 401 -H "${token}x"
expect_remote 401 -H "Authorization: Basic aDpo"
expect_remote 403 -H "$token" -H 'Host: example.org'
expect_remote 403 -H "$token" -H 'Origin: http://example.org'

step "who has no token takes no connection from the owner"
connect_strangers 300
# Those that say nothing are shown out after 10 s, and others come.
curl -sf --max-time 7 --unix-socket "$SOCKET" http://helperd/healthz >/dev/null || fail "no answer"
disconnect_strangers
stop_helperd

step "clients leave helpers the descriptors that they need"
: >"$LOG"
start_command prlimit --nofile=64:64 "$HELPERD" -c "$T/helperd.yaml" </dev/null >>"$LOG" 2>&1
wait_for_line 'listening at http://127\.0\.0\.1:'
address=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$LOG")
wait_for_line '\[web\] web says hello'
connect_strangers 100
wait_for_line 'cannot take a connection: Too many open files'
write_config '  fresh: {command: [sleep, inf]}'
sed -i "s|^control:.*|control: {path: $SOCKET, http: '127.0.0.1:0'}|" "$T/helperd.yaml"
kill -HUP "$HELPERD_PID"
wait_for_line 'fresh: started|reload: nothing was changed|fresh: cannot'
expect_line 'fresh: started'
disconnect_strangers
stop_helperd
