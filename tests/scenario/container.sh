#!/bin/bash
# SPDX-License-Identifier: MIT
# helperd as PID 1, and what a container may lack: a writable root, /run, /proc, a PATH.
. "$(dirname "$0")/lib.sh"

ORPHANS=10000

# Root can make namespaces; others can where they may be root in one of their own.
namespaces=(unshare --mount --pid --fork --kill-child)
if ! "${namespaces[@]}" true 2>/dev/null; then
    namespaces+=(--user --map-root-user)
    "${namespaces[@]}" true 2>/dev/null || skip "this machine lets us make no namespaces"
fi

# start_contained [WORD...] -- ARGUMENT...: helperd as PID 1. The words: what the container is like.
#     own-proc    /proc of its own
#     no-proc     nothing at /proc
#     outer-proc  the /proc of the outside, with other numbers
#     read-only   no place to write to, nothing in /run, a working directory like that
#     bare        standard input closed, no environment but the mark
# INIT is its pid out here.
start_contained()
{
    local script='set -e' run='exec "$@"'
    while [[ $1 != -- ]]; do
        case $1 in
            own-proc) script+='; mount -t proc proc /proc' ;;
            no-proc) script+='; mount -t tmpfs none /proc' ;;
            read-only) script+='; mount -t tmpfs -o ro none /run
                for point in $(cut -d " " -f 2 "$MOUNTS" | sort -u); do
                    mount -o remount,bind,ro "$point" 2>/dev/null || :
                done; cd /' ;;
            bare) run='exec env -i SCENARIO="$SCENARIO" "$@" <&-' ;;
        esac
        shift
    done
    shift
    : >"$LOG"
    # The list is read before anything is mounted over /proc.
    cat /proc/self/mounts >"$T/mounts"
    MOUNTS=$T/mounts start_command "${namespaces[@]}" /bin/sh -c "$script; $run" sh "$HELPERD" "$@" \
        </dev/null >>"$LOG" 2>&1
    wait_for "$END_LIMIT" "helperd as PID 1" is_up
    INIT=$(children_of "$HELPERD_PID")
}

is_up()
{
    [[ $(readlink "/proc/$(children_of "$HELPERD_PID")/exe") == "$HELPERD" ]]
}

# stop_contained [SIGNAL]
stop_contained()
{
    kill -s "${1:-TERM}" "$INIT" || fail "PID 1 is gone already"
    wait_for_end
}

# Children of PID 1 that have ended and are not reaped.
count_zombies()
{
    local pid count=0
    for pid in $(children_of "$INIT"); do
        process_lives "$pid" || count=$((count + 1))
    done
    echo "$count"
}

no_zombies()
{
    [[ $(count_zombies) == 0 ]]
}

memory_of()
{
    sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$1/status"
}

step "orphans in masses are reaped, and leave nothing behind"
mkfifo "$T/go"
cat >"$T/orphans.yaml" <<YAML
helpers:
  orphans: {command: "echo up; read go <$T/go; $PROGRAMS/orphans $ORPHANS && echo all started; exec sleep 1000"}
  beside: {command: "while :; do echo tick; sleep 0.1; done"}
YAML
start_contained own-proc -- -v -c "$T/orphans.yaml" --log-file "$T/orphans.log"
LOG=$T/orphans.log
wait_for_line '\[orphans\] up'
wait_for_line '\[beside\] tick'
before=$(memory_of "$INIT")
echo go >"$T/go"
wait_for_line '\[orphans\] all started'
all_reaped() { has_lines "$ORPHANS" 'debug \[helperd\] reaped orphan'; }
wait_for "$END_LIMIT" "the end of all orphans" all_reaped
wait_for "$END_LIMIT" "a moment without zombies" no_zombies
after=$(memory_of "$INIT")
is_sanitized || ((after - before < 2048)) || fail "memory grew from $before to $after KiB"
ticks=$(count_lines '\[beside\] tick')
goes_on() { has_lines $((ticks + 2)) '\[beside\] tick'; }
wait_for "$END_LIMIT" "the other helper" goes_on
stop_contained
expect_status 0
expect_line 'orphans: stopped \(killed by SIGTERM\)'
LOG=$T/log

step "SIGTERM stops in order; what left its group is ended too"
cat >"$T/order.yaml" <<YAML
helpers:
  db: {command: "trap 'echo db told; exit 0' TERM; echo db up; while :; do sleep 0.05; done"}
  web: {command: "trap 'echo web told; exit 0' TERM; echo web up; while :; do sleep 0.05; done", depends_on: [db]}
  escaped: {command: [$PROGRAMS/double_fork, $T/escaped], type: oneshot}
