#!/bin/bash
# SPDX-License-Identifier: MIT
# Users, groups, priorities, limits and capabilities of helpers, and steps of theirs that fail.
. "$(dirname "$0")/lib.sh"
[[ -r /proc/self/status ]] || skip "no /proc"
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 # it cannot look for them under strace

cat >"$T/probe" <<'SH'
#!/bin/sh
echo "uid=$(id -u) gid=$(id -g)"
sed -n 's/^\(Groups\|NoNewPrivs\|Cap[A-Z][a-z]*\|Cpus_allowed_list\):[[:space:]]*/\1=/p' /proc/self/status | sed 's/ *$//'
echo "nice=$(nice) oom=$(cat /proc/self/oom_score_adj) home=$HOME mask=$(umask)"
grep -E '^Max (open files|core file size|cpu time|stack size) ' /proc/self/limits | tr -s ' '
echo probed
SH
chmod 0755 "$T" "$T/probe"

# said NAME TEXT: the probe of that helper said so.
said()
{
    grep -qxF -- "$2" <(sed -n "s/^.*\\[$1\\] //p" "$LOG") ||
        fail "$1 did not say \"$2\" but: $(sed -n "s/^.*\\[$1\\] //p" "$LOG")"
}

# run_config: helperd in developer mode to its end, over the configuration from standard input.
run_config()
{
    cat >"$T/helperd.yaml"
    timeout "$END_LIMIT" "$HELPERD" --dev --log-format text -c "$T/helperd.yaml" </dev/null >"$LOG" 2>&1
    STATUS=$?
}

step "priorities, limits and the like, as any user"
adj=$(($(cat /proc/self/oom_score_adj) + 100))
run_config <<YAML
helpers:
  probe:
    command: [$T/probe]
    type: oneshot
    nice: 15
    oom_score_adj: $adj
    cpu_affinity: [0]
    limits: {nofile: 100:200, core: 0, cpu: 1m, stack: 4MiB}
    no_new_privileges: true
    umask: 027
  plain: {command: [$T/probe], type: oneshot}
YAML
expect_status 0
said probe "nice=15 oom=$adj home=$HOME mask=0027"
said probe "Cpus_allowed_list=0"
said probe "NoNewPrivs=1"
said probe "Max open files 100 200 files "
said probe "Max core file size 0 0 bytes "
said probe "Max cpu time 60 60 seconds "
said probe "Max stack size 4194304 4194304 bytes "
said plain "NoNewPrivs=$(sed -n 's/^NoNewPrivs:[[:space:]]*//p' /proc/self/status)"
said plain "Max open files $(ulimit -Sn) $(ulimit -Hn) files "
said plain "nice=$(nice) oom=$((adj - 100)) home=$HOME mask=$(umask)"
if command -v ionice >/dev/null; then
    run_config <<YAML
helpers:
  idle: {command: ionice, type: oneshot, io_priority: idle}
  six: {command: ionice, type: oneshot, io_priority: best-effort:6}
YAML
    said idle idle
    said six "best-effort: prio 6"
fi

step "a script without #! under limits, and a limit that no program fits in"
printf 'echo "files $(ulimit -n)"\n' >"$T/script"
chmod 0755 "$T/script"
run_config <<YAML
helpers:
  script: {command: [$T/script], type: oneshot, limits: {nofile: 12}, oom_score_adj: $adj}
  crowded: {command: [/bin/true], type: oneshot, limits: {as: 4KiB}}
YAML
said script "files 12"
expect_line 'crowded: (killed by SIG|cannot execute: )'
expect_no_process_left

step "what is wrong is said where it is written"
run_config <<YAML
helpers:
  web:
    command: [x]
    user: rooot
    nice: 20
    cpu_affinity: 0-100000
    capabilities: [net_raww]
    limits: {nofile: 2:1}
YAML
expect_status 78
expect_line ':4:11: error: helper "web": "user": there is no user "rooot" \(did you mean "root"\?\)$'
expect_line ':5:11: error: helper "web": "nice" must be from -20 to 19, not 20$'
expect_line ':6:19: error: helper "web": "cpu_affinity": there is no processor 100000 \(they are 0 to [0-9]+\)$'
expect_line ':7:20: error: helper "web": "capabilities": there is no capability "net_raww" \(did you mean "NET_RAW"\?\)$'
expect_line ':8:22: error: helper "web": "limits.nofile": the soft limit 2 is above the hard limit 1$'

if [[ $(id -u) != 0 ]]; then
    step "not root: another user is refused, one's own is not"
    run_config <<YAML
