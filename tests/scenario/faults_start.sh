#!/bin/bash
# SPDX-License-Identifier: MIT
# Each system call that belongs to the start of a helper fails once, with each error that it may
# have: a line that names helper, step and reason, another try, and nothing left over.
#
# Not in the table, since they cannot fail: umask, getpid, getppid, and rt_sigprocmask in helperd
# with arguments that are always good. Not, since nobody could be told: the write of a child's
# report into an empty pipe. The rows with "-" fail and nothing comes of it; each says why.
. "$(dirname "$0")/lib.sh"
is_sanitized && skip "sanitizers want to be loaded before the library that lets calls fail"
[[ -r /proc/self/fd ]] || skip "no /proc"

declare -A reasons=(
    [E2BIG]="Argument list too long" [EACCES]="Permission denied"
    [EAGAIN]="Resource temporarily unavailable" [EBADF]="Bad file descriptor"
    [EBUSY]="Device or resource busy" [EINTR]="Interrupted system call" [EINVAL]="Invalid argument"
    [EIO]="Input/output error" [ELOOP]="Too many levels of symbolic links"
    [EMFILE]="Too many open files" [ENFILE]="Too many open files in system"
    [ENOENT]="No such file or directory" [ENOMEM]="Cannot allocate memory"
    [ENOSPC]="No space left on device" [ENOSYS]="Function not implemented"
    [ENOTDIR]="Not a directory" [EPERM]="Operation not permitted" [ETXTBSY]="Text file busy"
)

# Several helperds of a kind with one helper each, so that nobody waits for the second that a start
# without resources is put off. PLAIN shares helperd's memory until its exec, OTHER does not.
copies=6
declare -A pids fds starts

use()
{
    CURRENT=$1
    LOG=$T/log.$1
    HELPERD_PID=${pids[$1]:-}
    STATUS=
}

kinds_of_descriptors()
{
    open_descriptors "$HELPERD_PID" | sed 's/^[0-9]* //; s/\[.*//; s/ (deleted)//' | sort
}

# begin KIND < CONFIGURATION
begin()
{
    local i
    cat >"$T/$1.yaml"
    for ((i = 0; i < copies; i++)); do
        use "$1.$i"
        head -c 4096 /dev/zero >"$T/fail.$CURRENT"
        LD_PRELOAD=$PROGRAMS/fail_calls.so FAIL_CALLS=$T/fail.$CURRENT \
            start_helperd --dev --log-format text -c "$T/$1.yaml"
        pids[$CURRENT]=$HELPERD_PID
        starts[$CURRENT]=1
        wait_for_line 'say: started'
        wait_for "$END_LIMIT" "its last descriptor" has_threads 2
        fds[$CURRENT]=$(kinds_of_descriptors)
    done
}

# That many or more.
has_threads()
{
    (($(threads_of_helperd) >= $1))
}

calls_were_made()
{
    ! grep -aq '[1-9] [0-9] E' "$T/fail.$CURRENT"
}