YAML
# stops_in_order [SIGNAL]
stops_in_order()
{
    wait_for_line '\[web\] web up'
    wait_for_line '\[db\] db up'
    wait_for_line '\[escaped\] in a session of its own'
    wait_for_line 'escaped: exited with status 0, completed' # nobody else is on the way out
    stop_contained "${1:-TERM}"
    expect_status 0
    expect_order 'web: stopped' 'db: stopping'
    expect_line '\[helperd\] ending 1 process that left the process group of a helper'
    expect_line '\[helperd\] all helpers ended'
    expect_no_line 'could not be ended'
    expect_no_process_left
}
start_contained own-proc -- -c "$T/order.yaml"
stops_in_order
expect_no_line 'there is no /proc'
start_contained own-proc -- -c "$T/order.yaml"
stops_in_order RTMIN+3

step "the exit status of the main helper is passed on"
# The main helper stays until it was seen that helperd is up.
cat >"$T/status.yaml" <<YAML
shutdown: {exit_with: main}
helpers:
  main: {command: 'until [ -e $T/seen ]; do sleep 0.02; done; exec sh -c "\$HOW"', restart: never}
  side: {command: [sleep, "1000"]}
YAML
# passes_on HOW
passes_on()
{
    rm -f "$T/seen"
    HOW=$1 start_contained own-proc -- -c "$T/status.yaml"
    wait_for_line 'side: started'
    : >"$T/seen"
    wait_for_end
}
passes_on 'exit 7'
expect_status 7
expect_line 'side: stopped \(killed by SIGTERM\)'
passes_on 'kill -KILL $$'
expect_status 137

step "PID 1 cannot detach"
"${namespaces[@]}" "$HELPERD" -d -c "$T/order.yaml" >"$LOG" 2>&1
STATUS=$?
expect_status 2
expect_line '^helperd: --daemon is not for PID 1'

is_sanitized && exit 0 # sanitizers themselves need /proc, and memory for each name in it

step "a root that is read-only, an empty /run, no environment, standard input closed"
cat >"$T/bare.yaml" <<YAML
helpers:
  writes: {command: "echo x >$T/x || echo cannot write; pwd; ls -A /run | wc -l", type: oneshot, working_dir: /}
  db: {command: "trap 'echo db told; exit 0' TERM; echo db up; while :; do sleep 0.05; done"}
  web: {command: [sleep, "1000"], depends_on: [db]}
YAML
start_contained own-proc read-only bare -- -c "$T/bare.yaml"
wait_for_line '\[writes\] cannot write'
wait_for_line '\[writes\] /$'
wait_for_line '\[writes\] 0$'
wait_for_line '\[db\] db up'
wait_for_line 'web: started'
stop_contained
expect_status 0
expect_order 'web: stopped' 'db: stopping'
expect_line '\[db\] db told'
expect_line '\[helperd\] all helpers ended'
expect_no_process_left

step "without /proc, and with that of another namespace: said once, and in order all the same"
for without in no-proc outer-proc; do
    rm -f "$T/escaped"
    start_contained "$without" -- -c "$T/order.yaml"
    stops_in_order
    [[ $(count_lines 'info \[helperd\] there is no /proc of our own: at the end all') == 1 ]] ||
        fail "it is not said once"
done

step "without /proc and not as PID 1, what cannot be ended is said"
namespaces=(unshare --mount)
"${namespaces[@]}" true 2>/dev/null || namespaces+=(--user --map-root-user)
rm -f "$T/escaped"
sed -i '$a shutdown: {timeout: 1s}' "$T/order.yaml"
: >"$LOG"
start_command "${namespaces[@]}" /bin/sh -c 'mount -t tmpfs none /proc && exec "$@"' sh \
    "$HELPERD" -c "$T/order.yaml" </dev/null >>"$LOG" 2>&1
wait_for_line '\[web\] web up'
wait_for_line '\[escaped\] in a session of its own'
wait_for_line 'escaped: exited with status 0, completed'
stop_helperd
expect_status 0
expect_line 'info \[helperd\] there is no /proc of our own: processes that leave the group'
expect_line 'error \[helperd\] 1 process that left the process group of a helper could not be ended'
process_lives "$(cat "$T/escaped")" || fail "it was ended"