helpers:
  web: {command: [x], user: root}
YAML
    expect_status 78
    expect_line ':2:29: error: helper "web": "user": to run as "root" helperd needs root \(CAP_SETUID\)$'
    run_config <<YAML
helpers:
  probe: {command: [$T/probe], type: oneshot, user: $(id -u)}
YAML
    expect_status 0
    said probe "uid=$(id -u) gid=$(id -g)"
    printf 'not root: no users, groups and capabilities were tried\n'
    exit 0
fi

nobody=$(id -u nobody) || skip "there is no user nobody"
primary=$(id -g nobody)

step "another user with its own groups, and with others"
run_config <<YAML
defaults: {command: [$T/probe], type: oneshot}
helpers:
  user: {user: nobody}
  groups: {user: "$nobody", group: daemon, groups: [7, 8]}
  none: {user: nobody, groups: []}
  group: {group: 12}
  nameless: {user: 3999999999, group: 3999999998}
YAML
expect_status 0
said user "uid=$nobody gid=$primary"
said user "CapPrm=0000000000000000"
said user "CapEff=0000000000000000"
said user "CapInh=0000000000000000"
said user "CapAmb=0000000000000000"
said user "nice=$(nice) oom=$((adj - 100)) home=$HOME mask=$(umask)"
said groups "uid=$nobody gid=$(id -g daemon)"
said groups "Groups=7 8"
said none "Groups="
said group "uid=0 gid=12"
said nameless "uid=3999999999 gid=3999999998"
said nameless "Groups="

step "root's supplementary groups do not stay with another user"
cat >"$T/helperd.yaml" <<YAML
helpers:
  user: {command: [$T/probe], type: oneshot, user: nobody}
  root: {command: [$T/probe], type: oneshot, group: 12}
YAML
setpriv --groups 5,6 "$HELPERD" --dev --log-format text -c "$T/helperd.yaml" </dev/null >"$LOG" 2>&1
grep -qE '\[user\] Groups=.*\b[56]\b' "$LOG" && fail "the user has root's groups"
said root "Groups=5 6"

step "capabilities are exactly these, for root and for others"
run_config <<YAML
defaults: {command: [$T/probe], type: oneshot}
helpers:
  root: {capabilities: [chown, CAP_NET_BIND_SERVICE]}
  user: {user: nobody, capabilities: [CHOWN, net_bind_service], no_new_privileges: true}
  none: {user: nobody, capabilities: []}
YAML
expect_status 0
for set in Inh Prm Eff Bnd Amb; do
    said root "Cap$set=0000000000000401"
    said user "Cap$set=0000000000000401"
    said none "Cap$set=0000000000000000"
done
said user "uid=$nobody gid=$primary"
said user "NoNewPrivs=1"

step "standard output can be opened by name"
run_config <<YAML
helpers:
  name: {command: "echo out >/dev/stdout; echo err >/dev/stderr; cat /dev/stdin", user: nobody, type: oneshot, stdin: "null"}
  held: {command: "exec 3</dev/stdin && echo opened", user: nobody, type: oneshot, stdin: hold}
YAML
expect_status 0
expect_line 'info \[name\] out$'
expect_line 'warning \[name\] err$'
said held opened

step "the directory is entered with the rights of the user"
mkdir -m 0700 "$T/closed"
run_config <<YAML
helpers:
  shut: {command: [/bin/true], user: nobody, working_dir: closed, restart: never}
YAML
expect_status 126
expect_line "shut: cannot start: Permission denied \\(step: chdir \"$T/closed\"\\), failed"

step "a helper of another user is stopped, with a stop command in the same surroundings"
cat >"$T/helperd.yaml" <<YAML
helpers:
  plain: {command: "echo up; exec sleep 1000", user: nobody}
  stop:
    command: "echo up; exec sleep 1000"
    user: nobody
    nice: 7
    limits: {nofile: 77}
    stop_command: 'echo "stop \$(id -u) \$(nice) \$(ulimit -n)"; kill \$MAINPID'
YAML
start_helperd --log-format text -c "$T/helperd.yaml"
wait_for_line '\[plain\] up'
wait_for_line '\[stop\] up'
stop_helperd
expect_status 0
said stop "stop $nobody 7 77"
expect_no_process_left

step "in developer mode helpers of another user end when helperd dies"
start_helperd --dev --log-format text -c "$T/helperd.yaml"
wait_for_line '\[plain\] up'
wait_for_line '\[stop\] up'
kill -KILL "$HELPERD_PID"
wait "$HELPERD_PID" 2>/dev/null
STATUS=137
wait_for_no_process