has_one_child()
{
    local children
    mapfile -t children < <(children_of "$HELPERD_PID")
    ((${#children[@]} == 1)) && process_lives "${children[0]}"
}

more_descriptors()
{
    comm -13 <(echo "${fds[$CURRENT]}") <(kinds_of_descriptors)
}

no_more_descriptors()
{
    [[ -z $(more_descriptors) ]]
}

# The helper is up again, and helperd has nothing more than before; what the end of the turn makes
# so may come after the word of the start.
expect_recovered()
{
    wait_for "$END_LIMIT" "start ${starts[$CURRENT]}" has_lines "${starts[$CURRENT]}" 'say: started'
    wait_for "$END_LIMIT" "the call: $(tr -d '\0' <"$T/fail.$CURRENT")" calls_were_made
    wait_for "$END_LIMIT" "one child that lives" has_one_child
    wait_for "$END_LIMIT" "no more descriptors than before, as $(more_descriptors)" no_more_descriptors
}

turn=0

# fault KIND ERROR STEP CALL...: the calls fail in the next start, and the line tells of the last.
# A call may be SKIP:CALL. STEP "-": no line tells of it.
fault()
{
    local kind=$1 error=$2 step=$3 call skip rules='' before line pid
    shift 3
    use "$kind.$((turn++ % copies))"
    expect_recovered
    for call in "$@"; do
        skip=0
        [[ $call != *:* ]] || skip=${call%%:*}
        rules+="1 $skip $error ${call#*:}"$'\n'
    done
    before=$(count_lines '(error|warning) \[helperd\] ')
    pid=$(sed -n 's/.*say: started (pid \([0-9]*\)).*/\1/p' "$LOG" | tail -n 1)
    printf '%s' "$rules" 1<>"$T/fail.$CURRENT" >&1
    kill -KILL "$pid"
    starts[$CURRENT]=$((${starts[$CURRENT]} + 1))
    [[ $step != - ]] || return
    wait_for "$END_LIMIT" "word of $error from $*" has_lines $((before + 2)) '(error|warning) \[helperd\] '
    line=$(grep -aE '(error|warning) \[helperd\] ' "$LOG" | sed -n "$((before + 2))p")
    [[ $line == *" say: cannot "*": ${reasons[$error]} (step: $step), next start in "* ]] ||
        fail "$error from $*: $line"
}

# faults KIND: rows of "CALL[,CALL] | ERROR... | STEP".
faults()
{
    local calls errors step error
    while IFS='|' read -r calls errors step; do
        [[ $calls != \#* && -n $calls ]] || continue
        read -r step <<<"$step"
        for error in $errors; do
            # shellcheck disable=SC2086 # a word for each call
            fault "$1" "$error" "$step" ${calls//,/ }
        done
    done
}

end()
{
    local i
    for ((i = 0; i < copies; i++)); do
        use "$1.$i"
        expect_recovered
        stop_helperd
        expect_status 0
        expect_line 'all helpers ended'
    done
    use none
    HELPERD_PID=
    expect_no_process_left
}

step "a child that shares helperd's memory until its exec"
begin plain <<YAML
defaults: {backoff: {initial: 10ms, max: 10ms}}
helpers:
  say:
    command: [/bin/sleep, "1000"]
    restart: always
    working_dir: /
    umask: 022
    stdin: "null"
    nice: 1
    io_priority: best-effort:5
    cpu_affinity: [0]
    limits: {core: 0}
    no_new_privileges: true
YAML
faults plain <<'ROWS'
open|EMFILE ENFILE ENOMEM EACCES ENOENT EINTR|open /dev/null
pipe2|EMFILE ENFILE ENOMEM|pipe
1:pipe2|EMFILE ENFILE|pipe
fcntl|EBADF|pipe
3:fcntl|EINVAL|pipe
# The second try is without a pidfd.
clone|EINVAL|-
clone|EAGAIN ENOMEM EPERM ENOSYS ENOSPC|clone
# The dispositions of two signals that only the C library uses; the others are default anyway.
rt_sigaction|EINVAL|-
setsid|EPERM|setsid
dup2|EBUSY EMFILE EINTR EBADF|dup2
2:dup2|EBUSY|dup2
# All descriptors are close-on-exec already.
close_range|ENOSYS EINVAL EMFILE|-
setrlimit|EPERM EINVAL|setrlimit RLIMIT_CORE
setpriority|EACCES EPERM|setpriority 1
ioprio_set|EPERM EINVAL ENOSYS|ioprio_set
sched_setaffinity|EINVAL EPERM|sched_setaffinity
PR_SET_NO_NEW_PRIVS|EINVAL|prctl PR_SET_NO_NEW_PRIVS
chdir|EACCES ENOENT ENOTDIR EIO ENOMEM ELOOP|chdir "/"
PR_SET_PDEATHSIG|EINVAL|prctl PR_SET_PDEATHSIG
sigprocmask|EINVAL|sigprocmask
execve|ENOMEM EAGAIN EACCES ENOENT E2BIG EIO ETXTBSY EPERM EMFILE ELOOP|exec "/bin/sleep"
# The one that is waited for is reaped in any case.
chdir,waitpid|EINTR|chdir "/"
# The number is free again whatever close says.
close|EINTR EIO|-
# The kernel will not watch a descriptor: pipes are read from time to time then, and the exit is
# found by SIGCHLD.
epoll_ctl|ENOSPC ENOMEM|-
1:epoll_ctl|ENOSPC ENOMEM|-
2:epoll_ctl|ENOSPC ENOMEM|-
epoll_wait|EINTR|-
waitid|EINTR EAGAIN|-
ROWS
end plain

step "a want of resources is not counted as a start"
copies=1
begin limited <<YAML
helpers:
  say: {command: [/bin/sleep, "1000"], restart: always, start_limit: {burst: 2, interval: 1h}, backoff: {initial: 10ms}}
YAML
fault limited EAGAIN clone clone clone # the step, and two calls
expect_recovered
has_lines 2 'cannot start: .*step: clone' || fail "it did not fail twice"
end limited
copies=6

if [[ $(id -u) != 0 ]]; then
    echo "  not as root: no child becomes another user"
    exit 0
fi

step "a child that becomes another user"
begin other <<YAML
defaults: {backoff: {initial: 10ms, max: 10ms}}
helpers:
  say:
    command: [/bin/sleep, "1000"]
    restart: always
    working_dir: /
    user: nobody
    groups: [daemon]
    oom_score_adj: 100
    capabilities: [CAP_NET_BIND_SERVICE]
    no_new_privileges: true
    log: {stdout: discard, stderr: discard}
YAML
faults other <<'ROWS'
pipe2|EMFILE ENFILE|pipe
1:open|EACCES ENOENT EMFILE|write /proc/self/oom_score_adj 100
clone|EAGAIN ENOMEM|clone
# Without the right to it the pipes work all the same, but for who opens them by name.
poll|EINTR|-
poll|ENOMEM EINVAL|wait for exec
read|EINTR|-
read|EIO|wait for exec
setsid|EPERM|setsid
dup2|EBUSY|dup2
setgroups|EPERM ENOMEM|setgroups "nobody"
setresgid|EPERM|setresgid "nobody"
PR_SET_KEEPCAPS|EPERM|prctl PR_SET_KEEPCAPS
setresuid|EAGAIN EPERM|setresuid "nobody"
PR_CAPBSET_READ|EPERM|prctl PR_CAPBSET_DROP
PR_CAPBSET_DROP|EPERM|prctl PR_CAPBSET_DROP
getresuid|EINVAL|getresuid
getresgid|EINVAL|getresuid
capset|EPERM|capset
PR_CAP_AMBIENT|EPERM EINVAL|prctl PR_CAP_AMBIENT_RAISE
PR_SET_NO_NEW_PRIVS|EINVAL|prctl PR_SET_NO_NEW_PRIVS
chdir|EACCES|chdir "/"
PR_SET_PDEATHSIG|EINVAL|prctl PR_SET_PDEATHSIG
sigprocmask|EINVAL|sigprocmask
execve|ENOMEM EACCES|exec "/bin/sleep"
ROWS
end other