step "too many processes of the user are a shortage and no crash"
cat >"$T/helperd.yaml" <<YAML
helpers:
  first: {command: "sleep 1000 & echo up; exec sleep 1000", ready: {after: 300ms}, user: 3999999990, group: 1}
  more: {command: [/bin/true], user: 3999999990, group: 1, limits: {nproc: 1}, depends_on: [first], start_limit: {burst: 1}}
YAML
start_helperd --log-format text -c "$T/helperd.yaml"
wait_for_line 'more: cannot execute: Resource temporarily unavailable \(step: exec "/bin/true"\), next start in 1 s'
stop_helperd
expect_status 0
expect_no_process_left

if ! { command -v strace && strace -qq -o /dev/null true; } >/dev/null 2>&1; then
    printf 'no strace: no failing steps were tried\n'
    exit 0
fi

cat >"$T/helperd.yaml" <<YAML
helpers:
  say:
    command: [/bin/echo, out]
    restart: on-failure
    working_dir: /
    backoff: {initial: 50ms}
    user: nobody
    groups: [7]
    nice: 5
    oom_score_adj: $adj
    io_priority: idle
    cpu_affinity: [0]
    limits: {core: 0, memlock: 4KiB}
    no_new_privileges: true
    capabilities: [CHOWN]
YAML

# The same without capabilities: the first prctl of a child is another one then.
sed '/capabilities/d' "$T/helperd.yaml" >"$T/barred.yaml"
sed '/no_new/d' "$T/barred.yaml" >"$T/free.yaml"

# fails FILE INJECTION STEP [REASON [STRACE-OPTION...]]: a system call of each child fails; the step is named, and the next
# start is scheduled.
fails()
{
    local file=$1 injection=$2
    local pattern="say: cannot start: ${4:-Operation not permitted} \\(step: $3\\), next start in"
    shift 3
    [[ $# == 0 ]] || shift
    echo "  $injection"
    : >"$LOG" # the step before may have failed in the same words
    start_command strace -f -qq -o /dev/null "$@" -e "trace=${injection%%:*}" -e "inject=$injection" \
        "$HELPERD" --dev --log-format text -c "$T/$file.yaml" </dev/null >"$LOG" 2>&1
    wait_for "$END_LIMIT" "two tries" has_lines 2 "$pattern"
    end_traced
    expect_no_line '\[say\] out'
}

# end_traced: helperd, which is the child of strace, is told to end.
end_traced()
{
    pkill -TERM -P "$HELPERD_PID"
    wait_for_end
    expect_status 0
    expect_line 'all helpers ended'
}

step "each step of the child that fails is named, and tried again"
fails helperd setgroups:error=EPERM 'setgroups "nobody"'
fails helperd setresgid:error=EPERM 'setresgid "nobody"'
fails helperd setresuid:error=EPERM 'setresuid "nobody"'
fails helperd setresuid:retval=0 'getresuid'
fails helperd setresgid:retval=0 'getresuid'
fails helperd capset:error=EPERM capset
fails helperd ioprio_set:error=EPERM ioprio_set
fails helperd sched_setaffinity:error=EINVAL sched_setaffinity 'Invalid argument'
fails helperd setpriority:error=EACCES 'setpriority 5' 'Permission denied'
fails helperd setsid:error=EPERM setsid
# A sanitizer asks for limits before there is a helperd.
is_sanitized || fails helperd prlimit64:error=EPERM 'setrlimit RLIMIT_(NOFILE|CORE)'
fails helperd openat:error=ENOENT 'write /proc/self/oom_score_adj [0-9]+' 'No such file or directory' -P /proc/self/oom_score_adj
fails helperd prctl:error=EPERM 'prctl PR_CAPBSET_DROP'
fails barred prctl:error=EPERM 'prctl PR_SET_NO_NEW_PRIVS'
fails free prctl:error=EPERM 'prctl PR_SET_PDEATHSIG'
expect_no_process_left

step "a child that its new user stops on its way does not stop helperd"
: >"$LOG"
start_command strace -f -qq -o /dev/null -e trace=chdir -e inject=chdir:signal=STOP \
    "$HELPERD" --log-format text -c "$T/helperd.yaml" </dev/null >"$LOG" 2>&1
wait_for_line 'say: cannot start: Connection timed out \(step: wait for exec\), next start in'
end_traced
expect_no_process_left
